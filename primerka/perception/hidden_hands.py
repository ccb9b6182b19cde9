"""Hands behind the back: BlazePose guesses them before the trunk as often as behind it; where only clothes show they are behind it."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.parsing import CLASSES, GARMENTS
from primerka.perception.nearby import distance_to
from primerka.pose import LANDMARK, Pose

CLOTHES = [CLASSES.index(name) for name in GARMENTS]
SKIN = CLASSES.index("skin")
HIDDEN = 0.29  # visibility of a wrist that may be behind the back; of 1,000 photos gloved hands in front begin at 0.30 …
HIDDEN_TOO = 0.5  # … but beside one that is there
NO_SKIN = 0.08  # torso lengths around the hand
TRUNK = 1.15  # times the quadrangle of shoulders and hips
BEHIND_M, ELBOW_M = 0.18, 0.08  # metres behind the hips


def behind_the_back(pose: Pose, classes: np.ndarray) -> Pose:
    """The pose with hands that clothes hide before the trunk put behind it.

    classes  (H, W) int, over parsing.CLASSES
    """
    away = distance_to(classes == SKIN)
    hidden = {side: _hidden(pose, side, classes, away) for side in ("left", "right")}
    if min(hidden.values()) >= HIDDEN:
        return pose
    xyz_m = pose.xyz_m.copy()
    for side, visibility in hidden.items():
        if visibility < HIDDEN_TOO:
            hand = [LANDMARK[f"{side}_{name}"] for name in ("wrist", "index", "pinky", "thumb")]
            xyz_m[hand, 2] = np.maximum(xyz_m[hand, 2], BEHIND_M)
            xyz_m[LANDMARK[f"{side}_elbow"], 2] = max(xyz_m[LANDMARK[f"{side}_elbow"], 2], ELBOW_M)
    return replace(pose, xyz_m=xyz_m)


def _hidden(pose: Pose, side: str, classes: np.ndarray, from_skin: np.ndarray) -> float:
    """The visibility of a wrist whose hand would be before the trunk, and where clothes show instead; 1 otherwise."""
    points = np.stack([pose[f"{side}_{name}"] for name in ("wrist", "index", "pinky")])
    x, y = np.rint(points).astype(int).T
    if ((x < 0) | (x >= classes.shape[1]) | (y < 0) | (y >= classes.shape[0])).any():
        return 1.0
    corners = np.stack([pose[name] for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")])
    trunk = cv2.convexHull((corners.mean(0) + TRUNK * (corners - corners.mean(0))).astype(np.float32))
    before = all(cv2.pointPolygonTest(trunk, (float(u), float(v)), False) >= 0 for u, v in points)
    covered = np.isin(classes[y, x], CLOTHES).all() and from_skin[y, x].min() > NO_SKIN * pose.torso_px
    return float(pose.visibility[LANDMARK[f"{side}_wrist"]]) if before and covered else 1.0
