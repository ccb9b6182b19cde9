"""The parametric body in NumPy: linear shapes, forward kinematics, linear blend skinning."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from safetensors.numpy import load_file

from primerka.body import BONES, PARENTS
from primerka.weights import weights_path


@dataclass(frozen=True)
class Points:
    """Points that move with the body, each a fixed mix of vertices, reduced to what posing them needs.

    rest    (N, 19, 3): sum over vertices of mix * bone weight * rest position
    shapes  (K, N, 19, 3): the same for each shape
    mass    (N, 19): sum of mix * bone weight
    """

    rest: np.ndarray
    shapes: np.ndarray
    mass: np.ndarray


class BodyModel:
    """template (V, 3), shapes (K, V, 3), weights (V, 19), faces (F, 3) and the joints; metres, axes as the camera's."""

    def __init__(self):
        arrays = load_file(weights_path("body"))
        self.template = arrays["template"].astype(np.float32)
        self.shapes = arrays["shapes"].astype(np.float32)
        self.joint_template = arrays["joint_template"]
        self.joint_shapes = arrays["joint_shapes"]
        self.weights = arrays["weights"].astype(np.float32)
        self.weights /= self.weights.sum(1, keepdims=True)
        self.faces = arrays["faces"]
        self.keypoints = self.points(arrays["keypoints"])
        self.part = self.weights.argmax(1)

    def points(self, mix: np.ndarray) -> Points:
        """mix (N, V): the weights with which each point mixes the vertices."""
        used = np.flatnonzero(np.abs(mix).sum(0))
        mix, weights = mix[:, used].astype(np.float32), self.weights[used]
        rest = np.einsum("nv,vb,vc->nbc", mix, weights, self.template[used], optimize=True)
        shapes = np.einsum("nv,vb,kvc->knbc", mix, weights, self.shapes[:, used], optimize=True)
        return Points(rest, shapes, mix @ weights)

    def vertex_points(self, vertices: np.ndarray) -> Points:
        """Points that are single vertices, given by their indices."""
        weights = self.weights[vertices]
        rest = weights[:, :, None] * self.template[vertices][:, None]
        shapes = weights[:, :, None] * self.shapes[:, vertices][:, :, None]
        return Points(rest, shapes, weights)

    def pose_bones(self, angles: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Forward kinematics for a batch.

        angles (B, 19, 3) rotation vectors relative to the parent; shape (B, K)
        returns rotations (B, 19, 3, 3), joints (B, 19, 3) with the pelvis at 0, rest joints (B, 19, 3)
        """
        rest = self.joint_template + np.einsum("bk,kjc->bjc", shape, self.joint_shapes)
        local = rotation_matrices(angles)
        rotations, joints = np.empty_like(local), np.zeros_like(rest)
        for bone, parent in enumerate(PARENTS):
            if parent < 0:
                rotations[:, bone] = local[:, bone]
                continue
            rotations[:, bone] = rotations[:, parent] @ local[:, bone]
            offset = rest[:, bone] - rest[:, parent]
            joints[:, bone] = joints[:, parent] + (rotations[:, parent] @ offset[:, :, None])[:, :, 0]
        return rotations, joints, rest

    def pose_points(self, points: Points, shape: np.ndarray, bones: tuple) -> np.ndarray:
        """(B, N, 3) positions of points, for the result of `pose_bones`."""
        rotations, joints, rest = bones
        moments = points.rest + np.einsum("bk,knjc->bnjc", shape, points.shapes, optimize=True)
        moments = moments - points.mass[:, :, None] * rest[:, None]
        return np.einsum("bjxc,bnjc->bnx", rotations, moments, optimize=True) + points.mass @ joints

    def pose_vertices(self, angles: np.ndarray, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One whole body: (V, 3) vertices and (19, 3) joints, metres. angles (19, 3), shape (K,)."""
        rotations, joints, rest = (array[0] for array in self.pose_bones(angles[None], shape[None]))
        vertices = self.template + np.tensordot(shape.astype(np.float32), self.shapes, 1)
        shift = joints - (rotations @ rest[:, :, None])[:, :, 0]
        transforms = np.concatenate([rotations, shift[:, :, None]], 2).reshape(len(BONES), 12).astype(np.float32)
        blended = (self.weights @ transforms).reshape(-1, 3, 4)
        return (blended[:, :, :3] @ vertices[:, :, None])[:, :, 0] + blended[:, :, 3], joints


@cache
def body_model() -> BodyModel:
    return BodyModel()


def rotation_matrices(vectors: np.ndarray) -> np.ndarray:
    """(..., 3) rotation vectors → (..., 3, 3) matrices (Rodrigues' formula)."""
    angle = np.sqrt((vectors**2).sum(-1) + 1e-16)[..., None, None]
    axis = vectors / angle[..., 0]
    x, y, z = axis[..., 0], axis[..., 1], axis[..., 2]
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
