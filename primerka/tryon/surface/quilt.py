"""Patterned cloth behind what hides it: patches of what shows, each laid where it fits best what is there already.

From the border of the hole inwards, where most is known first (Criminisi, Pérez, Toyama 2004, "Region filling and object removal
by exemplar-based image inpainting", IEEE TIP 13(9), section III, without its data term). A patch as wide as a figure of the
pattern and what is around it keeps checks, stripes and dots in step, which small patches, as of complete.py, do not.
"""

import cv2
import numpy as np

from primerka.perception.nearby import distance_to, local_mean
from primerka.tryon.surface.fill import mirror_fill

PER_UNIT, PATCH = 100, 0.05  # pixels a unit; units from the middle of a patch to its side
GAIN, DEARER = (0.8, 1.25), 0.3  # times as light a patch may get, and what that costs
AGAIN, AROUND = (
    10.0,
    2,
)  # squared grey levels, the price of what was laid before, and of what lies so many pixels around it: no tiles
PLAINER = 0.1  # of a patch's variance, its price: a button or a crease does not come again, a pattern does
FADES = 0.9  # what is laid down is known so much less surely than what it was laid beside
BLEND = [(y, x, float(np.exp(-(y**2 + x**2) / 18))) for y in (-4, -2, 0, 2, 4) for x in (-4, -2, 0, 2, 4)]  # y, x, weight
LIGHT = 0.15  # units over which the light of what shows goes on


def quilt(rgb: np.ndarray, hole: np.ndarray, cloth: np.ndarray, unit: float) -> np.ndarray:
    """Fill the hole in cloth with patches of what shows of it; where none reaches, with its mirror image. The same every time.

    rgb          (H, W, 3) uint8
    hole, cloth  (H, W) bool: what is not known, and where cloth must be: meant where it is
    unit         pixels: a length of the scene, of people the torso's
    returns      (H, W, 3) uint8, the known pixels unchanged
    """
    filled, wanted = mirror_fill(rgb, hole), hole & cloth
    if hole.all() or not wanted.any():
        return filled
    size = tuple(max(round(length * PER_UNIT / unit), 1) for length in hole.shape[::-1])
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    unknown, missing = (
        cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02 for mask in (hole, wanted)
    )
    offsets, gains = _lay(small, ~unknown, missing & unknown)
    if not np.isfinite(offsets).any():
        return filled
    return _in_the_light(_at_full_size(rgb, filled, hole, wanted, offsets, gains), rgb, hole, wanted, unit)


def _lay(picture: np.ndarray, known: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 2) float32, y and x: from each pixel to the one that is laid there, NaN where none is; (H, W) float32: times how light."""
    reach = round(PATCH * PER_UNIT)
    width = 2 * reach + 1
    around = ((reach, reach), (reach, reach))
    picture = np.pad(picture, (*around, (0, 0)))
    known, missing = np.pad(known, around), np.pad(missing & ~known, around)
    offsets, gains = np.full((*known.shape, 2), np.nan, np.float32), np.ones(known.shape, np.float32)
    inside = np.s_[reach:-reach, reach:-reach]
    whole = cv2.erode(known.astype(np.uint8), np.ones((width, width), np.uint8))[inside] > 0
    source, surely = picture.copy(), known.astype(np.float32)
    mean, square = (cv2.blur(values, (width, width))[inside] for values in (source, source**2))
    price = np.where(whole, PLAINER * (square - mean**2).sum(2), np.inf)
    while whole.any():
        front = missing & (cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        if not front.any():
            break
        sure = cv2.blur(surely, (width, width))
        middle = np.unravel_index(np.where(front, sure, -1).argmax(), sure.shape)
        place = tuple(slice(at - reach, at + reach + 1) for at in middle)
        found, gain = _best(source, picture[place], known[place], price)
        near = tuple(slice(max(at - AROUND, 0), at + AROUND + 1) for at in found)
        price[near] += AGAIN
        new, patch = ~known[place], source[found[0] : found[0] + width, found[1] : found[1] + width]
        picture[place][new] = gain * patch[new]
        offsets[place][new] = np.array(found) + reach - middle
        gains[place][new] = gain
        surely[place][new] = FADES * sure[middle]
        known[place], missing[place] = True, False
    return offsets[inside], gains[inside]


def _best(source: np.ndarray, patch: np.ndarray, known: np.ndarray, price: np.ndarray) -> tuple[tuple[int, int], float]:
    """The upper left corner of the part of the source that differs least from what is known of a patch, once it is made as light, and how
    many times as light that is.

    price  (H, W) float32: by how much a part must differ less for that, squared grey levels of a pixel; infinite where none may be taken
    """
    weights, reach = known.astype(np.float32), len(patch) // 2
    own = float((weights[:, :, None] * patch**2).sum())
    both = cv2.matchTemplate(source, patch * weights[:, :, None], cv2.TM_CCORR)
    theirs = cv2.filter2D((source**2).sum(2), -1, weights, borderType=cv2.BORDER_CONSTANT)[reach:-reach, reach:-reach]
    gain = np.clip(both / np.maximum(theirs, 1), *GAIN)
    differ = own - 2 * gain * both + gain**2 * theirs + DEARER * (gain - 1) ** 2 * own
    corner = np.unravel_index((differ / weights.sum() + price).argmin(), differ.shape)
    return corner, float(gain[corner])


def _at_full_size(
    rgb: np.ndarray, filled: np.ndarray, hole: np.ndarray, wanted: np.ndarray, offsets: np.ndarray, gains: np.ndarray
) -> np.ndarray:
    """The filled picture with patches where they are wanted, neighbours blended into one another."""
    last, pixels = np.array(hole.shape) - 1, np.argwhere(wanted)
    ratio = np.array(hole.shape) / offsets.shape[:2]
    at = np.floor((pixels + 0.5) / ratio).astype(int)
    colours, total = np.zeros((len(pixels), 3), np.float32), np.zeros((len(pixels), 1), np.float32)
    for *step, weight in BLEND:
        near = tuple(np.clip(at + step, 0, np.array(offsets.shape[:2]) - 1).T)
        laid = np.isfinite(offsets[near]).all(1)
        source = tuple(np.clip(pixels + np.rint(np.nan_to_num(offsets[near]) * ratio).astype(int), 0, last).T)
        share = (weight * (laid & ~hole[source])).astype(np.float32)[:, None]
        colours += share * gains[near][:, None] * rgb[source]
        total += share
    place, filled = tuple(pixels.T), filled.copy()
    filled[place] = np.where(total > 0, np.clip(np.rint(colours / np.maximum(total, 1e-6)), 0, 255), filled[place])
    return filled


def _in_the_light(filled: np.ndarray, rgb: np.ndarray, hole: np.ndarray, wanted: np.ndarray, unit: float) -> np.ndarray:
    """The filled picture, what was wanted as light as what shows around it, the more the further it is from that: at the border they meet."""
    around, there = (local_mean(picture, region, LIGHT * unit).sum(2) for picture, region in ((rgb, ~hole), (filled, wanted)))
    inwards = np.minimum(distance_to(~hole) / (LIGHT * unit), 1)
    gain = (np.clip(around / np.maximum(there, 1), *GAIN) ** inwards)[:, :, None]
    return np.where(wanted[:, :, None], np.clip(np.rint(gain * filled), 0, 255).astype(np.uint8), filled)
