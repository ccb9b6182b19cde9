"""The street that is seen between two legs in trousers: the network takes a narrow gap for cloth."""

import cv2
import numpy as np
from scipy.spatial import cKDTree

from primerka.body import BONE, Body
from primerka.parsing import LABEL
from primerka.perception.nearby import box_of, distance_to

# In torso lengths.
BESIDE = (0.03, 0.3)  # how far from the person the street is looked at
BAND = 0.35  # rows that have the same street and the same cloth
BELOW_PELVIS = 0.15
SMALLEST = 0.006  # of a gap, of the torso length squared
RIM = 0.04  # around a gap, where its colours and the cloth's are mixed
# In Lab.
LIKE = 12.0  # as far a colour of the gap is from some of the street at most …
UNLIKE = (2.0, 8.0)  # … and so many times that, and so much more, from those of the cloth
SOME, SAMPLES = 5, 1000  # colours that are alike, of so many


def between_legs(labels: np.ndarray, rgb: np.ndarray, body: Body, unit: float) -> np.ndarray:
    """(H, W) bool: pixels labelled trousers between the middles of both legs that have colours of the street beside the person at the
    same height, and none of the trousers on the outer sides of the legs.

    labels (H, W) of parsing.LABEL; rgb (H, W, 3) uint8; unit: the torso length in pixels
    """
    crotch = body.bones[BONE["pelvis"], 1] + BELOW_PELVIS * unit
    inside = _between_axes(body, *labels.shape) & (np.arange(len(labels))[:, None] > crotch)
    found, trousers = np.zeros(labels.shape, bool), labels == LABEL["trousers"]
    if (trousers & inside).sum() < SMALLEST * unit**2:
        return found
    place = box_of(trousers, margin=round(BESIDE[1] * unit))
    labels, trousers, inside = labels[place], trousers[place], inside[place]
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb[place], (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    away = distance_to(labels > 0) / unit
    street = (away > BESIDE[0]) & (away < BESIDE[1])
    cloth = (cv2.erode(trousers.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~inside
    doubtful, gap, rim = trousers & inside, np.zeros(labels.shape, np.uint8), np.zeros(labels.shape, bool)
    rows, band = np.flatnonzero(doubtful.any(1)), max(round(BAND * unit), 8)
    for top in range(rows[0], rows[-1] + 1, band):
        here, around = slice(top, top + band), slice(max(top - band // 2, 0), top + band + band // 2)
        colours = lab[here][doubtful[here]]
        from_street, from_cloth = (_distance(colours, lab[around][mask[around]]) for mask in (street, cloth))
        gap[here][doubtful[here]] = (from_street < LIKE) & (from_cloth > UNLIKE[0] * from_street + UNLIKE[1])
        rim[here][doubtful[here]] = from_street < from_cloth
    for operation in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
        gap = cv2.morphologyEx(gap, operation, np.ones((3, 3), np.uint8))
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(gap)
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST * unit**2
    large[0] = False
    gap = large[pieces] & doubtful
    found[place] = gap | rim & (distance_to(gap) < RIM * unit)
    return found


def _between_axes(body: Body, height: int, width: int) -> np.ndarray:
    """(H, W) bool: between the lines from hip to knee to ankle of both legs."""
    rows, axes = np.arange(height), []
    for side in ("left", "right"):
        joints = body.bones[[BONE[f"{side}_{bone}"] for bone in ("thigh", "shin", "foot")], :2]
        joints = joints[np.argsort(joints[:, 1])]
        axes.append(np.interp(rows, joints[:, 1], joints[:, 0])[:, None])
    columns = np.arange(width)
    return (columns > np.minimum(*axes)) & (columns < np.maximum(*axes))


def _distance(colours: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """(N,) how far each of the colours (N, 3) is from some of the samples (M, 3); nothing is near where there are none."""
    samples = samples[:: max(len(samples) // SAMPLES, 1)]
    if len(samples) < SOME or not len(colours):
        return np.full(len(colours), np.inf)
    return cKDTree(samples).query(colours, SOME)[0][:, -1]
