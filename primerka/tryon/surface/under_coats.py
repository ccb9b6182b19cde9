"""What is worn under a new coat does not stick out of it."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import distance_to
from primerka.tryon.surface.between import between
from primerka.tryon.surface.buyer import HIPS, Buyer, grown
from primerka.tryon.surface.drape import Drape

STICKS_OUT = 0.12  # torso lengths around a coat …
MOSTLY = 0.75  # … in which so much of a piece lies that goes; another one is wider than the coat
CRUMB = 0.002  # of the torso length squared
COLLAR = 0.05  # torso lengths to either side of the neck that a collar may stand up in


def around_coat(buyer: Buyer, new: Drape) -> np.ndarray:
    """(H, W) bool: what is near a coat above it or, down to the hips, to the sides of its trunk, and what is between its trunk and its sleeves;
    but not the neck, nor the naked trunk below the shoulders.
    """
    trunk, coat = new.alpha > 0.5, new.whole_alpha > 0.5
    rows, columns = np.indices(coat.shape)
    left, right = trunk.argmax(1)[:, None], coat.shape[1] - 1 - trunk[:, ::-1].argmax(1)[:, None]
    beside = trunk.any(1)[:, None] & ((columns < left) | (columns > right)) & _beside_body(buyer)
    above = coat.any(0) & (rows < coat.argmax(0))
    near = distance_to(coat) < STICKS_OUT * buyer.unit
    neck = np.flatnonzero(buyer.person.surface.mask([BONE["neck"]]).any(0))
    first, last = (neck[0], neck[-1]) if len(neck) else (coat.shape[1], 0)
    at_neck = (columns > first - COLLAR * buyer.unit) & (columns < last + COLLAR * buyer.unit)
    return ((beside | above) & near | _beside_body(buyer) & between(coat, axis=1)) & ~coat & ~at_neck


def sticks_out(buyer: Buyer, new: Drape, worn: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pieces of what is worn under a new coat, (H, W) bool, that show around it and hardly further off, and crumbs beside them."""
    coat = new.whole_alpha > 0.5
    shown, around = worn & ~coat, around_coat(buyer, new)
    pieces, areas = _pieces(shown & (around | (distance_to(coat) >= STICKS_OUT * buyer.unit)))
    found = (np.bincount(pieces[around], minlength=len(areas)) > MOSTLY * areas)[pieces] & (pieces > 0)
    left, areas = _pieces(shown & ~found)
    crumbs = np.flatnonzero(areas < CRUMB * buyer.unit**2)
    found |= shown & np.isin(left, np.setdiff1d(np.intersect1d(crumbs, left[grown(found, buyer, 0)]), 0))
    return found | worn & coat & grown(found, buyer, 0)  # through the coat's soft edge it would be seen


def _beside_body(buyer: Buyer) -> np.ndarray:
    """(H, W) bool: what is above the hips and not on the naked trunk below the shoulders."""
    return (buyer.along < HIPS) & ~buyer.trunk_legs & ~buyer.person.surface.mask([BONE["chest"]])


def _pieces(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The connected pieces of a mask, (H, W) int32, and their areas."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return pieces, stats[:, cv2.CC_STAT_AREA]
