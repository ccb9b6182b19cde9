"""Bags, umbrellas and coats beside the legs, which the parsing network now and then takes for the garment next to them."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from primerka.photo import Photo
from primerka.surface import Surface

BINS = (12, 16, 16)  # of L, a and b
STRONGEST = 64  # of a and b, either way: stronger colours count as the strongest
OFF_BODY = 0.04  # torso lengths off the body from which on a patch is judged
ALIKE = 0.33  # intersection of its colours with the garment's on the body: a patch with less is no part of it
AROUND = 0.2  # torso lengths around such a patch in which its colours are its own
MIN_PATCH = 0.004  # of the torso length squared


def foreign_patches(mask: np.ndarray, photo: Photo, surface: Surface, torso_px: float) -> np.ndarray:
    """(H, W) bool: what of a garment's mask (H, W) bool lies off the body and has other colours than what lies on it.

    Colours are compared by the intersection of histograms (Swain and Ballard 1991, IJCV 7(1)), patch by patch.
    """
    bins = _bin_numbers(photo.rgb)
    body = surface.part >= 0
    own = _histogram(bins[mask & body])
    off = mask & (cv2.distanceTransform((~body).astype(np.uint8), cv2.DIST_L2, 3) > OFF_BODY * torso_px)
    count, patches, stats, _ = cv2.connectedComponentsWithStats(off.astype(np.uint8))
    foreign = np.zeros_like(mask)
    for index in range(1, count):
        if stats[index, cv2.CC_STAT_AREA] < MIN_PATCH * torso_px**2:
            continue
        patch = patches == index
        other = _histogram(bins[patch])
        if np.minimum(own, other).sum() < ALIKE:
            near = cv2.distanceTransform((~patch).astype(np.uint8), cv2.DIST_L2, 3) < AROUND * torso_px
            foreign |= patch | mask & near & (other > own)[bins]
    return foreign


def _histogram(bins: np.ndarray) -> np.ndarray:
    """(bins,) float64 that sum to 1: neighbouring colours count for each other."""
    counts = np.bincount(bins, minlength=np.prod(BINS)).reshape(BINS).astype(np.float64)
    smooth = gaussian_filter(counts, 1.0)
    return smooth.ravel() / max(smooth.sum(), 1e-9)


def _bin_numbers(rgb: np.ndarray) -> np.ndarray:
    """(H, W) int: the number of each pixel's bin in 8-bit Lab."""
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(int)
    ab = np.clip(lab[:, :, 1:] - 128 + STRONGEST, 0, 2 * STRONGEST - 1)
    light, a, b = lab[:, :, 0] * BINS[0] // 256, *np.moveaxis(ab * BINS[1] // (2 * STRONGEST), 2, 0)
    return (light * BINS[1] + a) * BINS[2] + b
