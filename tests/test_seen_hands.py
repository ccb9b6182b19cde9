"""A hand that is seen at the end of a sleeve is where it is seen, not where it was guessed."""

import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.perception.analyse import analyse
from primerka.perception.seen_hands import HAND, at_the_cuff
from primerka.photo import read_photo
from primerka.pose import LANDMARK, LANDMARKS, Pose

# A torso of 200 pixels; the hand's middle as guessed, on the person's left.
UNIT, ELBOW, GUESS = 200, np.array([380.0, 220.0]), np.array([380.0, 320.0])


def _pose(left_wrist: tuple[float, float] = (380, 300)) -> Pose:
    xy = np.zeros((33, 2), np.float32)
    for name in LANDMARKS:
        side, _, joint = name.partition("_")
        out = {"left": 1, "right": -1}.get(side, 0)
        x, y = {"shoulder": (60, 100), "hip": (35, 300), "elbow": (80, 220), "wrist": (80, 300)}.get(joint, (20, 40))
        x, y = {"index": (75, 327), "pinky": (85, 327), "thumb": (80, 326)}.get(joint, (x, y))
        xy[LANDMARK[name]] = 300 + out * x, y
    xy[LANDMARK["left_wrist"]] = left_wrist
    metres = np.concatenate([(xy - (300, 300)) / 400, np.full((33, 1), -0.1)], 1).astype(np.float32)
    return Pose(xy, metres, np.full(33, 0.4, np.float32), 1.0)


def _dressed(hand: tuple[float, float], radius: int = 16, sleeve: int = 40) -> np.ndarray:
    """Classes: a top, a sleeve so wide that its middle is the way from the elbow to a hand, and the hand, a disc."""
    rows, columns = np.indices((500, 600))
    classes = np.zeros((500, 600), int)
    classes[90:300, 230:370] = CLASSES.index("top")
    way = np.subtract(hand, ELBOW)
    along = ((columns - ELBOW[0]) * way[0] + (rows - ELBOW[1]) * way[1]) / (way @ way)
    across = np.abs((columns - ELBOW[0]) * way[1] - (rows - ELBOW[1]) * way[0]) / np.linalg.norm(way)
    classes[(along > 0) & (along < 1) & (across < sleeve / 2)] = CLASSES.index("top")
    classes[np.hypot(columns - hand[0], rows - hand[1]) < radius] = CLASSES.index("skin")
    return classes


def _crossed() -> Pose:
    pose = _pose()
    pose.xy[[LANDMARK[f"right_{name}"] for name in HAND]] += (180, 0)
    return pose


def _towards_the_camera() -> Pose:
    """Both ends of the forearm a few pixels apart, a little beside the hand."""
    pose = _pose()
    pose.xy[[LANDMARK[f"left_{name}"] for name in HAND]] = (396, 290)
    pose.xy[LANDMARK["left_elbow"]] = (394, 285)
    return pose


def _middle(pose: Pose, side: str = "left") -> np.ndarray:
    return np.mean([pose[f"{side}_{name}"] for name in HAND], 0)


def test_a_forearm_turns_about_its_elbow_to_the_hand():
    hand = (400, 314)
    found = at_the_cuff(_pose(), _dressed(hand))
    assert np.linalg.norm(_middle(found) - hand) < 2
    moved = [LANDMARK[f"left_{name}"] for name in HAND]
    still = np.setdiff1d(np.arange(33), moved)
    np.testing.assert_array_equal(found.xy[still], _pose().xy[still])
    np.testing.assert_array_equal(found.xyz_m[:, 2], _pose().xyz_m[:, 2])
    np.testing.assert_allclose(
        (found.xyz_m[moved, :2] - _pose().xyz_m[moved, :2]) * 400, found.xy[moved] - _pose().xy[moved], atol=0.1
    )
    assert (found.visibility[moved] == 1).all() and (found.visibility[still] < 1).all()
    length = [np.linalg.norm(_middle(pose) - ELBOW) for pose in (found, _pose())]
    assert abs(length[0] / length[1] - 1) < 0.06


def test_the_other_side_too():
    found = at_the_cuff(_pose(), _dressed((400, 314))[:, ::-1])  # the middle of the picture is that of the person
    assert np.linalg.norm(_middle(found, "right") - (199, 314)) < 2
    np.testing.assert_array_equal(_middle(found), _middle(_pose()))


def test_a_hand_half_in_its_sleeve_makes_the_arm_no_longer_and_one_further_off_does():
    half, far = (at_the_cuff(_pose(), _dressed((396, y))) for y in (324, 344))
    assert np.linalg.norm(_middle(half) - ELBOW) < 1.03 * np.linalg.norm(GUESS - ELBOW)
    assert np.linalg.norm(_middle(far) - ELBOW) > 1.1 * np.linalg.norm(GUESS - ELBOW)


@pytest.mark.parametrize(
    ("case", "classes", "pose"),
    [
        ("it is where it was guessed", _dressed((384, 328)), _pose()),
        ("somebody else's", _dressed((430, 300)), _pose()),
        ("a forearm, whose hand is in a pocket", _dressed((400, 303), radius=13), _pose()),
        ("hand and forearm", _dressed((402, 332), radius=27), _pose()),
        ("a crumb", _dressed((400, 314), radius=5), _pose()),
        ("the wrist shows where it was guessed", _dressed((400, 314)), _pose((390, 302))),
        ("the other hand, which crosses over", _dressed((400, 314)), _crossed()),
        ("no sleeve", np.where(_dressed((400, 314)) == CLASSES.index("top"), 0, _dressed((400, 314))), _pose()),
        ("nothing bare", np.full((500, 600), CLASSES.index("top")), _pose()),
        ("an arm that points at the camera", _dressed((400, 314)), _towards_the_camera()),
        ("guessed outside the picture", _dressed((396, 306), radius=12)[:318], _pose()),
    ],
)
def test_all_else_is_left_alone(case, classes, pose):
    np.testing.assert_array_equal(at_the_cuff(pose, classes).xy, pose.xy)


def test_analyses_use_it(pose_models, buyer_paths, monkeypatch):
    asked = []
    monkeypatch.setattr("primerka.perception.analyse.at_the_cuff", lambda pose, classes: asked.append(classes) or pose)
    analyse(read_photo(buyer_paths[0], 320))
    assert len(asked) == 1
