"""Product photo on a model → Garment."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.errors import GarmentRejected
from primerka.parsing import GARMENTS
from primerka.perception.known_garment import MIN_AREA
from primerka.perception.pieces import pieces_in
from primerka.person import Garment, Person

# Of the torso length squared: the least of a patch of a garment, and the most of a hole in it that is cloth after all.
MIN_PATCH = 0.004
MAX_HOLE = 0.08
PINHOLE = 4  # pixels of what looks like the street in a garment
MAIN = 0.2  # of the largest patch: one as large stands for itself
FAR = 0.2  # torso lengths between those and a small patch that belongs to them
_TRUNK = ("chest", "abdomen")
_LEGS = ("left_thigh", "right_thigh", "left_shin", "right_shin")
# Where each category is looked for, and how much of it must show there, of what shows and what hides: tops and dresses go on
# under coats and scarves, trousers behind bags; a coat may be wide open.
MIN_SHOWN = {
    "top": (_TRUNK, 0.6), "dress": (_TRUNK, 0.6), "outerwear": (_TRUNK, 0.25),
    "skirt": (_LEGS, 0.7), "trousers": (_LEGS, 0.7), "shorts": (_LEGS, 0.7),
}  # fmt: skip
CARRIED = ("hair", "left_arm", "right_arm", "bag", "scarf", "other")
HIDING = ("top", "outerwear", "dress", "hat", *CARRIED)


def find_garment(model: Person, category: str | None = None) -> Garment:
    """The garment of a category, or the largest one that the model shows well enough.

    A category that is given should be known to `analyse` too, which then tells it from its look-alikes.
    Raises GarmentRejected no_garment, no_garment_of_category or garment_hidden.
    """
    masks = {name: model.parsing.mask(name) for name in ([category] if category else GARMENTS)}
    least = {name: MIN_AREA[name] * model.pose.torso_px**2 for name in masks}
    worn = sorted((name for name in masks if masks[name].sum() >= least[name]), key=lambda name: -masks[name].sum())
    if not worn:
        if category:
            raise GarmentRejected("no_garment_of_category", f"The product photo shows no {category} that can be told apart.")
        raise GarmentRejected("no_garment", "The product photo shows no garment that can be told apart.")
    for name in worn:
        if not _hidden(masks[name], model, name):
            return Garment(model, _tidy(masks[name], model, name), name)
    raise GarmentRejected("garment_hidden", f"Too much of the {worn[0]} is hidden in the product photo; use one that shows it.")


def _hidden(mask: np.ndarray, model: Person, category: str) -> bool:
    """Whether something hides so much of the garment that the rest cannot be known; bare skin hides nothing."""
    bones, least = MIN_SHOWN[category]
    body = model.surface.mask([BONE[bone] for bone in bones])
    shown, hidden = (body & mask).sum(), (body & model.parsing.mask(*HIDING) & ~mask).sum()
    return bool(shown < least * (shown + hidden))


def _tidy(mask: np.ndarray, model: Person, category: str) -> np.ndarray:
    """Without crumbs, without patches that do not touch the body, without small ones that are far from the rest with nothing that
    may hide the garment between, and without small holes that other cloth shows in.
    """
    unit = model.pose.torso_px
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas, on_body = stats[:, cv2.CC_STAT_AREA], np.bincount(labels[model.surface.part >= 0], minlength=count)
    kept = [index for index in range(1, count) if areas[index] > MIN_PATCH * unit**2 and on_body[index]]
    main = np.isin(labels, [index for index in kept if areas[index] > MAIN * areas[kept].max()])
    away = cv2.distanceTransform((~main).astype(np.uint8), cv2.DIST_L2, 3)
    before = CARRIED if category == "outerwear" else HIDING
    _, reach = cv2.connectedComponents((mask | model.parsing.mask(*before)).astype(np.uint8))
    near = (away < FAR * unit) | pieces_in(reach, main)
    kept = [index for index in kept if near[labels == index].any()]
    whole = np.isin(labels, kept)
    closed = cv2.morphologyEx(whole.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    street = model.parsing.mask("background")
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((closed & ~whole & street).astype(np.uint8))
    gaps = (stats[:, cv2.CC_STAT_AREA] > PINHOLE)[pieces] & street  # in a narrow gap the street is no cloth
    tidy = whole | closed & ~gaps
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~tidy).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < MAX_HOLE * unit**2)
    return tidy | np.isin(labels, small[small > 0]) & model.parsing.mask(*GARMENTS, "other")
