"""Train the decoder of fast style transfer: what it draws must have the content's features and the style's moments.

Source: Huang and Belongie 2017 (arXiv 1703.06868), section 6.2, equations 11 to 13.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from primerka.datasets.dressed_bodies.wardrobe import FABRIC_PIXELS
from primerka.errors import DataMissing
from primerka.networks.pictures import to_picture, to_tensor
from primerka.networks.style import TAPS, TRUNK, FastStyle, adaptive_instance_norm, moments
from primerka.networks.vgg import Vgg, load_trunk
from primerka.training.devices import Devices, find_devices
from primerka.training.loop import descend
from primerka.training.run_folder import train_into
from primerka.weights.hed_vgg16 import read_hed_vgg16

SHOWN = 4  # pairs in the picture of each checkpoint


@dataclass(frozen=True)
class Recipe:
    """How to train.

    width         of the decoder, channels at full size
    photo_side    the shorter side that photos are brought to, in pixels
    side          of the squares that are cut out of photos and cloth at random, divisible by 4
    batch         pairs a step
    style_weight  of the style loss beside the content loss (the paper's lambda)
    identity_weight  of a third one: a photo's own features, not moved, must be drawn as the photo (Park and Lee 2019, arXiv
                  1812.02342, equation 7, of pixels alone); 0 in the paper of AdaIN, whose decoder learns far longer
    save_every    steps from one checkpoint to the next
    """

    width: int
    photo_side: int
    side: int
    batch: int
    steps: int
    learning_rate: float
    decay: float
    style_weight: float
    identity_weight: float
    save_every: int
    seed: int

    def __post_init__(self):
        if self.side % 4 or not 32 <= self.side <= min(self.photo_side, FABRIC_PIXELS):
            words = f"side must be divisible by 4, from 32 to photo_side and {FABRIC_PIXELS} at most, got {self.side}."
            raise DataMissing("unusable_recipe", words)

    def learning_rate_at(self, step: int) -> float:
        return self.learning_rate / (1 + self.decay * step)


def style_losses(picture: list[Tensor], wanted: Tensor, style: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """The content and the style loss of a picture's features at TAPS.

    wanted  the features that were decoded; style: (mean, deviation) at each tap

    Equations 12 and 13, with means in place of norms, so that the weight between both depends on no size.
    """
    content = mse_loss(picture[-1], wanted)
    apart = [mse_loss(a, b) for ours, theirs in zip(map(moments, picture), style) for a, b in zip(ours, theirs)]
    return content, sum(apart[1:], start=apart[0])


def train_style(
    contents: list[np.ndarray],
    fabrics: np.ndarray,
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
    tensorboard: bool = False,
) -> bool:
    """Train by a recipe into folder/weights.safetensors (half precision; the trunk is not in it).

    contents  (H, W, 3) uint8 of any sizes, no side shorter than the recipe's
    fabrics   (N, h, w, 3) uint8, likewise

    Beside it lie what training.run_folder.train_into writes. Returns whether the last step was reached.
    Raises WeightsMissing where the trunk is not in the cache, and what training.loop.train raises.
    """
    devices = devices or find_devices()
    trunk = Vgg(TRUNK, TAPS)
    load_trunk(trunk, read_hed_vgg16())
    trunk.to(devices.device)
    torch.manual_seed(recipe.seed)
    decoder = FastStyle(recipe.width).to(devices.device)
    optimizer = torch.optim.Adam(decoder.parameters(), recipe.learning_rate)

    def cut(pictures, random: np.random.Generator, count: int) -> Tensor:
        """(count, 3, side, side): random squares, mirrored or not."""
        squares = []
        for index in random.integers(len(pictures), size=count):
            rgb = pictures[index]
            top, left = (random.integers(length - recipe.side + 1) for length in rgb.shape[:2])
            square = rgb[top : top + recipe.side, left : left + recipe.side]
            squares.append(square[:, ::-1] if random.random() < 0.5 else square)
        return to_tensor(np.stack(squares)).to(devices.device)

    def losses(content: Tensor, style: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The picture, and its content, style and identity loss."""
        with torch.no_grad():
            moved = [moments(features) for features in trunk(style)]
            own = trunk(content)[-1]
            wanted = adaptive_instance_norm(own, moved[-1])
        picture, again = decoder(torch.cat([wanted, own])).chunk(2)
        alike, styled = style_losses(trunk(picture), wanted, moved)
        return picture, {"content": alike, "style": styled, "identity": mse_loss(again, content)}

    def step(number: int) -> dict[str, float]:
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate_at(number)
        random = np.random.default_rng((recipe.seed, number))
        _, loss = losses(cut(contents, random, recipe.batch), cut(fabrics, random, recipe.batch))
        whole = loss["content"] + recipe.style_weight * loss["style"] + recipe.identity_weight * loss["identity"]
        descend(whole, optimizer)
        return {name: value.item() for name, value in loss.items()}

    shown = np.random.default_rng(recipe.seed)
    fixed = cut(contents, shown, SHOWN), cut(fabrics, shown, SHOWN)

    @torch.no_grad()
    def measure() -> dict[str, float]:
        return {name: value.item() for name, value in losses(*fixed)[1].items()}

    @torch.no_grad()
    def draw() -> np.ndarray:
        return np.stack([to_picture(column) for column in (*fixed, losses(*fixed)[0])], 1)

    parts = {"decoder": decoder, "optimizer": optimizer}
    size = (recipe.side, recipe.side)
    return train_into(folder, recipe, step, parts, decoder, size, measure, draw, resume, minutes, devices, tensorboard)
