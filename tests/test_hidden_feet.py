"""Legs under a hem that hides the feet end where the person stands."""

import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.perception.hidden_feet import HEEL, IN_FRONT, on_the_ground
from primerka.pose import LANDMARK, LANDMARKS, Pose

TORSO = 100
SOLES = 330  # the row of the guessed feet
HEM = 360


def _pose(soles: int = SOLES) -> Pose:
    """Standing upright, neck at row 50, pelvis at row 150."""
    rows = {"shoulder": 50, "hip": 150, "knee": (150 + soles) // 2, "ankle": soles - 20, "heel": soles - 5, "foot_index": soles}
    xy = np.zeros((33, 2), np.float32)
    for name in LANDMARKS:
        side, _, joint = name.partition("_")
        xy[LANDMARK[name]] = 100 + {"left": 15, "right": -15}.get(side, 0), rows.get(joint, 100)
    return Pose(xy, np.ones((33, 3), np.float32), np.full(33, 0.9, np.float32), 1.0)


def _gown(hem: int = HEM, name: str = "dress") -> np.ndarray:
    classes = np.zeros((400, 200), int)
    classes[60:hem, 60:140] = CLASSES.index(name)
    return classes


def _soles(pose: Pose) -> float:
    return float(pose.xy[LANDMARK["left_foot_index"], 1])


@pytest.mark.parametrize("name", ["dress", "skirt", "trousers"])
def test_feet_that_a_hem_hides_come_down_to_it(name):
    found = on_the_ground(_pose(), _gown(name=name))
    assert _soles(found) == pytest.approx(HEM - 1 - IN_FRONT * TORSO, abs=1)
    knee, ankle = (found["left_" + joint][1] - 150 for joint in ("knee", "ankle"))
    assert knee / ankle == pytest.approx((_pose()["left_knee"][1] - 150) / (_pose()["left_ankle"][1] - 150))
    assert found["left_hip"][1] == 150 and found["left_shoulder"][1] == 50


def test_hidden_legs_that_were_lengthened_count_as_seen():
    pose = _pose()
    hidden = pose.visibility.copy()
    hidden[[LANDMARK[f"left_{name}"] for name in ("knee", "ankle")]] = 0.1
    pose = Pose(pose.xy, pose.xyz_m, hidden, 1.0)
    assert on_the_ground(pose, _gown()).visibility[LANDMARK["left_ankle"]] == pytest.approx(0.9)


def test_feet_come_down_to_the_shoes_below_the_hem():
    """Beside which they were guessed."""
    classes = _gown(hem=350)
    classes[350:370, 78:142] = CLASSES.index("shoes")
    found = on_the_ground(_pose(), classes)
    assert _soles(found) == pytest.approx(369 - HEEL * TORSO, abs=1)
    assert found["left_foot_index"][0] + found["right_foot_index"][0] == pytest.approx(2 * 109.5, abs=1)
    assert 1 < found["left_knee"][0] - _pose()["left_knee"][0] < 7


def test_one_shoe_says_nothing_of_where_both_feet_are():
    classes = _gown(hem=350)
    classes[350:370, 108:123] = CLASSES.index("shoes")
    found = on_the_ground(_pose(), classes)
    assert found["left_foot_index"][0] == 115 and _soles(found) == pytest.approx(369 - HEEL * TORSO, abs=1)


@pytest.mark.parametrize(("bare", "found"), [(2, True), (3, False)])
def test_ankles_may_show_above_the_shoes(bare, found):
    """Two of the feet's four landmarks fall on them; of whose feet more is seen wears sandals."""
    classes, pose = _gown(hem=SOLES - 2), _pose()
    classes[SOLES - 2 : 350, 80:120] = CLASSES.index("skin")
    classes[350:370, 80:120] = CLASSES.index("shoes")
    if bare == 3:
        classes[SOLES - 8 : SOLES, 110:120] = CLASSES.index("skin")
    assert (on_the_ground(pose, classes) is not pose) == found


def _with(name: str) -> np.ndarray:
    classes = _gown()
    classes[SOLES - 3 : SOLES + 3, 80:90] = CLASSES.index(name)
    return classes


@pytest.mark.parametrize(
    ("pose", "classes"),
    [
        (_pose(), _with("skin")),  # one of them is seen
        (_pose(), _with("shoes")),  # likewise, though too little of it
        (_pose(), _gown(hem=310)),  # a hem above the feet
        (_pose(), _gown(hem=400)),  # the picture ends before the hem
        (_pose(soles=351), _gown()),  # as low as they are
        (_pose(soles=230), _gown(hem=390)),  # sitting, perhaps
        (_pose(soles=450), _gown()),  # out of the picture
    ],
)
def test_other_feet_stay_where_they_are(pose, classes):
    assert on_the_ground(pose, classes) is pose


@pytest.mark.parametrize(("visible", "found"), [(0.3, True), (0.9, False)])
def test_feet_that_were_only_guessed_below_a_hem_come_down_to_their_shoes(visible, found):
    """They fall on the street between the hem and the shoes; tights show there, perhaps."""
    classes = _gown(hem=310)
    classes[345:370, 78:142] = CLASSES.index("shoes")
    pose = Pose(_pose().xy, _pose().xyz_m, np.full(33, visible, np.float32), 1.0)
    moved = on_the_ground(pose, classes)
    assert (moved is not pose) == found
    assert not found or _soles(moved) == pytest.approx(369 - HEEL * TORSO, abs=1)


def test_who_leans_far_to_one_side_does_not_stand_on_a_hem():
    pose = _pose()
    classes = np.full((400, 400), CLASSES.index("dress"))
    classes[HEM:] = 0
    leaning = pose.xy.copy()
    leaning[[LANDMARK[f"{side}_{name}"] for side in ("left", "right") for name in ("heel", "foot_index")]] += (80, 0)
    pose = Pose(leaning, pose.xyz_m, pose.visibility, 1.0)
    assert on_the_ground(pose, classes) is pose
    assert on_the_ground(_pose(), classes) is not pose
