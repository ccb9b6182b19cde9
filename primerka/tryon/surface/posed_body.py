"""One person's body in another person's pose."""

import numpy as np

from primerka.body import PARENTS, Body
from primerka.perception.body_model import BodyModel, body_model

STEP = 3  # every third vertex says as much about 19 rotations as all of them


def bone_rotations(body: Body) -> np.ndarray:
    """(19, 3, 3): how each bone of a fitted body is turned from its rest.

    A Body keeps its vertices, not its angles. Skinning is linear in the bones' transforms, so that these are the solution
    of a linear least-squares problem; the nearest rotations are taken (Arun et al. 1987, TPAMI 9(5)).
    """
    model = body_model()
    rest = (model.template + np.tensordot(body.shape, model.shapes, 1))[::STEP]
    weights = model.weights[::STEP]
    homogeneous = np.concatenate([rest, np.ones((len(rest), 1))], 1)
    skinning = (weights[:, :, None] * homogeneous[:, None]).reshape(len(rest), -1)
    # Each bone also carries its own joint; this settles the short bones that few vertices follow.
    joints = np.concatenate([_rest_joints(model, body.shape), np.ones((len(PARENTS), 1))], 1)
    carried = (np.eye(len(PARENTS))[:, :, None] * joints[:, None]).reshape(len(PARENTS), -1)
    equations = np.concatenate([skinning, carried])
    known = np.concatenate([body.vertices[::STEP], body.bones]) / body.scale
    normal = equations.T @ equations
    normal[np.diag_indices_from(normal)] += 1e-9 * len(rest)
    transforms = np.linalg.solve(normal, equations.T @ known).reshape(-1, 4, 3)
    u, _, v = np.linalg.svd(transforms[:, :3].transpose(0, 2, 1))
    v[:, 2] *= np.linalg.det(u @ v)[:, None]
    return u @ v


def body_in_pose(person: Body, pose: Body) -> Body:
    """`person`'s shape with every joint turned as `pose`'s; as large and where it meets `pose`'s joints best."""
    if person is pose:
        return pose
    model = body_model()
    rotations = bone_rotations(pose)
    rest = _rest_joints(model, person.shape)
    joints = np.zeros_like(rest)
    for bone, parent in enumerate(PARENTS):
        if parent >= 0:
            joints[bone] = joints[parent] + rotations[parent] @ (rest[bone] - rest[parent])
    shift = joints - (rotations @ rest[:, :, None])[:, :, 0]
    transforms = np.concatenate([rotations, shift[:, :, None]], 2).reshape(len(PARENTS), 12)
    blended = (model.weights @ transforms.astype(np.float32)).reshape(-1, 3, 4)
    vertices = model.template + np.tensordot(person.shape, model.shapes, 1)
    vertices = (blended[:, :, :3] @ vertices[:, :, None])[:, :, 0] + blended[:, :, 3]
    middle, other = joints.mean(0), pose.bones.mean(0)
    scale = ((joints - middle) * (pose.bones - other)).sum() / ((joints - middle) ** 2).sum()
    place = other - scale * middle
    return Body(
        (scale * vertices + place).astype(np.float32), (scale * joints + place).astype(np.float32), person.shape, float(scale)
    )


def _rest_joints(model: BodyModel, shape: np.ndarray) -> np.ndarray:
    return model.joint_template + np.einsum("k,kjc->jc", shape, model.joint_shapes)
