"""Collars, lapels and halves of cardigans look like scarves to a network that has seen few, and hoods like hats: it doubts those."""

import cv2
import numpy as np

from primerka.parsing import CLASSES

DOUBTED = [CLASSES.index(name) for name in ("scarf", "hat")]
OTHERS = [index for index, name in enumerate(CLASSES) if index not in DOUBTED and name != "background"]
SURE = 0.575  # mean probability of a piece
LEAST = 1e-4  # probability of all else together: with less of it a doubtful piece stays what it is


def without_doubtful(probabilities: np.ndarray) -> np.ndarray:
    """(H, W, classes) float32 over parsing.CLASSES, as they are given, but with no scarf and no hat where a piece of one is doubtful: there what
    else the person may wear shares what both had.
    """
    likeliest, doubtful = probabilities.argmax(2), np.zeros(probabilities.shape[:2], bool)
    for doubted in DOUBTED:
        count, pieces = cv2.connectedComponents((likeliest == doubted).astype(np.uint8))
        sums = np.bincount(pieces.ravel(), probabilities[:, :, doubted].ravel(), count)
        unsure = sums < SURE * np.bincount(pieces.ravel(), minlength=count)
        unsure[0] = False
        doubtful |= unsure[pieces]
    told, seen = probabilities.copy(), probabilities[doubtful]
    others, had = seen[:, OTHERS].sum(1, keepdims=True), seen[:, DOUBTED].sum(1, keepdims=True)
    known = others > LEAST
    seen[:, OTHERS] *= np.where(known, 1 + had / np.maximum(others, LEAST), 1)
    seen[:, DOUBTED] *= ~known
    told[doubtful] = seen
    return told
