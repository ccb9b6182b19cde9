"""InfoGAN: part of the noise is a code, and a head on the discriminator's trunk reads it back from the picture.

Source: Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, "InfoGAN: interpretable representation learning by information
maximizing generative adversarial nets" (arXiv 1606.03657), sections 4 to 6.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from primerka.networks.gan import SLOPE, Discriminator, GanGenerator


@dataclass(frozen=True)
class Codes:
    """What the generator takes, in this order: one category of `categories`, `continuous` numbers in [-1, 1], plain noise."""

    categories: int
    continuous: int
    noise: int

    @property
    def length(self) -> int:
        return self.categories + self.continuous + self.noise

    def draw(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """category (B,) int64, uniform; continuous (B, continuous), uniform in [-1, 1]; noise (B, noise), N(0, 1)."""
        category = torch.randint(self.categories, (count,))
        return category, 2 * torch.rand(count, self.continuous) - 1, torch.randn(count, self.noise)

    def join(self, category: Tensor, continuous: Tensor, noise: Tensor) -> Tensor:
        """(B, length) float32, the category as one-hot."""
        return torch.cat([one_hot(category, self.categories).float(), continuous, noise], 1)


@dataclass(frozen=True)
class Reading:
    """What is read from pictures: logits (B, categories); mean and log_variance (B, continuous) of Q's Gaussians."""

    logits: Tensor
    mean: Tensor
    log_variance: Tensor


class CodeReader(nn.Module):
    """Q's own layers behind the shared trunk: features (B, length) → Reading."""

    def __init__(self, length: int, codes: Codes, hidden: int):
        super().__init__()
        self.codes = codes
        self.hidden = nn.Sequential(nn.Linear(length, hidden, bias=False), nn.BatchNorm1d(hidden), nn.LeakyReLU(SLOPE))
        self.leave = nn.Linear(hidden, codes.categories + 2 * codes.continuous)

    def forward(self, features: Tensor) -> Reading:
        codes = self.codes
        return Reading(*self.leave(self.hidden(features)).split([codes.categories, codes.continuous, codes.continuous], 1))


class InfoGan(nn.Module):
    """Generator, discriminator and code reader: what a run keeps, so that codes can be drawn and read.

    shape  (C, side, side); width and discriminator_width: channels at full size, as in networks.gan; hidden: of the reader
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        categories: int,
        continuous: int,
        noise: int,
        width: int,
        discriminator_width: int,
        hidden: int,
        norm: str,
    ):
        super().__init__()
        self.arguments = {
            "shape": list(shape), "categories": categories, "continuous": continuous, "noise": noise, "width": width,
            "discriminator_width": discriminator_width, "hidden": hidden, "norm": norm,
        }  # fmt: skip
        self.codes = Codes(categories, continuous, noise)
        self.generator = GanGenerator("convolutional", shape, self.codes.length, width)
        self.discriminator = Discriminator("convolutional", shape, discriminator_width, norm)
        self.reader = CodeReader(self.discriminator.length, self.codes, hidden)

    def judge(self, pictures: Tensor) -> Tensor:
        """Pictures (B, C, H, W) → logits (B,) that they are true."""
        return self.discriminator(pictures)

    def read(self, pictures: Tensor) -> Reading:
        """The codes read from pictures (B, C, H, W)."""
        return self.reader(self.discriminator.features(pictures))
