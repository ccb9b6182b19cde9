"""A new garment with sleeves under raised arms: no rags hang there, and its sleeves go over into the trunk in a curve."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.body import BONE, Body
from primerka.perception.nearby import box_of
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import UPPER_ARMS

# In torso lengths:
NEAR = 0.45  # around a shoulder
RAG = 0.1  # what is narrower hangs there as a rag
CURVE = 0.1  # the width of what is closed between a sleeve and the trunk
TORN_OFF = 0.06  # likewise squared: so much may have hung on a rag
FURTHER = 0.3  # radians, 17 degrees
SLEEVE_MATTES = ("sleeve_alpha", "all_sleeves_alpha")


def with_armpits(new: Drape, buyer: Buyer, cloth: Cloth) -> Drape:
    """A garment with sleeves, under arms that the buyer raises further than the product's model, without the rags of both parts beside the
    seam between a sleeve and the trunk, and with cloth in the corner between them.
    """
    if not set(UPPER_ARMS) & set(cloth.alpha):
        return new
    model = cloth.garment.model
    unit, cover = buyer.unit, new.whole_alpha > 0.5
    near, joints = np.zeros(cover.shape, np.uint8), []
    for side in ("left", "right"):
        if _raised(buyer.person.body, side) > _raised(model.body, side) + FURTHER:
            joints.append(buyer.person.body.bones[BONE[f"{side}_upper_arm"], :2])
            x, y = np.rint(joints[-1]).astype(int).tolist()
            cv2.ellipse(near, (x, y), (round(NEAR * unit),) * 2, 0, 0, 180, 1, -1)  # the half below the shoulder
    if not near.any():
        return new
    near = near.astype(bool)
    broad = _changed(cv2.MORPH_OPEN, cover, RAG * unit)
    rags = cover & ~broad & near
    rags |= _torn_off(cover & ~rags, rags, TORN_OFF * unit**2)
    left = cover & ~rags
    corner = _nearest_to(joints, _changed(cv2.MORPH_CLOSE, left, CURVE * unit) & ~left & near)
    if not (rags.any() or corner.any()):
        return new
    place, rgb = box_of(cover, margin=2), new.rgb.copy()
    known = (new.alpha > 0.95) & left
    wider = cv2.dilate(corner.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0  # under soft edges, too
    corner = wider & (left | corner)
    if corner.any() and known.any():
        lacking = (corner & ~known)[place]
        rgb[place] = np.where(lacking[:, :, None], mirror_fill(new.rgb[place], ~known[place]), rgb[place])
    whole = np.clip(2 * cv2.GaussianBlur((left | corner).astype(np.float32), (0, 0), 1.0) - 0.5, 0, 1)
    touched = cv2.dilate((rags | corner).astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool)
    alpha = np.where(touched, np.where(corner | (new.alpha > 0.5), whole, np.minimum(new.alpha, whole)), new.alpha)
    sleeves = {name: np.where(touched, np.minimum(getattr(new, name), whole), getattr(new, name)) for name in SLEEVE_MATTES}
    return replace(new, rgb=rgb, alpha=alpha, **sleeves)


def _raised(body: Body, side: str) -> float:
    """The angle in the picture between an upper arm and the trunk, in radians."""
    shoulder, elbow = body.bones[[BONE[f"{side}_upper_arm"], BONE[f"{side}_forearm"]], :2]
    arm, trunk = elbow - shoulder, body.bones[BONE["pelvis"], :2] - body.bones[BONE["neck"], :2]
    lengths = max(float(np.linalg.norm(arm) * np.linalg.norm(trunk)), 1e-6)
    return float(np.arccos(np.clip(arm @ trunk / lengths, -1, 1)))


def _torn_off(left: np.ndarray, rags: np.ndarray, least: float) -> np.ndarray:
    """(H, W) bool: the pieces of what is left that hung on rags and are smaller than `least`, pixels."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(left.astype(np.uint8))
    beside = cv2.dilate(rags.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < least)
    return left & np.isin(pieces, np.intersect1d(small, pieces[beside & left]))


def _nearest_to(joints: list[np.ndarray], corners: np.ndarray) -> np.ndarray:
    """(H, W) bool: of the pieces of a mask the one that is nearest to each joint, (2,) pixels."""
    _, pieces = cv2.connectedComponents(corners.astype(np.uint8))
    ys, xs = np.nonzero(corners)
    if not len(ys):
        return corners
    nearest = [np.hypot(xs - x, ys - y).argmin() for x, y in joints]
    return np.isin(pieces, pieces[ys[nearest], xs[nearest]])


def _changed(operation: int, mask: np.ndarray, size: float) -> np.ndarray:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(size / 2) + 1,) * 2)
    return cv2.morphologyEx(mask.astype(np.uint8), operation, disc).astype(bool)
