"""Body: a parametric body fitted to a photo, as a surface in the photo's pixels."""

from dataclasses import dataclass

import numpy as np

BONES = (
    "pelvis", "abdomen", "chest", "neck", "head", "left_clavicle", "left_upper_arm", "left_forearm", "left_hand",
    "right_clavicle", "right_upper_arm", "right_forearm", "right_hand", "left_thigh", "left_shin", "left_foot",
    "right_thigh", "right_shin", "right_foot",
)  # fmt: skip
PARENTS = (-1, 0, 1, 2, 3, 2, 5, 6, 7, 2, 9, 10, 11, 0, 13, 14, 0, 16, 17)
BONE = {name: index for index, name in enumerate(BONES)}

# The keypoints that the body and BlazePose both know.
JOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle", "left_big_toe", "right_big_toe", "left_heel", "right_heel",
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """One fitted body. Every Body has the same vertices and faces, so a vertex is the same point of any two people.

    vertices  (V, 3) float32, pixels of the photo; x right, y down, z away from the camera, 0 at the pelvis
    bones     (19, 3) float32, where each bone begins, likewise
    shape     (K,) float32, standard deviations of the shape space
    scale     pixels per metre
    """

    vertices: np.ndarray
    bones: np.ndarray
    shape: np.ndarray
    scale: float

    def __post_init__(self):
        if self.vertices.ndim != 2 or self.vertices.shape[1] != 3 or self.vertices.dtype != np.float32:
            raise ValueError(f"Body.vertices must be (V, 3) float32, got {self.vertices.shape} {self.vertices.dtype}")
        if self.bones.shape != (len(BONES), 3):
            raise ValueError(f"Body.bones must be ({len(BONES)}, 3), got {self.bones.shape}")
