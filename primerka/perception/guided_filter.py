"""The guided filter: sharpen a soft map along the edges of a photo."""

import cv2
import numpy as np


def guided_filter(guide: np.ndarray, source: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    """guide (H, W, 3) float32 in [0, 1]; source (H, W) float32; returns (H, W) float32.

    Source: He, Sun, Tang 2013, "Guided image filtering", TPAMI 35(6), equations 19 to 21 (colour guide).
    """
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(x: np.ndarray) -> np.ndarray:
        return cv2.blur(x, size)

    mean_guide, mean_source = mean(guide), mean(source)
    covariance = mean(guide * source[:, :, None]) - mean_guide * mean_source[:, :, None]
    variance = {}
    for row, column in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)):
        entry = mean(guide[:, :, row] * guide[:, :, column]) - mean_guide[:, :, row] * mean_guide[:, :, column]
        variance[row, column] = entry + epsilon if row == column else entry
    slope = _solve_symmetric(variance, covariance)
    offset = mean_source - (slope * mean_guide).sum(2)
    return (mean(slope) * guide).sum(2) + mean(offset)


def _solve_symmetric(a: dict[tuple[int, int], np.ndarray], b: np.ndarray) -> np.ndarray:
    """Solve a 3x3 symmetric system at every pixel by cofactors; a generic solver takes ten times as long."""
    cofactors = {
        (0, 0): a[1, 1] * a[2, 2] - a[1, 2] ** 2,
        (0, 1): a[0, 2] * a[1, 2] - a[0, 1] * a[2, 2],
        (0, 2): a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1],
        (1, 1): a[0, 0] * a[2, 2] - a[0, 2] ** 2,
        (1, 2): a[0, 1] * a[0, 2] - a[0, 0] * a[1, 2],
        (2, 2): a[0, 0] * a[1, 1] - a[0, 1] ** 2,
    }
    determinant = sum(a[0, k] * cofactors[0, k] for k in range(3))
    rows = [sum(cofactors[min(i, k), max(i, k)] * b[:, :, k] for k in range(3)) for i in range(3)]
    return np.stack(rows, 2) / determinant[:, :, None]
