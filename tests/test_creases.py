"""A sleeve ends at the crease between it and the trunk, and goes along with nothing of the trunk."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.person import Garment
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.cloth import _gaps, prepare_cloth
from primerka.tryon.surface.creases import BAND, by_the_crease
from primerka.tryon.surface.hidden_cloth import _beside_trunk_alone, hidden_cloth
from primerka.tryon.surface.parts import TORSO, UPPER_ARMS
from primerka.tryon.surface.seams import ARMPIT, OVERLAP, with_seams


@pytest.fixture(scope="module")
def jumper(pose_models, product_paths):
    (path,) = (path for path in product_paths if path.stem == "top-flannel")
    return find_garment(analyse(read_photo(path, 640), worn="top"), "top")


@pytest.fixture(scope="module")
def hanging(jumper):
    """Somebody in plain cloth whose left arm lies against the trunk: cloth of the arm, of the trunk, and the fitted border."""
    model = jumper.model
    fitted = model.surface.mask([BONE["left_upper_arm"], BONE["left_forearm"]])
    rows, columns = np.indices(fitted.shape)
    bones = model.body.bones
    top, end = (int(bones[BONE[f"left_{name}"], 1]) for name in ("upper_arm", "hand"))
    border = np.interp(
        rows[:, 0],
        *zip(
            *sorted(
                (bones[BONE[f"left_{name}"], 1], bones[BONE[f"left_{name}"], 0]) for name in ("upper_arm", "forearm", "hand")
            )
        ),
    )
    border = (border - 0.1 * model.pose.torso_px)[:, None]
    cloth = (
        (rows > top) & (rows < end) & (columns < border + 0.2 * model.pose.torso_px) & (columns > border - model.pose.torso_px)
    )
    return model, cloth & (columns >= border), cloth & (columns < border), columns - border


def _wearing(model, rgb):
    return replace(model, photo=Photo(rgb.astype(np.uint8)))


def _share_beyond(hanging, rgb, off):
    """Of what lies between the fitted border and a crease, off torso lengths beside it, how much is the sleeve's."""
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    found = by_the_crease(_wearing(model, rgb), "left", sleeve, trunk)
    low = (
        np.hypot(*(np.indices(sleeve.shape)[::-1] - model.body.bones[BONE["left_upper_arm"], :2].reshape(2, 1, 1))) > 0.3 * unit
    )
    low &= distance_to(~(sleeve | trunk)) > 0.05 * unit
    strip = low & (beside * off > 0) & (np.abs(beside) < abs(off) * unit - 2)
    assert strip.sum() > 100
    return found[strip].mean()


@pytest.mark.parametrize("off", [-0.05, 0.05])
@pytest.mark.parametrize("stripes", [False, True])
def test_a_sleeve_ends_at_the_crease(hanging, off, stripes):
    """The fit is a little off to either side; stripes across the arm are no crease."""
    model, sleeve, _, beside = hanging
    rgb = np.full((*sleeve.shape, 3), 150.0)
    if stripes:
        rgb[np.arange(len(rgb)) // 4 % 2 == 0] = 60
    rgb *= (1 - 0.6 * np.exp(-(((beside - off * model.pose.torso_px) / (0.01 * model.pose.torso_px)) ** 2)))[:, :, None]
    share = _share_beyond(hanging, rgb, off)
    assert share > 0.8 if off < 0 else share < 0.2


@pytest.mark.parametrize("off", [-0.05, 0.05])
def test_where_a_sleeve_of_another_colour_ends_there_is_an_edge_without_shadow(hanging, off):
    model, _, _, beside = hanging
    rgb = np.where((beside > off * model.pose.torso_px)[:, :, None], 190.0, 90.0) * np.ones(3)
    share = _share_beyond(hanging, rgb, off)
    assert share > 0.8 if off < 0 else share < 0.2


@pytest.mark.parametrize("off", [-0.05, 0.05])
def test_a_soft_shadow_without_an_edge_is_a_crease(hanging, off):
    model, _, _, beside = hanging
    unit = model.pose.torso_px
    rgb = 200 * (1 - 0.5 * np.exp(-(((beside - off * unit) / (0.025 * unit)) ** 2)))[:, :, None] * np.ones(3)
    share = _share_beyond(hanging, rgb, off)
    assert share > 0.7 if off < 0 else share < 0.3


def test_a_busy_print_is_no_crease(hanging):
    """Figures as large as a button, of all shades: the fit is as good as any of their edges."""
    model, sleeve, trunk, beside = hanging
    unit, chooser = model.pose.torso_px, np.random.default_rng(3)
    size = round(0.04 * unit)
    shades = chooser.integers(30, 230, [length // size + 1 for length in sleeve.shape])
    rgb = np.kron(shades, np.ones((size, size)))[: sleeve.shape[0], : sleeve.shape[1], None] * np.ones(3)
    found = by_the_crease(_wearing(model, rgb), "left", sleeve, trunk)
    inside = distance_to(~(sleeve | trunk)) > 0.05 * unit
    near = inside & (np.abs(beside) < BAND * unit)
    assert (found ^ sleeve)[near].mean() < 0.2


def test_a_thin_arm_keeps_its_border_where_there_is_no_crease(hanging):
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    thin = sleeve & (beside > 0.05 * unit)
    found = by_the_crease(_wearing(model, np.full((*sleeve.shape, 3), 150.0)), "left", thin, (sleeve | trunk) & ~thin)
    inside = distance_to(~(sleeve | trunk)) > 0.05 * unit
    assert not ((found ^ thin) & inside & (np.abs(beside - 0.05 * unit) > 0.02 * unit)).any()


def test_a_strip_of_a_coats_front_that_is_narrower_than_the_band_stays_the_trunks(hanging):
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    strip = trunk & (beside > -0.06 * unit)
    rows = np.arange(len(strip))[:, None]
    strip &= rows > model.body.bones[BONE["left_upper_arm"], 1] + 0.3 * unit
    elsewhere = trunk & (beside < -0.3 * unit)
    found = by_the_crease(_wearing(model, np.full((*sleeve.shape, 3), 150.0)), "left", sleeve, strip | elsewhere)
    assert strip.sum() > 300 and not found[strip].any()


@pytest.mark.parametrize("wall", [150, 250, 20])
def test_without_a_crease_it_ends_where_the_fit_has_it(hanging, wall):
    model, sleeve, trunk, beside = hanging
    rgb = np.where((sleeve | trunk)[:, :, None], 150.0, wall) * np.ones(3)
    found = by_the_crease(_wearing(model, rgb), "left", sleeve, trunk)
    assert not ((found ^ sleeve) & (np.abs(beside) > 0.03 * model.pose.torso_px) & (distance_to(~(sleeve | trunk)) > 5)).any()


def test_a_fold_of_a_sleeve_that_the_street_parts_from_the_trunk_is_no_crease(hanging):
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    street = (beside < 0) & (beside > -0.03 * unit)
    rgb = np.full((*sleeve.shape, 3), 150.0)
    rgb *= (1 - 0.6 * np.exp(-(((beside - 0.04 * unit) / (0.01 * unit)) ** 2)))[:, :, None]
    found = by_the_crease(_wearing(model, rgb), "left", sleeve & ~street, trunk & ~street)
    inside = distance_to(~(sleeve | trunk)) > 0.05 * unit
    assert found[sleeve & inside].mean() > 0.99 and found[trunk & ~street & inside].mean() < 0.01


def test_a_piece_of_a_sleeve_that_is_too_small_for_a_crease_stays(hanging):
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    small = (
        cv2.circle(
            np.zeros(sleeve.shape, np.uint8),
            tuple(np.argwhere(beside[300:301] < -0.4 * unit)[-1][::-1] + (0, 300)),
            round(0.05 * unit),
            1,
            -1,
        )
        > 0
    )
    small &= trunk
    assert small.sum() > 20 and BAND > 0.05
    found = by_the_crease(_wearing(model, np.full((*sleeve.shape, 3), 150.0)), "left", sleeve | small, trunk & ~small)
    assert found[small].all()


def test_far_from_the_shoulder_a_sleeve_takes_nothing_of_the_trunk_along(hanging):
    model, sleeve, trunk, beside = hanging
    unit = model.pose.torso_px
    part = next(part for part in UPPER_ARMS if part.name.startswith("left"))
    layers = {
        which: with_seams(which, cloth, {part: sleeve, TORSO: trunk}, model)
        for which, cloth in ((part, sleeve), (TORSO, trunk))
    }
    x, y = model.body.bones[BONE["left_upper_arm"], :2]
    rows, columns = np.indices(sleeve.shape)
    away = np.hypot(columns - x, rows - y) / unit
    layer, under = layers[part], layers[TORSO]
    strip = trunk & (beside < -0.02 * unit)
    assert layer[strip & (away > ARMPIT)].max() < 0.1 and layer[sleeve].min() > 0.3
    for taken, other in ((layer, strip), (under, sleeve)):
        near = other & (away < 0.18) & (np.abs(beside) < 0.7 * OVERLAP * unit)
        assert near.any() and taken[near].min() > 0.8
    assert under[sleeve & (np.abs(beside) < 0.7 * OVERLAP * unit)].min() > 0.8  # under the sleeve, all along


def test_a_short_sleeve_does_not_go_down_a_bare_arm_because_a_skirt_is_below_it(pose_models):
    """In the arm's columns there is cloth above and below it."""
    from primerka.samples import HERE

    path = HERE / "catalogue" / "dress-yellow-floral.jpg"
    garment = find_garment(analyse(read_photo(path, 640), worn="dress"), "dress")
    cloth, model = prepare_cloth(garment), garment.model
    for sleeve in UPPER_ARMS:
        bare = model.surface.mask(sleeve.indices) & model.parsing.mask(f"{sleeve.name.split('_')[0]}_arm")
        bare &= distance_to(garment.mask) > 0.08 * model.pose.torso_px
        assert bare.sum() > 300 and cloth.alpha[sleeve][bare].max() < 30


@pytest.mark.parametrize(("beyond", "goes_on"), [("background", True), ("top", False)])
def test_a_coats_trunk_goes_on_behind_its_sleeve_and_not_behind_one_before_an_open_front(hanging, beyond, goes_on):
    """On one side of the sleeve is the coat, on the other the street, or the shirt under the coat."""
    model, _, trunk, beside = hanging
    unit = model.pose.torso_px
    before = model.surface.mask(TORSO.indices) & trunk & (beside > -0.3 * unit) & (beside < -0.1 * unit)
    labels = np.where(trunk & (beside < -0.1 * unit), LABEL["outerwear"], 0)
    labels[trunk & (beside >= -0.1 * unit)] = LABEL[beyond]
    model = replace(model, parsing=replace(model.parsing, labels=labels.astype(np.uint8)))
    coat = labels == LABEL["outerwear"]
    garment = Garment(model, coat, "outerwear")
    assert before.sum() > 200 and _beside_trunk_alone(garment, coat & ~before, before)[before].all() == goes_on
    assert hidden_cloth(garment, TORSO, coat & ~before, before)[before].mean() > 0.9 or not goes_on


def test_a_narrow_gap_between_a_sleeve_and_the_trunk_stays_open(hanging):
    """Though outlines are smoothed; a notch in the hem is closed."""
    _, sleeve, trunk, beside = hanging
    street = (beside < 0) & (beside > -4)
    part = next(part for part in UPPER_ARMS if part.name.startswith("left"))
    open_ = _gaps({part: sleeve & ~street, TORSO: trunk & ~street}, street | ~(sleeve | trunk))
    assert open_[street & (sleeve | trunk)].all() and not open_[~street].any()
    assert not _gaps({TORSO: (sleeve | trunk) & ~street}, street | ~(sleeve | trunk)).any()
