"""A trunk is as wide behind its sleeves as its sides, where they show, let expect."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.cloth_colours import ALIKE_REACH
from primerka.tryon.surface.parts import SLEEVES, TORSO, UPPER_ARMS, assign_parts
from primerka.tryon.surface.sides import ARMPIT, _beyond_the_left_side, beyond_the_sides


@pytest.fixture(scope="module")
def shirt(pose_models, product_paths):
    (path,) = (path for path in product_paths if path.stem == "top-breton")
    return find_garment(analyse(read_photo(path, 640), worn="top"), "top")


def _below_the_armpits(model):
    joints = model.body.bones[[BONE[part.name] for part in UPPER_ARMS], 1]
    return np.indices(model.parsing.labels.shape)[0] > joints.min() + ARMPIT * model.pose.torso_px


def test_no_lobe_hangs_on_the_trunk_where_a_short_sleeve_ends(shirt):
    trunk, unit = prepare_cloth(shirt).alpha[TORSO] > 127, shirt.model.pose.torso_px
    assigned = assign_parts(shirt)
    lowest = np.flatnonzero(np.logical_or.reduce([assigned[part] for part in SLEEVES if part in assigned]).any(1))[-1]
    above, below = (trunk[row].sum() for row in (lowest - round(0.08 * unit), lowest + round(0.06 * unit)))
    assert above < below + 0.08 * unit  # both sides together


def test_at_the_shoulders_a_trunk_hangs_together_with_its_sleeves(shirt):
    beyond = beyond_the_sides(assign_parts(shirt), shirt.model)
    rows, joints = np.indices(beyond.shape)[0], shirt.model.body.bones[[BONE[part.name] for part in UPPER_ARMS], 1]
    assert beyond.any() and not beyond[rows <= joints.max()].any()


def test_from_an_armpit_a_trunk_s_side_slants_up_to_the_shoulder():
    beyond = _beyond_the_left_side(*_strips([0] * 60 + [30] * 40), armpit=50, unit=100)
    highest = beyond.argmax(0)[:30]
    assert (np.diff(highest[:-1]) >= 0).all() and abs(highest[28] - 50) <= 2 and abs(highest[0] - 27) <= 1


def test_a_trunk_s_sides_that_are_seen_stay_as_they_are(shirt, monkeypatch):
    assigned, off = assign_parts(shirt), shirt.model.parsing.labels == 0
    sleeves = np.logical_or.reduce([assigned[part] for part in SLEEVES if part in assigned])
    side = assigned[TORSO] & (distance_to(off) < 2.5) & (distance_to(sleeves) > 8) & _below_the_armpits(shirt.model)
    with_sides = prepare_cloth(shirt).alpha[TORSO]
    monkeypatch.setattr("primerka.tryon.surface.seams.beyond_the_sides", lambda assigned, model: np.zeros_like(off))
    without = prepare_cloth(shirt).alpha[TORSO]
    assert side.sum() > 100 and (with_sides != without).any()
    assert np.array_equal(with_sides[side], without[side])


def test_no_line_stays_where_the_sleeve_s_soft_edge_was(shirt):
    trunk = (prepare_cloth(shirt).alpha[TORSO] > 60).astype(np.uint8)
    thin = trunk - cv2.morphologyEx(trunk, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    sleeves = np.logical_or.reduce([cloth for part, cloth in assign_parts(shirt).items() if part in SLEEVES])
    assert thin[_below_the_armpits(shirt.model) & (distance_to(sleeves) < 4)].sum() <= 5


def _strips(trunk_edges):
    """A trunk that begins at the given columns, one for each row, beside nothing but street."""
    columns = np.arange(60)
    trunk = columns >= np.array(trunk_edges)[:, None]
    return trunk, ~trunk


def test_a_few_rows_of_street_beside_a_sleeve_are_no_side():
    edges = [0] * 60 + [20] * 40 + [0] * 40  # of 100 units: a side is seen in four rows or more
    crumbs = edges.copy()
    crumbs[30:33] = crumbs[120:123] = [40] * 3
    whole, crumbled = (_beyond_the_left_side(*_strips(edges), armpit=10, unit=100) for edges in (edges, crumbs))
    assert np.array_equal(whole, crumbled) and whole.any()


def test_a_trunk_may_lean_outwards_under_its_sleeve():
    beyond = _beyond_the_left_side(*_strips([0] * 60 + [30] * 40), armpit=10, unit=100)
    up = np.arange(1, 50)
    assert np.abs(beyond[60 - up].sum(1) - (30 - 0.2 * up)).max() <= 1
    assert (beyond[60:].sum(1) == 30).all()


def test_where_something_hides_its_sides_nobody_knows_how_wide_a_trunk_is(shirt):
    labels = shirt.model.parsing.labels
    around = cv2.dilate(assign_parts(shirt)[TORSO].astype(np.uint8), np.ones((61, 61), np.uint8)) > 0
    arms = shirt.model.parsing.mask("left_arm", "right_arm")
    hair = np.where((arms | (labels == 0)) & around, LABEL["hair"], labels)
    model = replace(shirt.model, parsing=replace(shirt.model.parsing, labels=hair))
    assert not beyond_the_sides(assign_parts(shirt), model).any()


def test_what_a_sleeveless_product_shows_is_all_there_is(shirt):
    bare = {part: cloth for part, cloth in assign_parts(shirt).items() if part not in SLEEVES}
    assert not beyond_the_sides(bare, shirt.model).any()


def test_cloth_that_may_be_a_hand_is_laid_anew_in_step_with_its_pattern(shirt):
    """Checks, and on them a spot of the arm's colour not far from it."""
    rows, columns = np.indices(shirt.mask.shape)
    checks = np.where(((rows // 6 + columns // 6) % 2)[:, :, None] > 0, (60, 80, 180), (80, 105, 215))
    arm = shirt.model.parsing.mask("left_arm", "right_arm")
    away, unit = distance_to(arm), shirt.model.pose.torso_px
    near = shirt.mask & (away > 0.08 * unit) & (away < ALIKE_REACH * unit) & (distance_to(~shirt.mask) > 0.06 * unit)
    y, x = np.argwhere(near)[0]
    spot = np.hypot(rows - y, columns - x) < 0.04 * unit
    skin = np.median(shirt.model.photo.rgb[arm], 0)
    rgb = np.where(shirt.mask[:, :, None], np.where(spot[:, :, None], skin, checks), shirt.model.photo.rgb)
    painted = replace(shirt, model=replace(shirt.model, photo=Photo(rgb.astype(np.uint8))))
    off = np.abs(prepare_cloth(painted).rgb.astype(int) - checks).max(2)[spot & near]
    assert len(off) > 20 and (off < 15).mean() > 0.75
