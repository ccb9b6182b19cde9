"""Pose: where the landmarks of one person are, in pixels and in metres."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from primerka.keypoints import KEYPOINTS, VISIBLE, Keypoints, mirrored_order

# The 33 landmarks of BlazePose (Bazarevsky et al. 2020, arXiv 2006.10204), in the model's order.
LANDMARKS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
    "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip

LANDMARK = {name: index for index, name in enumerate(LANDMARKS)}


MIRROR_LANDMARKS = mirrored_order(LANDMARKS)


@dataclass(frozen=True)
class Pose:
    """The landmarks of one person.

    xy          (33, 2) float32, pixels of the photo, x right, y down; may lie outside the picture
    xyz_m       (33, 3) float32, metres, origin between the hips, x right, y down, z away from the camera
    visibility  (33,) float32 in [0, 1]: inside the picture and not hidden
    score       confidence that this is a person, in [0, 1]
    people      how many people were found in the picture; this is the main one
    """

    xy: np.ndarray
    xyz_m: np.ndarray
    visibility: np.ndarray
    score: float
    people: int = 1

    def __post_init__(self):
        for name, shape in (("xy", (33, 2)), ("xyz_m", (33, 3)), ("visibility", (33,))):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != np.float32:
                raise ValueError(f"Pose.{name} must be {shape} float32, got {value.shape} {value.dtype}")

    def __getitem__(self, landmark: str) -> np.ndarray:
        """(2,) pixels of a landmark by name; "neck" and "pelvis" are the middles of the shoulders and of the hips."""
        if landmark == "neck":
            return (self["left_shoulder"] + self["right_shoulder"]) / 2
        if landmark == "pelvis":
            return (self["left_hip"] + self["right_hip"]) / 2
        return self.xy[LANDMARK[landmark]]

    def sees(self, *landmarks: str) -> bool:
        return all(self.visibility[LANDMARK[name]] >= VISIBLE for name in landmarks)

    @cached_property
    def keypoints(self) -> Keypoints:
        """The OpenPose skeleton; the neck is the middle of the shoulders, and seen when both are."""
        xy = np.stack([self[name] for name in KEYPOINTS])
        shoulders = min(self.visibility[LANDMARK["left_shoulder"]], self.visibility[LANDMARK["right_shoulder"]])
        visibility = [shoulders if name == "neck" else self.visibility[LANDMARK[name]] for name in KEYPOINTS]
        return Keypoints(xy, np.array(visibility, np.float32))

    @property
    def torso_px(self) -> float:
        """Length of the torso, neck to pelvis, in pixels; at least the shoulder width, for bodies seen from above."""
        shoulders = np.linalg.norm(self["left_shoulder"] - self["right_shoulder"])
        return float(max(np.linalg.norm(self["neck"] - self["pelvis"]), shoulders))

    def moved(self, matrix: np.ndarray) -> "Pose":
        """The pose in pixels of another picture. matrix: (2, 3), as cv2.warpAffine takes it."""
        xy = (self.xy @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        return Pose(xy, self.xyz_m, self.visibility, self.score, self.people)

    def mirrored(self, width: int) -> "Pose":
        """The pose of the mirror image of a photo that is `width` pixels wide: left and right change places."""
        xy = self.xy * np.float32([-1, 1]) + np.float32([width - 1, 0])
        xyz_m = self.xyz_m * np.float32([-1, 1, 1])
        order = MIRROR_LANDMARKS
        return Pose(xy[order], xyz_m[order], self.visibility[order], self.score, self.people)
