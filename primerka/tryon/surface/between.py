"""What lies between pixels of a mask: in a row, in a column, in the least convex shape around them."""

import cv2
import numpy as np


def between(region: np.ndarray, axis: int) -> np.ndarray:
    """Pixels with the region both before and behind them along an axis."""
    before = np.maximum.accumulate(region, axis)
    behind = np.flip(np.maximum.accumulate(np.flip(region, axis), axis), axis)
    return before & behind


def nearest_on_both_sides(cloth: np.ndarray, visible: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool each: whether the nearest visible pixel before, and behind, along an axis is cloth."""

    def before(cloth: np.ndarray, visible: np.ndarray) -> np.ndarray:
        positions = np.broadcast_to(np.arange(cloth.shape[1]), cloth.shape)
        last = np.maximum.accumulate(np.where(visible, positions, -1), 1)
        return np.take_along_axis(cloth, np.maximum(last, 0), 1) & (last >= 0)

    if axis == 0:
        return tuple(side.T for side in nearest_on_both_sides(cloth.T, visible.T, 1))
    return before(cloth, visible), before(cloth[:, ::-1], visible[:, ::-1])[:, ::-1]


def hull(region: np.ndarray) -> np.ndarray:
    """(H, W) bool: the least convex shape around a region."""
    filled = np.zeros(region.shape, np.uint8)
    points = cv2.findNonZero(region.astype(np.uint8))
    return region if points is None else cv2.fillConvexPoly(filled, cv2.convexHull(points), 1) > 0
