"""Stiff moves: the head, the feet, and limbs that point at the camera."""

import numpy as np

MOST_STRETCHED = 1.25  # of a stiff part, people's sizes aside
TILT = 1.0  # how much a sole that points up counts, against points that do not meet


def yaw(turn: np.ndarray) -> float:
    """How far a bone faces away from the camera to the picture's right, radians in [-pi, pi]; 0 faces it."""
    return float(np.arctan2(-turn[0, 2], turn[2, 2]))


def between(one: float, other: float) -> float:
    """How far two angles are apart, radians in [0, pi]."""
    return abs((other - one + np.pi) % (2 * np.pi) - np.pi)


def is_mirrored(source: np.ndarray, target: np.ndarray) -> bool:
    """Whether the best planar map between (N, 2) points reflects: a front and a back, a left and a right profile."""
    one, other = source - source.mean(0), target - target.mean(0)
    return bool(np.linalg.det(one.T @ other) < 0)


def planar_matrix(target: np.ndarray, source: np.ndarray, scale: float, upright: bool) -> np.ndarray:
    """(2, 3) similarity target → source that brings (N, 2) points closest, reflected where that is closer.

    scale: source pixels per target pixel for people of the same size; it is left within limits
    upright: what points down in one picture does so in the other, as soles do
    """
    centers = target.mean(0), source.mean(0)
    one, other = target - centers[0], source - centers[1]
    u, _, v = np.linalg.svd(other.T @ one)
    best, least = None, np.inf
    for sign in (1.0, -1.0):
        turn = u @ np.diag([1.0, sign * np.sign(np.linalg.det(u @ v))]) @ v
        stretch = ((one @ turn.T) * other).sum() / max((one**2).sum(), 1e-9)
        linear = np.clip(stretch, scale / MOST_STRETCHED, scale * MOST_STRETCHED) * turn
        off = ((one @ linear.T - other) ** 2).sum() / max((other**2).sum(), 1e-9)
        off += TILT * (1 - turn[1, 1]) if upright else 0.0
        if off < least:
            best, least = linear, off
    return np.column_stack([best, centers[1] - best @ centers[0]])


def roll(turn: np.ndarray) -> float:
    """How far a bone leans to the picture's right, radians; 0 is upright."""
    return float(np.arctan2(-turn[0, 1], turn[1, 1]))


def similarity(target: np.ndarray, source: np.ndarray, target_roll: float, source_roll: float, scale: float) -> np.ndarray:
    """(2, 3) similarity target → source: the middles of (N, 2) points meet, as each lies in its own upright frame."""
    centers = [_turned(_middle(_turned(xy, -angle)), angle) for xy, angle in ((target, target_roll), (source, source_roll))]
    linear = scale * _rotation(source_roll - target_roll)
    return np.column_stack([linear, centers[1] - linear @ centers[0]])


def _rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _turned(xy: np.ndarray, angle: float) -> np.ndarray:
    return xy @ _rotation(angle).T


def _middle(xy: np.ndarray) -> np.ndarray:
    return (xy.min(0) + xy.max(0)) / 2
