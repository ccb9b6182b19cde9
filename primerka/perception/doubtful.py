"""Collars, lapels and halves of cardigans look like scarves to a network that has seen few, and hoods like hats: it doubts those."""

import cv2
import numpy as np

from primerka.parsing import CLASSES

DOUBTED = [CLASSES.index(name) for name in ("scarf", "hat")]
SURE = 0.575  # mean probability of a piece


def without_doubtful(probabilities: np.ndarray) -> np.ndarray:
    """(H, W, classes) float32 over parsing.CLASSES, as they are given, but with no scarf and no hat where a piece of one is doubtful: there the
    other classes share what it had.
    """
    likeliest, told = probabilities.argmax(2), probabilities.copy()
    for doubted in DOUBTED:
        count, pieces = cv2.connectedComponents((likeliest == doubted).astype(np.uint8))
        sums = np.bincount(pieces.ravel(), probabilities[:, :, doubted].ravel(), count)
        doubtful = sums < SURE * np.bincount(pieces.ravel(), minlength=count)
        doubtful[0] = False
        told[doubtful[pieces], doubted] = 0
    return told / told.sum(2, keepdims=True)
