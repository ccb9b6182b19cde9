"""PG2: a coarse picture of a person in another pose, refined by an adversarially trained difference.

Source: Ma, Jia, Sun, Schiele, Tuytelaars, Van Gool 2017, "Pose guided person image generation" (NIPS, arXiv 1705.09368),
sections 3.1 to 3.3; channel counts as in the authors' code. Convolutions pad evenly on both sides.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, relu

RGB, HEATMAPS = 3, 18


def block_count(height: int) -> int:
    """N of section 3.3: 5 for 128, 6 for 256; what is left of the picture is 8 pixels high."""
    return height.bit_length() - 3


def halved(size: int, times: int) -> int:
    """Pixels that are left of `size` after `times` convolutions of stride 2."""
    for _ in range(times):
        size = (size + 1) // 2
    return size


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)


def _start(network: nn.Module) -> None:
    """Glorot's weights and no biases, as in the authors' code: the networks have no normalization to forgive others."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)


class TwoConvs(nn.Module):
    """Two 3x3 convolutions with ReLU; residual: what comes in is added to what goes out."""

    def __init__(self, inputs: int, outputs: int, residual: bool):
        super().__init__()
        self.first, self.second, self.residual = conv(inputs, outputs), conv(outputs, outputs), residual

    def forward(self, x: Tensor) -> Tensor:
        y = relu(self.second(relu(self.first(x))))
        return x + y if self.residual else y


class CoarseGenerator(nn.Module):
    """Stage one, G1: a U-Net of residual blocks through whose waist one fully connected code passes.

    source    (B, 3, H, W) float32 in [-1, 1]
    heatmaps  (B, 18, H, W) float32 in [0, 1], of the target pose
    returns   (B, 3, H, W), meant to lie in [-1, 1]

    Block k of N has k x `channels` channels. The code lets distant body parts see each other; its two matrices are the
    only weights that depend on the picture's size, so that the constructor asks for it.
    """

    def __init__(self, height: int, width: int, channels: int = 128, bottleneck: int = 64):
        super().__init__()
        count = block_count(height)
        self.size, self.waist = (height, width), (channels, halved(height, count - 1), halved(width, count - 1))
        area = self.waist[1] * self.waist[2]
        widths = [channels * (index + 1) for index in range(count)]
        self.enter = conv(RGB + HEATMAPS, channels)
        self.encoder = nn.ModuleList(TwoConvs(width, width, residual=True) for width in widths)
        self.down = nn.ModuleList(conv(above, below, stride=2) for above, below in pairwise(widths))
        self.encode = nn.Linear(area * widths[-1], bottleneck)
        self.decode = nn.Linear(bottleneck, area * channels)
        arriving = [channels, *reversed(widths[:-1])]
        joined = [here + skip for here, skip in zip(arriving, reversed(widths))]
        self.decoder = nn.ModuleList(TwoConvs(width, width, residual=True) for width in joined)
        self.up = nn.ModuleList(conv(below, above, kernel=1) for below, above in zip(joined, arriving[1:]))
        self.leave = conv(joined[-1], RGB)
        _start(self)

    def forward(self, source: Tensor, heatmaps: Tensor) -> Tensor:
        assert source.shape[1:] == (RGB, *self.size), f"source must be (B, 3, {self.size}), got {tuple(source.shape)}"
        expected = (len(source), HEATMAPS, *self.size)
        assert heatmaps.shape == expected, f"heatmaps must be {expected}, got {tuple(heatmaps.shape)}"
        x = relu(self.enter(torch.cat([source, heatmaps], 1)))
        skips = []
        for index, block in enumerate(self.encoder):
            x = block(x)
            skips.append(x)
            if index < len(self.down):
                x = relu(self.down[index](x))
        x = self.decode(self.encode(x.flatten(1))).unflatten(1, self.waist)
        for index, block in enumerate(self.decoder):
            x = block(torch.cat([x, skips.pop()], 1))
            if skips:
                x = relu(self.up[index](interpolate(x, size=skips[-1].shape[2:], mode="nearest")))
        return self.leave(x)


class RefinementGenerator(nn.Module):
    """Stage two, G2: what has to be added to the coarse picture. A fully convolutional U-Net of N - 2 plain blocks.

    source, coarse  (B, 3, H, W) float32; `height` tells N, pictures of any size can be refined
    returns         (B, 3, H, W), the difference map
    """

    def __init__(self, height: int, channels: int = 128):
        super().__init__()
        count = block_count(height) - 2
        widths = [channels * (index + 1) for index in range(count)]
        self.enter = conv(2 * RGB, channels)
        self.encoder = nn.ModuleList(
            TwoConvs(before, width, residual=False) for before, width in zip([channels, *widths], widths)
        )
        self.down = nn.ModuleList(conv(width, width, stride=2) for width in widths[:-1])
        arriving = [widths[-1], *[channels] * (count - 1)]
        self.decoder = nn.ModuleList(
            TwoConvs(here + skip, channels, residual=False) for here, skip in zip(arriving, reversed(widths))
        )
        self.leave = conv(channels, RGB)
        _start(self)

    def forward(self, source: Tensor, coarse: Tensor) -> Tensor:
        assert source.shape == coarse.shape and source.shape[1] == RGB, (
            f"source and coarse must both be (B, 3, H, W), got {tuple(source.shape)} and {tuple(coarse.shape)}"
        )
        x = relu(self.enter(torch.cat([coarse, source], 1)))
        skips = []
        for index, block in enumerate(self.encoder):
            x = block(x)
            skips.append(x)
            if index < len(self.down):
                x = relu(self.down[index](x))
        for block in self.decoder:
            x = block(torch.cat([x, skips.pop()], 1))
            if skips:
                x = interpolate(x, size=skips[-1].shape[2:], mode="nearest")
        return self.leave(x)


class PG2(nn.Module):
    """Both generators: source (B, 3, H, W) and target heatmaps (B, 18, H, W) → coarse and refined (B, 3, H, W)."""

    def __init__(self, height: int, width: int, channels: int = 128, bottleneck: int = 64):
        super().__init__()
        self.arguments = {"height": height, "width": width, "channels": channels, "bottleneck": bottleneck}
        self.coarse = CoarseGenerator(height, width, channels, bottleneck)
        self.refine = RefinementGenerator(height, channels)

    def forward(self, source: Tensor, heatmaps: Tensor) -> tuple[Tensor, Tensor]:
        coarse = self.coarse(source, heatmaps)
        return coarse, coarse + self.refine(source, coarse)


class PairDiscriminator(nn.Module):
    """D: whether a picture shows the person of the condition picture and is a photo.

    source, picture  (B, 3, H, W) float32
    returns          (B,) logits

    DCGAN's discriminator (Radford et al. 2016, arXiv 1511.06434): 5x5 convolutions of stride 2 down to 8 pixels' height,
    batch norm behind all but the first, leaky ReLU, weights from N(0, 0.02).
    """

    def __init__(self, height: int, width: int, channels: int = 64):
        super().__init__()
        count = block_count(height) - 1
        widths = [channels * min(2**index, 8) for index in range(count)]
        self.size = (height, width)
        layers = [conv(2 * RGB, channels, 5, 2), nn.LeakyReLU(0.2)]
        for before, after in pairwise(widths):
            layers += [conv(before, after, 5, 2), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)
        self.judge = nn.Linear(widths[-1] * halved(height, count) * halved(width, count), 1)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(module.weight, 0, 0.02)
                nn.init.zeros_(module.bias)

    def forward(self, source: Tensor, picture: Tensor) -> Tensor:
        expected = (len(source), RGB, *self.size)
        assert source.shape == picture.shape == expected, (
            f"source and picture must be {expected}, got {tuple(source.shape)} and {tuple(picture.shape)}"
        )
        return self.judge(self.features(torch.cat([source, picture], 1)).flatten(1)).squeeze(1)
