"""What a bag hides of a garment at its edge, by what the garment's other half shows."""

import cv2
import numpy as np
from scipy.ndimage import binary_opening

from primerka.body import BONE
from primerka.perception.nearby import distance_to
from primerka.perception.pieces import pieces_in
from primerka.person import Garment
from primerka.tryon.surface.parts import SKIRT, TORSO, Part, waist
from primerka.tryon.surface.posed_body import bone_rotations
from primerka.tryon.surface.rigid import yaw

HIDING = ("bag", "other")
MOST_TURNED = np.radians(35)  # a trunk that turns further shows one half wider than the other
UPRIGHT = 0.8  # cosine of a trunk's lean: what is left and right of whoever lies is no mirror image
STANDS_OFF = 0.15  # torso lengths from the body: further off cloth is in motion
BESIDE = 0.03  # torso lengths beyond an edge: something that hides lies there, or the edge is the cloth's own
STEADY = 0.06  # torso lengths of an edge: less of it may be a tip of the hem
LEAST = 0.01  # of the torso length squared: a smaller piece is an edge that the halves don't share


def hidden_half(garment: Garment, assigned: dict[Part, np.ndarray]) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: where something lies before the trunk's and the skirt's cloth of whoever faces the camera, as the mirror
    image about the body's axis has cloth there.

    assigned  Part → (H, W) bool: the cloth that is seen, as assign_parts finds it
    """
    model, unit = garment.model, garment.model.pose.torso_px
    turned, down = yaw(bone_rotations(model.body)[BONE["chest"]]), waist(model)[1]
    if min(abs(turned), np.pi - abs(turned)) > MOST_TURNED or down[1] < UPRIGHT:
        return {}
    parts = [part for part in (TORSO, SKIRT) if part in assigned and assigned[part].any()]
    if not parts:
        return {}
    cloth = np.logical_or.reduce([assigned[part] for part in parts])
    axis = _axis(garment)
    before = model.parsing.mask(*HIDING, "left_arm", "right_arm") & ~garment.mask
    hidden = before & model.parsing.mask(*HIDING) & (distance_to(model.surface.part >= 0) < STANDS_OFF * unit)
    hidden &= _mirrored(cloth, axis) & _within_edges(cloth, before, axis, unit)
    _, pieces = cv2.connectedComponents((hidden | cloth).astype(np.uint8))
    _, holes, sizes, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8))
    hidden &= (sizes[:, cv2.CC_STAT_AREA] > LEAST * unit**2)[holes] & pieces_in(pieces, cloth)
    nearest = np.argmin([distance_to(assigned[part]) for part in parts], 0)
    return {part: hidden & (nearest == index) for index, part in enumerate(parts)}


def _axis(garment: Garment) -> np.ndarray:
    """(H, 1) float32: the body's middle in each row, from the neck to the hips, and straight down from there."""
    (neck_x, neck_y), (hips_x, hips_y) = garment.model.body.bones[[BONE["neck"], BONE["pelvis"]], :2]
    rows = np.arange(garment.mask.shape[0], dtype=np.float32)[:, None]
    return np.float32(hips_x) + np.float32((hips_x - neck_x) / max(hips_y - neck_y, 1.0)) * np.minimum(
        rows - np.float32(hips_y), 0
    )


def _within_edges(cloth: np.ndarray, before: np.ndarray, axis: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: beyond the cloth of its row, away from the axis, and no further than the other side's edge; where that side is
    wider in the rows in which both edges show, by as much less. What has cloth further out lies beside it, as what an open coat
    shows does.
    """
    rows, columns = np.arange(len(cloth)), np.arange(cloth.shape[1], dtype=np.float32)
    sides, edges, seen = (columns - axis, axis - columns), [], np.ones(len(cloth), bool)
    for outwards in sides:
        edge = np.where(cloth & (outwards > 0), outwards, -np.inf).max(1, keepdims=True)
        next_to = before & (outwards > edge) & (outwards < edge + BESIDE * unit)
        edges.append(edge)
        seen &= binary_opening(np.isfinite(edge[:, 0]) & ~next_to.any(1), np.ones(max(round(STEADY * unit), 1)))
    within = np.zeros_like(cloth)
    for outwards, edge, other in zip(sides, edges, edges[::-1]):
        lacking = np.interp(rows, rows[seen], edge[seen, 0] - other[seen, 0])[:, None] if seen.any() else 0.0
        within |= (outwards > np.maximum(edge, 0)) & (outwards <= other + np.minimum(lacking, 0))
    return within


def _mirrored(mask: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """(H, W) bool: a mask's mirror image about an axis, (H, 1) float32."""
    rows, columns = np.indices(mask.shape, np.float32)
    return cv2.remap(mask.astype(np.uint8), 2 * axis - columns, rows, cv2.INTER_NEAREST, borderValue=0) > 0
