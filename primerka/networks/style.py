"""Style transfer: what a picture's style is in the features of a fixed trunk, and a decoder that draws features.

Sources: Gatys, Ecker, Bethge 2016, "Image style transfer using convolutional neural networks" (CVPR), section 2; Huang and
Belongie 2017, "Arbitrary style transfer in real-time with adaptive instance normalization" (arXiv 1703.06868), sections 5 and 6.
The trunk is HED's VGG16 (weights/hed_vgg16.py says why).
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

from primerka.networks.vgg import CHANNELS, Vgg

TRUNK = "hed_vgg16"
# The paper decodes from 4_1; from 3_1 half as much has to be computed and far less learned, for finer and smaller patterns.
TAPS = ("1_1", "2_1", "3_1")
LEAST = 1e-5  # added to variances: flat features have none


def gram(features: Tensor, weights: Tensor | None = None) -> Tensor:
    """Which features occur together: features (B, C, H, W) → (B, C, C), the mean over places of their products.

    weights  (B, 1, H, W), how much each place counts; all alike without them

    Source: Gatys et al. 2016, equation 3, over the number of places; that number is in equation 4 there.
    """
    flat = features.flatten(2)
    weights = _shares(features, weights)
    return (flat * weights) @ flat.transpose(1, 2)


def moments(features: Tensor, weights: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over places, both (B, C, 1, 1), of features (B, C, H, W).

    Source: Huang and Belongie 2017, equations 5 and 6.
    """
    flat = features.flatten(2)
    weights = _shares(features, weights)
    mean = (flat * weights).sum(2, keepdim=True)
    variance = ((flat - mean).square() * weights).sum(2, keepdim=True)
    return mean[..., None], (variance + LEAST).sqrt()[..., None]


def adaptive_instance_norm(content: Tensor, style: tuple[Tensor, Tensor], weights: Tensor | None = None) -> Tensor:
    """The content's features (B, C, H, W) with the style's mean and standard deviation, each (B, C, 1, 1).

    weights  (B, 1, H, W): of which places the content's own moments are taken

    Source: Huang and Belongie 2017, equation 8.
    """
    mean, deviation = moments(content, weights)
    return (content - mean) / deviation * style[1] + style[0]


def _shares(features: Tensor, weights: Tensor | None) -> Tensor:
    """(B, 1, H · W) that sum to 1."""
    if weights is None:
        return features.new_full((len(features), 1, 1), 1 / (features.shape[2] * features.shape[3]))
    weights = weights.flatten(2)
    return weights / weights.sum(2, keepdim=True)


def at_size_of(features: Tensor, weights: Tensor) -> Tensor:
    """Weights (B, 1, H, W) of a picture at the size of its features."""
    return interpolate(weights, size=features.shape[2:], mode="area")


class FastStyle(nn.Module):
    """The decoder of AdaIN: features (B, 256, H / 4, W / 4) at the last of TAPS → pictures (B, 3, H, W), meant for [-1, 1].

    width  channels at full size; twice as many at half, four times at a quarter

    The mirror of the trunk, with nearest-neighbour enlargement and reflection padding as in the paper, section 6.1, but thinner.
    """

    def __init__(self, width: int):
        super().__init__()
        self.arguments = {"width": width}
        self.layers = nn.ModuleList([
            nn.Conv2d(CHANNELS[2], 4 * width, 3),
            nn.Conv2d(4 * width, 2 * width, 3),
            nn.Conv2d(2 * width, 2 * width, 3),
            nn.Conv2d(2 * width, width, 3),
            nn.Conv2d(width, width, 3),
            nn.Conv2d(width, 3, 3),
        ])  # fmt: skip
        self.enlarged = (1, 3)  # behind which layers
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, features: Tensor) -> Tensor:
        x = features
        for index, layer in enumerate(self.layers):
            x = layer(pad(x, (1, 1, 1, 1), mode="reflect"))
            if index < len(self.layers) - 1:
                x = torch.relu(x)
            if index in self.enlarged:
                x = interpolate(x, scale_factor=2, mode="nearest")
        return x


def stylise(
    decoder: FastStyle, trunk: Vgg, content: Tensor, style: Tensor, strength: float = 1.0, weights: Tensor | None = None
) -> Tensor:
    """Content (B, 3, H, W) in the style of (B, 3, h, w), both in [-1, 1]; the sides of content are divisible by 4.

    strength  of the style, 0 to 1: how far the features go from the content's own to the restyled ones (equation 14)
    weights   (B, 1, H, W): of which places the content's moments are taken
    """
    assert content.shape[2] % 4 == content.shape[3] % 4 == 0, f"sides must be divisible by 4, got {tuple(content.shape)}"
    features = trunk(content)[-1]
    weights = None if weights is None else at_size_of(features, weights)
    restyled = adaptive_instance_norm(features, moments(trunk(style)[-1]), weights)
    return decoder(strength * restyled + (1 - strength) * features)
