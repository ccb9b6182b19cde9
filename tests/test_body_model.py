"""The parametric body against SciPy's rotations and against slow sums."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from primerka.body import BONE, BONES, PARENTS
from primerka.perception.body_model import rotation_matrices


def _random(model, seed: int):
    random = np.random.default_rng(seed)
    return random.normal(0, 0.5, (len(BONES), 3)), random.normal(0, 1, len(model.shapes))


def _bones_by_homogeneous_matrices(model, angles, shape):
    """(19, 4, 4): chains of 4x4 matrices, as a textbook writes them, with SciPy's rotations."""
    rest = model.joint_template + np.tensordot(shape, model.joint_shapes, 1)
    transforms = []
    for bone, parent in enumerate(PARENTS):
        local = np.eye(4)
        local[:3, :3] = Rotation.from_rotvec(angles[bone]).as_matrix()
        if parent >= 0:
            local[:3, 3] = rest[bone] - rest[parent]
        transforms.append(local if parent < 0 else transforms[parent] @ local)
    return np.array(transforms), rest


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e-4, 1.0, 3.1, 7.0])
def test_rotation_matrices_equal_scipys(size):
    vectors = np.random.default_rng(0).normal(0, 1, (5, 4, 3))
    vectors *= size / np.linalg.norm(vectors, axis=-1, keepdims=True)
    expected = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_matrix().reshape(5, 4, 3, 3)
    np.testing.assert_allclose(rotation_matrices(vectors), expected, atol=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_forward_kinematics_equal_chained_matrices(model, seed):
    angles, shape = _random(model, seed)
    rotations, joints, rest = model.pose_bones(angles[None], shape[None])
    expected, expected_rest = _bones_by_homogeneous_matrices(model, angles, shape)
    np.testing.assert_allclose(rotations[0], expected[:, :3, :3], atol=1e-6)
    np.testing.assert_allclose(joints[0], expected[:, :3, 3], atol=1e-6)
    np.testing.assert_allclose(rest[0], expected_rest, atol=1e-6)


def test_a_batch_is_each_of_its_bodies(model):
    bodies = [_random(model, seed) for seed in range(3)]
    batch = model.pose_bones(np.stack([angles for angles, _ in bodies]), np.stack([shape for _, shape in bodies]))
    for index, (angles, shape) in enumerate(bodies):
        for whole, alone in zip(batch, model.pose_bones(angles[None], shape[None])):
            np.testing.assert_allclose(whole[index], alone[0], atol=1e-9)


def test_without_pose_and_shape_the_body_is_the_template_on_its_pelvis(model):
    vertices, joints = model.pose_vertices(np.zeros((len(BONES), 3)), np.zeros(len(model.shapes)))
    np.testing.assert_allclose(vertices, model.template - model.joint_template[0], atol=1e-5)
    np.testing.assert_allclose(joints, model.joint_template - model.joint_template[0], atol=1e-6)


def test_skinning_equals_a_slow_loop(model):
    angles, shape = _random(model, 5)
    vertices, _ = model.pose_vertices(angles, shape)
    transforms, rest = _bones_by_homogeneous_matrices(model, angles, shape)
    for vertex in range(0, len(vertices), 701):
        point = model.template[vertex].astype(float) + sum(s * d[vertex].astype(float) for s, d in zip(shape, model.shapes))
        expected = np.zeros(3)
        for bone in range(len(BONES)):
            expected += model.weights[vertex, bone] * (transforms[bone] @ np.append(point - rest[bone], 1))[:3]
        np.testing.assert_allclose(vertices[vertex], expected, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_posed_points_are_the_mix_of_the_posed_vertices(model, seed):
    angles, shape = _random(model, seed)
    mix = np.zeros((4, len(model.template)), np.float32)
    random = np.random.default_rng(seed)
    for row in mix:
        row[random.choice(len(row), 30, replace=False)] = random.uniform(0, 1, 30) / 15
    points = model.pose_points(model.points(mix), shape[None], model.pose_bones(angles[None], shape[None]))
    np.testing.assert_allclose(points[0], mix @ model.pose_vertices(angles, shape)[0], atol=1e-4)


def test_posed_single_vertices_are_those_vertices(model):
    angles, shape = _random(model, 1)
    chosen = np.array([3, 900, 13000])
    points = model.pose_points(model.vertex_points(chosen), shape[None], model.pose_bones(angles[None], shape[None]))
    np.testing.assert_allclose(points[0], model.pose_vertices(angles, shape)[0][chosen], atol=1e-4)


def test_the_template_is_a_person_who_faces_the_camera(model):
    joints = dict(zip(BONES, model.joint_template))
    assert 1.3 < np.ptp(model.template[:, 1]) < 2.1  # metres
    assert joints["head"][1] < joints["pelvis"][1] < joints["left_foot"][1]  # y down
    assert joints["left_hand"][0] > 0 > joints["right_hand"][0]  # their left is on our right
    feet = model.template[model.part == BONE["left_foot"]]
    assert feet[:, 2].min() < joints["left_foot"][2] - 0.05  # toes towards the camera


def test_the_mesh_is_whole(model):
    import trimesh

    mesh = trimesh.Trimesh(model.template, model.faces, process=False)
    assert model.faces.min() >= 0 and model.faces.max() < len(model.template)
    np.testing.assert_allclose(model.weights.sum(1), 1, atol=1e-5)
    assert mesh.area > 1  # square metres of skin
