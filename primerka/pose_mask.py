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

    Limbs between visible keypoints and the trunk (the hull of shoulders and hips) are drawn with a round pen whose radius
    is RADIUS of the height, and small gaps between them are closed. Hidden keypoints, and their limbs, are left out.

    Source: PG2 (Ma et al. 2017, arXiv 1705.09368, section 3.1, "pose mask loss"). There the trunk is drawn as lines alone.
    """
    radius = max(round(RADIUS * height), 1)
    visible = keypoints.visible(height, width)
    points = np.round(np.where(visible[:, None], keypoints.xy, 0) * (1 << _SHIFT)).astype(np.int32)
    mask = np.zeros((height, width), np.uint8)

    def connect(a: int, b: int) -> None:
        if visible[a] and visible[b]:
            cv2.line(mask, points[a].tolist(), points[b].tolist(), 1, 2 * radius + 1, cv2.LINE_8, _SHIFT)

    for a, b in (*LIMBS, *zip(TRUNK, (*TRUNK[1:], TRUNK[0]))):
        connect(a, b)
    trunk = [index for index in TRUNK if visible[index]]
    if len(trunk) > 2:
        cv2.fillConvexPoly(mask, cv2.convexHull(points[trunk]), 1, cv2.LINE_8, _SHIFT)
    gap = np.ones((radius // 2 * 2 + 1,) * 2, np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, gap).astype(np.float32)
