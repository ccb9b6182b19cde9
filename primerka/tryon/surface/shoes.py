"""Shoes under a long hem: they go on as what shows of them, and where nothing does they are plain dark ones. Nobody goes barefoot
because a gown came off.
"""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.scene import Scene

MIN_SHOE = 0.004  # of the torso length squared: less says nothing of shoes
BELOW_ANKLE = 0.3  # of the height from the ankle joint to the sole: higher up a low shoe ends
HIDDEN = 0.7  # of the feet: so much the old garment must cover if no shoe shows
TOES = 0.05  # torso lengths between toes, which a shoe has not
LEATHER, EDGE = np.float32([48, 44, 42]), 0.55  # RGB, and how light it still is where it turns away from the camera


def shoes(scene: Scene, buyer: Buyer, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of shoes under a garment that is taken off, and where they must be: both feet, from below the ankles; where no shoe
    shows, if the garment hides the feet. (H, W) bool each.
    """
    worn = scene.mask("left_shoe", "right_shoe") & ~old
    feet = np.zeros_like(worn)
    rows = np.arange(len(worn))[:, None]
    for side in ("left", "right"):
        foot, ankle = buyer.person.surface.mask([BONE[f"{side}_foot"]]), buyer.person.body.bones[BONE[f"{side}_foot"], 1]
        if foot.any():
            feet |= foot & (rows > ankle + BELOW_ANKLE * (np.nonzero(foot)[0].max() - ankle))
    if worn.sum() >= MIN_SHOE * buyer.unit**2:
        return worn, feet
    if not feet.any() or (feet & old).sum() < HIDDEN * feet.sum():
        return np.zeros_like(worn), np.zeros_like(worn)
    size = 2 * max(round(TOES * buyer.unit / 2), 1) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.zeros_like(worn), cv2.morphologyEx(feet.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0


def plain_shoes(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: leather on the feet, in the body's shading, as dark as what shows of shoes, or dark."""
    shade = EDGE + (1 - EDGE) * cv2.GaussianBlur(buyer.facing.astype(np.float32), (0, 0), max(TOES * buyer.unit / 2, 1))
    leather = np.median(scene.rgb[worn], 0) if worn.any() else LEATHER
    return np.rint(leather * shade[:, :, None]).astype(np.uint8)
