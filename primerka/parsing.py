"""Parsing: what each pixel of a person shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

# What the network tells apart. Clothing Co-Parsing has one "skin"; `perception.parse` tells its parts by the pose.
CLASSES = (
    "background", "hat", "hair", "skin", "top", "outerwear", "dress", "skirt", "trousers", "shorts", "legwear", "shoes",
    "bag", "scarf", "glasses", "other",
)  # fmt: skip

# What a Parsing holds.
LABELS = (
    "background", "hat", "hair", "face", "neck", "left_arm", "right_arm", "left_leg", "right_leg", "top", "outerwear",
    "dress", "skirt", "trousers", "shorts", "legwear", "left_shoe", "right_shoe", "bag", "scarf", "glasses", "other",
)  # fmt: skip

LABEL = {name: index for index, name in enumerate(LABELS)}
SKIN = ("face", "neck", "left_arm", "right_arm", "left_leg", "right_leg")
SHOES = ("left_shoe", "right_shoe")
CARRIED = ("bag", "other")
# The kinds of cloth that a product can be, and that an engine can put on.
GARMENTS = ("top", "outerwear", "dress", "skirt", "trousers", "shorts")

# The classes merged for the coarse score: background, hair, skin, clothes, shoes, carried things.
MERGED = {
    "background": "background", "hair": "hair", "skin": "skin", "shoes": "shoes", "bag": "carried", "glasses": "carried",
    "other": "carried", "hat": "clothes", "top": "clothes", "outerwear": "clothes", "dress": "clothes",
    "skirt": "clothes", "trousers": "clothes", "shorts": "clothes", "legwear": "clothes", "scarf": "clothes",
}  # fmt: skip


def labelled(labels: np.ndarray, *names: str) -> np.ndarray:
    """(H, W) bool: which of the labels (H, W) uint8 have one of these names."""
    wanted = np.zeros(256, np.uint8)  # a table for every uint8 there is: much faster than np.isin
    wanted[[LABEL[name] for name in names]] = 1
    return cv2.LUT(labels, wanted).view(bool)


@dataclass(frozen=True)
class Parsing:
    """What each pixel of a photo shows.

    labels     (H, W) uint8, indices into LABELS
    alpha      (H, W) float32 in [0, 1], how much of a pixel is the person
    certainty  (H, W) uint8, per cent: how likely the network found the class of each label by itself, before anybody named a garment;
               where hands before cloth are told by their colour, that of the cloth
    agreement  of each garment in sight, how far every glance of the network by itself sees it there, in [0, 1]
    """

    labels: np.ndarray
    alpha: np.ndarray
    certainty: np.ndarray
    agreement: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self):
        if self.labels.ndim != 2 or self.labels.dtype != np.uint8:
            raise ValueError(f"Parsing.labels must be (H, W) uint8, got {self.labels.shape} {self.labels.dtype}")
        if self.alpha.shape != self.labels.shape or self.alpha.dtype != np.float32:
            raise ValueError(f"Parsing.alpha must be {self.labels.shape} float32, got {self.alpha.shape} {self.alpha.dtype}")
        if self.certainty.shape != self.labels.shape or self.certainty.dtype != np.uint8:
            raise ValueError(
                f"Parsing.certainty must be {self.labels.shape} uint8, got {self.certainty.shape} {self.certainty.dtype}"
            )

    def mask(self, *names: str) -> np.ndarray:
        """(H, W) bool: the pixels that carry one of the labels."""
        return labelled(self.labels, *names)

    def how_certain(self, garment: str, mask: np.ndarray) -> float:
        """How sure the network was of a garment by itself, in [0, 1], where a mask (H, W) bool says that it is."""
        likely = float(self.certainty[mask].mean()) / 100 if mask.any() else 0.0
        return certainty(likely, self.agreement.get(garment, 0.0))


def certainty(likely: float, agreement: float) -> float:
    """Of a garment, in [0, 1], from the mean of Parsing.certainty over its mask and from its Parsing.agreement. Each finds faults that the
    other misses (benchmarks/parsing.md).
    """
    return (likely + 2 * agreement) / 3
