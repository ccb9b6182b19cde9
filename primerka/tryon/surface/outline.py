"""The outlines by which limbs and skirts are carried: an axis and the body's edge on either side of it."""

from functools import cache

import numpy as np

from primerka.body import BONE, Body
from primerka.perception.body_model import body_model
from primerka.tryon.surface.parts import TORSO, Part

# Where along a limb, from its first joint to its second, the outline is taken; beyond the joints it is continued.
LIMB_STATIONS = np.linspace(-0.1, 1.1, 9)
JOINT_STATIONS = 4  # of the next limb's outline that take part beyond a joint …
MOST_BENT = np.radians(100)  # … unless it is bent more
TRUNK_CHAIN = ("neck", "chest", "abdomen")
TRUNK_STATIONS = 7
TRUNK_RING_M = 0.03
SKIRT_STATIONS = np.linspace(0, 0.8, 5)  # of the thighs, and again of the shins
RING = 0.1  # of a limb's length: how far from a station its vertices may lie
MIN_FORESHORTENING = 0.3
# Of the hips' width. Legs that stand together do not narrow a skirt, and legs apart widen it only so far.
SKIRT_NARROWEST, SKIRT_WIDEST = 0.85, 1.6


def limb_outline(body: Body, part: Part) -> np.ndarray | None:
    """(9, 3, 2) pixels: at each station the axis, one edge and the other; None where the limb points at the camera."""
    (bone,) = part.indices
    start, stop = body.bones[bone], body.bones[bone + 1]  # the next bone of the chain begins where this one ends
    flat = np.linalg.norm(stop[:2] - start[:2])
    if flat < MIN_FORESHORTENING * np.linalg.norm(stop - start):
        return None
    normal = _normal((stop[:2] - start[:2]) / flat)
    axis = start[:2] + LIMB_STATIONS[:, None] * (stop[:2] - start[:2])
    rings = [_ring(bone, station) for station in np.clip(LIMB_STATIONS, 0.1, 0.9)]
    return _sides(axis, normal, np.array([_extent(body, ring, point, normal) for ring, point in zip(rings, axis)]))


def bend(upper: np.ndarray, lower: np.ndarray) -> float:
    """By how much a limb turns at its joint in the picture, radians, by the outlines (>= 9, 3, 2) of its halves, which end with
    their own stations.
    """
    (x, y), (u, v) = (outline[-1, 0] - outline[-len(LIMB_STATIONS), 0] for outline in (upper, lower))
    return float(np.arctan2(x * v - y * u, x * u + y * v))


def trunk_outline(body: Body) -> np.ndarray:
    """(7, 3, 2) pixels: from the base of the neck to the hip joints. The arms are not part of it."""
    joints = np.stack([*(body.bones[BONE[name]] for name in TRUNK_CHAIN), _middle(body, "thigh")])[:, :2]
    heights = _trunk_heights()
    axis = np.stack([np.interp(heights, _chain_heights(), joints[:, k]) for k in (0, 1)], 1)
    normal = _normal((joints[-1] - joints[0]) / max(np.linalg.norm(joints[-1] - joints[0]), 1e-6))
    extents = [_extent(body, _trunk_ring(height), point, normal) for height, point in zip(heights, axis)]
    return _sides(axis, normal, np.array(extents))


def skirt_outline(body: Body) -> np.ndarray | None:
    """(10, 3, 2) pixels: the hull of both legs from the hips to the ankles; None where they point at the camera.

    A skirt hangs around both legs from the hips. It follows the middle between the legs, and their hull within limits.
    """
    hips, knees, ankles = (_middle(body, bone) for bone in ("thigh", "shin", "foot"))
    flat = np.linalg.norm(ankles[:2] - hips[:2])
    if flat < MIN_FORESHORTENING * np.linalg.norm(ankles - hips):
        return None
    normal = _normal((ankles[:2] - hips[:2]) / flat)
    axis, extents = [], []
    for bone, start, stop in (("thigh", hips, knees), ("shin", knees, ankles)):
        for station in SKIRT_STATIONS:
            rings = [_ring(BONE[f"{side}_{bone}"], np.clip(station, 0.1, 0.9)) for side in ("left", "right")]
            axis.append((start + station * (stop - start))[:2])
            extents.append(_extent(body, np.concatenate(rings), axis[-1], normal))
    hip = np.abs(extents[0])
    extents = np.clip(np.abs(extents), SKIRT_NARROWEST * hip, SKIRT_WIDEST * hip) * np.sign(extents[0])
    return _sides(np.array(axis), normal, extents)


def _middle(body: Body, bone: str) -> np.ndarray:
    """(3,) the middle between the joints of the left and the right bone."""
    return (body.bones[BONE[f"left_{bone}"]] + body.bones[BONE[f"right_{bone}"]]) / 2


def _sides(axis: np.ndarray, normal: np.ndarray, extents: np.ndarray) -> np.ndarray:
    return np.stack([axis, axis + extents[:, :1] * normal, axis + extents[:, 1:] * normal], 1)


def _normal(direction: np.ndarray) -> np.ndarray:
    return np.array([-direction[1], direction[0]])


@cache
def _ring(bone: int, station: float) -> np.ndarray:
    """Indices of the vertices around a limb at a station."""
    model = body_model()
    start, stop = model.joint_template[bone], model.joint_template[bone + 1]
    vertices = np.flatnonzero(model.part == bone)
    along = (model.template[vertices] - start) @ (stop - start) / ((stop - start) @ (stop - start))
    return vertices[np.abs(along - station) < RING]


def _chain_heights() -> np.ndarray:
    """(4,) metres: where the joints of TRUNK_CHAIN and the hip joints lie on the resting body, from above."""
    joints = body_model().joint_template
    return np.array([*(joints[BONE[name], 1] for name in TRUNK_CHAIN), joints[BONE["left_thigh"], 1]])


def _trunk_heights() -> np.ndarray:
    return np.linspace(*_chain_heights()[[0, -1]], TRUNK_STATIONS)


@cache
def _trunk_ring(height: float) -> np.ndarray:
    """Indices of the trunk's vertices around a height of the resting body."""
    model = body_model()
    vertices = np.flatnonzero(np.isin(model.part, [BONE[bone] for bone in (*TORSO.bones, "left_thigh", "right_thigh")]))
    return vertices[np.abs(model.template[vertices, 1] - height) < TRUNK_RING_M]


def _extent(body: Body, ring: np.ndarray, center: np.ndarray, normal: np.ndarray) -> tuple[float, float]:
    """How far the vertices reach to either side of the axis, pixels: (positive side, negative side)."""
    away = (body.vertices[ring, :2] - center) @ normal
    return max(float(away.max()), 0.5), min(float(away.min()), -0.5)
