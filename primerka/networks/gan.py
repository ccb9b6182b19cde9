"""GAN and DCGAN: a generator that turns noise into samples, and a discriminator that tells them from true ones.

Sources: Goodfellow et al. 2014, "Generative adversarial nets" (arXiv 1406.2661), whose networks are perceptrons; Radford, Metz,
Chintala 2016, "Unsupervised representation learning with deep convolutional generative adversarial networks" (arXiv
1511.06434), section 3, with 4x4 kernels. A sample is a picture (C, H, W) in [-1, 1], or a point (D,).
"""

from itertools import pairwise
from math import prod

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

NETWORKS = ("perceptron", "convolutional")
NORMS = ("none", "batch", "spectral")
SMALLEST = 4  # side of the map where convolutional networks begin and end
SLOPE = 0.2


class GanGenerator(nn.Module):
    """Noise (B, noise) → samples (B, *shape): pictures in [-1, 1], points anywhere.

    network  "perceptron": three hidden layers of `width`; "convolutional": square pictures whose side is 4 times a power of
             two, from a 4x4 map up, each level twice as large and half as wide, `width` channels in the last
    """

    def __init__(self, network: str, shape: tuple[int, ...], noise: int, width: int):
        super().__init__()
        self.arguments = {"network": network, "shape": list(shape), "noise": noise, "width": width}
        self.shape = tuple(shape)
        self.body = _perceptron(shape, noise, width) if network == "perceptron" else _enlarging(shape, noise, width)

    def forward(self, noise: Tensor) -> Tensor:
        assert noise.ndim == 2 and noise.shape[1] == self.arguments["noise"], (
            f"noise must be (B, {self.arguments['noise']}), got {tuple(noise.shape)}"
        )
        return self.body(noise)


class Discriminator(nn.Module):
    """Samples (B, *shape) → logits (B,) that they are true. `features` → (B, length) is what other heads may share.

    norm  of the hidden layers: "none"; "batch" (DCGAN; not behind the first layer); "spectral": every weight divided by its
          largest singular value (Miyato et al. 2018, arXiv 1802.05957)
    """

    def __init__(self, network: str, shape: tuple[int, ...], width: int, norm: str):
        super().__init__()
        self.features, self.length = (_flat if network == "perceptron" else _reducing)(shape, width, norm)
        self.judge = nn.Linear(self.length, 1)
        _start(self)
        if norm == "spectral":
            for module in self.modules():
                if isinstance(module, (nn.Linear, nn.Conv2d)):
                    spectral_norm(module)

    def forward(self, samples: Tensor) -> Tensor:
        return self.judge(self.features(samples)).squeeze(1)


def level_count(side: int) -> int:
    """How often a side is halved down to SMALLEST. Raises ValueError where no power of two leads there."""
    count = (side // SMALLEST).bit_length() - 1
    if count < 1 or SMALLEST << count != side:
        raise ValueError(f"a side must be {SMALLEST} times a power of two, got {side}")
    return count


def _perceptron(shape: tuple[int, ...], noise: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before in (noise, width, width):
        layers += [nn.Linear(before, width), nn.ReLU()]
    layers.append(nn.Linear(width, prod(shape)))
    if len(shape) == 3:
        layers += [nn.Tanh(), nn.Unflatten(1, shape)]
    return nn.Sequential(*layers)


def _flat(shape: tuple[int, ...], width: int, norm: str) -> tuple[nn.Sequential, int]:
    layers: list[nn.Module] = [nn.Flatten(1)]
    for index, before in enumerate((prod(shape), width, width)):
        layers += [nn.Linear(before, width), *_norm(norm if index else "none", nn.BatchNorm1d, width), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers), width


def _enlarging(shape: tuple[int, ...], noise: int, width: int) -> nn.Sequential:
    widths = [width << level for level in reversed(range(level_count(shape[1])))]
    layers = [
        nn.Linear(noise, widths[0] * SMALLEST**2, bias=False),
        nn.Unflatten(1, (widths[0], SMALLEST, SMALLEST)),
        nn.BatchNorm2d(widths[0]),
        nn.ReLU(),
    ]
    for before, after in pairwise(widths):
        layers += [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    body = nn.Sequential(*layers, nn.ConvTranspose2d(widths[-1], shape[0], 4, 2, 1), nn.Tanh())
    _start(body)
    return body


def _reducing(shape: tuple[int, ...], width: int, norm: str) -> tuple[nn.Sequential, int]:
    widths = [width << level for level in range(level_count(shape[1]))]
    layers: list[nn.Module] = [nn.Conv2d(shape[0], width, 4, 2, 1), nn.LeakyReLU(SLOPE)]
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 4, 2, 1), *_norm(norm, nn.BatchNorm2d, after), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, nn.Flatten(1)), widths[-1] * SMALLEST**2


def _norm(norm: str, kind: type[nn.Module], width: int) -> list[nn.Module]:
    return [kind(width)] if norm == "batch" else []


def _start(network: nn.Module) -> None:
    """DCGAN's weights from N(0, 0.02) where a convolution is; perceptrons keep PyTorch's start."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
