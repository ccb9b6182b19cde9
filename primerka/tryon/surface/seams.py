"""How far the parts of a garment reach into each other: seams close wherever the body bends, and what only touches stays apart."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from primerka.body import BONE
from primerka.perception.nearby import distance_to
from primerka.person import Person
from primerka.tryon.surface.parts import LEGS, SKIRT, SLEEVES, TORSO, Part
from primerka.tryon.surface.sides import beyond_the_sides

# In torso lengths:
OVERLAP = 1 / 16  # that parts which hang together reach into their neighbours
RIM = 1 / 32  # of the soft edge of a part that goes elsewhere …
LEGS_TOUCH = 1 / 60  # … of which so much goes along, or trousers whose legs touch would come apart
LEGS_PART = 1 / 12  # over which that narrows where the legs part
SHOULDER, ARMPIT = 0.2, 0.35  # so near to its joint a sleeve hangs on the trunk, so far from it they only touch …
SLEEVES_TOUCH = 1 / 200  # … and so much goes along


def with_seams(part: Part, region: np.ndarray, assigned: dict[Part, np.ndarray], model: Person) -> np.ndarray:
    """(H, W) float32 in [0, 1]: a part's cloth and what it takes along of its neighbours, soft at its edge.

    region    (H, W) bool: the part's cloth, with what something hides of it
    assigned  part → (H, W) bool: the cloth that the photo shows of each part
    model     who wears it
    """
    unit = model.pose.torso_px
    overlap = max(round(OVERLAP * unit), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * overlap + 1, 2 * overlap + 1))
    grown = cv2.GaussianBlur(cv2.dilate(region.astype(np.float32), kernel), (0, 0), overlap / 8)
    if part == TORSO:
        return grown * (1 - cv2.GaussianBlur(beyond_the_sides(assigned, model).astype(np.float32), (0, 0), 1.0))
    elsewhere = [assigned[other] for other in _go_elsewhere(part) if other in assigned]
    if not elsewhere:
        return grown
    rim = 2 * max(round(RIM * unit), 2) + 1
    others = cv2.dilate(np.logical_or.reduce(elsewhere).astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    others &= distance_to(region) > (_seam_of_legs(assigned, unit) if part in LEGS else _seam_of_sleeves(part, model))
    return grown * (1 - cv2.GaussianBlur(others.astype(np.float32), (0, 0), 1.0))


def _go_elsewhere(part: Part) -> list[Part]:
    """The parts that may move away from one where they touch: of a leg the other leg, of a sleeve the trunk and the other sleeve. What a trunk
    takes of its sleeves is under them, and a hem that a bent arm hides goes on so.
    """
    if part in LEGS:
        return [leg for leg in LEGS if leg.name[:4] != part.name[:4]]
    if part in SLEEVES:
        return [TORSO, SKIRT, *(sleeve for sleeve in SLEEVES if sleeve.name[:4] != part.name[:4])]
    return []


def _seam_of_legs(assigned: dict[Part, np.ndarray], unit: float) -> np.ndarray:
    """(H, 1) float: how far trouser legs that touch reach into each other in each row, pixels. Where they part that narrows, or each of them would
    have a step there.
    """
    left, right = (
        np.logical_or.reduce([assigned[leg] for leg in LEGS if leg.name.startswith(side)]) for side in ("left", "right")
    )
    touching = (left & (cv2.dilate(right.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)).any(1)
    parted = left.any(1) & right.any(1) & ~touching
    parted[: touching.argmax()] = False  # above the crotch
    narrow = gaussian_filter1d(parted.astype(float), LEGS_PART * unit, mode="nearest")
    return np.maximum(LEGS_TOUCH * unit * np.clip(1 - 2 * narrow, 0, 1), 1)[:, None]


def _seam_of_sleeves(part: Part, model: Person) -> np.ndarray:
    """(H, W) float: how far a sleeve reaches into the trunk, pixels: less the further from the shoulder."""
    unit, (ys, xs) = model.pose.torso_px, np.indices(model.parsing.labels.shape)
    x, y = model.body.bones[BONE[f"{part.name.split('_')[0]}_upper_arm"], :2]
    return unit * np.interp(np.hypot(xs - x, ys - y) / unit, (SHOULDER, ARMPIT), (OVERLAP, SLEEVES_TOUCH))
