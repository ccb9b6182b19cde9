"""How far a trunk goes on behind its sleeves: its sides run up from where the street, or a bare arm, is seen beside them."""

import cv2
import numpy as np
from scipy.ndimage import binary_opening

from primerka.body import BONE
from primerka.perception.surface import silhouette
from primerka.person import Person
from primerka.tryon.surface.parts import FOREARMS, SLEEVES, TORSO, TRUNK_BONES, UPPER_ARMS, Part

# In torso lengths:
ARMPIT = 0.2  # below a shoulder's joint; above, the trunk hangs together with its sleeve
BESIDE = 0.02  # so much of street or bare arm is seen beside the cloth …
ROWS = 0.04  # … in so many rows, or it is a crumb
HIGHEST = 0.1  # below the first such row; hems have corners
LEANS = 0.2  # of the height: so far outwards
RIM = 2  # pixels of a sleeve's edge that are neither it nor the street


def beyond_the_sides(assigned: dict[Part, np.ndarray], model: Person) -> np.ndarray:
    """(H, W) bool: where no cloth of the trunk can lie though a sleeve hides what is there.

    Under the armpit a sleeve hides how wide the trunk is; where the sleeve ends, or the arm leaves it, that is seen. On a raised arm
    what went on further would hang in the air.

    assigned  part → (H, W) bool: the cloth that the photo shows of each part
    model     who wears it
    """
    off = model.parsing.labels == 0
    hanging = model.parsing.mask(*(f"{arm.name.split('_')[0]}_arm" for arm in FOREARMS if _hangs(model, arm)))
    off |= hanging & ~silhouette(model.body, *off.shape, TRUNK_BONES)
    beyond = np.zeros_like(off)
    sleeves = np.logical_or.reduce([beyond, *(assigned[part] for part in SLEEVES if part in assigned)])
    if TORSO not in assigned or not sleeves.any():
        return beyond
    joints = model.body.bones[[BONE[part.name] for part in UPPER_ARMS], :2]
    trunk = np.logical_or.reduce([cloth for part, cloth in assigned.items() if part not in SLEEVES])
    for flip, (_, y) in zip((False, True), sorted(joints.tolist())):
        sides = [mask[:, ::-1] if flip else mask for mask in (trunk, off)]
        found = _beyond_the_left_side(*sides, y + ARMPIT * model.pose.torso_px, model.pose.torso_px)
        beyond |= found[:, ::-1] if flip else found
    return beyond & (cv2.dilate(sleeves.astype(np.uint8), np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)) > 0)


def _hangs(model: Person, forearm: Part) -> bool:
    """Whether a forearm points down rather than across, where it may hide the trunk's side."""
    (bone,) = forearm.indices
    across, down = model.body.bones[bone + 1, :2] - model.body.bones[bone, :2]
    return bool(down > abs(across))


def _beyond_the_left_side(trunk: np.ndarray, off: np.ndarray, armpit: float, unit: float) -> np.ndarray:
    """The same for the side that is the left one in the picture. trunk, off: (H, W) bool, its cloth and what is neither that nor before it;
    armpit: its row.
    """
    rows, columns = np.indices(trunk.shape)
    edge, width, run = trunk.argmax(1), max(round(BESIDE * unit), 2), max(round(ROWS * unit), 2)
    beside = (columns < edge[:, None]) & (columns >= edge[:, None] - width)
    seen = trunk.any(1) & (edge >= width) & (off | ~beside).all(1) & (rows[:, 0] > armpit)
    seen = binary_opening(seen, np.ones(run))
    # Each row where a side shows bounds the trunk in it; the highest ones also above: of those the narrowest counts, for crumbs of a sleeve may
    # lie on the others.
    shown = np.where(seen, edge, -np.inf)
    highest = shown - LEANS * rows[:, 0]
    highest[seen.argmax() + round(HIGHEST * unit) :] = -np.inf
    above = np.maximum.accumulate(highest[::-1])[::-1] + LEANS * rows[:, 0]
    side = np.maximum(above, shown)[:, None]
    return (columns < side) & (rows > armpit + columns - side)
