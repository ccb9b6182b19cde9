"""Poses of real people as numbers: bone rotations fitted to photos, without the photos.

The body is fitted as for any buyer (`perception.fit_body`), with BlazePose's own coarse mask as the outline: only the
rotations are kept. What turns the whole body about the vertical axis is taken out, and comes back at random.
"""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from primerka.body import BONE
from primerka.errors import PhotoRejected
from primerka.perception.blazepose import find_pose
from primerka.perception.body_model import body_model
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
    """The same pose (19, 3), the pelvis facing the camera and the neck above the ankles.

    The first comes back at random. The second takes out how the camera was held, and what BlazePose makes of it: fitted
    people lean 13 degrees towards the camera in the median. The head goes on looking where it looked.
    """
    model = body_model()
    pelvis = Rotation.from_rotvec(angles[BONE["pelvis"]])
    across = pelvis.as_matrix()[:, 0]
    pelvis = Rotation.from_euler("y", np.arctan2(across[2], across[0])) * pelvis
    turned = angles.copy()
    turned[BONE["pelvis"]] = pelvis.as_rotvec()
    shape = np.zeros((1, len(model.shapes)))
    rotations, joints, _ = (array[0] for array in model.pose_bones(turned[None], shape))
    up = joints[BONE["neck"]] - (joints[BONE["left_foot"]] + joints[BONE["right_foot"]]) / 2
    upright = Rotation.align_vectors(np.array([[0.0, -1, 0]]), up[None])[0]
    turned[BONE["pelvis"]] = (upright * pelvis).as_rotvec()
    neck = upright * Rotation.from_matrix(rotations[BONE["neck"]])
    turned[BONE["head"]] = (neck.inv() * Rotation.from_matrix(rotations[BONE["head"]])).as_rotvec()
    return turned


def plausible(angles: np.ndarray) -> bool:
    """Whether a pose (19, 3) is one of somebody who stands or walks, no joint bent as none can be."""
    size = np.linalg.norm(angles, axis=1)
    names = {bone: bone.removeprefix("left_").removeprefix("right_") for bone in BONE}
    bent = all(size[BONE[bone]] < _LIMITS[name] for bone, name in names.items() if name in _LIMITS)
    model = body_model()
    rotations, joints, _ = (array[0] for array in model.pose_bones(angles[None], np.zeros((1, len(model.shapes)))))
    trunk = joints[BONE["neck"]] - joints[BONE["pelvis"]]
    upright = np.hypot(trunk[0], trunk[2]) < 0.25 * -trunk[1]
    standing = min(np.linalg.norm(angles[BONE[f"{side}_shin"]]) for side in ("left", "right")) < 0.55
    ahead = abs(rotations[BONE["head"]][1, 2]) < 0.3
    return bent and upright and standing and ahead
