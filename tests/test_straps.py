"""Straps of bags, on people made up here: a torso of 200 pixels in a top, and what the network thinks is a bag."""

import cv2
import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.perception.straps import straps
from primerka.pose import LANDMARK, Pose

UNIT = 200
SHOULDER, BAG = (150, 110), (260, 330)
TOP = CLASSES.index("top")


def _pose() -> Pose:
    xy = np.full((33, 2), 200.0, np.float32)
    for name, point in {
        "left_shoulder": (250, 100),
        "right_shoulder": (150, 100),
        "left_hip": (230, 300),
        "right_hip": (170, 300),
    }.items():
        xy[LANDMARK[name]] = point
    return Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1)


def _line(*points: tuple[int, int], width: int = 6) -> np.ndarray:
    picture = np.zeros((500, 400), np.uint8)
    cv2.polylines(picture, [np.array(points, np.int32)], False, 1, width)
    return picture > 0


def _found(line: np.ndarray, likely: float = 0.2, bag_at: tuple[int, int] | None = BAG) -> tuple[np.ndarray, np.ndarray]:
    """The strap that is found, and what of the line is over the top."""
    classes = np.zeros((500, 400), int)
    classes[80:320, 120:280] = TOP
    probability = np.where(line, likely, 0.005).astype(np.float32)
    if bag_at:
        bag = cv2.circle(np.zeros((500, 400), np.uint8), bag_at, 40, 1, -1) > 0
        classes[bag], probability[bag] = CLASSES.index("bag"), 0.9
    return straps(classes, probability, _pose()), line & (classes == TOP)


@pytest.mark.parametrize("likely", [0.05, 0.4])
def test_a_faint_line_from_the_shoulder_to_the_bag_is_its_strap(likely):
    found, strap = _found(_line(SHOULDER, BAG), likely)
    assert (found & strap).sum() > 0.85 * strap.sum() and (found <= strap).all()


def test_so_is_a_chain_of_links():
    line = _line(SHOULDER, BAG)
    line[::8] = line[1::8] = line[2::8] = False
    found, strap = _found(line)
    assert (found & strap).sum() > 0.85 * strap.sum()


@pytest.mark.parametrize(
    ("line", "likely", "bag_at"),
    [
        (_line(SHOULDER, BAG), 0.2, None),
        (_line(SHOULDER, BAG), 0.02, BAG),
        (_line(SHOULDER, BAG), 0.2, (340, 460)),
        (_line((140, 220), BAG), 0.2, BAG),
        (_line(SHOULDER, (175, 190)), 0.2, (180, 225)),
        (_line(SHOULDER, (230, 180), (150, 250), BAG), 0.2, BAG),
        (_line(SHOULDER, BAG, width=22), 0.2, BAG),
    ],
    ids=["no bag", "too faint", "ends far from the bag", "begins at the elbow", "short", "bent", "wide"],
)
def test_what_is_no_strap(line, likely, bag_at):
    found, _ = _found(line, likely, bag_at)
    assert not found.any()


def test_a_line_that_is_hardly_more_of_a_bag_than_what_is_around_it_is_none():
    line = _line(SHOULDER, BAG)
    classes = np.full((500, 400), TOP)
    bag = cv2.circle(np.zeros((500, 400), np.uint8), BAG, 40, 1, -1) > 0
    classes[bag] = CLASSES.index("bag")
    for around, expected in ((0.15, False), (0.05, True)):
        assert straps(classes, np.where(line | bag, 0.2, around).astype(np.float32), _pose()).any() == expected


def test_a_strap_lies_over_clothes_alone():
    line, classes = _line(SHOULDER, BAG), np.full((500, 400), TOP)
    bag = cv2.circle(np.zeros((500, 400), np.uint8), BAG, 40, 1, -1) > 0
    hand = np.zeros_like(bag)
    hand[200:206] = True
    classes[bag], classes[hand] = CLASSES.index("bag"), CLASSES.index("skin")
    found = straps(classes, np.where(line | bag, 0.2, 0.005).astype(np.float32), _pose())
    assert found.any() and not (found & hand).any()


def test_nobody_has_no_straps():
    nothing = np.zeros((50, 40), int)
    assert not straps(nothing, nothing.astype(np.float32), _pose()).any()
