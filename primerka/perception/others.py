"""Whose pixel is it, where two people touch."""

import cv2
import numpy as np

from primerka.pose import LANDMARK, VISIBLE, Pose

_LIMBS = [
    (f"{side}_{start}", f"{side}_{stop}")
    for side in ("left", "right")
    for start, stop in (
        ("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "index"), ("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"),
        ("ankle", "foot_index"), ("shoulder", "ear"),
    )
]  # fmt: skip
_BONES = [(LANDMARK[start], LANDMARK[stop]) for start, stop in _LIMBS]
_TRUNK = [LANDMARK[name] for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")]
_HEAD = [LANDMARK[name] for name in ("left_ear", "nose", "right_ear")]


FAR, MUCH = 0.5, 0.3  # torso lengths from the skeleton, where so much of the torso length squared may be somebody else
FIRM, LIMB = 0.9, 0.2  # a mask says no more between here and 1; torso lengths from the skeleton that a limb is not wider than


def too_wide(main: Pose, person: np.ndarray) -> bool:
    """Whether so much of what was parsed as the main person, (H, W) bool, is far from their skeleton that it may be somebody else."""
    return bool((person & (_distance(main, person.shape) > FAR)).sum() > MUCH * main.torso_px**2)


def only(main: Pose, mask: np.ndarray) -> np.ndarray:
    """(H, W) bool: what surely is the main person. mask (H, W) float32 in [0, 1], theirs, which may hold others too"""
    return (mask > 0.5) & (_distance(main, mask.shape) < FAR)


def others_pixels(main: Pose, mask: np.ndarray, others: list[tuple[Pose, np.ndarray]]) -> np.ndarray:
    """(H, W) bool: the pixels of the people beside the main person: those that are closer to their skeleton, in torso lengths, and
    that their mask claims more firmly; or as firmly as masks do, if they are no limb of the main person's, which may be before them.

    mask, and that of each of the others  (H, W) float32 in [0, 1]
    """
    theirs = np.zeros(mask.shape, bool)
    own = _distance(main, mask.shape)
    for pose, claimed in others:
        more = (claimed > np.maximum(mask, 0.5)) | (claimed > FIRM) & (own > LIMB)
        theirs |= (_distance(pose, mask.shape) < own) & more
    return theirs


def _distance(pose: Pose, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) float32: torso lengths from the skeleton, as far as it is seen; its trunk is a surface."""
    drawn = np.ones(shape, np.uint8)
    points = np.clip(np.rint(pose.xy), -4 * max(shape), 4 * max(shape)).astype(np.int32)
    for start, stop in _BONES:
        if min(pose.visibility[start], pose.visibility[stop]) >= VISIBLE:
            cv2.line(drawn, points[start].tolist(), points[stop].tolist(), 0)
    for area in (_TRUNK, _HEAD):
        cv2.fillPoly(drawn, [points[area]], 0)
    return cv2.distanceTransform(drawn, cv2.DIST_L2, 3) / np.float32(pose.torso_px)
