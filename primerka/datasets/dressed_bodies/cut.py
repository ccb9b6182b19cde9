"""Cuts: one mesh of a garment gives many, by leaving out what lies beyond a sleeve's, a leg's, a hem's or a neckline's edge.

All edges are places on the mean body at rest, so that they mean the same on every body and in every pose.
"""

from dataclasses import astuple, dataclass

import numba
import numpy as np

FAR = 9.0
NECK_Y, FRONT_Z = -0.700, -0.005  # where necklines begin, and what lies in front of the shoulders: metres, body at rest


@dataclass(frozen=True)
class Cut:
    """Nothing is cut off by default.

    arm      sleeves end here: 0 shoulder, 1 elbow, 2 wrist
    leg      legs and skirts end here: 0 hip, 1 knee, 2 ankle
    bottom   a trunk's hem, metres, y of the body at rest (downward)
    top      the upper edge of a trunk, likewise
    neck     depth of the neckline, metres; neck_width its half width; pointed: 1 a V, 0 a round one
    open     half width of the gap of what is worn open in front, at the neck; it grows downward by open_more
    """

    arm: float = FAR
    leg: float = FAR
    bottom: float = FAR
    top: float = -FAR
    neck: float = 0.0
    neck_width: float = 0.075
    pointed: float = 0.0
    open: float = 0.0
    open_more: float = 0.0

    def row(self) -> np.ndarray:
        return np.array(astuple(self), np.float32)


UNCUT = Cut()


@numba.njit(cache=True, nogil=True, inline="always")
def kept(x, y, z, arm, leg, cut, margin):  # pragma: no cover, compiled
    """Whether a point of a garment is left; `margin` metres further in than the edges."""
    if arm > cut[0] - margin / 0.28 or leg > cut[1] - margin / 0.43:
        return False
    if arm < 0.25 and (y > cut[2] - margin or y < cut[3] + margin):
        return False
    if z < FRONT_Z and cut[4] > 0:
        depth = (y - NECK_Y) / (cut[4] + margin)
        if depth < 1:
            depth = max(depth, 0.0)
            wide = (1 - depth) if cut[6] > 0.5 else np.sqrt(1 - depth * depth)
            if abs(x) < (cut[5] + margin) * wide:
                return False
    gap = cut[7] + margin + cut[8] * max(0.0, y - NECK_Y)
    return not (cut[7] > 0 and z < FRONT_Z + 0.06 and abs(x) < gap)


@numba.njit(cache=True, nogil=True)
def kept_vertices(rest, limb, cut, margin):  # pragma: no cover, compiled
    """(V,) bool for rest positions (V, 3) and limb positions (V, 2)."""
    out = np.zeros(len(rest), np.bool_)
    for i in range(len(rest)):
        out[i] = kept(rest[i, 0], rest[i, 1], rest[i, 2], limb[i, 0], limb[i, 1], cut, margin)
    return out
