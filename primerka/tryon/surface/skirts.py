"""Skirts whose upper part something hid: stripes and pleats go on along the skirt, as far from its sides as they are below."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from primerka.tryon.surface.quilt import quilt

EVEN = 1 / 20  # torso lengths over which the sides are straight
CRUMB = 0.05  # of the skirt's largest piece: a smaller one says nothing of its sides
BORDER = 4  # rows above and below that are drawn, too, for who blends the skirt's edge


def go_on_along(rgb: np.ndarray, shown: np.ndarray, skirt: np.ndarray, unit: float, passing: float) -> np.ndarray:
    """(H, W, 3) uint8: the picture with the skirt whole; meant where it is.

    It is laid flat first, each point at its place across the skirt, from its left side to its right, and patched there.

    shown, skirt  (H, W) bool: what shows of it, and where all of it is
    unit          the torso length in pixels
    passing       pixels beside the hidden part over which what shows passes into it
    """
    rows, left, right = _sides(skirt, unit)
    width = round(float((right - left).max())) + 1
    x = left[:, None] + np.linspace(0, 1, width, dtype=np.float32) * (right - left)[:, None]
    y = np.broadcast_to(rows[:, None].astype(np.float32), x.shape)
    flat = cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    known = cv2.remap(shown.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.99
    whole = quilt(flat, ~known, np.ones_like(known), unit, passing)
    columns, levels = np.meshgrid(np.arange(skirt.shape[1], dtype=np.float32), np.arange(len(rows), dtype=np.float32))
    across = (columns - left[:, None]) / np.maximum(right - left, 1)[:, None] * (width - 1)
    drawn = rgb.copy()
    drawn[rows] = cv2.remap(whole, across, levels, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return drawn


def _sides(skirt: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows of a skirt, a few more above and below, and where its left and right side are in each, (rows,) float32."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(skirt.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    skirt = skirt & (areas > CRUMB * areas[1:].max())[pieces]
    seen = np.flatnonzero(skirt.any(1))
    rows = np.arange(max(seen[0] - BORDER, 0), min(seen[-1] + BORDER + 1, len(skirt)))
    ends = skirt.argmax(1)[seen], skirt.shape[1] - 1 - skirt[:, ::-1].argmax(1)[seen]
    left, right = (median_filter(np.interp(rows, seen, end), 2 * round(EVEN * unit) + 1, mode="nearest") for end in ends)
    return rows, *(gaussian_filter1d(side, EVEN * unit, mode="nearest").astype(np.float32) for side in (left, right))
