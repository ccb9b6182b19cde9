"""Hands of which only clothes show are behind the back."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.perception.hidden_hands import BEHIND_M, behind_the_back
from primerka.pose import LANDMARK, LANDMARKS, Pose

HANDS = ("wrist", "index", "pinky", "thumb")


def _pose(left: float = 0.1, right: float = 0.2) -> Pose:
    """Standing, both hands guessed before the belly; left, right: how visible their wrists are."""
    xy = np.zeros((33, 2), np.float32)
    for name in LANDMARKS:
        side, _, joint = name.partition("_")
        out = {"left": 1, "right": -1}.get(side, 0)
        x, y = {"shoulder": (40, 50), "elbow": (45, 100), "hip": (25, 150)}.get(joint, (8, 130) if joint in HANDS else (15, 20))
        xy[LANDMARK[name]] = 100 + out * x, y
    visibility = np.full(33, 0.9, np.float32)
    visibility[LANDMARK["left_wrist"]], visibility[LANDMARK["right_wrist"]] = left, right
    return Pose(xy, np.full((33, 3), -0.1, np.float32), visibility, 1.0)


def _dressed() -> np.ndarray:
    classes = np.zeros((240, 200), int)
    classes[40:220, 50:150] = CLASSES.index("top")
    return classes


def _behind(pose: Pose) -> dict[str, bool]:
    return {
        side: bool((pose.xyz_m[[LANDMARK[f"{side}_{name}"] for name in HANDS], 2] >= BEHIND_M).all())
        for side in ("left", "right")
    }


def test_hands_under_clothes_are_behind_the_back():
    found = behind_the_back(_pose(), _dressed())
    assert _behind(found) == {"left": True, "right": True}
    assert found.xyz_m[LANDMARK["left_elbow"], 2] > 0 > found.xyz_m[LANDMARK["left_shoulder"], 2]
    np.testing.assert_array_equal(found.xy, _pose().xy)


@pytest.mark.parametrize(("right", "behind"), [(0.4, True), (0.6, False)])
def test_beside_a_hand_behind_the_back_the_other_need_be_less_hidden(right, behind):
    assert _behind(behind_the_back(_pose(right=right), _dressed())) == {"left": True, "right": behind}


def _with(name: str, rows: slice, columns: slice) -> np.ndarray:
    classes = _dressed()
    classes[rows, columns] = CLASSES.index(name)
    return classes


def _apart() -> Pose:
    pose = _pose()
    xy = pose.xy.copy()
    for side, out in (("left", 45), ("right", -45)):
        xy[[LANDMARK[f"{side}_{name}"] for name in HANDS], 0] = 100 + out
    return replace(pose, xy=xy)


@pytest.mark.parametrize(
    ("pose", "classes"),
    [
        (_pose(0.35, 0.35), _dressed()),  # gloves
        (_pose(), _with("skin", slice(126, 134), slice(98, 102))),  # a hand shows
        (_pose(), _with("bag", slice(110, 150), slice(80, 120))),  # behind a bag
        (_apart(), _dressed()),  # beside the trunk
    ],
)
def test_other_hands_stay_where_they_are(pose, classes):
    assert behind_the_back(pose, classes) is pose
