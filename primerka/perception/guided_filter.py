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
    variance = np.empty((*source.shape, 3, 3), np.float32)
    for row in range(3):
        for column in range(row, 3):
            entry = mean(guide[:, :, row] * guide[:, :, column]) - mean_guide[:, :, row] * mean_guide[:, :, column]
            variance[:, :, row, column] = variance[:, :, column, row] = entry
    variance += epsilon * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(variance, covariance[:, :, :, None])[:, :, :, 0]
    offset = mean_source - (slope * mean_guide).sum(2)
    return (mean(slope) * guide).sum(2) + mean(offset)
