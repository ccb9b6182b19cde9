"""Bodies in other bodies' poses, against SciPy's rotations and the model's own forward way."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from skimage.transform import SimilarityTransform

from primerka.body import BONE, BONES, PARENTS
from primerka.tryon.surface.posed_body import body_in_pose, bone_rotations
from primerka.tryon.surface.rigid import is_mirrored, planar_matrix, roll, similarity, yaw


@pytest.fixture
def angles() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.4, (len(BONES), 3))


@pytest.fixture
def shape(model) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, len(model.shapes))


def test_rotations_are_read_back_from_the_vertices(make_body, angles, shape):
    expected = []
    for bone, parent in enumerate(PARENTS):
        own = Rotation.from_rotvec(angles[bone])
        expected.append(own if parent < 0 else expected[parent] * own)
    found = bone_rotations(make_body(angles, shape, 250.0, (300.0, 200.0)))
    for bone, rotation in enumerate(expected):
        assert (Rotation.from_matrix(found[bone]) * rotation.inv()).magnitude() < 0.01, BONES[bone]


def test_a_body_in_another_ones_pose_has_its_own_shape_and_the_others_angles(make_body, angles, shape):
    pose = make_body(angles, scale=200.0, shift=(50.0, 80.0))
    found, expected = body_in_pose(make_body(shape=shape), pose), make_body(angles, shape)
    one, other = (body.vertices - body.bones.mean(0) for body in (found, expected))
    np.testing.assert_allclose(one / found.scale, other / expected.scale, atol=2e-3)
    np.testing.assert_allclose(found.bones.mean(0), pose.bones.mean(0), atol=0.01)


def test_a_body_in_its_own_pose_is_itself(make_body, angles, shape):
    body = make_body(angles, shape, 180.0, (20.0, 30.0))
    again = body_in_pose(make_body(shape=shape), body)
    np.testing.assert_allclose(again.vertices, body.vertices, atol=0.2)
    assert again.scale == pytest.approx(body.scale, rel=1e-3)


@pytest.mark.parametrize("degrees", [-80, -20, 0, 35, 120])
def test_yaw_and_roll(degrees):
    assert roll(Rotation.from_euler("z", degrees, degrees=True).as_matrix()) == pytest.approx(np.radians(degrees))
    # Turned about the vertical, a nose (-z) goes to the picture's side.
    turn = Rotation.from_euler("y", degrees, degrees=True).as_matrix()
    nose = turn @ [0, 0, -1]
    assert yaw(turn) == pytest.approx(np.arctan2(nose[0], -nose[2]))


def test_a_front_and_a_back_are_mirror_images(model):
    front = model.template[model.part == BONE["chest"]]
    turned = [front @ Rotation.from_euler("y", degrees, degrees=True).as_matrix().T for degrees in (20, 160, 180)]
    assert [is_mirrored(front[:, :2], xyz[:, :2]) for xyz in turned] == [False, True, True]


@pytest.mark.parametrize("mirror", [1, -1])
def test_stiff_parts_follow_a_similarity(mirror):
    source = np.random.default_rng(2).normal(0, 30, (50, 2)) + 100
    move = SimilarityTransform(scale=1.1, rotation=0.3, translation=(12, -7))
    target = move(source * (mirror, 1))
    matrix = planar_matrix(target, source, 1 / 1.1, upright=True)
    np.testing.assert_allclose(target @ matrix[:, :2].T + matrix[:, 2], source, atol=1e-6)


def test_soles_stay_down():
    """A foot that points the other way is reflected rather than turned over, although that meets its points less well."""
    foot = np.random.default_rng(4).uniform((-30, -6), (30, 6), (100, 2))
    free, upright = (planar_matrix(-foot, foot, 1.0, upright=flag) for flag in (False, True))
    assert free[1, 1] < 0 < upright[1, 1]
    assert free[0, 0] < 0 and upright[0, 0] < 0


def test_a_head_is_moved_by_a_similarity():
    source = np.random.default_rng(3).uniform(-20, 20, (200, 2))
    move = SimilarityTransform(scale=1.5, rotation=0.4, translation=(80, 40))
    matrix = similarity(move(source), source, 0.4, 0.0, 1 / 1.5)
    expected = SimilarityTransform(matrix=np.vstack([matrix, [0, 0, 1]]))
    np.testing.assert_allclose(expected(move(source)), source, atol=1e-6)
