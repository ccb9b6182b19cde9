"""Fit the parametric body to a pose and a person mask.

Levenberg-Marquardt over bone rotations, shape and a weak-perspective camera. The landmarks in the picture say where the
joints are; BlazePose's metric landmarks only say which way the limbs lean in depth; the mask keeps the body inside the
person's outline. The idea of fitting keypoints, priors and silhouette together is that of SMPLify (Bogo et al. 2016,
arXiv 1607.08128); the body is another one, and so are the priors.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from primerka.body import BONE, BONES, JOINTS, Body
from primerka.perception.body_model import BodyModel, Points, body_model
from primerka.pose import LANDMARK, Pose

# BlazePose's name for each joint of the body.
_LANDMARK_OF = {"left_big_toe": "left_foot_index", "right_big_toe": "right_foot_index"}
_JOINT_LANDMARKS = np.array([LANDMARK[_LANDMARK_OF.get(joint, joint)] for joint in JOINTS])

# Standard deviations of the landmarks in the picture, in torso lengths.
_SIGMA = np.array(
    [
        0.05 if joint.endswith(("nose", "eye", "ear")) else 0.04 if "toe" in joint or "heel" in joint else 0.012
        for joint in JOINTS
    ]
)
_DEPTH_SIGMA = 0.12
_OUTSIDE_SIGMA = 0.02
_STRAY = 0.15  # torso lengths outside the person: such a landmark is somebody else's
# Standard deviations of the rotations, radians.
_STIFFNESS = {
    "pelvis": 10,
    "abdomen": 0.2,
    "chest": 0.2,
    "neck": 0.3,
    "head": 0.4,
    "clavicle": 0.2,
    "upper_arm": 1.2,
    "forearm": 1.2,
    "hand": 0.2,
    "thigh": 0.9,
    "shin": 0.9,
    "foot": 0.4,
}
_PRIOR = np.array([[_STIFFNESS[bone.removeprefix("left_").removeprefix("right_")]] * 3 for bone in BONES])
_SHAPE_SIGMA = 1.0
ANGLES = 3 * len(BONES)


def joint_landmarks() -> np.ndarray:
    """For each of body.JOINTS the index of BlazePose's landmark for it."""
    return _JOINT_LANDMARKS


@cache
def _outline_points() -> tuple[Points, np.ndarray]:
    """Some vertices of torso and limbs, to be kept inside the person mask."""
    model = body_model()
    skipped = [BONE[name] for name in BONES if name.endswith(("hand", "foot", "head"))]
    vertices = np.flatnonzero(~np.isin(model.part, skipped))[::23]
    return model.vertex_points(vertices), vertices


@dataclass(frozen=True)
class BodyFit:
    """The numbers of a fitted body, as `BodyModel.pose_vertices` takes them.

    angles  (19, 3) rotation vectors relative to the parent bone
    shape   (K,) standard deviations of the shape space
    scale   pixels per metre
    shift   (2,) pixels, where the pelvis is
    """

    angles: np.ndarray
    shape: np.ndarray
    scale: float
    shift: np.ndarray


def fit_body(pose: Pose, person: np.ndarray) -> Body:
    """pose in photo pixels; person (H, W) float32 in [0, 1], how much of each pixel is the person."""
    fit = fit_parameters(pose, person)
    vertices, bones = body_model().pose_vertices(fit.angles, fit.shape)
    shift = np.append(fit.shift, 0)
    return Body(
        (vertices * fit.scale + shift).astype(np.float32),
        (bones * fit.scale + shift).astype(np.float32),
        fit.shape.astype(np.float32),
        fit.scale,
    )


def fit_parameters(pose: Pose, person: np.ndarray) -> BodyFit:
    """What `fit_body` finds, before it is a surface: for whoever needs the pose without the photo."""
    model = body_model()
    unit = pose.torso_px
    target = pose.xy[_JOINT_LANDMARKS].astype(np.float64)
    outline = Outline(person)
    inside = ((target >= 0) & (target < person.shape[::-1])).all(1)
    stray = inside & (outline.distance(target) > _STRAY * unit)
    seen = np.where(stray, 0, 0.05 + 0.95 * pose.visibility[_JOINT_LANDMARKS].astype(np.float64))
    metric, metric_scale = _metric(pose)
    start = _start(model, pose, metric, metric_scale)

    def residuals(parameters: np.ndarray, outline: "Outline | None") -> np.ndarray:
        """(B, residuals) for (B, parameters)."""
        angles = parameters[:, :ANGLES].reshape(-1, len(BONES), 3)
        shape, scale, shift = parameters[:, ANGLES:-3], np.exp(parameters[:, -3]), parameters[:, -2:] * unit
        bones = model.pose_bones(angles, shape)
        joints = scale[:, None, None] * model.pose_points(model.keypoints, shape, bones)
        off = (joints[:, :, :2] + shift[:, None] - target) / unit
        lean = (joints[:, :, 2] - metric[:, 2]) / unit
        parts = [
            (off * (seen / _SIGMA)[:, None]).reshape(len(off), -1),
            lean * seen / _DEPTH_SIGMA,
            parameters[:, 3:ANGLES] / _PRIOR.reshape(-1)[3:],
            shape / _SHAPE_SIGMA,
        ]
        if outline:
            points, _ = _outline_points()
            xy = scale[:, None, None] * model.pose_points(points, shape, bones)[:, :, :2] + shift[:, None]
            parts.append(outline.distance(xy) / unit / _OUTSIDE_SIGMA)
        return np.concatenate(parts, 1)

    parameters = _minimise(lambda p: residuals(p, None), start, 12)
    parameters = _minimise(lambda p: residuals(p, outline), parameters, 5)
    angles, shape = parameters[:ANGLES].reshape(-1, 3), parameters[ANGLES:-3]
    return BodyFit(angles, shape, float(np.exp(parameters[-3])), parameters[-2:] * unit)


class Outline:
    """How far outside the person a point lies, in pixels."""

    def __init__(self, person: np.ndarray):
        outside = np.pad((person < 0.5).astype(np.uint8), 1, constant_values=1)
        self._distance = cv2.distanceTransform(outside, cv2.DIST_L2, 3)

    def distance(self, xy: np.ndarray) -> np.ndarray:
        """(..., 2) pixels → (...) distances; 0 inside, and beyond the picture what they are at its border."""
        height, width = self._distance.shape
        x = np.clip(xy[..., 0] + 1, 0, width - 1.001)
        y = np.clip(xy[..., 1] + 1, 0, height - 1.001)
        left, top = x.astype(int), y.astype(int)
        u, v = x - left, y - top
        d = self._distance
        upper = (1 - u) * d[top, left] + u * d[top, left + 1]
        lower = (1 - u) * d[top + 1, left] + u * d[top + 1, left + 1]
        return (1 - v) * upper + v * lower


def _metric(pose: Pose) -> tuple[np.ndarray, float]:
    """BlazePose's metric joints brought to pixels: (joints, 3) with the pelvis at depth 0, and pixels per metre."""
    weight = pose.visibility[:, None] + 0.05
    flat = pose.xyz_m[:, :2] - np.average(pose.xyz_m[:, :2], axis=0, weights=weight[:, 0])
    seen = pose.xy - np.average(pose.xy, axis=0, weights=weight[:, 0])
    scale = float((weight * flat * seen).sum() / (weight * flat**2).sum())
    return pose.xyz_m[_JOINT_LANDMARKS].astype(np.float64) * scale, scale


def _start(model: BodyModel, pose: Pose, metric: np.ndarray, metric_scale: float) -> np.ndarray:
    """Upright mean body, turned as shoulders and hips are, limbs pointing as BlazePose's metric limbs do."""
    joint = dict(zip(JOINTS, metric))
    across = joint["left_hip"] - joint["right_hip"] + joint["left_shoulder"] - joint["right_shoulder"]
    down = joint["left_hip"] + joint["right_hip"] - joint["left_shoulder"] - joint["right_shoulder"]
    down /= np.linalg.norm(down)
    across -= across @ down * down
    across /= np.linalg.norm(across)
    turned = np.stack([across, down, np.cross(across, down)], 1)
    rest = model.joint_template
    angles = np.zeros((len(BONES), 3))
    angles[0] = Rotation.from_matrix(turned).as_rotvec()
    for side in ("left_", "right_"):
        for upper, lower, ends in (
            ("upper_arm", "forearm", ("shoulder", "elbow", "wrist")),
            ("thigh", "shin", ("hip", "knee", "ankle")),
        ):
            parent = turned
            end = {"forearm": "hand", "shin": "foot"}[lower]
            chain = [(upper, lower, ends[0], ends[1]), (lower, end, ends[1], ends[2])]
            for bone, following, first, second in chain:
                resting = rest[BONE[side + following]] - rest[BONE[side + bone]]
                wanted = parent.T @ (joint[side + second] - joint[side + first])
                turn = _between(resting, wanted)
                angles[BONE[side + bone]] = turn.as_rotvec()
                parent = parent @ turn.as_matrix()
    height = np.linalg.norm(rest[BONE["neck"]] - rest[0])
    scale = metric_scale if metric_scale > 0 else pose.torso_px / height
    bones = model.pose_bones(angles[None], np.zeros((1, len(model.shapes))))
    keypoints = scale * model.pose_points(model.keypoints, np.zeros((1, len(model.shapes))), bones)[0, :, :2]
    weight = pose.visibility[_JOINT_LANDMARKS] + 0.01
    shift = np.average(pose.xy[_JOINT_LANDMARKS] - keypoints, axis=0, weights=weight)
    return np.concatenate([angles.ravel(), np.zeros(len(model.shapes)), [np.log(scale)], shift / pose.torso_px])


def _between(one: np.ndarray, other: np.ndarray) -> Rotation:
    """The smallest rotation that turns one direction into another."""
    one, other = one / np.linalg.norm(one), other / max(np.linalg.norm(other), 1e-9)
    axis = np.cross(one, other)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return Rotation.identity()
    return Rotation.from_rotvec(axis / sine * np.arctan2(sine, one @ other))


def _minimise(residuals, parameters: np.ndarray, steps: int) -> np.ndarray:
    """Levenberg-Marquardt (Marquardt 1963) with the whole Jacobian by finite differences in one batch."""
    nudge, damping = 1e-4, 1e-2
    here = residuals(parameters[None])[0]
    for _ in range(steps):
        nudged = np.concatenate([parameters[None], parameters + nudge * np.eye(len(parameters))])
        values = residuals(nudged)
        jacobian = (values[1:] - values[0]).T / nudge
        normal, gradient = jacobian.T @ jacobian, jacobian.T @ here
        improved = False
        for _ in range(4):
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-6), -gradient)
            there = residuals((parameters + step)[None])[0]
            if there @ there < here @ here:
                small = there @ there > 0.999 * (here @ here)
                parameters, here, damping, improved = parameters + step, there, damping / 4, True
                break
            damping *= 6
        if not improved or small:
            break
    return parameters
