"""What lies near a pixel."""

import cv2
import numpy as np


def nearest_known(hole: np.ndarray) -> np.ndarray:
    """(H, W, 2) float32: x and y of the nearest pixel outside the hole."""
    _, labels = cv2.distanceTransformWithLabels(hole.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    ys, xs = np.nonzero(~hole)
    where = np.zeros((labels.max() + 1, 2), np.float32)
    where[labels[~hole]] = np.stack([xs, ys], 1)
    return where[labels]


def local_mean(picture: np.ndarray, region: np.ndarray, reach: float) -> np.ndarray:
    """(H, W, 3) float32: at every pixel the mean of a picture over the region around it, the nearer the more.

    picture (H, W, 3), in RGB, Lab or their squares; region (H, W) bool; reach in pixels

    A mean over many pixels is smooth: it is taken on a picture that is smaller by a quarter of the reach.
    """
    height, width = region.shape
    shrink = max(reach / 4, 1.0)
    size = max(round(width / shrink), 1), max(round(height / shrink), 1)
    weighted = np.dstack([picture * region[:, :, None], region]).astype(np.float32)
    blurred = cv2.GaussianBlur(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), (0, 0), reach / shrink)
    return cv2.resize(blurred[:, :, :3] / np.maximum(blurred[:, :, 3:], 1e-6), (width, height), interpolation=cv2.INTER_LINEAR)


def distance_to(mask: np.ndarray) -> np.ndarray:
    """(H, W) float32: pixels from each pixel to the mask (H, W) bool; 0 on it, very large if it is empty."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)


def box_of(mask: np.ndarray, margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns of the smallest box around what is true in a mask (H, W), with a margin in pixels; empty if nothing is."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width:
        return slice(0, 0), slice(0, 0)
    return slice(max(y - margin, 0), y + height + margin), slice(max(x - margin, 0), x + width + margin)
