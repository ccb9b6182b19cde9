"""A garment's colours, continued beyond its outline and under what hides it."""

import cv2
import numpy as np

from primerka.perception.nearby import box_of, distance_to, local_mean
from primerka.perception.pieces import pieces_in
from primerka.person import Garment, Person
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import LOWER
from primerka.tryon.surface.quilt import quilt
from primerka.tryon.surface.seldom import seldom_colours

# Torso lengths around a hand or a bag: parts of it may be taken for cloth; shadow and blur.
ALIKE_REACH, DOUBTFUL_RIM = 0.15, 0.03
PASSES = 0.04  # torso lengths beyond that, over which what is seen passes into what is completed: shadows end in no line
SHADOW = 0.06  # torso lengths that a top throws on the trousers or the skirt under it
BESIDE_SLEEVES = 0.02  # torso lengths of the trunk that have a sleeve's shadow and its soft edge
SHADES = 6  # of each channel: colours in the same ones are alike
OWN = 0.01  # of a cloth's pixels: a colour that so many have is one of its own
UNLIKE = 2.0  # times the spread of the cloth's own colours: so far off is something else


def cloth_colours(
    garment: Garment, whole: np.ndarray, hidden: np.ndarray, trunk: np.ndarray, sleeves: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cloth.rgb: beyond the outline a mirror image, where something hides the cloth its own patches; and Cloth.trunk_rgb: the same, with patches
    where sleeves lie before the trunk, too.

    whole, hidden, trunk  (H, W) bool: all cloth, what of it something hides, and the trunk's, with what is hidden of it
    sleeves               (H, W) bool: the cloth of sleeves that the photo shows
    """
    photo, unit, pure = garment.model.photo.rgb, garment.model.pose.torso_px, _pure(garment)
    rgb, behind = mirror_fill(photo, ~pure), whole & (distance_to(hidden) < _rim(garment) + DOUBTFUL_RIM * unit)
    behind |= garment.mask & ~pure & _doubtful(garment.model, garment.mask)
    _lay(rgb, garment, pure, whole, behind)
    near = trunk & (distance_to(sleeves) < BESIDE_SLEEVES * unit)
    if not near.any():
        return rgb, rgb
    # Zips and buttons end at a sleeve, and behind it nobody knows how they go on; a spot close to it, alone, is its shadow.
    seldom, trunk_rgb = seldom_colours(photo, pure, unit), rgb.copy()
    _, things = cv2.connectedComponents(seldom.astype(np.uint8))
    lone = seldom & ~pieces_in(things, distance_to(near) >= PASSES * unit)
    stays = seldom & ~near & ~lone
    _lay(trunk_rgb, garment, pure & ~near & ~seldom, trunk & ~stays, near | trunk & lone)
    return rgb, trunk_rgb


def _lay(rgb: np.ndarray, garment: Garment, pure: np.ndarray, whole: np.ndarray, behind: np.ndarray) -> None:
    """Lay patches of the pure cloth behind what hides it; what is seen of the whole passes into them. (H, W) bool each."""
    if not (pure.any() and behind.any()):
        return
    unit, place = garment.model.pose.torso_px, box_of(whole | behind, margin=_rim(garment))
    beside = whole[place] & (distance_to(behind[place]) < PASSES * unit)
    completed = quilt(garment.model.photo.rgb[place], ~pure[place], behind[place], unit, PASSES * unit)
    rgb[place] = np.where(beside[:, :, None], completed, rgb[place])


def _rim(garment: Garment) -> int:
    """Pixels of an outline that are mixed: half background, half cloth."""
    return max(round(garment.model.pose.torso_px / 60), 2)


def _pure(garment: Garment) -> np.ndarray:
    """(H, W) bool: the cloth whose colours are its own."""
    rim, unit = _rim(garment), garment.model.pose.torso_px
    pure = cv2.erode(garment.mask.astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    pure &= ~_doubtful(garment.model, garment.mask)
    if garment.category in LOWER:
        pure &= distance_to(garment.model.parsing.mask("top", "outerwear", "dress") & ~garment.mask) > SHADOW * unit
    return pure if pure.sum() >= 0.3 * garment.mask.sum() else garment.mask


def _doubtful(model: Person, cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: cloth around hands and bags whose colours may be theirs: all that is closest, and what looks more like them."""
    unit, rgb = model.pose.torso_px, model.photo.rgb.astype(np.float32)
    doubtful = np.zeros_like(cloth)
    for names in (("left_arm", "right_arm"), ("bag",)):
        thing = model.parsing.mask(*names)
        if not thing.any():
            continue
        away = cv2.distanceTransform((~thing).astype(np.uint8), cv2.DIST_L2, 3) / unit
        near = away < ALIKE_REACH
        theirs, ours = (local_mean(rgb, region, ALIKE_REACH * unit) for region in (thing, cloth & ~near))
        off = np.linalg.norm(rgb - ours, axis=2)
        # The white of stripes is like a hand, and yet no further from their mean than stripes are.
        spread = np.sqrt(np.maximum(local_mean(rgb**2, cloth & ~near, ALIKE_REACH * unit) - ours**2, 0).sum(2))
        alike = near & (np.linalg.norm(rgb - theirs, axis=2) < off) & (off > UNLIKE * spread)
        alike &= ~_figures(rgb, ours, cloth & ~near)
        rim = 2 * round(DOUBTFUL_RIM * unit / 2) + 1
        alike = cv2.dilate(cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3))), np.ones((rim, rim)))
        doubtful |= (away < DOUBTFUL_RIM) | (alike > 0)
    return doubtful


def _figures(rgb: np.ndarray, mean: np.ndarray, cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pixels of a colour that cloth has elsewhere, too, and that is not its mean: figures of its print."""
    shade, usual = ((colours * (SHADES / 256)).astype(int) @ (SHADES**2, SHADES, 1) for colours in (rgb, mean))
    share = np.bincount(shade[cloth], minlength=SHADES**3) / max(cloth.sum(), 1)
    return (share[shade] > OWN) & (shade != usual)
