"""The discriminators of ADGAN: does a picture show this pose, and does it wear this person's textures?"""

import torch
from torch import Tensor, nn


class PatchDiscriminator(nn.Module):
    """picture (B, 3, H, W), condition (B, C, H, W) → scores (B, 4 width, H/4, W/4); 1 is real, 0 is generated.

    The condition is the target's heatmaps (C = 18) for the pose discriminator, the source picture (C = 3) for the texture
    discriminator. Two strided convolutions, then residual blocks with dropout, whose last maps are the scores: each of their
    numbers judges a patch.

    Source: Men et al. 2020 (arXiv 2003.12267), section 3.2; the layers are PATN's (Zhu et al. 2019, arXiv 1904.03349) as in
    ADGAN's published training.
    """

    def __init__(self, condition: int, width: int = 64, blocks: int = 3):
        super().__init__()
        self.layers = nn.Sequential(
            *_layer(nn.Conv2d(3 + condition, width, 7, padding=3, padding_mode="reflect")),
            *_layer(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)),
            *_layer(nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1)),
            *(ResidualBlock(4 * width) for _ in range(blocks)),
        )

    def forward(self, picture: Tensor, condition: Tensor) -> Tensor:
        return self.layers(torch.cat([picture, condition], 1))


class ResidualBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        first, second = (nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect") for _ in range(2))
        self.layers = nn.Sequential(*_layer(first), nn.Dropout(0.5), second, nn.InstanceNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


def _layer(convolution: nn.Conv2d) -> tuple[nn.Module, ...]:
    return convolution, nn.InstanceNorm2d(convolution.out_channels), nn.ReLU(inplace=True)
