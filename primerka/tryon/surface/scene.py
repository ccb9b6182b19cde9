"""The picture while a buyer is being dressed."""

from dataclasses import dataclass, field

import numpy as np

from primerka.parsing import LABEL
from primerka.perception.nearby import box_of
from primerka.tryon.surface.buyer import Buyer


@dataclass
class Scene:
    """rgb (H, W, 3) uint8; labels (H, W) uint8; changed (H, W) bool; warnings: what was invented, for people."""

    rgb: np.ndarray
    labels: np.ndarray
    changed: np.ndarray
    warnings: list[str] = field(default_factory=list)

    def mask(self, *names: str) -> np.ndarray:
        """(H, W) bool: the pixels that carry one of the labels."""
        return np.isin(self.labels, [LABEL[name] for name in names])


def start_scene(buyer: Buyer) -> Scene:
    photo, parsing = buyer.person.photo, buyer.person.parsing
    return Scene(photo.rgb.copy(), parsing.labels.copy(), np.zeros(parsing.labels.shape, bool))


def over(below: np.ndarray, above: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight-alpha compositing (Porter and Duff 1984) of (H, W, 3) uint8; where alpha is 0 every bit is kept."""
    result, place = below.copy(), box_of(alpha > 0)
    under = below[place].astype(np.float32)
    result[place] = np.rint(under + (above[place].astype(np.float32) - under) * alpha[place][:, :, None])
    return result
