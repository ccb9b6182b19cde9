"""What the buyer wears under what is taken off goes on there, as wide and as long as it is seen to be."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import no_cloth, relabelled

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.tryon.surface.buyer import grown
from primerka.tryon.surface.goes_on import HIGHEST_WAIST, LEAST_TOP, _around_legs, chest_to_hips, inner_top, tights_under
from primerka.tryon.surface.parts import LEGS
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.shoes import MIN_SHOE
from primerka.tryon.surface.take_off import take_off
from primerka.tryon.surface.uncover import _trouser_legs, uncover


def test_tights_go_on_under_a_skirt_that_is_taken_off_and_socks_do_not(buyers, cloths):
    buyer = buyers[0]
    legs = buyer.person.surface.mask([BONE[name] for leg in LEGS for name in leg.bones])
    along = buyer.along
    hem = np.percentile(along[legs], 70)

    def found(legwear_from: float) -> np.ndarray:
        scene = start_scene(buyer)
        scene.labels[legs] = LABEL["left_leg"]
        scene.labels[legs & (along < hem)] = LABEL["skirt"]
        scene.labels[legs & (along >= legwear_from)] = LABEL["legwear"]
        return tights_under(scene, buyer, cloths["dress"], no_cloth(buyer), scene.mask("skirt"))[1]

    assert found(hem)[legs & (along < hem)].mean() > 0.99
    assert not found(hem + 0.2).any() and not found(hem + 0.035).any()  # however little skin a long skirt leaves


def test_tights_meet_a_hem_that_slants(buyers, cloths):
    buyer = buyers[0]
    left = buyer.person.surface.mask([BONE[name] for name in LEGS[0].bones])
    columns = np.arange(left.shape[1])
    across = (columns - columns[left.any(0)][0]) / (left.any(0).sum() - 1)
    shorts = left & (buyer.along > 0) & (buyer.along < 0.6 + 0.12 * across)
    scene = start_scene(buyer)
    scene.labels[left] = LABEL["skirt"]
    scene.labels[left & (buyer.along > 0.9)] = LABEL["legwear"]
    new = replace(no_cloth(buyer), alpha=shorts.astype(np.float32))
    tights = tights_under(scene, buyer, cloths["trousers"], new, scene.mask("skirt"))[1]
    between = left & ~shorts & (buyer.along > 0.5) & (buyer.along < 0.85)
    assert between.sum() > 100 and tights[between].mean() > 0.97


def test_the_top_under_a_coat_goes_on_over_the_shoulders(buyers, cloths):
    buyer, new = buyers[0], no_cloth(buyers[0])
    scene = start_scene(buyer)
    shoulders = buyer.person.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]]) & scene.mask("top")
    chest = buyer.person.surface.mask([BONE["chest"]])
    assert shoulders.sum() > 50
    scene.labels[scene.mask("top") & ~chest] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["outerwear"], new)
    _, kind, _ = uncover(scene, buyer, cloths["outerwear"], new, old, scene.mask("face", "hair"))
    assert (kind[shoulders & old] == LABEL["top"]).mean() > 0.9


@pytest.mark.parametrize("hidden", [False, True])
def test_the_top_under_a_coat_hangs_over_the_trousers_as_far_as_it_is_seen_to(buyers, cloths, hidden):
    """In the middle of the trunk the top shows down to its hem, or down to a buttoned coat; sleeves hang lower and say nothing."""
    buyer, hem = buyers[0], 0.2
    scene = start_scene(buyer)
    scene.labels[:] = 0
    scene.labels[buyer.person.surface.part >= 0] = LABEL["trousers"]
    trunk = chest_to_hips(buyer)
    columns = np.nonzero(trunk)[1]
    middle = np.abs(np.arange(trunk.shape[1]) - np.median(columns)) < 0.1 * buyer.unit
    scene.labels[buyer.arms & ~buyer.hands] = LABEL["top"]
    scene.labels[trunk] = LABEL["outerwear"]
    shown = trunk & middle & (buyer.along < (-0.2 if hidden else hem))
    scene.labels[shown] = LABEL["top"]
    coat = scene.mask("outerwear")
    _, region = inner_top(scene, buyer, cloths["outerwear"], coat)
    ends = LEAST_TOP if hidden else hem
    above, below = coat & (buyer.along < ends - 0.03), coat & (buyer.along > ends + 0.03)
    assert above.any() and below.any() and region[above].all() and not region[below].any()
    new = no_cloth(buyer)
    _, kind, _ = uncover(scene, buyer, cloths["outerwear"], new, coat, np.zeros_like(coat))
    assert (kind[above] == LABEL["top"]).all() and (kind[below] == LABEL["trousers"]).mean() > 0.9


@pytest.mark.parametrize("shown", [True, False])
def test_shoes_go_on_under_the_old_hem_as_their_toes_or_plain_and_dark(buyers, cloths, shown):
    buyer = buyers[0]
    new, scene = no_cloth(buyer), start_scene(buyer)
    shod = scene.mask("left_shoe", "right_shoe")
    toes = shod & (np.arange(len(shod))[:, None] > np.nonzero(shod)[0].max() - 0.04 * buyer.unit)
    assert toes.sum() > MIN_SHOE * buyer.unit**2
    covered = shod & ~toes if shown else shod
    scene.labels[covered] = LABEL["skirt"]
    old = take_off(scene, buyer, cloths["skirt"], new)
    rgb, kind, _ = uncover(scene, buyer, cloths["skirt"], new, old, np.zeros_like(old))
    middle = covered & old & buyer.person.surface.mask([BONE["left_foot"]])
    middle &= np.arange(len(shod))[:, None] > np.nonzero(shod)[0].max() - 0.1 * buyer.unit
    assert middle.sum() > 20 and np.isin(kind[middle], [LABEL["left_shoe"], LABEL["right_shoe"]]).mean() > 0.95
    assert any("shoes" in warning for warning in scene.all_warnings())
    inner = cv2.erode(middle.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (np.percentile(rgb[inner], 95) < 90) != shown


@pytest.mark.parametrize("sides_hidden", [False, True])
def test_a_narrow_skirt_under_a_coat_is_as_wide_as_its_hem_unless_the_coat_hides_its_sides(buyers, sides_hidden):
    """The coat ends above the hem of a pencil skirt; or it shows a strip of the skirt between its halves."""
    buyer = buyers[0]
    columns, middle = np.arange(buyer.along.shape[1])[None], np.median(np.nonzero(buyer.trunk_legs)[1])
    narrow = np.abs(columns - middle) < 0.12 * buyer.unit
    below_coat = buyer.along > (1.2 if sides_hidden else 0.6)
    worn = narrow & (buyer.along > 0) & (buyer.along < 0.9)
    old = ~worn & ~below_coat & (np.abs(columns - middle) < 0.6 * buyer.unit) & (buyer.along > -1)
    skirt = _around_legs(buyer, worn, old, skirt=True)
    at_the_hem = skirt & (buyer.along > 0.75) & (buyer.along < 0.85)
    legs = buyer.trunk_legs & (buyer.along > 0.75) & (buyer.along < 0.85)
    widths = [np.ptp(np.nonzero(mask.any(0))[0]) for mask in (at_the_hem, worn & at_the_hem, legs)]
    assert widths[0] >= widths[2] if sides_hidden else widths[0] < min(1.8 * widths[1], widths[2])
    assert not skirt[buyer.along < HIGHEST_WAIST - 0.02].any()


@pytest.mark.parametrize("beyond", [-6, 0, 6])
def test_trousers_go_on_under_a_top_as_wide_as_they_are_seen_below_it(buyers, beyond):
    """They lie so many pixels beside the fitted body, which is a little off."""
    buyer = buyers[0]
    body = buyer.trunk_legs
    columns = np.arange(body.shape[1])
    left, right = body.argmax(1), body.shape[1] - 1 - body[:, ::-1].argmax(1)
    worn = (columns >= (left - beyond)[:, None]) & (columns <= (right + beyond)[:, None]) & body.any(1)[:, None]
    worn &= (buyer.along > 0.3) & (buyer.along < 1.5)
    labels = np.where(worn, LABEL["trousers"], 0).astype(np.uint8)
    person = replace(buyer.person, parsing=replace(buyer.person.parsing, labels=labels))
    old = (buyer.along < 0.3) & (buyer.along > -0.3)
    around = _around_legs(replace(buyer, person=person), worn, old, skirt=False) & old & (buyer.along > 0)
    rows = np.flatnonzero(around.any(1))
    edges = np.stack([left[rows] - around[rows].argmax(1), around.shape[1] - 1 - around[rows][:, ::-1].argmax(1) - right[rows]])
    assert (np.abs(np.median(edges, 1) - beyond) <= 1).all()


def test_trousers_under_a_long_coat_go_on_as_wide_as_they_are_below_it(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    coat = trousers & (buyer.along < 1.0)
    coat = cv2.dilate(coat.astype(np.uint8), np.ones((31, 31), np.uint8)) > 0  # wider than the legs are
    coat &= (buyer.along < 1.0) & (buyer.along > -0.2)
    legs = _around_legs(buyer, trousers & ~coat, coat, skirt=False)
    there = (buyer.along > 0.3) & (buyer.along < 0.97)
    assert (legs & trousers & there).sum() > 0.92 * (trousers & there).sum()
    assert (legs & ~trousers & there).sum() < 0.1 * (trousers & there).sum()


@pytest.mark.parametrize("between", ["nothing", "belt", "skin"])
def test_a_tucked_top_goes_on_where_the_new_waist_is_lower(buyers, cloths, between):
    """Behind a belt, too; but where a belly was bare it stays bare."""
    buyer = buyers[0]
    labels, trunk = buyer.person.parsing.labels.copy(), buyer.trunk_legs & ~buyer.arms
    labels[trunk & (buyer.along > -0.05)] = LABEL["trousers"]
    labels[trunk & (buyer.along < -0.05)] = LABEL["top"]
    gap = trunk & (np.abs(buyer.along + 0.08) < 0.04)
    labels[gap] = LABEL[{"nothing": "top", "belt": "other", "skin": "neck"}[between]]
    changed = relabelled(buyer, labels)
    scene, new = start_scene(changed), replace(no_cloth(buyer), alpha=(trunk & (buyer.along > 0.15)).astype(np.float32))
    old = take_off(scene, changed, cloths["trousers"], new)
    _, kind, _ = uncover(scene, changed, cloths["trousers"], new, old, np.zeros_like(old))
    band = old & trunk & ~buyer.hands & (buyer.along > 0) & (buyer.along < 0.1)
    assert band.sum() > 100
    share = (kind[band] == LABEL["top"]).mean()
    assert share == 0 if between == "skin" else share > 0.9


def test_a_tucked_top_goes_on_behind_a_fitted_hand(buyers, cloths):
    """The fit has it there; the photo has the old trousers."""
    buyer, labels = buyers[0], buyers[0].person.parsing.labels.copy()
    trunk = buyer.trunk_legs & ~buyer.arms
    band = trunk & (buyer.along > 0) & (buyer.along < 0.1)
    hand = band & (np.indices(band.shape)[1] < np.median(np.nonzero(band)[1]))
    part = np.where(hand, BONE["left_hand"], buyer.person.surface.part).astype(buyer.person.surface.part.dtype)
    labels[trunk & (buyer.along > -0.05)] = LABEL["trousers"]
    labels[trunk & (buyer.along < -0.05)] = LABEL["top"]
    person = replace(buyer.person, surface=replace(buyer.person.surface, part=part))
    changed = relabelled(replace(buyer, person=person, arms=buyer.arms | hand, hands=buyer.hands & ~hand), labels)
    scene, new = start_scene(changed), replace(no_cloth(buyer), alpha=(trunk & (buyer.along > 0.15)).astype(np.float32))
    old = take_off(scene, changed, cloths["trousers"], new)
    _, kind, _ = uncover(scene, changed, cloths["trousers"], new, old, np.zeros_like(old))
    assert (hand & old).sum() > 50
    assert (kind[hand & old] == LABEL["top"]).mean() > 0.9


def test_tights_begin_where_each_leg_of_shorts_ends(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    sides = {
        side: buyer.person.surface.mask([BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")]) for side in ("left", "right")
    }
    legs, along = sides["left"] | sides["right"], buyer.along
    scene.labels[legs] = LABEL["skirt"]
    scene.labels[legs & (along > 1.2)] = LABEL["legwear"]
    hems = {"left": 0.5, "right": 0.8}
    alpha = sum((leg & (along > 0) & (along < hems[side])).astype(np.float32) for side, leg in sides.items())
    found = tights_under(scene, buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha), scene.mask("skirt"))[1]
    for side, leg in sides.items():
        assert found[leg & (along > hems[side] + 0.03) & (along < 1.1)].all()
        assert not found[leg & (along < hems[side] - 0.1)].any()


def test_tights_go_on_as_they_are_seen_and_keep_no_rim_of_the_skirt(buyers, cloths):
    """The fit is a little beside the legs in the photo."""
    buyer = buyers[0]
    legs = buyer.person.surface.mask([BONE[name] for leg in LEGS for name in leg.bones])
    hem = np.percentile(buyer.along[legs], 60)
    seen = np.roll(legs, 5, axis=1)
    scene = start_scene(buyer)
    scene.labels[legs | seen] = LABEL["background"]
    scene.labels[seen & (buyer.along >= hem)] = LABEL["legwear"]
    skirt = grown(buyer.trunk_legs, buyer, 0.1) & (buyer.along > 0) & (buyer.along < hem)
    scene.labels[skirt] = LABEL["skirt"]
    tights = tights_under(scene, buyer, cloths["dress"], no_cloth(buyer), skirt)[1]
    above = (buyer.along > hem - 0.08) & (buyer.along < hem - 0.02)
    assert (seen & above).sum() > 100
    assert ((tights ^ seen) & above).sum() < 0.5 * ((legs ^ seen) & above).sum()
    old = take_off(scene, buyer, cloths["dress"], no_cloth(buyer))
    rim = seen & legs & (buyer.along > hem) & (buyer.along < hem + 0.015)
    assert rim.any() and old[rim].mean() > 0.9


def test_trousers_that_go_on_under_a_tunic_have_no_seam_to_those_in_sight(buyers):
    """Further down, where they are seen, the legs face the camera less and less."""
    buyer = buyers[0]
    legs = grown(buyer.trunk_legs, buyer, 0.02)
    scene = start_scene(buyer)
    scene.rgb[:] = (90, 120, 160)
    worn, hidden = legs & (buyer.along > 0.6) & (buyer.along < 1.2), legs & (buyer.along > 0.1) & (buyer.along <= 0.6)
    turned = replace(buyer, facing=np.float32(1 - 0.4 * np.clip(buyer.along, 0, 1.2)))
    rgb = _trouser_legs(scene, turned, worn, worn | hidden).astype(int)
    near, far = (hidden & (np.abs(buyer.along - along) < 0.02) for along in (0.58, 0.12))
    assert near.sum() > 20 and far.sum() > 20
    assert abs(rgb[near].mean() - scene.rgb[worn].mean()) < 3 and rgb[far].mean() - scene.rgb[worn].mean() > 12
