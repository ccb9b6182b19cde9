"""Shoes under a long hem: they go on as what shows of them, and where little or nothing does they are plain ones. Nobody goes barefoot
because a gown came off.
"""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.body_model import body_model
from primerka.tryon.surface.buyer import Buyer, grown
from primerka.tryon.surface.scene import Scene

MIN_SHOE = 0.004  # of the torso length squared: less says nothing of shoes
# Of the height from the ankle joint to the sole.
BELOW_ANKLE = 0.3  # higher up a low shoe ends …
THROAT = 0.35  # … and so much further down in its middle
GLEAM_AT, GLEAM, LIGHTER = 0.72, 0.12, 40.0  # where the gleam on a toe is, how wide, and how many grey levels lighter
SOLE = 0.92  # from there down it is dark
HIGHEST_SOLE = 0.7  # the fit has feet no further too low than that
HIDDEN = 0.7  # of the feet: so much the old garment must cover if no shoe shows
TOES = 0.05  # torso lengths between toes, which a shoe has not
TONE = 30  # percentile of what shows of shoes that is their colour: toes and straps in the sun are lighter
LEATHER, EDGE = np.float32([48, 44, 42]), 0.55  # RGB, and how light it still is where it turns away from the camera


def shoes(scene: Scene, buyer: Buyer, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of shoes under a garment that is taken off, and where they must be: both feet, but for the instep, down to the soles that show;
    where no shoe shows, if the garment hides the feet. (H, W) bool each.
    """
    worn = scene.mask("left_shoe", "right_shoe") & ~old
    down, across = _on_feet(buyer)
    feet = down > BELOW_ANKLE
    if worn.sum() < MIN_SHOE * buyer.unit**2:
        worn = np.zeros_like(worn)
        if not feet.any() or (feet & old).sum() < HIDDEN * feet.sum():
            return worn, worn
    for side in ("left", "right"):
        foot = buyer.person.surface.mask([BONE[f"{side}_foot"]])
        shown = worn & scene.mask(f"{side}_shoe") & grown(foot, buyer, TOES)
        if shown.sum() > MIN_SHOE / 2 * buyer.unit**2:
            feet &= ~foot | (down < HIGHEST_SOLE) | (np.arange(len(feet)) <= np.flatnonzero(shown.any(1))[-1])[:, None]
    feet &= down > BELOW_ANKLE + THROAT * (1 - across**2)
    size = 2 * max(round(TOES * buyer.unit / 2), 1) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return worn, cv2.morphologyEx(feet.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0


def plain_shoes(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: leather on the feet, in the body's shading, as dark as what shows of shoes, or dark; with a sole, and a gleam on the toes."""
    leather = np.percentile(scene.rgb[worn], TONE, axis=0).astype(np.float32) if worn.any() else LEATHER
    shade = EDGE + (1 - EDGE) * cv2.GaussianBlur(buyer.facing.astype(np.float32), (0, 0), max(TOES * buyer.unit / 2, 1))
    down, across = _on_feet(buyer)
    gleam = LIGHTER * np.exp(-(((down - GLEAM_AT) / GLEAM) ** 2) - (across / 0.5) ** 2)
    sole = np.where(down > SOLE, EDGE, 1.0)
    blur = max(TOES * buyer.unit / 8, 0.8)
    gleam, sole = (cv2.GaussianBlur(plane.astype(np.float32), (0, 0), blur)[:, :, None] for plane in (gleam, sole))
    return np.clip(np.rint((leather * shade[:, :, None] + gleam) * sole), 0, 255).astype(np.uint8)


def _on_feet(buyer: Buyer) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) float32 each: how far down a foot a pixel lies, 0 at the ankle joint and 1 at the sole, and how far from its middle, -1 and 1 at its
    sides, and all over one that is seen from behind; -1 and 0 off the feet.
    """
    body, down, across = buyer.person.body, np.full(buyer.along.shape, -1, np.float32), np.zeros(buyer.along.shape, np.float32)
    for side in ("left", "right"):
        bone = BONE[f"{side}_foot"]
        foot, ankle = body.vertices[body_model().part == bone], body.bones[bone]
        (left, _, _), (right, sole, _) = foot.min(0), foot.max(0)
        ys, xs = np.nonzero(buyer.person.surface.mask([bone]))
        if sole > ankle[1]:
            down[ys, xs] = (ys - ankle[1]) / (sole - ankle[1])
            from_behind = foot[:, 2].mean() > ankle[2]
            across[ys, xs] = 1 if from_behind else 2 * (xs - left) / (right - left) - 1
    return down, across
