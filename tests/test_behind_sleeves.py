"""Behind a sleeve the trunk has cloth of its own: raised, bent or crossed, the model's arms leave no picture of themselves on it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.cloth_colours import BESIDE_SLEEVES, PASSES, cloth_colours
from primerka.tryon.surface.drape import drape
from primerka.tryon.surface.parts import SLEEVES, TORSO, assign_parts
from primerka.tryon.surface.seldom import seldom_colours

BLUE, RED, WHITE = (60, 80, 170), (190, 40, 40), (250, 250, 250)


@pytest.fixture(scope="module")
def jumper(pose_models, product_paths):
    (path,) = (path for path in product_paths if path.stem == "top-flannel")
    return find_garment(analyse(read_photo(path, 640), worn="top"), "top")


def _painted(garment, *things):
    """The same garment, blue and a little uneven, with things on it: (H, W) bool and a colour each."""
    noise = np.random.default_rng(0).normal(0, 3, garment.mask.shape)[:, :, None]
    rgb = np.where(garment.mask[:, :, None], BLUE, garment.model.photo.rgb)
    for thing, colour in things:
        rgb = np.where(thing[:, :, None], colour, rgb)
    model = replace(garment.model, photo=Photo(np.clip(rgb + noise, 0, 255).astype(np.uint8)))
    return replace(garment, model=model)


def _off(rgb, colour):
    return np.abs(rgb.astype(int) - colour).max(2)


def _behind(garment):
    """What the trunk has behind sleeves, further in than soft edges: (H, W) bool each, and those sleeves."""
    assigned, unit = assign_parts(garment), garment.model.pose.torso_px
    sleeves = np.logical_or.reduce([assigned[part] for part in SLEEVES if part in assigned])
    return sleeves & (distance_to(~sleeves) > BESIDE_SLEEVES * unit), sleeves


def test_the_trunk_behind_sleeves_has_no_picture_of_them(jumper):
    _, sleeves = _behind(jumper)
    cloth = prepare_cloth(_painted(jumper, (sleeves, RED)))
    behind = (cloth.alpha[TORSO] > 127) & sleeves
    assert behind.sum() > 300
    assert (_off(cloth.rgb, RED)[behind] < 40).mean() > 0.9 and (_off(cloth.trunk_rgb, BLUE)[behind] < 40).mean() > 0.97
    far = distance_to(sleeves) > (BESIDE_SLEEVES + 1.5 * PASSES) * jumper.model.pose.torso_px
    assert (cloth.trunk_rgb[far] == cloth.rgb[far]).all()


def test_trousers_have_one_picture(pose_models, product_paths):
    (path,) = (path for path in product_paths if path.stem.startswith("trousers"))
    cloth = prepare_cloth(find_garment(analyse(read_photo(path, 640), worn="trousers"), "trousers"))
    assert cloth.trunk_rgb is cloth.rgb


def test_the_trunk_is_laid_with_its_own_picture_and_sleeves_with_theirs(jumper, buyers):
    cloth = prepare_cloth(jumper)
    plain = [np.full_like(cloth.rgb, colour) for colour in (RED, BLUE)]
    new = drape(replace(cloth, rgb=plain[0], trunk_rgb=plain[1]), buyers[0].person)
    trunk, sleeves = new.alpha > 0.99, new.all_sleeves_alpha > 0.99
    assert (_off(new.rgb, BLUE)[trunk & ~sleeves] < 3).mean() > 0.97 and (_off(new.all_sleeves_rgb, RED)[sleeves] < 3).all()


def test_a_zip_stays_where_it_is_seen_and_does_not_go_on_behind_the_sleeve(jumper):
    """A white line from the middle of the trunk right up to where it has most behind a sleeve, which is as blue as the rest."""
    trunk, (_, sleeves) = assign_parts(jumper)[TORSO], _behind(jumper)
    left = np.indices(trunk.shape)[1] > np.median(np.nonzero(trunk)[1])
    behind = (prepare_cloth(jumper).alpha[TORSO] > 127) & sleeves & left
    row = behind.sum(1).argmax()
    line = trunk & left
    line[: row - 2] = line[row + 3 :] = False
    cloth = prepare_cloth(_painted(jumper, (line, WHITE)))
    assert behind[row].sum() > 5 and (_off(cloth.trunk_rgb, BLUE)[behind] < 60).all()
    seen = cv2.erode(line.astype(np.uint8), np.ones((3, 1))) > 0
    seen &= distance_to(sleeves) > (BESIDE_SLEEVES + 0.01) * jumper.model.pose.torso_px
    assert (_off(cloth.trunk_rgb, WHITE)[seen] < 40).mean() > 0.95


def test_a_dark_spot_close_to_a_sleeve_is_its_shadow(jumper):
    assigned, unit = assign_parts(jumper), jumper.model.pose.torso_px
    away = distance_to(_behind(jumper)[1]) / unit
    near = assigned[TORSO] & (away > BESIDE_SLEEVES) & (away < BESIDE_SLEEVES + 0.02)
    rows = np.arange(len(near))[:, None]
    spot = near & (np.abs(rows - np.median(np.nonzero(near)[0])) < 3)
    cloth = prepare_cloth(_painted(jumper, (spot, (15, 15, 20))))
    assert spot.sum() > 10 and (_off(cloth.trunk_rgb, BLUE)[spot] < 60).all()


def test_a_colour_is_seldom_by_its_share_of_the_cloth():
    cloth = np.zeros((120, 120), bool)
    cloth[10:110, 10:110] = True
    rgb = np.full((120, 120, 3), BLUE, np.uint8)
    rgb[20:30, 20:30] = WHITE  # one in a hundred
    rgb[50:100, 20:30] = RED  # one in twenty
    found = seldom_colours(rgb, cloth, 100)
    assert found[20:30, 20:30].all() and not found[50:100].any() and found.sum() <= 14 * 14


def test_without_any_trunk_in_sight_the_sleeves_are_all_that_is_known(jumper):
    _, sleeves = _behind(jumper)
    alone = replace(jumper, mask=sleeves)
    rgb, trunk_rgb = cloth_colours(alone, sleeves, np.zeros_like(sleeves), sleeves, sleeves)
    assert (trunk_rgb == rgb).all()


def test_in_a_cloth_of_many_colours_none_is_seldom():
    cloth = np.ones((100, 100), bool)
    rgb = np.kron(np.random.default_rng(0).integers(0, 255, (25, 25, 3)), np.ones((4, 4, 1))).astype(np.uint8)
    assert not seldom_colours(rgb, cloth, 100).any()
