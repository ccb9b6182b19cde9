"""The edges of trouser legs that a bag, a hand or a coat hides: drawn on from where they show."""

import numpy as np
from scipy.ndimage import binary_opening, median_filter

from primerka.body import BONE
from primerka.perception.surface import silhouette
from primerka.person import Garment

HIDING = ("top", "outerwear", "dress", "scarf", "bag", "other", "left_arm", "right_arm")
BESIDE = 0.03  # torso lengths beyond an edge: something that hides lies there, or the edge is the cloth's own
STEADY = 0.1  # torso lengths of a leg: less of an edge may be a gap in what hides it, and over so much its median is taken
LEAST_SHOWN = 0.15  # of a leg's length: with less of an edge in sight nothing is said of the rest


def hidden_leg(garment: Garment, side: str, region: np.ndarray) -> np.ndarray:
    """(H, W) bool: what hides this side's trouser leg between its edges.

    Where an edge is not seen it runs straight, from the body's hip or from where it is, but never inside the body.

    region  (H, W) bool: the leg's cloth that is seen
    """
    model, unit = garment.model, garment.model.pose.torso_px
    hiding = model.parsing.mask(*HIDING)
    if not region.any() or not hiding.any():
        return np.zeros_like(region)
    hip, knee, ankle = model.body.bones[[BONE[f"{side}_{bone}"] for bone in ("thigh", "shin", "foot")], :2]
    along, across = _leg_coordinates(region.shape, hip, knee, ankle)
    length = int(along[region].max()) + 1
    if length < 2:
        return np.zeros_like(region)
    body = silhouette(model.body, *region.shape, [BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")])
    inside = (along >= 0) & (along < length)
    station = np.clip(along, 0, length - 1).astype(int)
    between, steady = hiding & inside, max(round(STEADY * unit), 1)
    for outwards in (across, -across):
        edge, skin = (_farthest(station[mask & inside], outwards[mask & inside], length) for mask in (region, body))
        next_to = inside & hiding & (outwards > edge[station]) & (outwards < (edge + BESIDE * unit)[station])
        shown = np.isfinite(edge) & (np.bincount(station[next_to], minlength=length) == 0)
        shown = binary_opening(shown, np.ones(steady))
        if shown.sum() < LEAST_SHOWN * length or not np.isfinite(skin).any():
            return np.zeros_like(region)
        skin = np.interp(np.arange(length), np.flatnonzero(np.isfinite(skin)), skin[np.isfinite(skin)])
        stations, edge = np.flatnonzero(shown), median_filter(edge[shown], steady, mode="nearest")
        if stations[0] > 0:
            stations, edge = np.append(0, stations), np.append(skin[0], edge)
        between &= outwards <= np.maximum(np.interp(np.arange(length), stations, edge), skin)[station]
    return between


def _leg_coordinates(
    shape: tuple[int, int], hip: np.ndarray, knee: np.ndarray, ankle: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) float each: how far down the leg a pixel lies, and how far to one side of it, pixels."""
    points = np.stack(np.indices(shape)[::-1], -1).astype(np.float32)
    found = []
    for start, stop in ((hip, knee), (knee, ankle)):
        length = max(float(np.linalg.norm(stop - start)), 1e-6)
        right, down = (stop - start) / length
        x, y = points[:, :, 0] - start[0], points[:, :, 1] - start[1]
        along, across = x * right + y * down, x * down - y * right
        found.append((along, across, np.hypot(across, along - np.clip(along, 0, length)), length))
    (upper, upper_across, upper_away, thigh), (lower, lower_across, lower_away, _) = found
    of_shin = lower_away < upper_away
    return np.where(of_shin, thigh + lower, upper), np.where(of_shin, lower_across, upper_across)


def _farthest(stations: np.ndarray, outwards: np.ndarray, length: int) -> np.ndarray:
    """(length,) the greatest `outwards` at each station; -inf where there is none."""
    farthest = np.full(length, -np.inf, np.float32)
    np.maximum.at(farthest, stations, outwards)
    return farthest
