"""Style transfer by optimisation: the pixels themselves go down the loss, from a coarse picture to the fine one.

Source: Gatys, Ecker, Bethge 2016, "Image style transfer using convolutional neural networks" (CVPR), section 2; coarse to fine:
Gatys et al. 2017, "Controlling perceptual factors in neural style transfer" (arXiv 1611.07865), section 6.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, mse_loss

from primerka.networks.pictures import to_picture, to_tensor
from primerka.networks.style import TRUNK, at_size_of, gram
from primerka.networks.vgg import Vgg, load_trunk
from primerka.weights.hed_vgg16 import read_hed_vgg16

STYLE = ("1_1", "2_1", "3_1", "4_1")
CONTENT = "4_2"
# Longer sides as shares of the result's, and how often the loss is computed there: most is done where it costs little.
LEVELS = ((0.25, 60), (0.5, 30), (1.0, 10))
STYLE_WEIGHT = 100.0  # beside the content loss


@dataclass(frozen=True)
class Optimised:
    """rgb (H, W, 3) uint8, and the loss at the full size, of the content picture and of the result."""

    rgb: np.ndarray
    loss_of_content: float
    loss: float


def gram_distance(features: list[Tensor], wanted: list[Tensor], weights: Tensor | None = None) -> Tensor:
    """The style loss: how far the Gram matrices of features (1, C, H, W) at STYLE are from those wanted, (1, C, C) each.

    Source: equations 4 and 5, all layers weighed alike; the number of places is in `gram` already.
    """
    apart = [
        (gram(f, None if weights is None else at_size_of(f, weights)) - g).square().sum() / (4 * f.shape[1] ** 2)
        for f, g in zip(features, wanted)
    ]
    return sum(apart[1:], start=apart[0]) / len(apart)


class Optimiser:
    """What a picture is optimised on: holds the trunk."""

    name = "gatys"

    def __init__(self):
        self.trunk = Vgg(TRUNK, (*STYLE, CONTENT))
        load_trunk(self.trunk, read_hed_vgg16())

    def restyle(
        self,
        content: np.ndarray,
        style: np.ndarray,
        strength: float = 1.0,
        weights: np.ndarray | None = None,
        show: Callable[[float, int, float], None] = lambda share, number, loss: None,
    ) -> Optimised:
        """The content (H, W, 3) uint8 in the style of another picture of any size.

        strength  of the style, 1 as usual; 0 gives the content back
        weights   (H, W) float32: only there the style is asked for
        show      gets the level, the number and the loss of each computation
        """
        whole, painting = to_tensor(content)[None], to_tensor(style)[None]
        places = None if weights is None else torch.from_numpy(weights)[None, None]
        picture, first, loss = whole, 0.0, None
        for share, count in LEVELS:
            size = [max(round(share * side), 16) for side in content.shape[:2]]
            goal = _resized(whole, size)
            loss = self._loss(goal, _resized(painting, [max(round(share * s), 16) for s in painting.shape[2:]]), strength,
                              None if places is None else interpolate(places, size=size, mode="area"))  # fmt: skip
            with torch.no_grad():
                first = loss(goal).item()
            start = goal if picture is whole else _resized(picture, size)
            picture = _descend(start, loss, count, lambda number, value, share=share: show(share, number, value))
        with torch.no_grad():
            last = loss(picture).item()
        return Optimised(to_picture(picture)[0], first, last)

    def _loss(self, content: Tensor, style: Tensor, strength: float, weights: Tensor | None) -> Callable[[Tensor], Tensor]:
        """Equation 7, as a function of the picture (1, 3, H, W)."""
        with torch.no_grad():
            kept = self.trunk(content)[-1]
            wanted = [gram(features) for features in self.trunk(style)[:-1]]

        def loss(picture: Tensor) -> Tensor:
            *features, deep = self.trunk(picture)
            return mse_loss(deep, kept) + strength * STYLE_WEIGHT * gram_distance(features, wanted, weights)

        return loss

    @torch.no_grad()
    def gram_distance(self, rgb: np.ndarray, style: np.ndarray) -> float:
        """The style loss between two (H, W, 3) uint8 pictures."""
        wanted = [gram(features) for features in self.trunk(to_tensor(style)[None])[:-1]]
        return gram_distance(self.trunk(to_tensor(rgb)[None])[:-1], wanted).item()


def _descend(start: Tensor, loss: Callable[[Tensor], Tensor], count: int, show: Callable[[int, float], None]) -> Tensor:
    """The picture after `count` computations of the loss by L-BFGS, which the paper takes too; cut to [-1, 1]."""
    picture = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([picture], max_iter=count, max_eval=count, line_search_fn="strong_wolfe")
    number = 0

    def closure() -> Tensor:
        nonlocal number
        optimizer.zero_grad()
        value = loss(picture)
        value.backward()
        number += 1
        show(number, value.item())
        return value

    optimizer.step(closure)
    return picture.detach().clamp(-1, 1)


def _resized(picture: Tensor, size: list[int]) -> Tensor:
    same = list(picture.shape[2:]) == size
    return picture if same else interpolate(picture, size=size, mode="bilinear", antialias=True)
