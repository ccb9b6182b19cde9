"""Pieces of one garment that the network takes for another one like it: they have its colours."""

import cv2
import numpy as np

from primerka.parsing import LABEL

LOOK_ALIKE = (("outerwear", "dress"), ("dress", "skirt"), ("skirt", "shorts"), ("skirt", "trousers"))
UNDER_COATS = (
    "top",
    "outerwear",
)  # of a product; somebody whose coat looks like a top and a coat has something on under a new one
LEAST = 0.01  # of the torso length squared: a piece whose colours say something
NOT_DARK = 30  # in lightness: what is black is like all that is black
SAME, SPREAD = 8, 16  # in Lab: the middle of its colours, and their 15th and 85th percentiles, differ by less
RIM = 1 / 80  # torso lengths of mixed colours around it


def pieces_of_one_garment(labels: np.ndarray, rgb: np.ndarray, torso_px: float, worn: str | None = None) -> np.ndarray:
    """(H, W) uint8: the labels, with pieces that have the colours of a larger garment of a kind like theirs gone over to that.

    Such garments that are worn together, two of them, have the same colours in one of sixty photos, unless they are dark.

    worn  a category that is surely worn: its pieces stay, and others go over to it, be it larger or not
    """
    width = 2 * max(round(RIM * torso_px), 1) + 1
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB) * np.float32([100 / 255, 1, 1])
    whole = labels.copy()
    for pair in (*LOOK_ALIKE, *([UNDER_COATS] if worn in UNDER_COATS else [])):
        larger, smaller = sorted(pair, key=lambda name: (name != worn, -(whole == LABEL[name]).sum()))
        own = _colours(lab[cv2.erode((whole == LABEL[larger]).astype(np.uint8), np.ones((width, width), np.uint8)) > 0])
        _, pieces, stats, _ = cv2.connectedComponentsWithStats((whole == LABEL[smaller]).astype(np.uint8))
        inner = cv2.erode((pieces > 0).astype(np.uint8), np.ones((width, width), np.uint8)) > 0
        for piece in 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] > LEAST * torso_px**2):
            seen = inner & (pieces == piece)
            if seen.sum() > LEAST * torso_px**2 and own is not None and _alike(own, _colours(lab[seen])):
                whole[pieces == piece] = LABEL[larger]
    return whole


def _colours(lab: np.ndarray) -> np.ndarray | None:
    """(3, 3): the 15th, 50th and 85th percentile of (N, 3) colours; None of nothing."""
    return np.percentile(lab, (15, 50, 85), axis=0) if len(lab) else None


def _alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    differ = np.abs(ours - theirs)
    return bool(min(ours[1, 0], theirs[1, 0]) > NOT_DARK and np.linalg.norm(differ[1]) < SAME and differ[[0, 2]].max() < SPREAD)
