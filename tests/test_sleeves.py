"""Arms in new sleeves: nothing bare, and nothing of an old sleeve, shows beside them."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.buyer import MIXED, prepare_buyer
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.parts import FOREARMS, SLEEVES, TORSO, along_bone
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.sleeves import (
    CAP,
    _along_sleeves,
    arms_in_place,
    below_slanted_hems,
    inner_sleeves,
    let_out,
    over_arms,
    under_caps,
    under_sleeves,
)
from tests.dressing import no_cloth

GREEN = (0, 255, 0)


@pytest.fixture(scope="module")
def dressed(buyer):
    return prepare_buyer(buyer)


def _arm(buyer, *bones):
    return buyer.person.surface.mask([BONE[f"left_{bone}"] for bone in bones])


def test_a_gap_between_the_halves_of_a_sleeve_bares_no_arm(dressed):
    arm = _arm(dressed, "upper_arm")
    ys = np.nonzero(arm)[0]
    gap = np.zeros_like(arm)
    gap[int(np.median(ys)) : int(np.median(ys)) + 3] = True
    short = np.arange(len(arm))[:, None] < np.median(ys)
    for sleeve, covered in ((~gap, True), (np.broadcast_to(short, arm.shape), False)):
        shows = under_sleeves(dressed, (arm & sleeve).astype(np.float32))[
            arm & (np.arange(len(arm))[:, None] > np.median(ys) + 5)
        ]
        assert shows.any() == covered


def test_cloth_over_arms_that_the_product_leaves_bare_is_no_sleeve(dressed):
    everywhere = np.ones(dressed.arms.shape, np.float32)
    upper, fore = _arm(dressed, "upper_arm"), _arm(dressed, "forearm")
    assert under_sleeves(dressed, everywhere)[upper | fore].all()
    short = under_sleeves(dressed, everywhere, FOREARMS)
    assert short[upper].all() and not short[fore].any()
    assert not under_sleeves(dressed, everywhere, SLEEVES).any()


def test_the_trunks_cloth_behind_an_arm_is_no_sleeve_on_it(dressed):
    """A short sleeve on an arm that lies before the trunk; the other arm has none, and a poncho over it."""
    upper = _arm(dressed, "upper_arm")
    rows = np.arange(len(upper))[:, None]
    low = rows > np.percentile(np.nonzero(upper)[0], 60)
    new = replace(
        no_cloth(dressed), alpha=np.ones(upper.shape, np.float32), all_sleeves_alpha=(upper & ~low).astype(np.float32)
    )
    covered = under_sleeves(dressed, over_arms(dressed, new))
    elbow = upper & (rows > np.percentile(np.nonzero(upper)[0], 80))
    other = dressed.person.surface.mask([BONE["right_upper_arm"], BONE["right_forearm"]])
    assert not covered[elbow].any() and not covered[_arm(dressed, "forearm")].any()
    assert covered[upper & (rows < np.percentile(np.nonzero(upper)[0], 40))].all() and covered[other].all()


@pytest.mark.parametrize(("reach", "over"), [(0.25, True), (0.6, False)])
def test_the_trunks_cloth_lies_over_the_shoulder_of_a_bare_arm_unless_it_goes_on_down_the_arm(dressed, reach, over):
    upper, bones = _arm(dressed, "upper_arm"), dressed.person.body.bones[:, :2]
    shoulder, elbow = bones[BONE["left_upper_arm"]], bones[BONE["left_forearm"]]
    ys, xs = np.indices(upper.shape)
    along = ((xs - shoulder[0]) * (elbow - shoulder)[0] + (ys - shoulder[1]) * (elbow - shoulder)[1]) / (
        (elbow - shoulder) ** 2
    ).sum()
    cloth = (along < reach).astype(np.float32)
    caps = under_caps(dressed, cloth, SLEEVES)
    assert caps[upper & (along < CAP - 0.1)].mean() == over and not caps[upper & (along > CAP + 0.1)].any()
    assert not under_sleeves(dressed, cloth, SLEEVES).any() and not under_caps(dressed, cloth, FOREARMS).any()
    hem = ((along < reach) | (along > 0.85)).astype(np.float32)  # what lies over the elbow is no sleeve
    assert under_caps(dressed, hem, SLEEVES)[upper & (along < CAP - 0.1)].mean() == over


@pytest.fixture(scope="module")
def vest(buyers):
    """A top without sleeves, which reaches a little over the shoulders."""
    buyer = buyers[0]
    cloth = prepare_cloth(find_garment(buyer.person, "top"))
    shoulders = [buyer.person.body.bones[BONE[f"{side}_upper_arm"], 0] for side in ("left", "right")]
    reach, columns = 0.08 * buyer.unit, np.arange(buyer.arms.shape[1])
    trunk = cloth.alpha[TORSO] * ((columns > min(shoulders) - reach) & (columns < max(shoulders) + reach))
    return replace(cloth, sleeveless=SLEEVES, alpha={TORSO: trunk.astype(np.uint8)})


def test_a_shoulder_shows_beside_what_lies_over_it(buyers, vest):
    """Of a buyer in sleeves: no street where the arm begins, and no arm before the edge of the cloth."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    new = dress(scene, buyer, vest)
    caps = under_caps(buyer, new.whole_alpha, SLEEVES) & buyer.person.parsing.mask("top")
    over, beside = caps & (new.alpha == 1), caps & (new.alpha == 0)
    assert over.sum() > 50 and np.abs(scene.rgb[over].astype(int) - new.rgb[over]).mean() < 1
    assert beside.sum() > 50 and (scene.labels[beside] == LABEL["neck"]).mean() > 0.85


def test_the_shadow_of_an_old_hem_goes_with_it(buyers, vest):
    buyer = buyers[0]
    person, old = buyer.person, distance_to(buyer.person.parsing.mask("top")) / buyer.unit
    arms = person.parsing.mask("left_arm", "right_arm")
    shadow = arms & (old > MIXED + 0.004) & (old < MIXED + 0.018)
    rgb = person.photo.rgb.copy()
    rgb[shadow] //= 2
    scene = start_scene(replace(buyer, person=replace(person, photo=Photo(rgb))))
    dress(scene, buyer, vest)
    inner = shadow & (distance_to(~arms) > 4)
    lost, kept = (np.abs(scene.rgb[inner].astype(int) - other[inner]).mean() for other in (rgb, person.photo.rgb))
    assert inner.sum() > 50 and kept < 0.5 * lost and scene.changed[inner].all()


@pytest.mark.parametrize("slanted", [True, False])
def test_below_a_slanted_hem_the_arm_is_bare(dressed, slanted):
    upper, bones = _arm(dressed, "upper_arm"), dressed.person.body.bones[:, :2]
    shoulder, elbow = bones[BONE["left_upper_arm"]], bones[BONE["left_forearm"]]
    ys, xs = np.indices(upper.shape)
    axis = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
    along = (xs - shoulder[0]) * axis[0] + (ys - shoulder[1]) * axis[1]
    across = (xs - shoulder[0]) * axis[1] - (ys - shoulder[1]) * axis[0]
    hem = 0.25 * dressed.unit + (across if slanted else 0)
    sleeve = upper & (along < hem)
    lower_side = upper & (along > hem + 1) & (along < hem + 0.1 * dressed.unit)
    found = below_slanted_hems(dressed, sleeve.astype(np.float32))
    assert lower_side.sum() > 50 and found[lower_side].mean() > 0.9 and not found[sleeve].any()
    narrow = upper & (distance_to(~upper) > 3)  # all along the arm
    inner = upper & ~narrow & (along > 0.1 * dressed.unit) & (along < 0.4 * dressed.unit)
    assert below_slanted_hems(dressed, narrow.astype(np.float32))[inner].mean() < 0.1


@pytest.mark.parametrize("short", [False, True])
def test_a_sleeve_is_let_out_over_the_arm_in_it_and_not_over_what_it_leaves_bare(dressed, short):
    upper, fore = _arm(dressed, "upper_arm"), _arm(dressed, "forearm")
    fitted = upper if short else upper | fore
    sleeve = fitted & (distance_to(~fitted) > 2)  # narrower than the arm
    rgb = np.where(sleeve[:, :, None], GREEN, 0).astype(np.uint8)
    arms = distance_to(upper | fore) < 3  # wider than the fit
    wider, alpha = let_out(rgb, sleeve.astype(np.float32), arms, dressed)
    beside = arms & ~sleeve & (distance_to(upper) < 3) & (distance_to(fore) > 0.1 * dressed.unit)
    assert beside.sum() > 50 and (alpha[beside] > 0.5).mean() > 0.9
    assert (wider[beside & (alpha > 0.5)] == GREEN).all()
    below = fore & (distance_to(upper) > 0.1 * dressed.unit)
    assert (alpha[below & arms].max() > 0.5) != short
    assert not alpha[distance_to(arms) > 6].any()


def test_without_bare_arms_nothing_is_let_out(dressed):
    sleeve = _arm(dressed, "upper_arm").astype(np.float32)
    rgb = dressed.person.photo.rgb
    wider, alpha = let_out(rgb, sleeve, np.zeros_like(dressed.arms), dressed)
    assert wider is rgb and not alpha.any()


def test_a_wide_sleeve_goes_into_that_of_a_coat_and_the_trunk_stays(dressed):
    upper, fore = _arm(dressed, "upper_arm"), _arm(dressed, "forearm")
    trunk = dressed.person.surface.mask([BONE["chest"], BONE["abdomen"]])
    top = (distance_to(upper) < 0.08 * dressed.unit) | trunk
    inside = inner_sleeves(dressed, (upper | fore).astype(np.float32), top)
    assert inside[upper & (distance_to(trunk) > 0.1 * dressed.unit)].mean() > 0.4  # the outer half
    assert not inside[trunk].any() and not (inside & ~top).any()
    assert not inner_sleeves(dressed, np.zeros(upper.shape, np.float32), top).any()


def test_no_bare_arm_shows_beside_a_new_sleeve(dressed, product_paths):
    """Through the whole of dressing: the photo's arm is a little beside the fitted one."""
    cloth = next(path for path in product_paths if path.stem == "top-flannel")
    cloth = prepare_cloth(find_garment(analyse(read_photo(cloth, 640), worn="top"), "top"))
    arm = (distance_to(_arm(dressed, "upper_arm")) < 5) & ~dressed.trunk_legs
    labels = np.where(arm, LABEL["left_arm"], dressed.person.parsing.labels).astype(np.uint8)
    person = replace(dressed.person, parsing=replace(dressed.person.parsing, labels=labels))
    bare = replace(dressed, person=person)
    scene = start_scene(bare)
    new = dress(scene, bare, cloth)
    lacking = arm & (new.whole_alpha < 0.3) & _along_sleeves(bare, new.all_sleeves_alpha, bare.arms)
    assert lacking.sum() > 20
    assert (scene.labels[lacking] == LABEL["top"]).mean() > 0.9


def test_an_arm_that_a_short_sleeve_bares_goes_on_from_the_forearm_in_sight(dressed):
    """Not from where the fit has it: the photo's arms are moved, and the invented ones with them."""
    buyer = dressed
    labels, unit = buyer.person.parsing.labels.copy(), buyer.unit
    forearm = buyer.person.surface.mask([BONE["left_forearm"]])
    labels[forearm | buyer.person.surface.mask([BONE["left_upper_arm"]]) | (labels == LABEL["left_arm"])] = LABEL["top"]
    shift = round(0.05 * unit)
    elbow = buyer.person.body.bones[BONE["left_forearm"], 1]
    below = np.arange(len(labels))[:, None] > elbow + 0.1 * unit
    moved = np.roll(forearm, shift, 1) & below
    labels[(forearm | (labels == LABEL["top"])) & below & (distance_to(forearm) < shift)] = 0
    labels[moved] = LABEL["left_arm"]
    scene = start_scene(buyer)
    scene.labels = labels
    old = scene.mask("top")
    arms = arms_in_place(scene, buyer, old).arms
    rows = (np.arange(len(labels))[:, None] > elbow) & ~below & old
    ball = (
        _arm(buyer, "upper_arm") & (np.arange(len(labels))[:, None] < buyer.person.body.bones[BONE["left_upper_arm"], 1]) & old
    )
    assert ball.sum() > 50 and arms[ball].mean() > 0.8  # the shoulder stays where it is
    before, after = (
        np.nonzero(mask & rows & (np.arange(labels.shape[1]) > np.nonzero(forearm)[1].min() - 2 * shift))[1].mean()
        for mask in (buyer.arms, arms)
    )
    assert after > before + 0.3 * shift
    scene.labels[scene.mask("left_arm", "right_arm")] = 0
    assert (arms_in_place(scene, buyer, old).arms == buyer.arms).all()


def test_where_a_fist_is_in_sight_no_open_hand_is_bared(dressed):
    scene = start_scene(dressed)
    hand = _arm(dressed, "hand")
    rows, columns = np.indices(hand.shape)
    along = along_bone(dressed.person, BONE["left_forearm"], columns.ravel(), rows.ravel()).reshape(hand.shape)
    begins, ends = np.percentile(along[hand], (20, 60))
    scene.labels[_arm(dressed, "forearm", "hand") | scene.mask("left_arm")] = LABEL["top"]
    beyond = hand & (along > ends)
    assert arms_in_place(scene, dressed, scene.mask("top")).arms[beyond].mean() > 0.9
    scene.labels[hand & (along > begins) & ~beyond] = LABEL["left_arm"]
    taken_off = scene.mask("top")
    assert not (arms_in_place(scene, dressed, taken_off).arms & taken_off)[beyond].any()


def test_sleeves_are_let_out_over_arms_that_are_invented(dressed, product_paths, monkeypatch):
    """Under the old sleeve no arm shows; the new one is as wide as the fitted arm all the same."""
    top = next(path for path in product_paths if path.stem == "top-flannel")
    cloth = prepare_cloth(find_garment(analyse(read_photo(top, 640), worn="top"), "top"))
    labels = dressed.person.parsing.labels.copy()
    labels[dressed.arms & ~dressed.hands] = LABEL["top"]
    beside = dressed.arms & (np.arange(labels.shape[1]) > np.percentile(np.nonzero(dressed.arms)[1], 90))
    labels[beside] = LABEL["background"]  # the fit is a little beside the arm
    person = replace(dressed.person, parsing=replace(dressed.person.parsing, labels=labels))
    seen = []
    monkeypatch.setattr("primerka.tryon.surface.dress.let_out", lambda *given: seen.append(given[2]) or let_out(*given))
    sleeved = replace(dressed, person=person)
    dress(start_scene(sleeved), sleeved, cloth)
    assert (
        seen[0][dressed.arms & ~beside & ~dressed.hands].mean() > 0.9
        and not seen[0][beside].any()
        and not seen[0][dressed.hands].any()
    )


def test_what_is_let_out_has_no_corner(dressed):
    """Where the outer side of an arm begins to show beside its sleeve it begins in a curve."""
    upper = _arm(dressed, "upper_arm")
    ys, xs = np.nonzero(upper)
    row, width = int(np.median(ys)), round(0.09 * dressed.unit)
    edge = int(xs[ys == row].max())
    box = np.zeros_like(upper)
    box[row - width : row + width, edge - width : edge + width] = True
    _, alpha = let_out(np.zeros((*upper.shape, 3), np.uint8), upper.astype(np.float32), upper | box, dressed)
    assert (alpha[row - 3 : row + 3, edge + 3 : edge + width - 1] > 0.5).all()
    assert alpha[row - width, edge + width - 1] < 0.1
