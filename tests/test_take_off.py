"""Taking off: what the new garment takes the place of goes, all of it, and nobody is undressed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import dressed, no_cloth, relabelled, widened

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import distance_to
from primerka.photo import Photo
from primerka.tryon.surface.buyer import HIPS, enough, grown, prepare_buyer
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.goes_on import HIGHEST_WAIST, chest_to_hips
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.take_off import BELOW_COAT, MAX_BARE, keep_decent, take_off
from primerka.tryon.surface.uncover import uncover


def test_the_trunk_of_a_dressed_person_stays_dressed(buyers, cloths):
    """Whatever is put on, little of chest, belly and hips is bare: a neckline, a strip between a top and a skirt."""
    for buyer in buyers:
        before = start_scene(buyer)
        trunk = buyer.person.surface.mask([2, 1, 0]) & before.mask("top", "outerwear", "dress", "skirt", "trousers", "shorts")
        for kind, cloth in cloths.items():
            scene = dressed(buyer, cloth)
            bare = trunk & scene.mask("neck", "background")
            assert bare.sum() < 0.2 * trunk.sum(), kind


def test_a_hood_stays_on(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    hood = scene.mask("hair")
    assert hood.sum() > 100
    scene.labels[hood] = LABEL["outerwear"]
    before = scene.rgb.copy()
    dress(scene, buyer, cloths["top"])
    head = buyer.person.surface.mask([4])
    inside = hood & head & ~widened(hood & ~head)  # where one ends its edge is soft
    assert inside.sum() > 100
    assert (scene.rgb[inside] == before[inside]).all(1).mean() > 0.9


@pytest.mark.parametrize("size", [0.005, 0.05])
def test_a_collar_on_the_chin_goes_and_what_hides_half_a_face_stays(buyers, cloths, size):
    buyer = buyers[0]
    scene = start_scene(buyer)
    head = buyer.person.surface.mask([BONE["head"]])
    rows = np.arange(len(head))[:, None]
    below_nose = head & (rows > buyer.person.pose["nose"][1])
    for top in np.flatnonzero(below_nose.any(1))[::-1]:
        collar = below_nose & (rows >= top)
        if collar.sum() > size * buyer.unit**2:
            break
    scene.labels[collar] = LABEL["top"]
    old = take_off(scene, buyer, cloths["top"], no_cloth(buyer))
    assert collar.sum() > 20
    assert old[collar].all() if size == 0.005 else not old[collar].any()


def test_what_the_parsing_missed_of_a_hem_is_known_as_the_garments(buyers):
    person = buyers[0].person
    trousers = person.parsing.mask("trousers")
    rows = np.flatnonzero(trousers.any(1))
    missed = trousers & (np.arange(len(trousers))[:, None] > rows[-1] - 6)
    assert missed.sum() > 50
    labels, alpha = person.parsing.labels.copy(), person.parsing.alpha.copy()
    labels[missed], alpha[missed] = 0, 0
    buyer = prepare_buyer(replace(person, parsing=replace(person.parsing, labels=labels, alpha=alpha)))
    assert (buyer.rim[missed] == LABEL["trousers"]).mean() > 0.5


@pytest.mark.parametrize("common", [False, True])
def test_background_of_which_there_is_more_around_is_no_part_of_a_garment(buyers, common):
    """A wall of the trousers' colour begins beside them; where it goes on further off, it is a wall."""
    person, unit = buyers[0].person, buyers[0].unit
    labels, trousers = person.parsing.labels, person.parsing.mask("trousers")
    away, (rows, columns) = distance_to(labels > 0), np.indices(labels.shape)
    middle = np.flatnonzero(trousers.any(1)).mean()
    beside = (labels == 0) & (away < 0.06 * unit) & (abs(rows - middle) < 0.1 * unit)
    beside &= columns < trousers.argmax(1)[:, None]
    wall = beside | (labels == 0) & (away > 0.15 * unit) & common
    colour = np.median(person.photo.rgb[trousers], 0)
    rgb = np.where((wall | trousers)[:, :, None], colour, person.photo.rgb).astype(np.uint8)
    buyer = prepare_buyer(replace(person, photo=Photo(rgb)))
    assert beside.sum() > 100 and ((buyer.rim[beside] > 0).mean() < 0.1) == common


@pytest.mark.parametrize(("from_", "goes"), [(0.9, True), (1.37, False)])
def test_boots_do_not_stand_out_beside_new_trousers_and_shoes_stay_whole(buyers, cloths, from_, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    legs = scene.mask("trousers")
    shod = legs & (buyer.along > from_)
    scene.labels[shod] = LABEL["left_shoe"]
    narrow = cv2.erode(legs.astype(np.uint8), np.ones((1, 9), np.uint8)) > 0
    alpha = (narrow & (buyer.along > 0) & (buyer.along < 1.43)).astype(np.float32)
    old = take_off(scene, buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha))
    beside = shod & ~narrow & (buyer.along < 1.4)
    assert beside.sum() > 15
    assert old[beside].mean() > 0.9 if goes else old[beside].mean() < 0.4
    assert not old[shod & (buyer.along > 1.5)].any()


def test_boots_that_show_under_a_ragged_hem_stay(buyers, cloths):
    """Skin was painted there, above the boots, for the hem was taken to be even."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    legs = scene.mask("trousers")
    shod = legs & (buyer.along > 0.9)
    scene.labels[shod] = LABEL["left_shoe"]
    columns = np.indices(legs.shape)[1]
    ends = np.where(columns % round(0.1 * buyer.unit) < 0.03 * buyer.unit, 1.34, 1.43)
    alpha = (cv2.dilate(legs.astype(np.uint8), np.ones((1, 9), np.uint8)) > 0) & (buyer.along > 0) & (buyer.along < ends)
    old = take_off(scene, buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha.astype(np.float32)))
    notches = shod & (ends == 1.34) & (buyer.along > 1.37) & (buyer.along < 1.43)
    assert notches.sum() > 15
    assert old[notches].mean() < 0.3


@pytest.mark.parametrize("slant", [0.0, 0.8])
def test_the_half_of_a_dress_that_stays_falls_off_beside_the_new_top(buyers, cloths, slant):
    """It is wider than the top that ends over it, and cut straight it would have corners."""
    buyer = buyers[0]
    x = np.flatnonzero(buyer.trunk_legs.any(0)).mean()
    side = (np.indices(buyer.along.shape)[1] - x) / buyer.unit
    off, wide = np.abs(side), buyer.trunk_legs.any(1)[:, None]
    labels = np.where((off < 0.6) & wide & (buyer.along > -0.6) & (buyer.along < 1), LABEL["dress"], LABEL["background"])
    buyer = replace(relabelled(buyer, labels), arms=np.zeros_like(buyer.arms))
    scene = start_scene(buyer)
    alpha = ((off < 0.2) & (buyer.along > -0.6) & (buyer.along < 0.2 + slant * side)).astype(np.float32)
    take_off(scene, buyer, cloths["top"], replace(no_cloth(buyer), alpha=alpha))
    kept = scene.mask("skirt")
    for way in (-1, 1):
        begins = [buyer.along[kept & (np.abs(way * side - at) < 0.02)].min() for at in (0.1, 0.3, 0.5)]
        assert begins[0] < 0.05
        assert np.diff(begins) == pytest.approx([0.1, 0.2], abs=0.05)


def test_the_sleeves_of_a_dress_go_with_its_top(buyers, cloths):
    """They hang lower than the new top, as the skirt does that stays."""
    for buyer in buyers:
        forearms = buyer.arms & ~buyer.hands & (buyer.along > -0.2)
        parsing = buyer.person.parsing
        clothed = parsing.mask("top", "outerwear", "dress", "skirt", "trousers", "shorts", "left_arm", "right_arm") | forearms
        labels = np.where(clothed & ~buyer.hands, LABEL["dress"], parsing.labels).astype(np.uint8)
        scene = start_scene(replace(buyer, person=replace(buyer.person, parsing=replace(parsing, labels=labels))))
        trunk = (clothed & ~buyer.arms & (buyer.along < -0.2)).astype(np.float32)
        old = take_off(scene, buyer, cloths["top"], replace(no_cloth(buyer), alpha=trunk))
        assert forearms.sum() > 200 and old[forearms].all()
        assert (scene.mask("skirt") & ~old).sum() > 1000


def test_the_sleeves_of_a_dress_stay_however_low_they_hang(buyers, cloths):
    person = buyers[0].person
    labels = person.parsing.labels.copy()
    arms = person.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm")])
    labels[np.isin(labels, [LABEL["top"], LABEL["trousers"]]) | arms] = LABEL["dress"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels)))
    scene = start_scene(buyer)
    low = person.surface.mask([BONE["left_forearm"], BONE["right_forearm"]]) & (buyer.along > 0.05)
    legs = person.surface.mask([BONE["left_shin"], BONE["right_shin"]])
    old = take_off(scene, buyer, cloths["trousers"], no_cloth(buyer))
    assert low.sum() > 200 and old[low].mean() < 0.1 and (scene.labels[low] == LABEL["top"]).mean() > 0.9
    assert old[legs].mean() > 0.8


@pytest.mark.parametrize("bag", [False, True])
def test_no_outline_of_what_is_taken_off_stays(buyers, cloths, bag):
    """Something of a person shows beside the parsing's edge; beside a bag it may be the bag's."""
    person = buyers[0].person
    labels, alpha = person.parsing.labels.copy(), person.parsing.alpha.copy()
    columns = np.indices(labels.shape)[1]
    coat = np.isin(labels, [LABEL["top"], LABEL["trousers"]])
    line = (labels == 0) & (grown(coat, buyers[0], 0.05) & (columns < columns[coat].mean())) & (buyers[0].along > 0)
    alpha[line] = 0.6
    if bag:
        labels[(labels == 0) & ~grown(coat, buyers[0], 0.05) & grown(line, buyers[0], 0.03)] = LABEL["bag"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels, alpha=alpha)))
    scene = start_scene(buyer)
    old = take_off(scene, buyer, cloths["dress"], no_cloth(buyer))
    outer = line & ~grown(coat, buyers[0], 0.035)
    assert outer.sum() > 50
    assert old[outer].mean() < 0.4 if bag else old[outer].mean() > 0.9
    assert not old[(labels == 0) & ~grown(coat | line, buyers[0], 0.05)].any()


def test_a_coats_edge_goes_from_the_top_under_it(buyers, cloths):
    """As from trousers: the pixels beside it mix both."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    top, columns = scene.mask("top") & ~buyer.arms, np.indices(buyer.arms.shape)[1]
    coat = top & (columns > np.median(columns[top]))
    scene.labels[coat] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["outerwear"], no_cloth(buyer))
    beside = top & ~coat & grown(coat, buyer, 1 / 60) & chest_to_hips(buyer)
    assert beside.sum() > 50 and old[beside].mean() > 0.9
    assert not old[top & ~grown(coat, buyer, 0.05)].any()
    _, kind, _ = uncover(scene, buyer, cloths["outerwear"], no_cloth(buyer), old, np.zeros_like(old))
    assert (kind[beside & old] == LABEL["top"]).mean() > 0.95


def test_a_shirts_sleeves_beside_a_waistcoat_that_comes_off_stay(buyers, cloths):
    for buyer in buyers:
        scene = start_scene(buyer)
        top = scene.mask("top", "outerwear")
        scene.labels[top] = LABEL["top"]
        scene.labels[top & ~buyer.arms] = LABEL["outerwear"]
        sleeves = top & buyer.arms & ~buyer.hands
        old = take_off(scene, buyer, cloths["outerwear"], no_cloth(buyer))
        assert sleeves.sum() > 500 and old[sleeves].mean() < 0.005


def test_a_narrow_strip_of_a_shirt_between_the_halves_of_a_coat_stays(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    top, columns = scene.mask("top") & chest_to_hips(buyer), np.indices(buyer.arms.shape)[1]
    strip = top & (abs(columns - np.median(columns[top])) < 0.025 * buyer.unit)
    scene.labels[scene.mask("top") & ~strip] = LABEL["outerwear"]
    assert enough(strip, buyer)
    assert not take_off(scene, buyer, cloths["outerwear"], no_cloth(buyer))[strip].any()


def test_a_coat_with_nothing_known_under_it_stays_as_a_top_with_a_level_hem(buyers, cloths):
    buyer, new = buyers[0], no_cloth(buyers[0])
    scene = start_scene(buyer)
    scene.labels[scene.mask("top") | scene.mask("trousers") & (buyer.along < 0.6)] = LABEL["outerwear"]
    coat = scene.mask("outerwear")
    old = take_off(scene, buyer, cloths["outerwear"], new)
    kept = scene.mask("top") & ~old
    trunk = coat & ~buyer.arms & (buyer.trunk_legs | buyer.person.surface.mask([BONE["chest"]])) & (buyer.along > 0)
    assert kept.any() and buyer.along[kept].max() < HIPS
    assert kept[trunk & (buyer.along < HIPS - 0.02)].mean() > 0.95
    assert old[coat & (buyer.along > HIPS + 0.02)].all()
    assert any("kept as a top" in warning for warning in scene.all_warnings())


def test_a_long_coat_over_nothing_that_is_known_stays_as_a_dress_down_to_its_hem(buyers, cloths):
    """Under it nothing shows on the legs; a scrap of a skirt says nothing. Its sleeves go."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    coat = scene.mask("top") | scene.mask("trousers") & (buyer.along < 0.6)
    legs = scene.mask("trousers") & ~coat
    scene.labels[legs], scene.labels[coat] = LABEL["left_leg"], LABEL["outerwear"]
    scrap = legs & (buyer.along < 0.63)
    scene.labels[scrap] = LABEL["skirt"]
    assert 0.02 * buyer.unit**2 < scrap.sum() < BELOW_COAT * buyer.unit**2
    old = take_off(scene, buyer, cloths["outerwear"], no_cloth(buyer))
    kept = scene.mask("dress") & ~old
    low, sleeves = coat & (buyer.along > HIPS) & ~buyer.arms, coat & buyer.arms & ~buyer.hands & ~buyer.trunk_legs
    assert low.sum() > 500 and kept[low].mean() > 0.95
    assert sleeves.sum() > 300 and old[sleeves].mean() > 0.95
    assert any("kept as a dress" in warning for warning in scene.all_warnings())


def test_a_fold_of_a_dress_parsed_as_a_coat_does_not_hang_before_the_new_trousers(buyers, cloths):
    """It hangs together with a part that stays; a coat's tail at the dress's side stays whole."""
    buyer, cloth = buyers[0], cloths["trousers"]
    scene = start_scene(buyer)
    clothes = scene.mask("top", "trousers")
    scene.labels[clothes] = LABEL["dress"]
    columns = np.indices(clothes.shape)[1]
    low = clothes & (buyer.along > 0.4)
    middle, leftmost = np.median(columns[low]), columns[low].min()
    scene.labels[clothes & (abs(columns - middle) < 8) & (buyer.along < 0.5)] = LABEL["outerwear"]
    tail = clothes & (columns < leftmost + 8)
    scene.labels[tail] = LABEL["outerwear"]
    new = dress(scene, buyer, cloth)
    fold = clothes & (abs(columns - middle) < 6) & (buyer.along > 0.36) & (buyer.along < 0.48) & (new.alpha > 0.9)
    assert fold.sum() > 50 and (scene.labels[fold] == LABEL["trousers"]).all()
    kept = tail & (buyer.along > 0.36) & (buyer.along < 0.5)
    assert kept.sum() > 50 and (scene.labels[kept] == LABEL["outerwear"]).mean() > 0.9


def test_a_sleeve_before_a_wide_dress_is_no_fold_of_it(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    sleeve = buyer.arms & ~buyer.hands
    scene.labels[scene.mask("top", "trousers") | grown(buyer.arms, buyer, 0.1)] = LABEL["dress"]
    scene.labels[sleeve] = LABEL["outerwear"]
    low = sleeve & (buyer.along > 0)
    old = take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))
    assert low.sum() > 100 and (scene.labels[low] == LABEL["outerwear"]).mean() > 0.95 and old[low].mean() < 0.1


def test_a_tucked_top_that_goes_on_lets_high_trousers_go(buyers, cloths):
    """Below it nothing is bare, though the new waist is far lower; without a top above them they stay on."""
    buyer = buyers[0]
    trunk = buyer.trunk_legs & ~buyer.arms | buyer.person.surface.mask([BONE["abdomen"], BONE["chest"]])
    new = replace(no_cloth(buyer), alpha=(trunk & (buyer.along > 0.25)).astype(np.float32))
    for above, kept in (("top", False), ("neck", True)):
        labels = buyer.person.parsing.labels.copy()
        labels[trunk & (buyer.along > -0.09)] = LABEL["trousers"]
        labels[trunk & (buyer.along < -0.09)] = LABEL[above]
        changed = relabelled(buyer, labels)
        scene = start_scene(changed)
        old = take_off(scene, changed, cloths["trousers"], new)
        less = keep_decent(scene, changed, cloths["trousers"], new, old)
        assert (less.sum() < old.sum()) == kept


def test_a_coat_goes_where_the_top_under_it_goes_on(buyers, cloths):
    """Half of a coat lies over the chest and the new one leaves it open: that half would be seen beside the top."""
    buyer, new = buyers[0], no_cloth(buyers[0])
    scene = start_scene(buyer)
    top, columns = scene.mask("top") & chest_to_hips(buyer), np.indices(buyer.arms.shape)[1]
    scene.labels[top & (columns > np.median(columns[top]))] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["outerwear"], new)
    assert (old & chest_to_hips(buyer)).sum() > MAX_BARE * buyer.unit**2
    assert (keep_decent(scene, buyer, cloths["outerwear"], new, old) == old).all()


def test_the_sleeves_of_a_top_go_into_those_of_a_new_coat(buyers, cloths):
    buyer = buyers[0]
    arms = buyer.arms & ~buyer.hands
    changed = relabelled(buyer, np.where(arms, LABEL["top"], buyer.person.parsing.labels))
    covered = arms.astype(np.float32)
    bare, coat = no_cloth(buyer), replace(no_cloth(buyer), all_sleeves_alpha=covered)
    outer = buyer.person.surface.mask([BONE["left_upper_arm"], BONE["right_upper_arm"]])
    gone = [take_off(start_scene(changed), changed, cloths["outerwear"], new)[outer & arms].mean() for new in (bare, coat)]
    assert gone[0] < 0.05 and gone[1] > 0.35


@pytest.mark.parametrize(("from_above", "kept"), [(0.2, False), (0.6, True)])
def test_a_high_waist_under_a_top_goes_and_a_bib_stays(buyers, cloths, from_above, kept):
    buyer = buyers[0]
    labels = buyer.person.parsing.labels.copy()
    trunk = np.isin(labels, [LABEL["top"], LABEL["trousers"]]) & ~buyer.arms
    labels[trunk & (buyer.along > -from_above)] = LABEL["trousers"]
    assert (labels == LABEL["top"]).sum() > 0.02 * buyer.unit**2
    changed = relabelled(buyer, labels)
    old = take_off(start_scene(changed), changed, cloths["trousers"], no_cloth(buyer))
    high = trunk & (buyer.along > -from_above) & (buyer.along < HIGHEST_WAIST - 0.02)
    assert high.sum() > 100
    assert old[high].mean() < 0.1 if kept else old[high].mean() > 0.9


def test_specks_on_the_chest_do_not_keep_a_waistband(buyers, cloths):
    buyer = buyers[0]
    labels = buyer.person.parsing.labels.copy()
    trunk = np.isin(labels, [LABEL["top"], LABEL["trousers"]]) & ~buyer.arms
    labels[trunk & (buyer.along > -0.2)] = LABEL["trousers"]
    rows, columns = np.indices(labels.shape)
    specks = trunk & (buyer.along < -0.4) & (rows % 6 == 0) & (columns % 6 == 0)
    labels[specks] = LABEL["trousers"]
    changed = relabelled(buyer, labels)
    old = take_off(start_scene(changed), changed, cloths["trousers"], no_cloth(buyer))
    band = trunk & (buyer.along > -0.2) & (buyer.along < HIGHEST_WAIST - 0.02)
    assert specks.sum() > 30 and old[band].mean() > 0.9


def test_a_dress_that_shows_in_a_narrow_opening_stays_as_a_top(buyers, cloths):
    """Skin would be invented in it: it is less than a waistband, but reaches up to the chest."""
    buyer = buyers[0]
    labels = buyer.person.parsing.labels.copy()
    trunk = np.isin(labels, [LABEL["top"], LABEL["trousers"]]) & ~buyer.arms
    columns = np.indices(labels.shape)[1]
    strip = trunk & (abs(columns - np.median(columns[trunk])) < 0.05 * buyer.unit) & (buyer.along > -0.5)
    labels[trunk & ~strip] = LABEL["outerwear"]
    labels[strip] = LABEL["dress"]
    labels[trunk & (buyer.along < -0.6)] = LABEL["top"]
    changed = relabelled(buyer, labels)
    old = take_off(start_scene(changed), changed, cloths["trousers"], no_cloth(buyer))
    high = strip & (buyer.along < HIGHEST_WAIST - 0.02)
    assert high.sum() > 50 and not old[high].any()


@pytest.mark.parametrize(("category", "tunic"), [("trousers", True), ("skirt", False)])
def test_a_dress_goes_on_as_a_tunic_over_trousers_whose_waist_their_photo_hides(buyers, cloths, category, tunic):
    person = buyers[0].person
    labels = person.parsing.labels.copy()
    labels[np.isin(labels, [LABEL["top"], LABEL["trousers"]])] = LABEL["dress"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels)))
    hips = buyer.trunk_legs & (labels == LABEL["dress"]) & (buyer.along > 0.1) & (buyer.along < 0.35)
    legs = buyer.trunk_legs & (labels == LABEL["dress"]) & (buyer.along > 0.5)
    scene = start_scene(buyer)
    old = take_off(scene, buyer, replace(cloths[category], begins=0.4), no_cloth(buyer))
    assert hips.sum() > 200 and (old[hips].mean() < 0.05) == tunic and old[legs].mean() > 0.95
    assert (scene.labels[hips] == LABEL["top"]).mean() > 0.95 or not tunic


def test_a_hole_in_a_hat_that_was_taken_for_a_coat_stays_hat(buyers, cloths):
    """High above the fitted head, as fur caps are."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(buyer.person.surface.mask([BONE["head"]]))
    top, middle = ys.min(), (xs.min() + xs.max()) // 2
    scene.labels[top - 24 : top + 4, middle - 20 : middle + 20] = LABEL["hat"]
    hole = np.s_[top - 16 : top - 8, middle - 4 : middle + 4]
    scene.labels[hole] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["top"], no_cloth(buyer))
    assert not old[hole].any() and (scene.labels[hole] == LABEL["hat"]).all()


def test_a_few_pixels_of_a_dress_at_the_hem_of_a_top_are_no_skirt(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(scene.mask("top") & buyer.trunk_legs)
    crumb = np.s_[ys.max() - 2 : ys.max() + 1, int(np.median(xs)) - 12 : int(np.median(xs)) + 12]
    scene.labels[crumb] = LABEL["dress"]
    old = take_off(scene, buyer, cloths["top"], no_cloth(buyer))
    assert old[crumb].all() and not (scene.labels == LABEL["skirt"]).any()


def test_what_is_taken_off_has_no_fringe_of_single_pixels(buyers, cloths):
    """A line of colour as wide as a pixel, beside a leg, is no rim of its trousers; what is wider is."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    rows, columns = np.nonzero(scene.mask("trousers"))
    hem, edge = rows.max(), columns[rows > rows.max() - 5].min()
    line, band = np.zeros_like(buyer.arms), np.zeros_like(buyer.arms)
    line[hem - 30 : hem, edge - 12] = band[hem - 30 : hem, edge - 12 : edge - 7] = True
    scene.labels[hem - 30 : hem, edge - 14 : edge - 4] = 0
    for rim, goes in ((line, False), (band, True)):
        beside = replace(buyer, rim=np.where(rim, LABEL["trousers"], 0).astype(np.uint8))
        assert take_off(scene, beside, cloths["skirt"], no_cloth(buyer))[hem - 28 : hem - 2, edge - 12].all() == goes


@pytest.mark.parametrize("worn", ["shoe", "legwear"])
def test_shoes_and_socks_end_evenly_where_trousers_come_off(buyers, cloths, worn):
    """Teeth of the parsing, two pixels wide."""
    buyer = buyers[0]
    labels = buyer.person.parsing.labels.copy()
    rows, columns = np.indices(labels.shape)
    trousers = labels == LABEL["trousers"]
    hem = np.flatnonzero(trousers.any(1)).max() - round(0.2 * buyer.unit)
    below, teeth = trousers & (rows > hem), trousers & (rows > hem - 4) & (columns // 2 % 2 == 0)
    labels[below | teeth] = np.where(columns < labels.shape[1] / 2, LABEL["right_shoe"], LABEL["left_shoe"])[below | teeth]
    if worn == "legwear":
        labels[below | teeth] = LABEL["legwear"]
    ragged = relabelled(buyer, labels)
    old = take_off(start_scene(ragged), ragged, cloths["skirt"], no_cloth(ragged))
    kept, inner = (below | teeth) & ~old, cv2.erode(trousers.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert old[teeth & inner & (rows <= hem - 2)].mean() > 0.9 and kept[below & (rows > hem + 0.1 * buyer.unit)].all()
