"""Poses of real people as numbers: bone rotations fitted to photos, without the photos.

The body is fitted as for any buyer (`perception.fit_body`), with BlazePose's own coarse mask as the outline: only the
rotations are kept. What turns the whole body about the vertical axis is taken out, and comes back at random.
"""

from pathlib import Path

import numpy as np

from primerka.body import BONE
from primerka.errors import PhotoRejected
from primerka.perception.blazepose import find_pose
from primerka.perception.body_model import rotation_matrices
from primerka.perception.fit_body import fit_parameters
from primerka.photo import read_photo
from primerka.pose import Pose

_WANTED = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
_LIMITS = {"thigh": 1.2, "shin": 1.6, "foot": 0.8, "abdomen": 0.5, "chest": 0.5, "neck": 0.6, "head": 0.7, "hand": 0.6}


def find_poses(photos: Path) -> tuple[np.ndarray, np.ndarray]:
    """The usable poses of a folder of photos.

    returns  (P, 19, 3) float32 rotation vectors, the pelvis's without its turn about the vertical axis;
             (P,) bool, whether the pose is for testing: the number in the photo's name ends in 0
    """
    angles, for_test = [], []
    for path in sorted(photos.glob("*.jpg")):
        try:
            pose, mask = find_pose(read_photo(path))
        except PhotoRejected:
            continue
        if not _whole(pose, mask.shape):
            continue
        found = without_turn(fit_parameters(pose, mask).angles)
        if plausible(found):
            angles.append(found)
            for_test.append(path.stem.endswith("0"))
    return np.array(angles, np.float32).reshape(-1, 19, 3), np.array(for_test, bool)


def _whole(pose: Pose, shape: tuple[int, int]) -> bool:
    """Whether all joints that carry the pose are in the picture and seen."""
    inside = all((pose[name] >= 0).all() and (pose[name] < shape[::-1]).all() for name in _WANTED)
    return inside and pose.torso_px >= 60 and pose.sees(*_WANTED)


def without_turn(angles: np.ndarray) -> np.ndarray:
    """The same pose (19, 3), turned about the vertical axis until the pelvis faces the camera."""
    from scipy.spatial.transform import Rotation

    pelvis = rotation_matrices(angles[BONE["pelvis"]])
    across = pelvis[:, 0]
    turn = Rotation.from_euler("y", np.arctan2(across[2], across[0])).as_matrix()
    turned = angles.copy()
    turned[BONE["pelvis"]] = Rotation.from_matrix(turn @ pelvis).as_rotvec()
    return turned


def plausible(angles: np.ndarray) -> bool:
    """Whether a pose (19, 3) is one of somebody who stands or walks, no joint bent as none can be."""
    size = np.linalg.norm(angles, axis=1)
    bent = all(
        size[index] < _LIMITS[name.removeprefix("left_").removeprefix("right_")]
        for name, index in BONE.items()
        if name.removeprefix("left_").removeprefix("right_") in _LIMITS
    )
    upright = rotation_matrices(angles[BONE["pelvis"]])[1, 1] > 0.93
    return bent and upright
