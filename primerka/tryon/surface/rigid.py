"""Stiff moves: the head, the feet, and limbs that point at the camera."""

import numpy as np

MOST_STRETCHED = 1.6  # of a stiff part, in any direction, people's sizes aside


def yaw(turn: np.ndarray) -> float:
    """How far a bone faces away from the camera to the picture's right, radians in [-pi, pi]; 0 faces it."""
    return float(np.arctan2(-turn[0, 2], turn[2, 2]))


def is_mirrored(source: np.ndarray, target: np.ndarray) -> bool:
    """Whether the best planar map between (N, 2) points reflects: a front and a back, a left and a right profile."""
    one, other = source - source.mean(0), target - target.mean(0)
    return bool(np.linalg.det(one.T @ other) < 0)


def planar_matrix(target: np.ndarray, source: np.ndarray, scale: float) -> np.ndarray:
    """(2, 3) affine map target → source by least squares over (N, 2) points, stretched within limits.

    scale: source pixels per target pixel, where nothing is stretched
    """
    centers = target.mean(0), source.mean(0)
    one, other = target - centers[0], source - centers[1]
    ridge = 1e-3 * np.trace(one.T @ one) * np.eye(2)
    linear = np.linalg.solve(one.T @ one + ridge, one.T @ other + scale * ridge).T
    u, stretch, v = np.linalg.svd(linear)
    linear = u @ np.diag(np.clip(stretch, scale / MOST_STRETCHED, scale * MOST_STRETCHED)) @ v
    return np.column_stack([linear, centers[1] - linear @ centers[0]])


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
