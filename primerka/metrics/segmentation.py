"""Overlap of label maps."""

import numpy as np


def confusion(predicted: np.ndarray, true: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64 pixel counts; rows are the true class, columns the predicted one."""
    pairs = classes * true.astype(np.int64).ravel() + predicted.astype(np.int64).ravel()
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def iou_per_class(counts: np.ndarray) -> np.ndarray:
    """(classes,) float64 intersection over union; NaN for a class that neither side has."""
    inner = np.diag(counts).astype(float)
    union = counts.sum(0) + counts.sum(1) - inner
    return np.divide(inner, union, out=np.full(len(counts), np.nan), where=union > 0)


def mean_iou(counts: np.ndarray) -> float:
    """Mean over the classes that occur in either (Long et al. 2015, arXiv 1411.4038, section 5)."""
    return float(np.nanmean(iou_per_class(counts)))
