"""A garment's colours, continued beyond its outline and under what hides it."""

import cv2
import numpy as np

from primerka.perception.nearby import box_of, distance_to, local_mean
from primerka.person import Garment, Person
from primerka.tryon.surface.complete import complete
from primerka.tryon.surface.fill import cloth_fill, mirror_fill
from primerka.tryon.surface.parts import LOWER

# Torso lengths around a hand or a bag: parts of it may be taken for cloth; shadow and blur.
ALIKE_REACH, DOUBTFUL_RIM = 0.15, 0.03
FOLD = 1 / 20  # torso lengths: wider than that are folds, which do not go on where nothing shows at the same height
PATTERNED = 15  # grey levels off the mean nearby, of half of a cloth's pixels: such cloth is not plain
BESIDE = 0.1  # torso lengths of cloth that shows in a row
CLOTH_MEETS = 0.03  # torso lengths from the border of what is hidden, over which its mirror image passes into patches
SHADOW = 0.06  # torso lengths that a top throws on the trousers or the skirt under it
UNLIKE = 2.0  # times the spread of the cloth's own colours: so far off is something else


def cloth_colours(garment: Garment, whole: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Cloth.rgb: beyond the outline a mirror image, where something hides the cloth its own patches; (H, W) bool whole, hidden."""
    photo, unit = garment.model.photo.rgb, garment.model.pose.torso_px
    # A rim of mixed pixels is left out of the colours: half background, half cloth.
    rim = max(round(unit / 60), 2)
    pure = cv2.erode(garment.mask.astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    pure &= ~_doubtful(garment.model, garment.mask)
    if garment.category in LOWER:
        pure &= distance_to(garment.model.parsing.mask("top", "outerwear", "dress") & ~garment.mask) > SHADOW * unit
    if pure.sum() < 0.3 * garment.mask.sum():
        pure = garment.mask
    rgb = mirror_fill(photo, ~pure)
    if hidden.any():
        place = box_of(whole, margin=rim)
        guess = _drawn_out(photo[place], rgb[place], pure[place], unit)
        completed = complete(photo[place], ~pure[place], guess, unit, CLOTH_MEETS)
        behind = whole & (distance_to(hidden) < rim + DOUBTFUL_RIM * unit)
        rgb[place] = np.where(behind[place][:, :, None], completed, rgb[place])
    return rgb


def _drawn_out(photo: np.ndarray, mirrored: np.ndarray, pure: np.ndarray, unit: float) -> np.ndarray:
    """(H, W, 3) uint8: cloth where nothing of it shows, for a start: its mirror image, but of plain cloth, in rows in which none shows,
    its colours and its grain. Folds that are mirrored far from where they are become polygons.
    """
    off = np.abs(photo - local_mean(photo, pure, FOLD * unit)).mean(2)[pure]
    if np.median(off) > PATTERNED:
        return mirrored
    plain = cloth_fill(photo, ~pure, FOLD * unit)
    shows = (pure.sum(1, keepdims=True) > BESIDE * unit).astype(np.float32)
    share = cv2.GaussianBlur(shows, (1, 0), CLOTH_MEETS * unit)[:, :, None]
    return np.rint(plain + share * (mirrored.astype(np.float32) - plain)).astype(np.uint8)


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
        rim = 2 * round(DOUBTFUL_RIM * unit / 2) + 1
        alike = cv2.dilate(cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3))), np.ones((rim, rim)))
        doubtful |= (away < DOUBTFUL_RIM) | (alike > 0)
    return doubtful
