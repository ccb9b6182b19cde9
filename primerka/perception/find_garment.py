"""Product photo on a model → Garment."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.errors import GarmentRejected
from primerka.parsing import GARMENTS
from primerka.person import Garment, Person

# Of the torso length squared: the least of a garment, and the least of a patch of it.
MIN_AREA = {"top": 0.08, "outerwear": 0.12, "dress": 0.25, "skirt": 0.1, "trousers": 0.15, "shorts": 0.06}
MIN_PATCH = 0.004
TRACE = 0.25  # of the least of a garment: less than this is no trace of it
MIN_VISIBLE = 0.35  # of the chest and belly that a coat and what is under it cover
UNDER_COATS = ("top", "dress")
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

    Raises GarmentRejected no_garment, no_garment_of_category or garment_hidden.
    """

    def largest(names: tuple[str, ...]) -> str:
        return max(names, key=lambda name: model.parsing.mask(name).sum())

    found = category or largest(GARMENTS)
    least = MIN_AREA[found] * model.pose.torso_px**2
    mask = model.parsing.mask(found)
    if category and mask.sum() < TRACE * least:  # the network saw it, and called it something else
        mask = model.parsing.mask(largest(LOOK_ALIKES[category]))
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
