"""VGG trunks (Simonyan and Zisserman 2015, arXiv 1409.1556): fixed features that textures and losses are measured in."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from primerka.weights.hed_vgg16 import UNIT

CHANNELS = (64, 128, 256, 512, 512)
POOL = "pool"


@dataclass(frozen=True)
class Trunk:
    """convolutions: how many each of the five blocks has; pictures in [-1, 1] RGB are taken times scale plus offset."""

    convolutions: tuple[int, ...]
    scale: float
    offset: tuple[float, float, float]


TRUNKS = {
    # [0, 255] minus the mean of ImageNet, divided by UNIT.
    "hed_vgg16": Trunk(
        (2, 2, 3, 3, 3), 127.5 / UNIT, ((127.5 - 123.68) / UNIT, (127.5 - 116.779) / UNIT, (127.5 - 103.939) / UNIT)
    ),
    # torchvision's VGG19, which ADGAN's authors feed with pictures in [-1, 1] as they are.
    "adgan_vgg19": Trunk((2, 2, 4, 4, 4), 1.0, (0.0, 0.0, 0.0)),
}


class Vgg(nn.Module):
    """(B, 3, H, W) in [-1, 1] → the features after the ReLU of each convolution in `taps`, named like "3_1".

    Only the layers up to the last tap exist. The weights are fixed: they take no gradient, but pass it on.
    """

    def __init__(self, trunk: str, taps: tuple[str, ...]):
        super().__init__()
        kind = TRUNKS[trunk]
        self.layers = nn.ModuleDict()
        self.stages: list[list[str]] = [[]]  # the layers from one tap to the next
        inputs = 3
        for block, (count, outputs) in enumerate(zip(kind.convolutions, CHANNELS), start=1):
            for layer in range(1, count + 1):
                name = f"{block}_{layer}"
                if len(self.stages) > len(taps):
                    break
                if layer == 1 and block > 1:
                    self.stages[-1].append(POOL)
                self.layers[name] = nn.Conv2d(inputs, outputs, 3, padding=1)
                self.stages[-1].append(name)
                if name in taps:
                    self.stages.append([])
                inputs = outputs
        if self.stages.pop() or [stage[-1] for stage in self.stages] != list(taps):
            raise ValueError(f"{trunk} has no features {taps} in this order")
        self.register_buffer("scale", torch.tensor(kind.scale), persistent=False)
        self.register_buffer("offset", torch.tensor(kind.offset).view(3, 1, 1), persistent=False)
        self.requires_grad_(False)

    def normalise(self, x: Tensor) -> Tensor:
        return x * self.scale + self.offset

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        x = self.normalise(x)
        for stage in self.stages:
            for name in stage:
                # A last half window counts, as in HED; sides that the depth divides have none.
                x = max_pool2d(x, 2, ceil_mode=True) if name == POOL else torch.relu(self.layers[name](x))
            features.append(x)
        return features


def load_trunk(vgg: Vgg, state: dict[str, Tensor]) -> None:
    """Fill a trunk from the state of one that is at least as deep."""
    vgg.load_state_dict({name: state[name] for name in vgg.state_dict()})
