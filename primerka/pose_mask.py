"""Pose mask: where the body roughly is, from its keypoints alone."""

import cv2
import numpy as np

from primerka.keypoints import KEYPOINT, LIMBS, Keypoints

# The limbs of the skeleton run down the middle of the trunk; these go round it.
TRUNK = tuple(KEYPOINT[name] for name in ("right_shoulder", "left_shoulder", "left_hip", "right_hip"))
RADIUS = 1 / 32  # of the picture's height: 4 pixels at 128, 8 at 256
_SHIFT = 4  # cv2 draws at sixteenths of a pixel


def pose_mask(keypoints: Keypoints, height: int, width: int) -> np.ndarray:
    """(H, W) float32, 1 on the body and 0 elsewhere.

    Limbs between visible keypoints and the trunk (the hull of shoulders and hips) are drawn, then everything within RADIUS
    of the height is added and small gaps are closed. Hidden keypoints, and their limbs, are left out.

    Source: PG2 (Ma et al. 2017, arXiv 1705.09368, section 3.1, "pose mask loss"). There the trunk is drawn as lines alone.
    """
    visible = keypoints.visible(height, width)
    points = np.round(np.where(visible[:, None], keypoints.xy, 0) * (1 << _SHIFT)).astype(np.int32)
    bones = np.zeros((height, width), np.uint8)
    for a, b in (*LIMBS, *zip(TRUNK, (*TRUNK[1:], TRUNK[0]))):
        if visible[a] and visible[b]:
            cv2.line(bones, points[a].tolist(), points[b].tolist(), 1, 1, cv2.LINE_8, _SHIFT)
    trunk = [index for index in TRUNK if visible[index]]
    if len(trunk) > 2:
        cv2.fillConvexPoly(bones, cv2.convexHull(points[trunk]), 1, cv2.LINE_8, _SHIFT)
    if not bones.any():
        return np.zeros((height, width), np.float32)  # of no bone there is no distance
    radius = max(round(RADIUS * height), 1)
    mask = cv2.distanceTransform(1 - bones, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= radius
    gap = np.ones((radius // 2 * 2 + 1,) * 2, np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, gap).astype(np.float32)
