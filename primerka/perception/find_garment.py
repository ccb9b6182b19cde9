"""Product photo on a model → Garment."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.errors import GarmentRejected
from primerka.parsing import GARMENTS
from primerka.perception.known_garment import MIN_AREA
from primerka.person import Garment, Person

# Of the torso length squared: the least of a patch of a garment.
MIN_PATCH = 0.004
MIN_VISIBLE = 0.35  # of the chest and belly that a coat and what is under it cover
UNDER_COATS = ("top", "dress")


def find_garment(model: Person, category: str | None = None) -> Garment:
    """The garment of a category, or the largest one that the model wears.

    A category that is given should be known to `analyse` too, which then tells it from its look-alikes.
    Raises GarmentRejected no_garment, no_garment_of_category or garment_hidden.
    """
    found = category or max(GARMENTS, key=lambda name: model.parsing.mask(name).sum())
    least = MIN_AREA[found] * model.pose.torso_px**2
    mask = model.parsing.mask(found)
    if mask.sum() < least:
        if category:
            raise GarmentRejected("no_garment_of_category", f"The product photo shows no {category} that can be told apart.")
        raise GarmentRejected("no_garment", "The product photo shows no garment that can be told apart.")
    if _hidden(mask, model, found):
        raise GarmentRejected("garment_hidden", f"Most of the {found} is hidden in the product photo; use one that shows it.")
    return Garment(model, _tidy(mask, model), found)


def _hidden(mask: np.ndarray, model: Person, category: str) -> bool:
    """Whether a coat leaves too little of a top or a dress to know the rest from."""
    if category not in UNDER_COATS or not model.parsing.mask("outerwear").any():
        return False
    trunk = model.surface.mask([BONE["chest"], BONE["abdomen"]])
    covered = trunk & (mask | model.parsing.mask("outerwear"))
    return bool((trunk & mask).sum() < MIN_VISIBLE * covered.sum())


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
