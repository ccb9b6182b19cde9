"""The edges of legs and arms, in cloth or bare, that a bag, a hand or other cloth hides: drawn on from where they show."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import binary_opening, median_filter

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to
from primerka.perception.surface import silhouette
from primerka.person import Garment, Person
from primerka.tryon.surface.parts import LEGS, Part

HIDING = ("top", "outerwear", "dress", "scarf", "bag", "other", "left_arm", "right_arm")
LEG, ARM = ("thigh", "shin", "foot"), ("upper_arm", "forearm", "hand")  # two bones, and the one that begins where they end
REACH = 0.4  # torso lengths around the cloth that is seen, in which more of it may be hidden
BESIDE = 0.03  # torso lengths beyond an edge: something that hides lies there, or the edge is the cloth's own
STEADY = 0.1  # torso lengths of an edge: less of it may be a gap in what hides it, and over so much its median is taken
BEYOND_EDGE = 0.05  # of a limb's width, to either side: its painted skin goes on a little, and its soft edge has its colour
LEAST_SHOWN = (
    0.15  # of the way from the hip to where a leg is last seen: with less of an edge in sight nothing is said of the rest …
)
ANKLE = 0.05  # … unless so much of it, a bare ankle, is seen close to the fitted body's edge …
CLOSE = 0.2  # … within so many torso lengths
STICK = 0.5  # of the fitted width: no limb is so much narrower


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


def between_edges(person: Person, side: str, leg: np.ndarray, hiding: np.ndarray) -> np.ndarray:
    """(H, W) bool: what hides a leg in trousers between its edges. Where an edge does not show it runs straight, from where it does or from the
    body's hip, and never inside the body.

    leg, hiding  (H, W) bool: what is seen of this side's leg, and what may hide more of it
    """
    edges = _edges(person, [BONE[f"{side}_{bone}"] for bone in LEG], leg, hiding)
    found = np.zeros_like(leg)
    if edges is None or any(edge.off() is None for edge in edges.both):
        return found
    between = hiding[edges.place] & edges.inside
    for edge in edges.both:
        line = np.interp(np.arange(len(edge.skin)), *edge.off())
        between &= edge.outwards <= np.maximum(line, edge.skin)[edges.station]
    found[edges.place] = between
    return found


def find_bare_limb(
    person: Person, side: str, limb: tuple[str, ...], shown: np.ndarray, hiding: np.ndarray
) -> "BareLimb | None":
    """A bare limb, part of which is hidden. None where too little shows of its edges, or they would make a stick of it: of an arm's edges one
    is enough, for beside a trunk the inner one seldom shows, and it is moved as far as the other is.

    limb           ARM or LEG
    shown, hiding  (H, W) bool: what is seen of the limb, and of its hand or foot, and what may hide more of it
    """
    edges = _edges(person, [BONE[f"{side}_{bone}"] for bone in limb], shown, hiding, bare=True)
    offsets = [edge.off(edge.skin) for edge in edges.both] if edges else []
    seen = sum(off is not None for off in offsets)
    if seen < (2 if limb == LEG else 1):
        return None
    lines = []
    for edge, own, other in zip(edges.both, offsets, offsets[::-1]):
        stations, off = own if own else (other[0], -other[1])
        lines.append(edge.skin + np.interp(np.arange(len(edge.skin)), stations, off))
    hidden = np.unique(edges.station[hiding[edges.place] & edges.inside])
    if len(hidden) and np.median((sum(lines) / np.maximum(sum(edge.skin for edge in edges.both), 1))[hidden]) < STICK:
        return None
    return BareLimb(edges, tuple(lines), hiding)


@dataclass(frozen=True)
class BareLimb:
    """Where the photo has a bare limb: lines, (stations,) each, how far it reaches to either side of its axis: the body's edges, moved to meet
    what shows. hiding (H, W) bool: what may hide it.
    """

    edges: "_Edges"
    lines: tuple[np.ndarray, np.ndarray]
    hiding: np.ndarray

    def hidden(self) -> np.ndarray:
        """(H, W) bool: what hides it."""
        edges, found = self.edges, np.zeros_like(self.hiding)
        between = self.hiding[edges.place] & edges.inside
        for edge, line in zip(edges.both, self.lines):
            between &= edge.outwards <= line[edges.station]
        found[edges.place] = between
        return found

    def reaches(self) -> np.ndarray:
        """(H, W) bool: the pixels to both sides of its axis, from its first joint, above which is the ball of a shoulder, to where it is last seen."""
        found = np.zeros_like(self.hiding)
        found[self.edges.place] = self.edges.inside
        return found

    def carry(self, skin: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8: painted skin, in which the limb lies where the photo has it: from edge to edge the fitted limb's painting, so that it
        is round there, too.
        """
        edges, station = self.edges, self.edges.station
        across, _ = (edge.outwards for edge in edges.both)
        high, low, fitted_high, fitted_low = (
            sign * line[station] for sign, line in zip((1, -1, 1, -1), (*self.lines, *(edge.skin for edge in edges.both)))
        )
        part = (across - low) / np.maximum(high - low, 1.0)
        shift = fitted_low + part * (fitted_high - fitted_low) - across
        ys, xs = np.indices(across.shape, np.float32)
        x, y = (origin + length.start for origin, length in zip((xs, ys), edges.place[::-1]))
        source = [(axis + shift * step).astype(np.float32) for axis, step in zip((x, y), np.moveaxis(edges.sideways, 2, 0))]
        carried = cv2.remap(skin, *source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        within = edges.inside & (np.abs(part - 0.5) < 0.5 + BEYOND_EDGE)
        moved = skin.copy()
        moved[edges.place] = np.where(within[:, :, None], carried, skin[edges.place])
        return moved


@dataclass(frozen=True)
class _Edge:
    """One side of a limb, at each station along it.

    outwards  (H, W) float32: how far to this side of the limb's axis a pixel lies
    seen      (stations,): how far what is seen of the limb reaches; meant where shown (stations,) bool says that nothing hides its end
    skin      (stations,): how far the body reaches
    steady    stations over which a median is taken
    close     whether it is a bare limb's, and most of what is shown lies close to the body's edge
    """

    outwards: np.ndarray
    seen: np.ndarray
    shown: np.ndarray
    skin: np.ndarray
    steady: int
    close: bool

    def off(self, start: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray] | None:
        """Stations, and how far off a start, (stations,) or the limb's axis, the edge is there; at the first the body's. None where too little
        of the edge shows.
        """
        if self.shown.mean() < LEAST_SHOWN and not (self.shown.mean() > ANKLE and self.close):
            return None
        stations, off = np.flatnonzero(self.shown), median_filter((self.seen - start)[self.shown], self.steady, mode="nearest")
        if stations[0] > 0:
            stations, off = np.append(0, stations), np.append((self.skin - start)[0], off)
        return stations, off


@dataclass(frozen=True)
class _Edges:
    """A limb's place in the picture, the pixels along it (H, W) bool there, their stations (H, W) int, the way to its first edge
    (H, W, 2) float32, a unit vector, and its two edges.
    """

    place: tuple[slice, slice]
    inside: np.ndarray
    station: np.ndarray
    sideways: np.ndarray
    both: tuple[_Edge, _Edge]


def _edges(person: Person, bones: list[int], limb: np.ndarray, hiding: np.ndarray, bare: bool = False) -> _Edges | None:
    """The edges of a limb of two bones, which the third ends; None where nothing of it shows or is hidden.

    bare  the limb is skin, and what is beyond its end a hand or a foot, which is wider
    """
    unit = person.pose.torso_px
    body = silhouette(person.body, *limb.shape, bones[:2])
    place = box_of(limb | body, margin=round(REACH * unit))
    seen, hiding, body = limb[place], hiding[place], body[place]
    joints = person.body.bones[bones, :2] - (place[1].start, place[0].start)
    along, across, sideways = _limb_coordinates(seen.shape, *joints)
    if bare:
        seen = seen & (along < np.linalg.norm(np.diff(joints, axis=0), axis=1).sum())
    if not (seen.any() and hiding.any() and body.any()):
        return None
    length = max(int(along[seen].max()) + 1, 1)
    inside = (along >= 0) & (along < length)
    station = np.clip(along, 0, length - 1).astype(int)
    steady = max(round(STEADY * unit), 1)
    both = []
    for outwards in (across, -across):
        edge, skin = (_farthest(station[mask & inside], outwards[mask & inside], length) for mask in (seen, body))
        if not np.isfinite(skin).any():
            return None
        next_to = inside & hiding & (outwards > edge[station]) & (outwards < (edge + BESIDE * unit)[station])
        shown = np.isfinite(edge) & (np.bincount(station[next_to], minlength=length) == 0)
        skin = np.interp(np.arange(length), np.flatnonzero(np.isfinite(skin)), skin[np.isfinite(skin)])
        shown = binary_opening(shown, np.ones(steady))
        close = bool(bare and shown.any() and np.median(np.abs(edge - skin)[shown]) < CLOSE * unit)
        both.append(_Edge(outwards, edge, shown, skin, steady, close))
    return _Edges(place, inside, station, sideways, tuple(both))


def _limb_coordinates(
    shape: tuple[int, int], hip: np.ndarray, knee: np.ndarray, ankle: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(H, W) float32 each: how far down the leg from the hip, or the arm from the shoulder, a pixel lies, and how far to one side of
    it, pixels; (H, W, 2) float32: the way to that side, a unit vector.
    """
    ys, xs = np.indices(shape, np.float32)
    found = []
    for start, stop in ((hip, knee), (knee, ankle)):
        length = max(float(np.linalg.norm(stop - start)), 1e-6)
        right, down = np.float32((stop - start) / length)
        x, y = xs - np.float32(start[0]), ys - np.float32(start[1])
        along, across = x * right + y * down, x * down - y * right
        found.append((along, across, np.hypot(across, along - np.clip(along, 0, length)), length, (down, -right)))
    (upper, upper_across, upper_away, thigh, upper_side), (lower, lower_across, lower_away, _, lower_side) = found
    of_shin = lower_away < upper_away
    along, across = np.where(of_shin, np.float32(thigh) + lower, upper), np.where(of_shin, lower_across, upper_across)
    return along, across, np.where(of_shin[:, :, None], np.float32(lower_side), np.float32(upper_side))


def _farthest(stations: np.ndarray, outwards: np.ndarray, length: int) -> np.ndarray:
    """(length,) the greatest `outwards` at each station; -inf where there is none."""
    farthest = np.full(length, -np.inf, np.float32)
    np.maximum.at(farthest, stations, outwards)
    return farthest
