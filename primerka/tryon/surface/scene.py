"""The picture while a buyer is being dressed."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from primerka.parsing import labelled
from primerka.perception.nearby import box_of
from primerka.tryon.surface.buyer import Buyer

STAIRS = 1 / 80  # torso lengths: along steep edges the stairs of pixels are as long as that and longer


@dataclass
class Scene:
    """rgb (H, W, 3) uint8; labels (H, W) uint8; changed (H, W) bool
    warnings  what is uncertain about the products, for people
    notes     sentence → where it is true, (H, W) bool, and in how many pixels it must be to be worth saying
    """

    rgb: np.ndarray
    labels: np.ndarray
    changed: np.ndarray
    warnings: list[str] = field(default_factory=list)
    notes: dict[str, tuple[np.ndarray, float]] = field(default_factory=dict)

    def mask(self, *names: str) -> np.ndarray:
        """(H, W) bool: the pixels that carry one of the labels."""
        return labelled(self.labels, *names)

    def note(self, sentence: str, where: np.ndarray, least: float = 0.0) -> None:
        """Something for people that is true as long as it shows in more than `least` pixels of where, (H, W) bool."""
        earlier, before = self.notes.get(sentence, (False, least))
        self.notes[sentence] = where | earlier, max(before, least)

    def cover(self, where: np.ndarray) -> None:
        """(H, W) bool: what was noted there is gone, or under something."""
        self.notes = {sentence: (there & ~where, least) for sentence, (there, least) in self.notes.items()}

    def all_warnings(self) -> tuple[str, ...]:
        """What is true of the picture as it is now."""
        shown = [sentence for sentence, (there, least) in self.notes.items() if there.sum() > least]
        return tuple(dict.fromkeys([*shown, *self.warnings]))


def start_scene(buyer: Buyer) -> Scene:
    photo, parsing = buyer.person.photo, buyer.person.parsing
    return Scene(photo.rgb.copy(), parsing.labels.copy(), np.zeros(parsing.labels.shape, bool))


def over(below: np.ndarray, above: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight-alpha compositing (Porter and Duff 1984) of (H, W, 3) uint8; where alpha is 0 every bit is kept."""
    result, place = below.copy(), box_of(alpha > 0)
    under = below[place].astype(np.float32)
    result[place] = np.rint(under + (above[place].astype(np.float32) - under) * alpha[place][:, :, None])
    return result


def smooth_edge(mask: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) float32: a mask, bool, whose edge is a smooth line rather than stairs, as narrow as a photo's edges are. What is narrower than a
    hundredth of the torso is lost.

    unit  the torso length in pixels
    """
    if not mask.any():
        return mask.astype(np.float32)
    sigma = max(STAIRS * unit, 1.0)
    smooth, place = np.zeros(mask.shape, np.float32), box_of(mask, margin=round(3 * sigma))
    wide = cv2.GaussianBlur(mask[place].astype(np.float32), (0, 0), sigma)
    smooth[place] = np.clip(0.5 + sigma * (wide - 0.5), 0, 1)  # as steep as after a blur of one pixel
    return smooth
