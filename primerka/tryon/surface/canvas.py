"""The picture of a re-posed person while its parts are laid, from back to front."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import BONE, Body
from primerka.person import Person
from primerka.tryon.surface.figure import FEET, Layer, Silhouettes
from primerka.tryon.surface.parts import LEGS, SLEEVES, Part
from primerka.tryon.surface.warp import dense_flow

REACH = 0.06  # torso lengths within which an outline's points are smoothed together
SOFT = 0.03  # torso lengths over which cloth that flies about fades
SKIN_SOFT = 0.01  # … and skin
SPECK = 0.05  # of the largest piece of the person: smaller ones that touch nothing are somebody else's, or torn off


@dataclass(frozen=True)
class Carried:
    """A layer and its way: target pixel → source pixel.

    matrix   (2, 3) target → source for what is kept stiff, or None
    pairs    targets and sources (M, 2), pixels, for what bends with the body, or None
    mirrored the source's picture is reflected first; the sources are those of the reflected picture
    sure     the layer shows this very part, from this very side
    skin     (h, w) bool of the layer that does not stand off the body, or None
    """

    part: Part
    layer: Layer
    matrix: np.ndarray | None
    pairs: tuple[np.ndarray, np.ndarray] | None
    mirrored: bool
    sure: bool
    skin: np.ndarray | None = None


class Canvas:
    """Premultiplied colours, alpha and how much of it is certain, laid from back to front."""

    def __init__(self, height: int, width: int):
        self._rgb = np.zeros((height, width, 3), np.float32)
        self._alpha = np.zeros((height, width), np.float32)
        self._certain = np.zeros((height, width), np.float32)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self._alpha.shape

    def lay(self, rows: slice, columns: slice, rgb: np.ndarray, alpha: np.ndarray, certain: np.ndarray) -> None:
        """rgb (h, w, 3), alpha (h, w) in [0, 1], certain (h, w): how much of alpha is certain."""
        left = 1 - alpha
        self._rgb[rows, columns] = self._rgb[rows, columns] * left[:, :, None] + rgb * alpha[:, :, None]
        self._alpha[rows, columns] = self._alpha[rows, columns] * left + alpha
        self._certain[rows, columns] = self._certain[rows, columns] * left + certain

    def picture(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Straight colours (H, W, 3) uint8, alpha (H, W) float32, certain (H, W) bool; without specks that touch nothing."""
        rgb = self._rgb / np.maximum(self._alpha, 1e-4)[:, :, None]
        alpha = np.clip(self._alpha, 0, 1)
        alpha[_specks(alpha)] = 0
        return np.clip(np.rint(rgb), 0, 255).astype(np.uint8), alpha, (self._certain > 0.5 * alpha) & (alpha > 0.5)


def lay_part(canvas: Canvas, carried: Carried, source: Person, body: Body, alone: Silhouettes) -> None:
    """Warp one part from its photo onto the canvas. body: in the target's pose; alone: its silhouettes."""
    height, width = canvas.size
    layer, (left, top) = carried.layer, carried.layer.corner
    rgba, seen, skin = layer.rgba, layer.seen, carried.skin
    h, w = seen.shape
    if carried.mirrored:
        rgba, seen, skin = rgba[:, ::-1], seen[:, ::-1], None if skin is None else skin[:, ::-1]
        left = source.photo.width - left - w
    rgba = np.ascontiguousarray(rgba)
    observed = np.ascontiguousarray((255 * seen).astype(np.uint8))
    corners = np.array([[left, top], [left + w, top], [left, top + h], [left + w, top + h]], np.float64)
    scale = source.body.scale / body.scale
    if carried.matrix is not None:
        back = cv2.invertAffineTransform(carried.matrix)
        reached = corners @ back[:, :2].T + back[:, 2]
    else:
        targets, sources = carried.pairs
        back, _ = cv2.estimateAffinePartial2D(sources.astype(np.float32), targets.astype(np.float32), method=cv2.LMEDS)
        if back is None:
            return
        reached = np.vstack([corners @ back[:, :2].T + back[:, 2], targets])
    low, high = reached.min(0), reached.max(0)
    air = (0.0 if carried.matrix is not None else 0.25) * (high - low) + 8
    x0, y0 = np.maximum(np.floor(low - air), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + air), [width, height]).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    if carried.matrix is not None:
        xs, ys = np.meshgrid(np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32))
        m = carried.matrix.astype(np.float32)
        flow_x, flow_y = m[0, 0] * xs + m[0, 1] * ys + m[0, 2], m[1, 0] * xs + m[1, 1] * ys + m[1, 2]
    else:
        flow = dense_flow(targets, sources, (x0, y0, x1, y1), REACH * _torso(body), scale)
        flow_x, flow_y = flow[:, :, 0], flow[:, :, 1]
    flow_x, flow_y = flow_x - np.float32(left), flow_y - np.float32(top)
    warped = cv2.remap(rgba[:, :, :3].copy(), flow_x, flow_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.remap(rgba[:, :, 3].copy(), flow_x, flow_y, cv2.INTER_LINEAR, borderValue=0) / np.float32(255)
    if carried.part in (*SLEEVES, *LEGS, *FEET):
        alpha *= _within(alone(carried.part)[y0:y1, x0:x1], layer.slack / scale, SOFT * _torso(body))
    if skin is not None:
        bare = cv2.remap(np.ascontiguousarray(skin, np.float32), flow_x, flow_y, cv2.INTER_LINEAR, borderValue=0)
        alpha *= 1 - bare * (1 - _within(alone(carried.part)[y0:y1, x0:x1], 0, SKIN_SOFT * _torso(body)))
    certain = cv2.remap(observed, flow_x, flow_y, cv2.INTER_LINEAR, borderValue=0) / np.float32(255)
    canvas.lay(slice(y0, y1), slice(x0, x1), warped, alpha, alpha * certain * carried.sure)


def _within(body: np.ndarray, slack: float, soft: float) -> np.ndarray:
    """(h, w) float32 in [0, 1]: no further off the naked part (h, w) bool than its cloth stands off in the source, pixels.

    Beyond the ends of a shortened limb a warp keeps the true size of what it carries, and would leave it flying about.
    """
    if not body.any():
        return np.zeros(body.shape, np.float32)
    off = cv2.distanceTransform((~body).astype(np.uint8), cv2.DIST_L2, 3)
    return np.clip(1 - (off - 1.1 * slack - soft) / soft, 0, 1)


def _torso(body: Body) -> float:
    hips = (body.bones[BONE["left_thigh"], :2] + body.bones[BONE["right_thigh"], :2]) / 2
    shoulders = np.linalg.norm(body.bones[BONE["left_upper_arm"], :2] - body.bones[BONE["right_upper_arm"], :2])
    return float(max(np.linalg.norm(body.bones[BONE["neck"], :2] - hips), shoulders))


def _specks(alpha: np.ndarray) -> np.ndarray:
    """(H, W) bool: small pieces of the person that touch nothing else."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.02).astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    return (areas < SPECK * max(areas[1:], default=0))[pieces] & (pieces > 0)
