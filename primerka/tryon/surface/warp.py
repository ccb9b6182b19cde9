"""Smooth warps from pairs of points."""

import cv2
import numpy as np

GRID = 8  # pixels between the nodes at which a warp is computed


def moving_least_squares(nodes: np.ndarray, targets: np.ndarray, sources: np.ndarray, reach: float, scale: float) -> np.ndarray:
    """Where each node comes from, if every target point comes from its source point.

    nodes    (N, 2), targets and sources (M, 2), float, pixels
    reach    pixels within which points are smoothed together
    scale    source pixels per target pixel, where nothing is stretched
    returns  (N, 2) float32

    Source: Schaefer, McPhail, Warren 2006, "Image deformation using moving least squares", sections 2.1 and 2.3. The
    affine solution is drawn towards the rotation at the given scale, the more the further a node is from all points: on
    the body the cloth follows the body's width, but what stands off keeps its shape and its size.
    """
    square = ((nodes[:, None] - targets[None]) ** 2).sum(2)
    weights = (square + reach**2) ** -1.5
    weights /= weights.sum(1, keepdims=True)
    target_center, source_center = weights @ targets, weights @ sources
    # Weighted second moments as products of sums: no (N, M, 2) arrays.
    tt = np.einsum("nm,mi,mj->nij", weights, targets, targets, optimize=True) - _outer(target_center, target_center)
    ts = np.einsum("nm,mi,mj->nij", weights, targets, sources, optimize=True) - _outer(target_center, source_center)
    spread = np.maximum(tt[:, 0, 0] + tt[:, 1, 1], 1e-9)
    cosine, sine = ts[:, 0, 0] + ts[:, 1, 1], ts[:, 0, 1] - ts[:, 1, 0]
    rotation = np.stack([cosine, sine, -sine, cosine], 1) / np.maximum(np.hypot(cosine, sine), 1e-9)[:, None]
    rigid = scale * rotation.reshape(-1, 2, 2)
    away = np.sqrt(square.min(1)) / reach
    ridge = ((0.1 + 0.5 * away) * spread / 2)[:, None, None]
    matrix = np.linalg.solve(tt + ridge * np.eye(2), ts + ridge * rigid)
    moved = ((nodes - target_center)[:, None] @ matrix)[:, 0] + source_center
    return moved.astype(np.float32)


def _outer(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, :, None] * b[:, None, :]


def dense_flow(
    targets: np.ndarray, sources: np.ndarray, box: tuple[int, int, int, int], reach: float, scale: float
) -> np.ndarray:
    """(h, w, 2) float32 source pixel of each pixel of the target box (left, top, right, bottom)."""
    left, top, right, bottom = box
    columns, rows = -(-(right - left) // GRID) + 1, -(-(bottom - top) // GRID) + 1
    xs, ys = left + GRID * np.arange(columns), top + GRID * np.arange(rows)
    nodes = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2).astype(float)
    coarse = moving_least_squares(nodes, targets.astype(float), sources.astype(float), reach, scale)
    coarse = coarse.reshape(rows, columns, 2)
    # Node k lies at pixel GRID * k of the box, exactly.
    ys, xs = np.mgrid[0 : bottom - top, 0 : right - left].astype(np.float32) / GRID
    return cv2.remap(coarse, xs, ys, cv2.INTER_LINEAR)
