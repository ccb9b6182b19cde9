"""The pieces of a mask, and what lies around each."""

import cv2
import numpy as np
from scipy.ndimage import label

from primerka.perception.nearby import box_of


def outline_shares(mask: np.ndarray, *others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Connected pieces, and how much of each piece's outline lies in each of the other masks.

    mask, others  (H, W) bool
    returns       pieces (H, W) int32, 0 off the mask; shares (len(others), pieces + 1) float in [0, 1], those of 0 are 0
    """
    pieces, place = np.zeros(mask.shape, np.int32), box_of(mask, margin=1)
    if not mask.any():
        return pieces, np.zeros((len(others), 1))
    count, pieces[place] = cv2.connectedComponents(mask[place].astype(np.uint8))
    # Of a pixel between two pieces the later one has it; float32 counts to 2 ** 24.
    around = cv2.dilate(pieces[place].astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32) * ~mask[place]
    outline = np.maximum(np.bincount(around.ravel(), minlength=count), 1)
    shares = np.array([np.bincount(around[other[place]], minlength=count) / outline for other in others])
    shares[:, 0] = 0
    return pieces, shares


def pieces_in(pieces: np.ndarray, where: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pieces, (H, W) int, numbered from 1, of which something lies in a mask (H, W) bool; all of each."""
    found = np.zeros(pieces.max(initial=0) + 1, bool)
    found[pieces[where]] = True
    found[0] = False
    return found[pieces]


def pieces_of_rows(mask: np.ndarray) -> np.ndarray:
    """(H, W) int32: of what lies without a gap in each row of a mask, the number; 0 off the mask."""
    return label(mask, [[0, 0, 0], [1, 1, 1], [0, 0, 0]])[0]


def at_the_edge(pieces: np.ndarray) -> np.ndarray:
    """The numbers of the pieces, (H, W) int, that reach the picture's edge, where something larger may be cut off."""
    return np.unique(np.concatenate([pieces[[0, -1]].ravel(), pieces[:, [0, -1]].ravel()]))
