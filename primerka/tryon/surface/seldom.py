"""What a cloth has on it that is not its pattern: zips, buttons, a strap. It does not go on behind a sleeve."""

import cv2
import numpy as np
from scipy.ndimage import uniform_filter

from primerka.perception.nearby import box_of

CELL = 4  # the side of a cell of colours, in Lab as bytes
CELLS = 256 // CELL
ALIKE = (15, 7, 7)  # cells to a side whose colours are alike: bytes of lightness are finer than those of hue
SELDOM = 0.02  # of a cloth's pixels: fewer have a seldom colour …
MOST = 0.25  # … but for a cloth of which more have one: it has many colours
AROUND = 0.01  # torso lengths around them that mix both


def seldom_colours(rgb: np.ndarray, cloth: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: what of a cloth, (H, W) bool, has a colour that little of it has, and a rim around that, also beyond the cloth.

    rgb   (H, W, 3) uint8
    unit  the torso's length, pixels
    """
    place, rim = box_of(cloth), 2 * max(round(AROUND * unit), 1) + 1
    lab, cloth, found = cv2.cvtColor(rgb[place], cv2.COLOR_RGB2LAB), cloth[place], np.zeros_like(cloth)
    cells = (lab // CELL).astype(int) @ (CELLS**2, CELLS, 1)
    counts = np.bincount(cells[cloth], minlength=CELLS**3).reshape((CELLS,) * 3).astype(float)
    alike = uniform_filter(counts, ALIKE, mode="constant").ravel() * np.prod(ALIKE)
    seldom = cloth & (alike[cells] < SELDOM * cloth.sum())
    if seldom.sum() > MOST * cloth.sum():
        return found
    found[place] = cv2.dilate(seldom.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    return found
