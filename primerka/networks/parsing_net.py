"""The human parsing network: photo, pose heatmaps and coarse person mask in, a class for every pixel out."""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from primerka.networks.efficientnet_lite import LITE2, EfficientNetLite, Size

RGB, HEATMAPS, MASK = 3, 18, 1


def depthwise_separable(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, kernel, padding=kernel // 2, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class ParsingNet(nn.Module):
    """EfficientNet-Lite with a feature pyramid and a presence branch.

    input    (B, 22, H, W) float32: RGB in [-1, 1], 18 pose heatmaps and a person mask in [0, 1]; H, W divisible by 32
    returns  logits (B, classes, H/2, W/2) and presence (B, classes), the logit that a class occurs in the photo at all

    The pyramid follows Lin et al. 2017 (arXiv 1612.03144). The presence branch is the semantic encoding loss of EncNet
    (Zhang et al. 2018, arXiv 1803.08904) with plain average pooling: what a whole outfit makes unlikely (trousers under
    a dress) is subtracted from the logits of each pixel.
    """

    def __init__(self, classes: int, encoder: Size = LITE2, width: int = 96):
        super().__init__()
        self.encoder = EfficientNetLite(encoder, RGB + HEATMAPS + MASK)
        half, quarter, eighth, sixteenth, deepest = self.encoder.channels
        self.presence = nn.Sequential(nn.Linear(deepest, 256), nn.ReLU(inplace=True), nn.Linear(256, classes))
        self.context = nn.Sequential(nn.Conv2d(deepest, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.laterals = nn.ModuleList(nn.Conv2d(c, width, 1) for c in (sixteenth, eighth, quarter))
        self.merges = nn.ModuleList(depthwise_separable(width, width, 5) for _ in range(3))
        self.fine = nn.Conv2d(half + RGB + HEATMAPS + MASK, 32, 1)
        self.narrow = nn.Conv2d(width, 32, 1)
        self.merge_fine = nn.Sequential(depthwise_separable(32, 48, 5), depthwise_separable(48, 48, 3))
        self.classify = nn.Conv2d(48, classes, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        half, quarter, eighth, sixteenth, deepest = self.encoder(x)
        presence = self.presence(deepest.mean((2, 3)))
        y = self.context(deepest)
        for lateral, merge, feature in zip(self.laterals, self.merges, (sixteenth, eighth, quarter)):
            y = merge(lateral(feature) + interpolate(y, scale_factor=2.0, mode="bilinear"))
        picture = nn.functional.avg_pool2d(x, 2)
        fine = self.fine(torch.cat([half, picture], 1)) + self.narrow(interpolate(y, scale_factor=2.0, mode="bilinear"))
        logits = self.classify(self.merge_fine(nn.functional.relu(fine)))
        return logits + nn.functional.logsigmoid(presence)[:, :, None, None], presence
