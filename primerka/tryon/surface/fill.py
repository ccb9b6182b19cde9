"""Fill what cannot be seen from what can."""

import cv2
import numpy as np

from primerka.perception.nearby import box_of, nearest_known

STRAIGHT = 2.0  # times the reach: over so much a hole's border is straightened
SIDEWAYS, ROUNDS = 16, 40  # how much more left and right count than above and below in level_fill; its rounds at each size
BLEND_SIDEWAYS = 4.0  # how much more left and right count than above and below in blend_fill


def mirror_fill(rgb: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Fill a hole with the picture's mirror image across the hole's border.

    Keeps the grain of what lies around, and meets it without a seam; right for strips along an outline. Where the
    mirror would look into the hole, less far is looked.

    rgb (H, W, 3) uint8; hole (H, W) bool; returns (H, W, 3) uint8, the known pixels unchanged
    """
    if not hole.any() or hole.all():
        return rgb.copy()
    height, width = hole.shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    near = nearest_known(hole)
    source = cv2.GaussianBlur(np.where(hole[:, :, None], 2 * near - grid, grid), (0, 0), 3)
    for reach in (0.75, 0.5, 0.25, 0.0):
        x = np.clip(np.rint(source[:, :, 0]).astype(int), 0, width - 1)
        y = np.clip(np.rint(source[:, :, 1]).astype(int), 0, height - 1)
        blind = hole & hole[y, x]
        source[blind] = (near + reach * (near - grid))[blind]
    x = np.clip(source[:, :, 0], 0, width - 1)
    y = np.clip(source[:, :, 1], 0, height - 1)
    # Between known pixels and the hole only the known ones count; where there are none, the nearest known one does.
    known = (~hole).astype(np.float32)
    weight = cv2.remap(known, x, y, cv2.INTER_LINEAR)[:, :, None]
    mirrored = cv2.remap(rgb * known[:, :, None], x, y, cv2.INTER_LINEAR) / np.maximum(weight, 1e-6)
    nearest = rgb[near[:, :, 1].astype(int), near[:, :, 0].astype(int)]
    filled = np.rint(np.where(weight > 0.05, mirrored, nearest)).astype(np.uint8)
    return np.where(hole[:, :, None], filled, rgb)


def blend_fill(rgb: np.ndarray, hole: np.ndarray, reach: float) -> np.ndarray:
    """Fill a hole by what lies left, right, above and below it, each mirrored at the hole's border, the nearer the more.

    Deep in a hole the border's surroundings are drawn out. No further than `reach` pixels from the border is looked: what
    stands there, a lamp or a passer-by, stands there once.

    No seam runs through the middle of a wide hole, as it does in `mirror_fill`; right for what lies behind a person. Left
    and right weigh more: floors, walls and horizons are level.

    rgb (H, W, 3) uint8; hole (H, W) bool; returns (H, W, 3) uint8, the known pixels unchanged
    """
    if not hole.any() or hole.all():
        return rgb.copy()
    total = np.zeros(rgb.shape, np.float32)
    weights = np.full((*hole.shape, 1), 1e-9, np.float32)
    # Each direction is "to the left" of the picture turned that way.
    for turns, weight in ((0, BLEND_SIDEWAYS), (2, BLEND_SIDEWAYS), (1, 1.0), (3, 1.0)):
        turned, gap = np.rot90(rgb, turns), np.rot90(hole, turns)
        columns = np.broadcast_to(np.arange(gap.shape[1]), gap.shape)
        edge = np.maximum.accumulate(np.where(gap, -1, columns), 1)
        distance = columns - edge
        # A ragged border would bend every line that it mirrors.
        source = cv2.blur((edge - reach * np.tanh(distance / reach)).astype(np.float32), (1, max(round(STRAIGHT * reach), 1)))
        source = np.clip(np.rint(source), edge - reach, edge).astype(int)
        source = np.clip(source, 0, gap.shape[1] - 1)
        rows = np.arange(gap.shape[0])[:, None]
        source = np.where(gap[rows, source], np.maximum(edge, 0), source)
        share = np.where(edge < 0, 0, weight / np.maximum(distance, 1).astype(np.float32) ** 2)[:, :, None]
        total += np.rot90(turned[rows, source] * share, -turns)
        weights += np.rot90(share, -turns)
    nearest = nearest_known(hole).astype(int)
    reached = weights > 1e-8
    filled = np.where(reached, np.rint(total / weights), rgb[nearest[:, :, 1], nearest[:, :, 0]]).astype(np.uint8)
    return np.where(hole[:, :, None], filled, rgb)


def level_fill(rgb: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Fill a hole as smoothly as its border lets: every pixel is the mean of those beside, above and below it, those beside
    it counting for more: Laplace's equation once one direction is stretched, by Jacobi's iteration, coarse to fine.

    For what lies behind a person before a plain wall, or far out of focus, where anything sharper would be a thing twice.

    rgb (H, W, 3) uint8; hole (H, W) bool; returns (H, W, 3) uint8, the known pixels unchanged
    """
    if not hole.any() or hole.all():
        return rgb.copy()
    filled, place = rgb.copy(), box_of(hole, margin=1)
    filled[place] = np.clip(np.rint(_level(rgb[place].astype(np.float32), hole[place])), 0, 255)
    return filled


def _level(rgb: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32: level_fill, begun from that of the picture at half size."""
    height, width = hole.shape
    known = ~hole[:, :, None]
    if not hole.any() or min(height, width) < 4:
        mean = (rgb * known).sum((0, 1)) / max(known.sum(), 1)
        return np.where(known, rgb, mean.astype(np.float32))
    size = ((width + 1) // 2, (height + 1) // 2)
    share = cv2.resize(known.astype(np.float32)[:, :, 0], size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(rgb * known, size, interpolation=cv2.INTER_AREA) / np.maximum(share, 1e-6)[:, :, None]
    small = _level(small.astype(np.float32), share < 0.01)
    filled = np.where(known, rgb, cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))
    around = np.float32([[0, 1, 0], [SIDEWAYS, 0, SIDEWAYS], [0, 1, 0]]) / (2 + 2 * SIDEWAYS)
    for _ in range(ROUNDS):
        filled = np.where(known, rgb, cv2.filter2D(filled, -1, around, borderType=cv2.BORDER_REPLICATE))
    return filled


def spread_out(values: np.ndarray, known: np.ndarray, sigma: float) -> np.ndarray:
    """Known values smoothed and carried into the unknown: normalised convolution (Knutsson and Westin 1993).

    values (H, W) or (H, W, C) float32; known (H, W) bool; sigma in pixels; far from everything known: 0
    """
    small = max(int(sigma // 4), 1)
    size = (max(values.shape[1] // small, 1), max(values.shape[0] // small, 1))
    weight = known.astype(np.float32)
    plane = weight if values.ndim == 2 else weight[:, :, None]
    top = cv2.GaussianBlur(cv2.resize(values * plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / small)
    bottom = cv2.GaussianBlur(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / small) + 1e-4
    ratio = top / (bottom if values.ndim == 2 else bottom[:, :, None])
    return cv2.resize(ratio, values.shape[1::-1], interpolation=cv2.INTER_LINEAR)
