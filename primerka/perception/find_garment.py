"""Product photo on a model → Garment."""

import cv2
import numpy as np

from primerka.errors import GarmentRejected
from primerka.parsing import GARMENTS
from primerka.person import Garment, Person

# Of the torso length squared: the least of a garment, and the least of a patch of it.
MIN_AREA = {"top": 0.08, "outerwear": 0.12, "dress": 0.25, "skirt": 0.1, "trousers": 0.15, "shorts": 0.06}
MIN_PATCH = 0.004
# Classes that the network may take for the given category.
LOOK_ALIKES = {
    "top": ("top", "outerwear", "dress"),
    "outerwear": ("outerwear", "top", "dress"),
    "dress": ("dress", "skirt", "top", "outerwear"),
    "skirt": ("skirt", "dress", "shorts"),
    "trousers": ("trousers", "legwear"),
    "shorts": ("shorts", "skirt", "trousers"),
}


def find_garment(model: Person, category: str | None = None) -> Garment:
    """The garment of a category, or the largest one that the model wears.

    Raises GarmentRejected no_garment or no_garment_of_category.
    """
    unit = model.pose.torso_px

    def largest(names: tuple[str, ...]) -> str:
        return max(names, key=lambda name: model.parsing.mask(name).sum())

    found = category or largest(GARMENTS)
    mask = model.parsing.mask(found)
    if category and mask.sum() < MIN_AREA[category] * unit**2:
        mask = model.parsing.mask(largest(LOOK_ALIKES[category]))
    if mask.sum() < MIN_AREA[found] * unit**2:
        if category:
            raise GarmentRejected("no_garment_of_category", f"The product photo shows no {category} that can be told apart.")
        raise GarmentRejected("no_garment", "The product photo shows no garment that can be told apart.")
    return Garment(model, _tidy(mask, model), found)


def _tidy(mask: np.ndarray, model: Person) -> np.ndarray:
    """Without crumbs, without patches that do not touch the body, and without pinholes."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    on_body = np.bincount(labels[model.surface.part >= 0], minlength=count)
    kept = [
        index
        for index in range(1, count)
        if stats[index, cv2.CC_STAT_AREA] > MIN_PATCH * model.pose.torso_px**2 and on_body[index]
    ]
    tidy = np.isin(labels, kept).astype(np.uint8)
    return cv2.morphologyEx(tidy, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
