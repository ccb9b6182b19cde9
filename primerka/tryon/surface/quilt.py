"""Cloth behind what hides it: patches of what shows, each laid where it fits best what is there already.

From the border of the hole inwards, where most is known first (Criminisi, Pérez, Toyama 2004, "Region filling and object removal
by exemplar-based image inpainting", IEEE TIP 13(9), section III). Ours are the light of patches, what plain and repeated ones
cost, and that they are blended; the data term is left out. A patch as wide as a figure of the pattern and what is around it
keeps checks, stripes and dots in step, which small patches, as of complete.py, do not.
"""

import cv2
import numpy as np

from primerka.perception.nearby import box_of, distance_to
from primerka.tryon.surface.fill import level_fill, mirror_fill, spread_out

PER_UNIT = 100  # pixels a unit of the small picture, in which patches are chosen …
MOST = 40_000 * 8_000  # … and the most of it around what is known, times what is to fill: that takes a few seconds …
MOST_IN_ALL = 10 * MOST  # … as the most of all of it does
REACH = 5  # small pixels from the middle of a patch to its side
PATCH = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
GAIN = (0.8, 1.25)  # times as light a patch may get …
DEARER = 0.3  # … and what that costs: times the square of the part gained
PLAINER = 0.1  # of a patch's variance, its price: a button or a crease does not come again, a pattern does
AGAIN = 10.0  # squared grey levels, the price of what was laid before: no tiles …
AROUND = 2  # … and of what lies so many small pixels around it
FADES = 0.9  # what is laid down is known so much less surely than what it was laid beside
NEAR = (-4, -2, 0, 2, 4)  # small pixels away: patches laid there are blended in …
BLEND = [(y, x, float(np.exp(-(y**2 + x**2) / (2 * 3**2)))) for y in NEAR for x in NEAR]  # … y, x, and with what weight
MEETS, FADES_OUT = 1.5, 3.0  # times REACH: over so much the tone of what they meet is smoothed, and inwards fades …
OBJECT = 15  # … levels: what differs from the patches by more is no tone, but a thing or a shadow


def quilt(rgb: np.ndarray, hole: np.ndarray, cloth: np.ndarray, unit: float, passing: float = 0.0) -> np.ndarray:
    """Fill a hole in cloth with patches of what shows of it. The same every time.

    rgb      (H, W, 3) uint8
    hole     (H, W) bool: what is not known
    cloth    (H, W) bool: where cloth must be; the rest of the hole gets its mirror image. If no whole patch shows, what there is passes into
             each other: mirrors of a cuff are flat pieces with corners
    unit     pixels: a length of the scene, of people the torso's
    passing  pixels beside the cloth that is wanted, up to REACH small ones, over which what is there, known or mirrored, passes into
             the patches
    returns  (H, W, 3) uint8, the known pixels beyond that unchanged; all of them, if nothing is known
    """
    filled, wanted = mirror_fill(rgb, hole), hole & cloth
    if hole.all() or not wanted.any():
        return filled
    known, to_fill = hole[box_of(~hole)].size, float(wanted.sum())
    scale = min(1.0, PER_UNIT / unit, (min(MOST / known, MOST_IN_ALL / hole.size) / to_fill) ** 0.25)
    size = tuple(max(round(length * scale), 1) for length in hole.shape[::-1])
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    unknown, missing = (
        cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02 for mask in (hole, wanted)
    )
    offsets, gains = _lay(small, ~unknown, missing)
    if np.isnan(offsets).all():
        return level_fill(rgb, hole)
    return _at_full_size(rgb, filled, hole, wanted, offsets, gains, passing)


def _lay(picture: np.ndarray, known: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay patches until nothing is missing, or none if none is known whole. Returns (H, W, 2) float32, y and x: from each pixel to where
    what is laid there was taken, NaN where nothing is laid, and (H, W) float32: times as light it got.

    picture         (H, W, 3) float32
    known, missing  (H, W) bool
    """
    around, inside = ((REACH, REACH), (REACH, REACH)), np.s_[REACH:-REACH, REACH:-REACH]
    picture, known, missing = np.pad(picture, (*around, (0, 0))), np.pad(known, around), np.pad(missing, around)
    whole = cv2.erode(known.astype(np.uint8), PATCH)[inside] > 0
    source, surely = picture.copy(), known.astype(np.float32)
    mean, square = (cv2.blur(values, PATCH.shape)[inside] for values in (source, source**2))
    price = np.where(whole, PLAINER * (square - mean**2).sum(2), np.inf)  # by the patches' upper left corners
    rows, columns = box_of(whole)
    source, price = source[rows.start : rows.stop + 2 * REACH, columns.start : columns.stop + 2 * REACH], price[rows, columns]
    first = np.array([rows.start, columns.start])
    offsets, gains = np.full((*known.shape, 2), np.nan, np.float32), np.ones(known.shape, np.float32)
    while whole.any() and missing.any():
        front = missing & (cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        sure = cv2.blur(surely, PATCH.shape)
        middle = np.unravel_index(np.where(front if front.any() else missing, sure, -1).argmax(), sure.shape)
        place = tuple(slice(at - REACH, at + REACH + 1) for at in middle)
        corner, gain = _best(source, picture[place], known[place], price)
        price[tuple(slice(max(at - AROUND, 0), at + AROUND + 1) for at in corner)] += AGAIN
        new, patch = ~known[place], source[tuple(slice(at, at + len(PATCH)) for at in corner)]
        picture[place][new] = gain * patch[new]
        offsets[place][new], gains[place][new] = np.array(corner) + first + REACH - middle, gain
        surely[place][new] = FADES * sure[middle]
        known[place], missing[place] = True, False
    return offsets[inside], gains[inside]


def _best(source: np.ndarray, patch: np.ndarray, known: np.ndarray, price: np.ndarray) -> tuple[tuple[int, int], float]:
    """The upper left corner of the part of the source that differs least from what is known of a patch, once it is made as light, and how
    many times as light that is. Where nothing is known, the cheapest.

    price  (H, W) float32: what is added to how much a part differs, squared grey levels a pixel; infinite where none may be taken
    """
    weights = known.astype(np.float32)
    own = float((weights[:, :, None] * patch**2).sum())
    both = cv2.matchTemplate(source, patch * weights[:, :, None], cv2.TM_CCORR)
    theirs = cv2.filter2D((source**2).sum(2), -1, weights, borderType=cv2.BORDER_CONSTANT)[REACH:-REACH, REACH:-REACH]
    gain = np.clip(both / np.maximum(theirs, 1), *GAIN) if known.any() else np.ones_like(both)
    differ = own - 2 * gain * both + gain**2 * theirs + DEARER * (gain - 1) ** 2 * own  # the sum of (own - gain · theirs)²
    corner = np.unravel_index((differ / max(weights.sum(), 1) + price).argmin(), differ.shape)
    return corner, float(gain[corner])


def _at_full_size(
    rgb: np.ndarray,
    filled: np.ndarray,
    hole: np.ndarray,
    wanted: np.ndarray,
    offsets: np.ndarray,
    gains: np.ndarray,
    passing: float,
) -> np.ndarray:
    """The filled picture with patches where they are wanted, each going on a little under its neighbours, and in the tone of what they
    meet: what the known cloth beside them differs from what the patches show there is carried on into them, and fades.
    """
    reach = REACH * hole.shape[0] / gains.shape[0]
    place = box_of(wanted, margin=int(reach) + 1)
    away = distance_to(wanted[place])
    laid, shown = _laid(rgb, hole, place, away <= reach, offsets, gains)
    known, photo = ~hole[place], rgb[place]
    beside = known & shown & (np.abs(photo - laid).max(2, initial=0) < OBJECT)
    lacking = spread_out(np.where(beside[:, :, None], photo - laid, 0), beside, MEETS * reach)
    lacking *= np.clip(1 - distance_to(known) / (FADES_OUT * reach), 0, 1)[:, :, None]
    share = np.where(shown, np.clip(1 - away / max(min(passing, reach), 1e-6), 0, 1), 0)[:, :, None]
    whole = filled.copy()
    whole[place] = np.rint(share * np.clip(laid + lacking, 0, 255) + (1 - share) * filled[place])
    return whole


def _laid(
    rgb: np.ndarray, hole: np.ndarray, place: tuple[slice, slice], where: np.ndarray, offsets: np.ndarray, gains: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What the patches show in a mask (h, w) bool of a place in the picture, blended: (h, w, 3) float32, and (h, w) bool: where they show
    anything.
    """
    within = np.nonzero(where)
    last, pixels = np.array(hole.shape) - 1, np.stack(within, 1) + [side.start for side in place]
    ratio = np.array(hole.shape) / gains.shape
    at = np.floor((pixels + 0.5) / ratio).astype(int)
    colours, total = np.zeros((len(pixels), 3), np.float32), np.zeros((len(pixels), 1), np.float32)
    for *step, weight in BLEND:
        near = tuple(np.clip(at + step, 0, np.array(gains.shape) - 1).T)
        found = pixels + np.nan_to_num(np.rint(offsets[near] * ratio), nan=-np.inf)
        inside = ((found >= 0) & (found <= last)).all(1)
        source = tuple(np.clip(found, 0, last).astype(int).T)
        share = (weight * (inside & ~hole[source])).astype(np.float32)[:, None]
        colours += share * gains[near][:, None] * rgb[source]
        total += share
    laid, shown = np.zeros((*where.shape, 3), np.float32), np.zeros(where.shape, bool)
    laid[within], shown[within] = colours / np.maximum(total, 1e-6), total[:, 0] > 0
    return laid, shown
