"""Straps of bags over clothes: the network sees them faintly, but as thin lines from a shoulder to a bag."""

import cv2
import numpy as np

from primerka.parsing import CLASSES, GARMENTS
from primerka.perception.nearby import box_of, distance_to
from primerka.pose import Pose

BAG = CLASSES.index("bag")
CLOTHES = [CLASSES.index(name) for name in GARMENTS]
FAINT, RIDGE = 0.03, 1.8  # of a strap, at least: the probability of a bag, and how many times its mean around that is
# In torso lengths:
AROUND = 0.09
BROAD, WIDTH = 0.1, 0.07  # a bag is broader; a strap is narrower on the mean
RIM = 0.05  # around a bag that is its own
GAP = 0.07  # between the links of a chain
LONG = 0.42  # at least
FROM_SHOULDER, FROM_BAG = 0.45, 0.35  # at most
SLENDER = 18  # times as long as its pixels' standard deviation across


def straps(classes: np.ndarray, bag: np.ndarray, pose: Pose) -> np.ndarray:
    """(H, W) bool: garments that are straps of bags.

    classes (H, W) int, over parsing.CLASSES; bag (H, W) float32: the probability of a bag
    """
    unit, found = pose.torso_px, np.zeros(classes.shape, bool)
    place = box_of(classes > 0)
    bag, worn = bag[place], classes[place]
    broad = _opened(worn == BAG, BROAD * unit) if (worn == BAG).any() else worn == BAG
    if not broad.any():
        return found
    away = distance_to(broad)
    beside = away > RIM * unit
    around = _mean_around(bag, beside, AROUND * unit)
    line = ((bag > FAINT) & (bag > RIDGE * around) & np.isin(worn, CLOTHES) | (worn == BAG)) & beside
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(line.astype(np.uint8), _disc(GAP * unit)))
    corner = np.array([place[1].start, place[0].start])
    long = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) > LONG * unit
    for index in np.flatnonzero(long[1:]) + 1:
        y, x = np.nonzero(line & (pieces == index))
        if away[y, x].min() < FROM_BAG * unit and _is_strap(np.stack([x, y], 1) + corner, pose):
            found[place][y, x] = True
    return found & (classes != BAG)


def _is_strap(xy: np.ndarray, pose: Pose) -> bool:
    """Whether pixels (N, 2) make a strap that begins at a shoulder."""
    unit, middle = pose.torso_px, xy - xy.mean(0)
    _, axes = np.linalg.eigh(middle.T @ middle)
    across, along = (middle @ axes).T
    length = np.ptp(along)
    ends = xy[[along.argmin(), along.argmax()]]
    shoulders = np.stack([pose["left_shoulder"], pose["right_shoulder"]])
    return bool(
        length > max(LONG * unit, SLENDER * across.std())
        and len(xy) < WIDTH * unit * length
        and np.linalg.norm(ends[:, None] - shoulders, axis=2).min() < FROM_SHOULDER * unit
    )


def _mean_around(values: np.ndarray, region: np.ndarray, reach: float) -> np.ndarray:
    """(H, W) float32: at every pixel the mean of values (H, W) over the region around it."""
    weighted, weights = (cv2.GaussianBlur(plane.astype(np.float32), (0, 0), reach) for plane in (values * region, region))
    return weighted / np.maximum(weights, 1e-3)


def _opened(mask: np.ndarray, width: float) -> np.ndarray:
    """(H, W) bool: where a mask is as wide as a disc."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _disc(width)) > 0


def _disc(width: float) -> np.ndarray:
    size = max(round(width), 3)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
