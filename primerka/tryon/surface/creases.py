"""Where a sleeve lies against the trunk there is a crease, and shadow in it: it says better than the fitted body where the one ends."""

import cv2
import numpy as np
from skimage.graph import MCP_Geometric

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to, nearest_known
from primerka.perception.pieces import pieces_in, pieces_of_rows
from primerka.person import Person

# In torso lengths:
BAND = 0.08  # to either side of the fitted border, in which the crease is looked for
SHOULDER = 0.15  # around its joint, where a sleeve hangs on the trunk without a crease
AXIS = 0.02  # around an arm's axis, which is the sleeve's
ALONG = 0.12  # of a crease that must be dark: so stripes across an arm are none
WIDE = 0.04  # around a crease, whose cloth it is darker than
EVEN = 0.025  # what is finer on the border is not the garment's
SHADOW = 0.5  # how much longer a level of shadow makes the way …
EDGE = 0.2  # … and an edge of a level in a hundredth of the torso …
FITTED = 0.04  # torso lengths that the way across the fitted border, of two pixels, is longer
USUAL = 75  # … but for what this percentile of the band has: in a busy print a crease must stand out


def by_the_crease(model: Person, side: str, sleeve: np.ndarray, trunk: np.ndarray) -> np.ndarray:
    """(H, W) bool: of the cloth that hangs on one arm and on the trunk, (H, W) bool each, what is the sleeve's: up to the crease between
    them, and smoothly so.

    Each pixel goes with the side from which the way to it is shorter; dark lines and edges make it long.
    Source: segmentation by geodesic distances, Bai & Sapiro 2007, "A geodesic framework for fast interactive image and video segmentation
    and matting", section 2, with a price that sees creases.
    """
    unit, cloth = model.pose.torso_px, sleeve | trunk
    found, place = sleeve.copy(), box_of(sleeve, margin=round(2 * BAND * unit) + 1)
    sleeve, trunk, cloth = sleeve[place], trunk[place], cloth[place]
    ys, xs = (np.indices(sleeve.shape).T + [place[0].start, place[1].start]).T
    shoulder, elbow, wrist = (model.body.bones[BONE[f"{side}_{name}"], :2] for name in ("upper_arm", "forearm", "hand"))
    at_upper, at_fore = (_to_axis(xs, ys, *ends) for ends in ((shoulder, elbow), (elbow, wrist)))
    band = sleeve & (distance_to(trunk) < BAND * unit) | trunk & (distance_to(sleeve) < BAND * unit)
    band &= np.hypot(xs - shoulder[0], ys - shoulder[1]) > SHOULDER * unit
    own = sleeve & (~band | (np.minimum(at_upper, at_fore) < AXIS * unit))
    others = trunk & ~band
    rows = pieces_of_rows(cloth)
    own |= pieces_in(rows, own) & ~pieces_in(rows, trunk)  # where the street parts them a fold of a sleeve is no crease
    if not (own.any() and others.any()):
        return found
    small, narrow = (
        mask & ~_in_its_pieces(mask, marked) for mask, marked in ((sleeve, own), (trunk, others))
    )  # to have a crease
    cloth &= ~(small | narrow)
    lightness = cv2.cvtColor(model.photo.rgb[place], cv2.COLOR_RGB2LAB)[:, :, 0].astype(np.float32)
    x, y = np.moveaxis(nearest_known(~cloth).astype(int), 2, 0)
    lightness = lightness[y, x]  # the cloth's edge before a wall is no crease
    ridges = [_ridges(lightness, end - start, unit) for start, end in ((shoulder, elbow), (elbow, wrist))]
    ridge = np.where(at_upper < at_fore, *ridges)
    usual = np.percentile(ridge[band & cloth], USUAL) if (band & cloth).any() else 0.0
    at_border = (distance_to(sleeve) <= 1) & (distance_to(trunk) <= 1)
    costs = 1 + np.maximum(ridge - usual, 0) + FITTED * unit / 2 * at_border
    nearer = own | cloth & (_ways(costs, band & cloth, own) < _ways(costs, band & cloth, others))
    share, whole = (cv2.GaussianBlur(mask.astype(np.float32), (0, 0), EVEN * unit) for mask in (nearer, cloth))
    found[place] = cloth & (share > whole / 2) | small
    return found


def _in_its_pieces(mask: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pieces of a mask that are marked somewhere, (H, W) bool each."""
    _, pieces = cv2.connectedComponents(mask.astype(np.uint8))
    return pieces_in(pieces, marked)


def _ways(costs: np.ndarray, across: np.ndarray, start: np.ndarray) -> np.ndarray:
    """(H, W) float64: how long the shortest way to each pixel is that leads across (H, W) bool from start, (H, W) bool; infinite if none is."""
    near = cv2.dilate(across.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    starts = np.argwhere(start & near)
    closed = np.where(across | start & near, costs, -1)  # nothing below 0 is crossed
    return MCP_Geometric(closed).find_costs(starts)[0] if len(starts) else np.full(costs.shape, np.inf)


def _to_axis(xs: np.ndarray, ys: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(H, W) float: how far points of the picture lie from the line between two points, pixels."""
    x, y = end - start
    along = np.clip(((xs - start[0]) * x + (ys - start[1]) * y) / max(x * x + y * y, 1e-6), 0, 1)
    return np.hypot(xs - start[0] - along * x, ys - start[1] - along * y)


def _ridges(lightness: np.ndarray, axis: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) float32, at least 0: high where there is a dark line, or an edge, along an axis (2,), pixels."""
    length = max(float(np.linalg.norm(axis)), 1e-6)
    reach = max(round(ALONG * unit / 2), 1)
    line = np.zeros((2 * reach + 1,) * 2, np.float32)
    x, y = np.rint(np.linspace(-reach, reach, 4 * reach + 1)[:, None] * axis / length).astype(int).T + reach
    line[y, x] = 1
    smooth = cv2.filter2D(cv2.GaussianBlur(lightness, (0, 0), max(unit / 150, 0.8)), -1, line / line.sum())
    across = (-axis[1] / length) * cv2.Sobel(smooth, cv2.CV_32F, 1, 0) + (axis[0] / length) * cv2.Sobel(
        smooth, cv2.CV_32F, 0, 1
    )
    shadow = cv2.GaussianBlur(smooth, (0, 0), WIDE * unit) - smooth
    return np.maximum(SHADOW * shadow, 0) + EDGE * np.abs(across) / 8 * unit / 100  # Sobel's sums weigh 8 in all
