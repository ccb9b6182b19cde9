"""Skin that no photo shows: as light as the hands or the face let expect, lit as the face is."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.skin import _like, paint_skin, smooth_normals

ARMS = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm")]
HANDS = [BONE["left_hand"], BONE["right_hand"]]


def _lab(rgb):
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _painted(person):
    return paint_skin(person, smooth_normals(person))


def _sleeved(person, gloves=None):
    """The person with their bare arms labelled as sleeves, and gloves of a colour; and (H, W) bool, where those arms are."""
    bare = person.parsing.mask("left_arm", "right_arm")
    hands = person.surface.mask(HANDS)
    labels = np.where(bare & ~hands, LABEL["top"], person.parsing.labels).astype(np.uint8)
    rgb = person.photo.rgb.copy()
    rgb[bare & ~hands] = (20, 30, 90)
    if gloves is not None:
        rgb[bare & hands] = gloves
    changed = replace(person, photo=Photo(rgb), parsing=replace(person.parsing, labels=labels))
    return changed, cv2.erode((bare & person.surface.mask(ARMS)).astype(np.uint8), np.ones((5, 5))) > 0


def test_arms_under_sleeves_are_as_light_as_they_are(buyer):
    sleeved, arms = _sleeved(buyer)
    assert arms.sum() > 500
    lightness, *hue = np.median((_lab(_painted(sleeved)) - _lab(buyer.photo.rgb))[arms], 0)
    assert abs(lightness) < 10 and np.hypot(*hue) < 6


@pytest.mark.parametrize("gloves", [(30, 60, 160), (10, 10, 12), (230, 170, 90)])
def test_gloves_do_not_colour_the_arms(buyer, gloves):
    plain, arms = _sleeved(buyer)
    gloved, _ = _sleeved(buyer, gloves)
    difference = np.median((_lab(_painted(gloved)) - _lab(_painted(plain)))[arms], 0)
    assert np.linalg.norm(difference) < 15


def test_a_beard_does_not_colour_the_arms_where_the_hands_show_what_they_are_like(buyer):
    plain, arms = _sleeved(buyer)
    rgb = plain.photo.rgb.copy()
    rgb[buyer.parsing.mask("face")] = (16, 18, 20)
    bearded = replace(plain, photo=Photo(rgb))
    for region in (arms, buyer.surface.mask([BONE["chest"], BONE["abdomen"]])):
        difference = np.median((_lab(_painted(bearded)) - _lab(_painted(plain)))[region], 0)
        assert np.linalg.norm(difference) < 15


def test_light_from_the_side_of_the_face_falls_on_the_arms(buyer):
    sleeved, arms = _sleeved(buyer, gloves=(30, 60, 160))
    face = buyer.parsing.mask("face")
    columns = np.nonzero(face)[1]
    ramp = np.interp(np.arange(face.shape[1]), [columns.min(), columns.max()], [-1, 1]) * np.ones(face.shape)

    def lit(side):
        factor = np.where(face, 1 + 0.25 * side * ramp, 1)[:, :, None]
        rgb = np.clip(buyer.photo.rgb * factor, 0, 255).astype(np.uint8)
        return _lab(_painted(replace(sleeved, photo=Photo(np.where(face[:, :, None], rgb, sleeved.photo.rgb)))))[:, :, 0]

    left, right = lit(-1), lit(1)
    for side in ("left", "right"):
        one = arms & buyer.surface.mask([BONE[f"{side}_upper_arm"]])
        towards = np.nonzero(one)[1]
        middle = np.median(towards)
        east = one & (np.arange(one.shape[1]) > middle)
        west = one & (np.arange(one.shape[1]) < middle)
        assert (right - left)[east].mean() > (right - left)[west].mean() + 1


def test_painted_legs_meet_the_skin_below_a_hem_and_are_their_own_further_up(buyer):
    legs = buyer.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin")])
    knee = buyer.body.bones[BONE["left_shin"], 1]
    rows, unit = np.arange(len(legs))[:, None] - knee, buyer.pose.torso_px
    labels = np.where(legs, np.where(rows > 0, LABEL["left_leg"], LABEL["skirt"]), buyer.parsing.labels).astype(np.uint8)
    painted = {}
    for shadow in (0, 40):
        rgb = np.where((legs & (rows > 0))[:, :, None], (205, 160, 135), buyer.photo.rgb)
        rgb = np.where((legs & (rows > 0) & (rows < 0.08 * unit))[:, :, None], rgb - shadow, rgb).astype(np.uint8)
        person = replace(buyer, photo=Photo(rgb), parsing=replace(buyer.parsing, labels=labels))
        painted[shadow] = _lab(_painted(person))[:, :, 0], _lab(rgb)[:, :, 0]
    darker = painted[0][0] - painted[40][0]
    assert darker[legs & (rows < 0) & (rows > -0.03 * unit)].mean() > 9
    assert darker[legs & (rows < -0.8 * unit)].mean() < 3


def test_what_lies_behind_is_darker_along_what_stands_before_it(buyer):
    on_body = buyer.surface.part >= 0
    middle = int(np.median(np.nonzero(on_body)[1]))
    labels = np.where(buyer.parsing.labels > 0, LABEL["top"], 0).astype(
        np.uint8
    )  # no skin in sight, which the painting would meet
    clothed = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    columns = np.arange(on_body.shape[1])
    flat = np.where(on_body, 0.0, np.inf).astype(np.float32)
    stepped = np.where(columns < middle, flat + 0.3 * buyer.pose.torso_px, flat).astype(np.float32)
    plain, folded = (
        _lab(_painted(replace(clothed, surface=replace(buyer.surface, depth=depth))))[:, :, 0] for depth in (flat, stepped)
    )
    darker = (plain - folded) * on_body
    close = on_body & (columns >= middle - 4) & (columns < middle)
    before = on_body & (columns >= middle + 4) & (columns < middle + 8)  # beyond the soft outline
    assert darker[close].mean() > 3 and abs(darker[before].mean()) < 1
    assert abs(darker[on_body & (columns < middle - 0.4 * buyer.pose.torso_px)].mean()) < 1


def test_who_shows_no_skin_at_all_has_an_ordinary_one(buyer):
    labels = np.where(buyer.parsing.labels > 0, LABEL["top"], 0).astype(np.uint8)
    painted = _lab(_painted(replace(buyer, parsing=replace(buyer.parsing, labels=labels))))
    lightness, *hue = np.median(painted[buyer.surface.mask(ARMS)], 0)
    assert 45 < lightness < 85 and np.hypot(hue[0] - 14, hue[1] - 17) < 2


def test_dark_arms_of_who_shows_no_face_stay_dark(buyer):
    rgb = (buyer.photo.rgb * 0.45).astype(np.uint8)
    labels = np.where(buyer.parsing.mask("face"), LABEL["hair"], buyer.parsing.labels).astype(np.uint8)
    hidden = replace(buyer, photo=Photo(rgb), parsing=replace(buyer.parsing, labels=labels))
    bare = buyer.parsing.mask("left_arm", "right_arm") & buyer.surface.mask(ARMS)
    difference = np.median((_lab(_painted(hidden)) - _lab(rgb))[bare], 0)
    assert bare.sum() > 500 and np.linalg.norm(difference) < 10


def test_the_same_person_gets_the_same_skin(buyer):
    assert np.array_equal(_painted(buyer), _painted(buyer))


def test_a_print_or_a_finger_parsed_as_a_leg_does_not_colour_the_legs(buyer):
    """Little skin on a leg counts as skin only where it is like the face."""
    bare = buyer.parsing.mask("left_leg", "right_leg")
    labels = np.where(bare, LABEL["trousers"], buyer.parsing.labels).astype(np.uint8)
    ys, xs = np.nonzero(buyer.surface.mask([BONE["left_thigh"]]))
    y, x = int(np.median(ys)), int(np.median(xs))
    print_ = np.zeros(bare.shape, bool)
    print_[y - 8 : y + 8, x - 8 : x + 8] = True
    rgb = buyer.photo.rgb.copy()
    rgb[print_] = (230, 60, 20)
    covered = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    printed = np.where(print_, LABEL["left_leg"], labels).astype(np.uint8)
    printed = replace(buyer, photo=Photo(rgb), parsing=replace(buyer.parsing, labels=printed))
    legs = buyer.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin")])
    difference = np.median((_lab(_painted(printed)) - _lab(_painted(covered)))[legs], 0)
    assert np.linalg.norm(difference) < 3


def test_tights_that_show_on_much_of_a_leg_go_on_further_up(buyer):
    """Of another hue than the face, and parsed as skin; on a person of 57 pixels' torso, too, a few rows are no more than a few."""
    shins = buyer.surface.mask([BONE["left_shin"], BONE["right_shin"]])
    labels = np.where(shins, LABEL["left_leg"], buyer.parsing.labels).astype(np.uint8)
    rgb = buyer.photo.rgb.copy()
    rgb[shins] = (90, 40, 120)
    worn = replace(buyer, photo=Photo(rgb), parsing=replace(buyer.parsing, labels=labels))
    thighs = buyer.surface.mask([BONE["left_thigh"], BONE["right_thigh"]])
    assert shins.sum() > 0.03 * buyer.pose.torso_px**2
    assert np.median(_lab(_painted(worn))[thighs], 0)[2] < -10  # as blue as they are


def test_a_few_pixels_of_leg_on_a_small_person_are_no_colour(pose_models, buyer_paths):
    small = analyse(read_photo(buyer_paths[0], 240))
    ys = np.nonzero(small.surface.mask([BONE["left_thigh"]]))[0]
    rows = np.isin(np.arange(small.photo.height), np.arange(int(np.median(ys)), int(np.median(ys)) + 9))[:, None]
    labels = np.where(rows & small.surface.mask([BONE["left_thigh"]]), LABEL["left_leg"], small.parsing.labels).astype(np.uint8)
    labels = np.where(~rows & np.isin(labels, [LABEL["left_leg"], LABEL["right_leg"]]), LABEL["trousers"], labels).astype(
        np.uint8
    )
    seen = (labels == LABEL["left_leg"]).sum()
    assert 0.03 * small.pose.torso_px**2 < seen < 150
    assert _painted(replace(small, parsing=replace(small.parsing, labels=labels))).shape == small.photo.rgb.shape


@pytest.mark.parametrize(
    ("arms", "alike"),
    [
        ((85, 9, 9), True),  # in the sun, the face under a fringe
        ((95, 4, 12), True),  # with more light than the photo holds
        ((42, 13, 11), True),  # in the shade
        ((24, 24, 24), False),  # a brown bag
        ((57, 67, 68), False),  # orange gloves
        ((60, 2, 2), False),  # a grey sleeve
        ((60, 16, -2), False),  # lilac ones
    ],
)
def test_the_same_skin_may_be_paler_in_the_sun_but_not_of_another_hue(arms, alike):
    assert _like(np.float32(arms), np.float32((60, 18, 15))) == alike
