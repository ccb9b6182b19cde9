"""New trousers and shorts on the buyer's legs."""

from dataclasses import replace

import cv2
import numpy as np
from scipy.ndimage import median_filter

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to
from primerka.perception.pieces import outline_shares
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.fill import mirror_fill

TROUSERS = ("trousers", "shorts")
HEM_STEP, MIN_WIDTH = 0.05, 0.04  # torso lengths: what is less than one high and the other wide is no trouser leg
SOCK = 0.2  # of the trousers: a smaller piece by itself is a sock that was taken for them
SLANT = 0.15  # torso lengths: so much higher a hem may be at one side of a leg than at the other
RAGGED = 0.1  # torso lengths along which a hem is straight
HOLE = 0.055  # torso lengths: narrower, what they lack to be as wide as the fitted legs is the fit's
IN_CLOTH, MUCH = 0.7, 0.03  # so much of its outline lies at cloth, unless it is so large, of the torso length squared
WAIST = 0.5  # of a step of the body that they cover: there they have begun


def without_holes(new: Drape, buyer: Buyer, cloth: Cloth) -> Drape:
    """Trousers that leave nothing of the legs bare above their hem, as those of somebody seen from the side do between the legs."""
    shown = new.alpha > 0.5
    lacking = buyer.trunk_legs & above_hem(buyer, cloth, new) & ~shown & (buyer.along >= _waist(buyer, shown))
    size = max(round(HOLE * buyer.unit), 2)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    broad = cv2.morphologyEx(lacking.astype(np.uint8), cv2.MORPH_OPEN, disc)
    pieces, (in_cloth,) = outline_shares(lacking & (cv2.dilate(broad, disc) > 0), shown)
    much = np.bincount(pieces.ravel()) > MUCH * buyer.unit**2
    hole = (pieces > 0) & ((in_cloth > IN_CLOTH) | much)[pieces]
    if not hole.any():
        return new
    filled, place = new.rgb.copy(), box_of(hole | shown, margin=2)
    filled[place] = mirror_fill(new.rgb[place], new.alpha[place] < 0.95)
    whole = np.clip(2 * cv2.GaussianBlur((hole | shown).astype(np.float32), (0, 0), 1.0) - 0.5, 0, 1)
    at_hole = cv2.dilate(hole.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    rgb = np.where(at_hole[:, :, None], filled, new.rgb)
    return replace(new, rgb=rgb, alpha=np.where(at_hole, np.maximum(new.alpha, whole), new.alpha))


def _waist(buyer: Buyer, shown: np.ndarray) -> float:
    """Where trousers begin, in torso lengths below the waist: the first step of the body that they cover."""
    below = buyer.trunk_legs & (buyer.along >= 0)
    body, cloth = (np.bincount(np.floor(buyer.along[mask] / HEM_STEP).astype(int)) for mask in (below, below & shown))
    covered = cloth > WAIST * body[: len(cloth)]
    return float(HEM_STEP * covered.argmax()) if covered.any() else np.inf


def above_hem(buyer: Buyer, cloth: Cloth, new: Drape, even: bool = True) -> np.ndarray:
    """(H, W) bool: below the waist and above the hem of new trousers or shorts, leg by leg. No skin shows there.

    A hem may slant. Cloth that ends much higher at a leg's side is narrower than the leg.

    even  as if the hem were not ragged
    """
    above = np.zeros_like(buyer.arms)
    if cloth.category not in TROUSERS:
        return above
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((new.alpha > 0.5).astype(np.uint8))
    areas = np.append(0, stats[1:, cv2.CC_STAT_AREA])
    shown = (areas > SOCK * areas.max())[pieces] & (buyer.along >= 0)
    for leg in nearer_leg(buyer).values():
        if (shown & leg).sum() < HEM_STEP * MIN_WIDTH * buyer.unit**2:
            continue
        lowest = np.percentile(buyer.along[shown & leg], 99.5)
        hem = np.where(shown & leg, buyer.along, -np.inf).max(0)
        hem = np.where(hem > lowest - SLANT, np.minimum(hem, lowest), lowest)
        hem = median_filter(hem, max(round(RAGGED * buyer.unit), 1), mode="nearest") if even else hem
        above |= leg & (buyer.along > 0) & (buyer.along <= hem)
    return above


def nearer_leg(buyer: Buyer) -> dict[str, np.ndarray]:
    """Side → (H, W) bool: the pixels that are nearer to that leg of the body."""
    surface = buyer.person.surface
    left, right = (
        distance_to(surface.mask([BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")])) for side in ("left", "right")
    )
    return {"left": left < right, "right": right <= left}
