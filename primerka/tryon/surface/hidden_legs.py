"""The edges of legs, in trousers or bare, that a bag, a hand or other cloth hides: drawn on from where they show."""

import numpy as np
from scipy.ndimage import binary_opening, median_filter

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to
from primerka.perception.surface import silhouette
from primerka.person import Garment, Person
from primerka.tryon.surface.parts import LEGS, Part

HIDING = ("top", "outerwear", "dress", "scarf", "bag", "other", "left_arm", "right_arm")
REACH = 0.4  # torso lengths around the cloth that is seen, in which more of it may be hidden
BESIDE = 0.03  # torso lengths beyond an edge: something that hides lies there, or the edge is the cloth's own
STEADY = 0.1  # torso lengths of an edge: less of it may be a gap in what hides it, and over so much its median is taken
LEAST_SHOWN = (
    0.15  # of the way from the hip to where a leg is last seen: with less of an edge in sight nothing is said of the rest
)


def hidden_legs(garment: Garment, assigned: dict[Part, np.ndarray]) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: what hides trousers or shorts between the edges of each leg; nothing for other garments.

    assigned  Part → (H, W) bool: the cloth that is seen, as assign_parts finds it
    """
    if garment.category not in ("trousers", "shorts"):
        return {}
    found, hiding = {}, garment.model.parsing.mask(*HIDING) & ~garment.mask
    for thigh, shin in (LEGS[::2], LEGS[1::2]):
        leg = between_edges(garment.model, thigh.name.partition("_")[0], assigned[thigh] | assigned[shin], hiding)
        low = distance_to(assigned[shin]) < distance_to(assigned[thigh])
        found |= {thigh: leg & ~low, shin: leg & low}
    return found


def between_edges(person: Person, side: str, leg: np.ndarray, hiding: np.ndarray, bare: bool = False) -> np.ndarray:
    """(H, W) bool: what hides a leg between its edges. Where the edge of trousers does not show it runs straight, from where it does or
    from the body's hip, and never inside the body; that of a bare leg is the body's, moved to meet what shows.

    leg, hiding  (H, W) bool: what is seen of this side's leg, and what may hide more of it
    """
    unit = person.pose.torso_px
    body = silhouette(person.body, *leg.shape, [BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")])
    found, place = np.zeros_like(leg), box_of(leg | body, margin=round(REACH * unit))
    seen, hiding, body = leg[place], hiding[place], body[place]
    if not (seen.any() and hiding.any() and body.any()):
        return found
    joints = person.body.bones[[BONE[f"{side}_{bone}"] for bone in ("thigh", "shin", "foot")], :2]
    along, across = _leg_coordinates(seen.shape, *(joints - (place[1].start, place[0].start)))
    length = max(int(along[seen].max()) + 1, 1)
    inside = (along >= 0) & (along < length)
    station = np.clip(along, 0, length - 1).astype(int)
    between, steady = hiding & inside, max(round(STEADY * unit), 1)
    for outwards in (across, -across):
        edge, skin = (_farthest(station[mask & inside], outwards[mask & inside], length) for mask in (seen, body))
        next_to = inside & hiding & (outwards > edge[station]) & (outwards < (edge + BESIDE * unit)[station])
        shown = np.isfinite(edge) & (np.bincount(station[next_to], minlength=length) == 0)
        shown = binary_opening(shown, np.ones(steady))
        if shown.sum() < LEAST_SHOWN * length or not np.isfinite(skin).any():
            return found
        skin = np.interp(np.arange(length), np.flatnonzero(np.isfinite(skin)), skin[np.isfinite(skin)])
        start = skin if bare else np.zeros(length)
        stations, off = np.flatnonzero(shown), median_filter((edge - start)[shown], steady, mode="nearest")
        if stations[0] > 0:
            stations, off = np.append(0, stations), np.append((skin - start)[0], off)
        edge = start + np.interp(np.arange(length), stations, off)
        between &= outwards <= (edge if bare else np.maximum(edge, skin))[station]
    found[place] = between
    return found


def _leg_coordinates(
    shape: tuple[int, int], hip: np.ndarray, knee: np.ndarray, ankle: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) float32 each: how far down the leg from the hip a pixel lies, and how far to one side of it, pixels."""
    ys, xs = np.indices(shape, np.float32)
    found = []
    for start, stop in ((hip, knee), (knee, ankle)):
        length = max(float(np.linalg.norm(stop - start)), 1e-6)
        right, down = np.float32((stop - start) / length)
        x, y = xs - np.float32(start[0]), ys - np.float32(start[1])
        along, across = x * right + y * down, x * down - y * right
        found.append((along, across, np.hypot(across, along - np.clip(along, 0, length)), length))
    (upper, upper_across, upper_away, thigh), (lower, lower_across, lower_away, _) = found
    of_shin = lower_away < upper_away
    return np.where(of_shin, np.float32(thigh) + lower, upper), np.where(of_shin, lower_across, upper_across)


def _farthest(stations: np.ndarray, outwards: np.ndarray, length: int) -> np.ndarray:
    """(length,) the greatest `outwards` at each station; -inf where there is none."""
    farthest = np.full(length, -np.inf, np.float32)
    np.maximum.at(farthest, stations, outwards)
    return farthest
