"""Which limb a piece of skin is of."""

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.skin_pieces import (
    _hands_from_sleeves,
    _hands_on_the_body,
    _hands_on_thighs,
    _without_holes,
    chins_without_collars,
)


@pytest.mark.parametrize(("leg_pixels", "of_the_arm"), [(80, True), (4000, False)])
def test_fingers_on_a_thigh_belong_to_the_arm_and_a_bare_thigh_does_not(leg_pixels, of_the_arm):
    labels = np.full((120, 120), LABEL["trousers"], np.uint8)
    labels[0:30, 50:60] = LABEL["right_arm"]
    width = 10 if of_the_arm else 50
    labels[30 : 30 + leg_pixels // width, 50 : 50 + width] = LABEL["left_leg"]
    split = _hands_on_thighs(labels, 100.0)
    assert (split[30:34, 50:60] == LABEL["right_arm" if of_the_arm else "left_leg"]).all()
    assert (split[labels != LABEL["left_leg"]] == labels[labels != LABEL["left_leg"]]).all()


def test_a_thigh_that_the_picture_cuts_off_is_no_finger():
    labels = np.full((120, 120), LABEL["top"], np.uint8)
    labels[0:100, 50:60] = LABEL["right_arm"]
    labels[100:, 50:60] = LABEL["right_leg"]
    assert (_hands_on_thighs(labels, 100.0) == labels).all()
    labels[110:] = LABEL["trousers"]
    assert (_hands_on_thighs(labels, 100.0)[100:110, 50:60] == LABEL["right_arm"]).all()


def test_what_is_larger_than_a_hand_is_a_thigh_however_long_the_arm_beside_it():
    labels = np.full((120, 120), LABEL["shorts"], np.uint8)
    labels[10:110, 80:100] = LABEL["left_arm"]
    labels[60:80, 40:80] = LABEL["left_leg"]
    assert (_hands_on_thighs(labels, 100.0) == labels).all()
    assert (_hands_on_thighs(labels, 200.0)[60:80, 40:80] == LABEL["left_arm"]).all()


@pytest.mark.parametrize(
    ("above", "below", "of_the_arm"),
    [("top", "skirt", True), ("right_arm", "trousers", True), ("trousers", "trousers", False), ("top", "background", False)],
)
def test_a_hand_between_a_sleeve_and_a_skirt_is_no_leg(above, below, of_the_arm):
    """Nor is a hole in trousers a hand, nor a leg below a long top."""
    labels = np.full((120, 120), LABEL[below], np.uint8)
    labels[:30] = LABEL[above]
    labels[30:60, 50:70] = LABEL["right_leg"]
    assert (_hands_from_sleeves(labels)[30:60, 50:70] == LABEL["right_arm" if of_the_arm else "right_leg"]).all()


def test_a_hand_before_the_belly_is_an_arm_and_the_belly_is_not(buyer):
    hand = buyer.surface.mask([BONE["left_hand"]])
    labels = np.where(hand, LABEL["neck"], LABEL["dress"]).astype(np.uint8)
    assert (_hands_on_the_body(labels, buyer.surface, buyer.pose.torso_px)[hand] == LABEL["left_arm"]).all()
    belly = buyer.surface.mask([BONE["abdomen"], BONE["pelvis"]])
    labels = np.where(belly, LABEL["neck"], LABEL["dress"]).astype(np.uint8)
    assert (_hands_on_the_body(labels, buyer.surface, buyer.pose.torso_px) == labels).all()


@pytest.mark.parametrize(
    ("below", "around", "hole"),
    [
        ("trousers", "trousers", True),
        ("right_shoe", "trousers", False),
        ("background", "trousers", False),
        ("skirt", "skirt", False),
    ],
)
def test_skin_that_trousers_enclose_is_trousers_and_an_ankle_is_not(below, around, hole):
    labels = np.zeros((120, 60), np.uint8)
    labels[:60, 20:40] = LABEL[around]
    labels[60:, 20:40] = LABEL[below]
    labels[40:60, 20:34] = LABEL["right_leg"]  # at the edge of the trousers, background to its left
    wanted = LABEL["trousers"] if hole else LABEL["right_leg"]
    assert (_without_holes(labels, _coloured(labels))[40:60, 20:34] == wanted).all()


@pytest.mark.parametrize(("colour", "hole"), [((190, 150, 110), True), ((110, 70, 50), False), ((150, 110, 80), False)])
def test_legs_beside_trousers_of_the_same_colour_are_trousers(colour, hole):
    """Even if little of the trousers is right below them."""
    labels = np.zeros((80, 80), np.uint8)
    labels[10:70, 20:60] = LABEL["trousers"]
    labels[20:66, 56:60] = LABEL["left_leg"]  # almost down to the hem, on the inner side
    labels[:8, 30:50] = LABEL["face"]
    rgb = _coloured(labels)
    rgb[labels == LABEL["left_leg"]] = colour
    assert (_without_holes(labels, rgb)[20:66, 56:60] == LABEL["trousers" if hole else "left_leg"]).all()


def _coloured(labels):
    """A dark face and dark legs, tan trousers."""
    rgb = np.full((*labels.shape, 3), (100, 60, 40), np.uint8)
    rgb[labels == LABEL["trousers"]] = 200, 160, 120
    return rgb


def test_a_bare_shin_with_a_scrap_of_trousers_above_and_below_stays_bare():
    labels = np.zeros((120, 60), np.uint8)
    labels[:20, 20:40] = labels[80:84, 20:30] = LABEL["trousers"]
    labels[20:80, 20:40] = LABEL["left_leg"]
    assert (_without_holes(labels, _coloured(labels)) == labels).all()


@pytest.mark.parametrize(
    ("trousers_from", "background_to", "hole"), [(20, 0, True), (24, 0, False), (20, 18, True), (20, 26, False)]
)
def test_how_much_of_the_outline_must_be_trousers_and_may_be_background(trousers_from, background_to, hole):
    """A square of skin: below a hem that covers its sides from `trousers_from`, beside background down to `background_to`."""
    labels = np.full((60, 60), LABEL["trousers"], np.uint8)
    labels[:, :20] = labels[:20] = LABEL["top"]
    labels[20:40, 20:40] = LABEL["left_leg"]
    labels[20:40, 10:20] = labels[10:20, 20:40] = LABEL["trousers"]
    labels[20:trousers_from, 40:] = LABEL["top"]
    labels[18:20, 18:42] = np.where(trousers_from > 20, LABEL["top"], LABEL["trousers"])
    labels[20:background_to, 40:] = 0
    if background_to > 20:
        labels[10:20, 18:42] = labels[20:40, 10:20] = 0
    assert (_without_holes(labels, _coloured(labels))[20:40, 20:40] == LABEL["trousers" if hole else "left_leg"]).all()


MOUTH = np.array([[27.0, 30.0], [33.0, 30.0]])


def test_lips_at_a_collar_are_no_neck():
    labels = np.full((60, 60), LABEL["top"], np.uint8)
    labels[10:33, 20:40] = LABEL["face"]
    face = chins_without_collars(labels, 24.4, MOUTH, 120.0) == LABEL["face"]
    assert face[31:33, 28:33].all() and not face[31:33, 20:25].any() and not face[31:33, 36:40].any()


@pytest.mark.parametrize(
    ("beside", "rim"),
    [("top", 2), ("outerwear", 2), ("dress", 2), ("scarf", 2), ("hair", 0), ("neck", 0), ("background", 0)],
)
def test_a_chin_that_touches_a_collar_ends_before_it_and_a_cheek_at_a_hood_does_not(beside, rim):
    labels = np.full((60, 60), LABEL[beside], np.uint8)
    labels[10:40, 20:40] = LABEL["face"]
    face = chins_without_collars(labels, 24.4, MOUTH, 120.0) == LABEL["face"]
    assert face[10:25, 20:40].all() and face[25 : 40 - rim, 20 + rim : 40 - rim].all()
    assert face.sum() == 15 * 20 + (15 - rim) * (20 - 2 * rim)
    assert (chins_without_collars(labels, 100.0, MOUTH, 120.0) == labels).all()  # whose head is not in the picture
