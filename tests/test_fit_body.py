"""The fit, on a person whose body is known: the body model itself, projected."""

import cv2
import numpy as np
import pytest
from safetensors.numpy import load_file

from primerka.body import BONES, JOINTS
from primerka.perception.fit_body import Outline, fit_body, joint_landmarks
from primerka.perception.surface import see_surface
from primerka.pose import LANDMARK, LANDMARKS, Pose
from primerka.weights import weights_path

# Landmarks that the body has no joint for, and the joint next to them.
NEAREST = {
    "left_eye_inner": "left_eye", "left_eye_outer": "left_eye", "right_eye_inner": "right_eye",
    "right_eye_outer": "right_eye", "mouth_left": "nose", "mouth_right": "nose", "left_pinky": "left_wrist",
    "right_pinky": "right_wrist", "left_index": "left_wrist", "right_index": "right_wrist", "left_thumb": "left_wrist",
    "right_thumb": "right_wrist", "left_foot_index": "left_big_toe", "right_foot_index": "right_big_toe",
}  # fmt: skip
HEIGHT, WIDTH = 640, 480
FIRM = [i for i, joint in enumerate(JOINTS) if joint.endswith(("shoulder", "elbow", "wrist", "hip", "knee", "ankle"))]


def _joints(body) -> np.ndarray:
    return load_file(weights_path("body"))["keypoints"] @ body.vertices


def _pose_of(body) -> Pose:
    joints = dict(zip(JOINTS, _joints(body)))
    points = np.stack([joints[NEAREST.get(name, name)] for name in LANDMARKS])
    metres = points / body.scale
    middle = (metres[LANDMARK["left_hip"]] + metres[LANDMARK["right_hip"]]) / 2
    return Pose(points[:, :2].astype(np.float32), (metres - middle).astype(np.float32), np.ones(33, np.float32), 1.0)


@pytest.fixture(params=range(4))
def known(request, make_body, model):
    random = np.random.default_rng(request.param)
    angles = random.normal(0, 0.12, (len(BONES), 3))
    shape = random.normal(0, 0.6, len(model.shapes))
    return make_body(angles, shape, scale=300.0, shift=(WIDTH / 2 + 11.3, HEIGHT / 2 - 20.7))


def _mask(body) -> np.ndarray:
    silhouette = (see_surface(body, HEIGHT, WIDTH).part >= 0).astype(np.uint8)
    return cv2.dilate(silhouette, np.ones((5, 5), np.uint8)).astype(np.float32)


def test_a_known_body_is_found(known):
    pose = _pose_of(known)
    fitted = fit_body(pose, _mask(known))
    off = np.linalg.norm(_joints(fitted)[FIRM, :2] - _joints(known)[FIRM, :2], axis=1) / pose.torso_px
    assert np.median(off) < 0.01 and off.max() < 0.02
    assert abs(fitted.scale / known.scale - 1) < 0.15
    seen, truth = see_surface(fitted, HEIGHT, WIDTH).part >= 0, see_surface(known, HEIGHT, WIDTH).part >= 0
    assert (seen & truth).sum() / (seen | truth).sum() > 0.85


def test_the_fit_of_a_moved_and_larger_picture_is_the_moved_and_larger_fit(make_body):
    body = make_body(scale=300.0, shift=(WIDTH / 2, HEIGHT / 2))
    pose, mask = _pose_of(body), _mask(body)
    matrix = np.array([[1.5, 0, 20], [0, 1.5, 30]])
    larger = cv2.warpAffine(mask, matrix, (round(1.5 * WIDTH) + 40, round(1.5 * HEIGHT) + 60))
    here, there = fit_body(pose, mask), fit_body(pose.moved(matrix), larger)
    moved = here.vertices[:, :2] * 1.5 + (20, 30)
    assert np.abs(there.vertices[:, :2] - moved).max() < 0.03 * pose.torso_px * 1.5


def test_the_same_pose_gives_the_same_bytes(make_body):
    body = make_body(scale=300.0, shift=(WIDTH / 2, HEIGHT / 2))
    fits = [fit_body(_pose_of(body), _mask(body)) for _ in range(2)]
    assert fits[0].vertices.tobytes() == fits[1].vertices.tobytes()


def test_each_joint_has_the_landmark_of_its_name():
    for joint, landmark in zip(JOINTS, joint_landmarks()):
        assert LANDMARKS[landmark] == joint.replace("big_toe", "foot_index")


def test_the_distance_to_the_outline_is_that_of_a_slow_search():
    person = np.zeros((30, 20), np.float32)
    person[8:22, 6:12] = 1
    inside = np.argwhere(person > 0.5)[:, ::-1]
    outline = Outline(person)
    for x, y in ((0, 0), (3, 15), (9, 15), (19, 29), (6, 8), (14, 9)):
        slow = np.linalg.norm(inside - (x, y), axis=1).min()
        # OpenCV's 3x3 distance is within a few percent of Euclid's.
        assert abs(outline.distance(np.array([x, y], float)) - slow) <= 0.09 * slow + 1e-5


def test_an_arm_that_the_landmarks_put_on_a_bystander_stays_with_the_person(make_body):
    body = make_body(scale=300.0, shift=(WIDTH / 2, HEIGHT / 2))
    pose, mask = _pose_of(body), _mask(body)
    xy = pose.xy.copy()
    for name in ("left_elbow", "left_wrist", "left_pinky", "left_index", "left_thumb"):
        xy[LANDMARK[name]] = xy[LANDMARK["left_shoulder"]] + (0.9 * pose.torso_px, -0.6 * pose.torso_px)
    strayed = fit_body(Pose(xy, pose.xyz_m, pose.visibility, 1.0), mask)
    arm = see_surface(strayed, HEIGHT, WIDTH).mask([BONES.index("left_upper_arm"), BONES.index("left_forearm")])
    assert (arm & (mask > 0)).sum() > 0.9 * arm.sum()
