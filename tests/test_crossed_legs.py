"""Of legs that cross, the trousers on the one in front serve both."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.perception.analyse import analyse
from primerka.perception.body_model import body_model
from primerka.perception.find_garment import find_garment
from primerka.perception.surface import see_surface
from primerka.photo import read_photo
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.drape import drape
from primerka.tryon.surface.parts import LEGS, SHINS, assign_parts, crossed_shins

LEFT, RIGHT = SHINS


@pytest.fixture(scope="module")
def trousers(pose_models, product_paths):
    path = next(path for path in product_paths if path.stem.startswith("trousers"))
    return find_garment(analyse(read_photo(path, 640), worn="trousers"), "trousers")


def _crossed(garment, share):
    """The garment on a body whose left shin stands behind the right one, by that share of the way."""
    model = garment.model
    vertices, part = model.body.vertices.copy(), body_model().part
    shins = [np.isin(part, [BONE[f"{side}_shin"], BONE[f"{side}_foot"]]) for side in ("left", "right")]
    across = vertices[shins[1], 0].mean() - vertices[shins[0], 0].mean()
    vertices[shins[0], 0] += share * across
    vertices[shins[0], 2] += 0.3 * model.body.scale
    body = replace(model.body, vertices=vertices)
    return replace(garment, model=replace(model, body=body, surface=see_surface(body, *garment.mask.shape)))


def _like_an_x(garment):
    """The garment on a body whose left ankle stands as far beyond the right one as its knee is on its own side, and behind it."""
    model = garment.model
    bones, vertices = model.body.bones.copy(), model.body.vertices.copy()
    knee, ankle = bones[BONE["left_shin"]], bones[BONE["left_foot"]]
    shin = np.isin(body_model().part, [BONE["left_shin"], BONE["left_foot"]])
    across = 2 * (bones[BONE["right_foot"], 0] - ankle[0])
    vertices[shin, 0] += across * np.clip((vertices[shin, 1] - knee[1]) / (ankle[1] - knee[1]), 0, 1)
    vertices[shin, 2] += 0.3 * model.body.scale
    bones[BONE["left_foot"], 0] += across
    body = replace(model.body, vertices=vertices, bones=bones)
    return replace(garment, model=replace(model, body=body, surface=see_surface(body, *garment.mask.shape)))


def test_who_stands_straight_crosses_nothing(trousers):
    assert crossed_shins(trousers.model) is None
    assert {LEFT, RIGHT} <= {part for part, region in assign_parts(trousers).items() if region.any()}


def test_the_shin_in_front_is_told_from_the_one_behind(trousers):
    assert crossed_shins(_crossed(trousers, 0.9).model) == (RIGHT, LEFT)


def test_the_shin_behind_comes_from_the_one_in_front(trousers, buyer):
    crossed = _crossed(trousers, 0.7)
    assigned = assign_parts(crossed)
    assert not assigned[LEFT].any() and assigned[RIGHT].any()
    new = drape(prepare_cloth(crossed), buyer)
    assert new.unsure == ("left_leg",)
    for shin in SHINS:
        region = buyer.surface.mask(shin.indices)
        assert (new.whole_alpha[region] > 0.5).mean() > 0.6


def test_of_shins_like_an_x_each_end_is_told_by_its_side(trousers):
    """Above the crossing what lies on the knee's side is the one behind, below it what lies on the ankle's."""
    crossed = _like_an_x(trousers)
    body, seen = crossed.model.body, crossed.model.surface
    assert crossed_shins(crossed.model) == (RIGHT, LEFT)
    everywhere = replace(crossed, mask=np.ones_like(crossed.mask))
    assigned = assign_parts(everywhere)
    knee_y, ankle_y = body.bones[[BONE["left_shin"], BONE["left_foot"]], 1]
    rows = np.arange(len(seen.part))[:, None]
    of_behind = seen.mask(LEFT.indices)
    upper, lower = rows < knee_y + 0.3 * (ankle_y - knee_y), rows > knee_y + 0.7 * (ankle_y - knee_y)
    assert (of_behind & upper).sum() > 50 and (of_behind & lower).sum() > 50
    for end in (upper, lower):
        assert not (assigned[RIGHT] & of_behind & end).any()


def test_a_strip_beyond_the_gap_between_legs_is_the_other_legs(trousers):
    """The fit has a leg a little too wide: what lies along the other leg's inner side goes with that one."""
    before, model = assign_parts(trousers), trousers.model
    both = np.flatnonzero(before[LEFT].any(1) & before[RIGHT].any(1))
    middle, half = int(np.median(both)), round(0.08 * model.pose.torso_px)
    strip = np.zeros_like(trousers.mask)
    for row in range(middle - half, middle + half):
        left, right = (np.flatnonzero(before[shin][row]) for shin in SHINS)
        assert right.max() + 1 < left.min() and not trousers.mask[row, right.max() + 1 : left.min()].any()
        strip[row, left.min() : left.min() + 3] = True
    part = np.where(strip, BONE["right_shin"], model.surface.part)
    wide = replace(trousers, model=replace(model, surface=replace(model.surface, part=part)))
    after = assign_parts(wide)
    assert np.logical_or.reduce([after[leg] for leg in LEGS if leg.name.startswith("left")])[strip].all()
    assert not any(after[leg][strip].any() for leg in LEGS if leg.name.startswith("right"))
