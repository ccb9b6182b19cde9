"""Bags, umbrellas and coats beside the legs, which the parsing network now and then takes for the garment next to them."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from primerka.perception.colour_models import BINS, bin_numbers
from primerka.photo import Photo
from primerka.surface import Surface

SMOOTH = (1.0, 1.5, 1.5)  # bins of L, a and b: neighbouring colours count for each other
OFF_BODY = 0.04  # torso lengths off the body from which on a patch is judged
ALIKE = 0.33  # intersection of its colours with the garment's on the body: a patch with less is no part of it
AROUND = 0.2  # torso lengths around such a patch in which its colours are its own
MIN_PATCH = 0.004  # of the torso length squared


def foreign_patches(mask: np.ndarray, photo: Photo, surface: Surface, torso_px: float) -> np.ndarray:
    """(H, W) bool: what of a garment's mask (H, W) bool lies off the body and has other colours than what lies on it.

    Colours are compared by the intersection of histograms (Swain and Ballard 1991, IJCV 7(1)), patch by patch.
    """
    bins = bin_numbers(cv2.GaussianBlur(photo.rgb, (0, 0), 1.0))
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
    """(bins,) float64 that sum to 1."""
    counts = np.bincount(bins, minlength=np.prod(BINS)).reshape(BINS).astype(np.float64)
    smooth = gaussian_filter(counts, SMOOTH)
    return smooth.ravel() / max(smooth.sum(), 1e-9)
