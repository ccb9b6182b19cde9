"""Cloth is carried to where it was: outside of an arm stays outside, also when a sleeve is made from the other one."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.body_model import body_model
from primerka.perception.find_garment import find_garment
from primerka.photo import read_photo
from primerka.tryon.surface import drape as drape_module
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.drape import _back_to_front, _floor, _hem, _pieces, _shortened, _strays, drape, without
from primerka.tryon.surface.figure import Silhouettes, cut_out, hang
from primerka.tryon.surface.outline import JOINT_STATIONS, limb_outline
from primerka.tryon.surface.parts import LEGS, SKIRT, SLEEVES, TORSO, assign_parts, towards_trunk, without_sleeves
from tests.dressing import no_cloth

RIGHT_FOREARM = next(part for part in SLEEVES if part.name == "right_forearm")
RIGHT_UPPER_ARM = next(part for part in SLEEVES if part.name == "right_upper_arm")
LEFT_FOREARM = next(part for part in SLEEVES if part.name == "left_forearm")


@pytest.fixture(scope="module")
def jumper(pose_models, product_paths):
    (path,) = (path for path in product_paths if path.stem == "top-flannel")
    return prepare_cloth(find_garment(analyse(read_photo(path, 640), worn="top"), "top"))


def _near(person, part, reach: float) -> np.ndarray:
    """(H, W) bool: within `reach` torso lengths of a part of the body."""
    distance = cv2.distanceTransform((~person.surface.mask(part.indices)).astype(np.uint8), cv2.DIST_L2, 3)
    return distance < reach * person.pose.torso_px


def test_a_scrap_in_the_air_does_not_come_along_and_one_that_touches_the_body_does(buyer):
    away = cv2.distanceTransform((buyer.surface.part < 0).astype(np.uint8), cv2.DIST_L2, 5)
    unit = buyer.pose.torso_px
    y, x = np.argwhere(away > 0.3 * unit)[0]
    alpha = np.where(buyer.surface.mask(TORSO.indices), 1.0, 0).astype(np.float32)
    worn = alpha > 0
    alpha[y : y + 10, x : x + 10] = 1
    stray = _strays(alpha, buyer)
    assert stray[y : y + 10, x : x + 10].all() and not stray[worn].any()
    assert not stray[cv2.distanceTransform((alpha == 0).astype(np.uint8), cv2.DIST_L2, 5) > 8].any()
    faint = np.where(alpha == 0, np.float32(0.05), alpha)  # a veil that the warp leaves between them
    assert _strays(faint, buyer)[y : y + 10, x : x + 10].all()
    alpha[:] = 1  # and something large is no scrap
    assert not _strays(alpha, buyer).any()


@pytest.mark.parametrize("part", [RIGHT_FOREARM, LEFT_FOREARM], ids=lambda part: part.name)
def test_what_stands_off_an_arm_outwards_stands_off_outwards(jumper, buyer, part):
    model = jumper.garment.model
    outer = _near(model, RIGHT_FOREARM, 0.2) & ~towards_trunk(model, RIGHT_FOREARM)
    new = drape(replace(jumper, alpha={RIGHT_FOREARM: 255 * outer.astype(np.uint8)}), buyer)
    laid = (new.whole_alpha > 0.5) & _near(buyer, part, 0.3)
    assert laid.sum() > 0.02 * buyer.pose.torso_px**2
    assert (laid & ~towards_trunk(buyer, part)).sum() > 0.9 * laid.sum()


def test_cloth_between_arm_and_trunk_hangs_on_the_trunk_unless_there_is_a_gap(jumper):
    garment, unit = jumper.garment, jumper.garment.model.pose.torso_px
    model, cloth = garment.model, garment.mask
    distance = cv2.distanceTransform((~model.surface.mask(RIGHT_FOREARM.indices)).astype(np.uint8), cv2.DIST_L2, 3)
    inwards = towards_trunk(model, RIGHT_FOREARM)
    # A cape: every row is cloth from arm to arm.
    cape = np.maximum.accumulate(cloth, 1) & np.flip(np.maximum.accumulate(np.flip(cloth, 1), 1), 1)
    sleeve = assign_parts(replace(garment, mask=cape))[RIGHT_FOREARM]
    assert (sleeve & inwards).any() and distance[sleeve & inwards].max() <= 0.061 * unit
    # A wide sleeve with background between it and the trunk.
    wide = cloth | (_near(model, RIGHT_FOREARM, 0.1) & (model.parsing.labels == 0))
    sleeve = assign_parts(replace(garment, mask=wide))[RIGHT_FOREARM]
    assert distance[sleeve & inwards].max() > 0.09 * unit


def test_a_cuff_over_the_hand_is_its_sleeves(jumper):
    garment, model = jumper.garment, jumper.garment.model
    hand = model.surface.mask([BONE["right_hand"]])
    rows = np.flatnonzero(hand.any(1))
    around = cv2.distanceTransform((~hand).astype(np.uint8), cv2.DIST_L2, 3) < 0.12 * model.pose.torso_px
    level = (np.arange(len(hand))[:, None] >= rows[0]) & (np.arange(len(hand))[:, None] < rows[0] + len(rows) // 3)
    cuff = around & level & ~garment.mask & ((model.surface.part < 0) | hand)
    labels = np.where(cuff, LABEL["top"], model.parsing.labels).astype(np.uint8)
    model = replace(model, parsing=replace(model.parsing, labels=labels))
    parts = assign_parts(replace(garment, model=model, mask=garment.mask | cuff))
    assert cuff.sum() > 30 and parts[RIGHT_FOREARM][cuff].mean() > 0.95


@pytest.mark.parametrize("tucked", [False, True])
def test_cloth_beside_trousers_that_goes_on_from_a_forearm_is_its_sleeve(jumper, tucked):
    """The fit has the hip where a wide sleeve hangs; under a hem that is not tucked in the cloth there is the trunk's."""
    garment, model = jumper.garment, jumper.garment.model
    part, labels = model.surface.part.copy(), model.parsing.labels.copy()
    part[model.surface.mask(RIGHT_FOREARM.indices)] = -1
    hips = model.surface.mask([BONE["pelvis"], BONE["left_thigh"], BONE["right_thigh"]])
    top = int(np.median(np.nonzero(hips)[0]))
    rows = slice(top, top + 20)
    left, right = int(np.nonzero(hips[rows].any(0))[0].min()), int(np.nonzero(hips[rows].any(0))[0].max())
    part[rows, left - 12 : left] = RIGHT_FOREARM.indices[0]
    labels[rows, left : right + 1] = LABEL["trousers" if tucked else "top"]
    mask = garment.mask.copy()
    mask[rows] = False
    mask[rows, left - 12 : left + 8 if tucked else right + 1] = True
    labels[mask] = LABEL["top"]
    model = replace(model, parsing=replace(model.parsing, labels=labels), surface=replace(model.surface, part=part))
    parts = assign_parts(replace(garment, model=model, mask=mask))
    hip = hips.copy()
    hip[:top] = hip[top + 20 :] = False
    hip[:, left + 8 :] &= not tucked  # further in than a crease is looked for
    assert hip.sum() > 100
    assert parts[RIGHT_FOREARM][hip].mean() > 0.9 if tucked else parts[RIGHT_FOREARM][hip].mean() < 0.1


@pytest.mark.parametrize("elbow", [False, True])
@pytest.mark.parametrize("before_trunk", [False, True])
@pytest.mark.parametrize("bare", [False, True])
def test_cloth_behind_a_bare_forearm_is_the_trunks(jumper, bare, before_trunk, elbow):
    """One bare forearm says that the sleeves are short, where cloth shows through the other, which the fit sees before the trunk;
    one that stands free has the sleeve that it shows.
    """
    garment, model = jumper.garment, jumper.garment.model
    labels, part = model.parsing.labels.copy(), model.surface.part.copy()
    left, right = (model.surface.mask(arm.indices) for arm in (LEFT_FOREARM, RIGHT_FOREARM))
    if bare:
        labels[left] = LABEL["left_arm"]
    if elbow:  # no more of that upper arm is in sight than the bare elbow
        upper = part == SLEEVES[0].indices[0]
        shown = upper & (np.arange(len(upper))[:, None] > np.percentile(np.nonzero(upper)[0], 75))
        part[upper & ~shown], labels[shown] = -1, LABEL["left_arm"]
    if before_trunk:
        part[right] = -1
        ys, xs = np.nonzero(model.surface.mask(TORSO.indices) & garment.mask)
        right = np.zeros_like(right)
        right[int(np.median(ys)) - 10 : int(np.median(ys)) + 10, int(np.median(xs)) - 15 : int(np.median(xs)) + 15] = True
        part[right] = RIGHT_FOREARM.indices[0]
    model = replace(model, parsing=replace(model.parsing, labels=labels), surface=replace(model.surface, part=part))
    parts = assign_parts(replace(garment, model=model))
    arm = garment.mask & right
    assert arm.sum() > 100
    sleeved = RIGHT_FOREARM in parts and parts[RIGHT_FOREARM][arm].mean() > 0.9
    assert sleeved != (bare and before_trunk) and (LEFT_FOREARM in parts) != bare
    assert sum(region.astype(int) for region in parts.values()).max() == 1
    assert np.logical_or.reduce(list(parts.values())).sum() == garment.mask.sum()


@pytest.mark.parametrize(("other", "both"), [(0.4, True), (0.2, False)])
def test_beside_a_bare_forearm_half_as_much_skin_is_enough(jumper, other, both):
    model = jumper.garment.model
    labels = model.parsing.labels.copy()
    left, right = (model.surface.mask(arm.indices) & jumper.garment.mask for arm in (LEFT_FOREARM, RIGHT_FOREARM))

    def found():
        return without_sleeves(replace(model, parsing=replace(model.parsing, labels=labels)))

    ys = np.nonzero(right)[0]
    labels[right & (np.arange(len(right))[:, None] > np.quantile(ys, 1 - other))] = LABEL["right_arm"]
    assert found() == []
    labels[left] = LABEL["left_arm"]
    assert found() == ([LEFT_FOREARM, RIGHT_FOREARM] if both else [LEFT_FOREARM])


def test_cloth_over_the_inner_half_of_an_arm_is_no_sleeve(jumper):
    """A bare arm hangs half before a wide sleeveless top, or half behind it."""
    model = jumper.garment.model
    labels, upper_arms = model.parsing.labels.copy(), SLEEVES[:2]
    for arm in upper_arms:
        labels[model.surface.mask(arm.indices) & ~towards_trunk(model, arm)] = LABEL[f"{arm.name.split('_')[0]}_arm"]
    found = without_sleeves(replace(model, parsing=replace(model.parsing, labels=labels)))
    assert set(upper_arms) <= set(found)


@pytest.mark.parametrize("short", [True, False])
def test_below_the_hem_of_a_short_sleeve_cloth_before_an_arm_is_the_trunks(jumper, short):
    """Half of a hanging arm lies before a wide top; over the other half nothing but a sleeve would lie."""
    garment, (upper, fore) = jumper.garment, SLEEVES[::2]
    model, labels = garment.model, garment.model.parsing.labels.copy()
    arm, outer = (model.surface.mask([*upper.indices, *fore.indices]), ~towards_trunk(model, upper))
    shoulder, elbow = model.body.bones[[BONE["left_upper_arm"], BONE["left_forearm"]], :2]
    ys, xs = np.indices(arm.shape)
    along = ((xs - shoulder[0]) * (elbow - shoulder)[0] + (ys - shoulder[1]) * (elbow - shoulder)[1]) / (
        (elbow - shoulder) ** 2
    ).sum()
    bare = arm & ((along > 0.95) | outer & (along > (0.4 if short else 0.95)))
    labels[bare] = LABEL["left_arm"]
    model = replace(model, parsing=replace(model.parsing, labels=labels))
    cloth = garment.mask & ~bare & ~(outer & (along > (0.4 if short else 0.95)))
    found = assign_parts(replace(garment, model=model, mask=cloth))
    low = cloth & model.surface.mask(upper.indices) & (along > 0.75) & (along < 0.9)
    assert low.sum() > 20 and (found[TORSO] if short else found[upper])[low].mean() > 0.9


@pytest.mark.parametrize("hair", [False, True])
def test_a_garment_that_leaves_one_arm_bare_to_the_shoulder_has_no_sleeves(jumper, hair):
    """Unless hair hides where a sleeve would be."""
    garment, model = jumper.garment, jumper.garment.model
    labels, upper_arms = model.parsing.labels.copy(), SLEEVES[:2]
    left, right = (garment.mask & model.surface.mask(arm.indices) for arm in upper_arms)
    arm = model.surface.mask(upper_arms[0].indices)
    labels[arm] = LABEL["left_arm"]
    if hair:
        labels[arm & (np.arange(len(arm))[:, None] < np.median(np.nonzero(arm)[0]))] = LABEL["hair"]
    one_bare = replace(garment, model=replace(model, parsing=replace(model.parsing, labels=labels)), mask=garment.mask & ~left)
    assert set(upper_arms) <= set(assign_parts(garment))
    parts = assign_parts(one_bare)
    assert (set(SLEEVES) <= set(parts)) == hair
    trunks = parts[TORSO][right].mean()
    assert right.sum() > 100 and (trunks < 0.1 if hair else trunks > 0.9)  # a wide dress before an arm is not its sleeve


def test_a_trunk_goes_on_into_its_sleeve_but_not_into_a_bare_arm(jumper):
    model = jumper.garment.model
    size = model.photo.rgb.shape[:2]
    arm = hang(model)[RIGHT_UPPER_ARM]
    labels = np.where(arm, LABEL["right_arm"], model.parsing.labels).astype(np.uint8)
    bare = replace(model, parsing=replace(model.parsing, labels=labels))
    shown = {}
    for name, person in (("sleeve", model), ("bare", bare)):
        regions = hang(model)
        layer = cut_out(person, regions, TORSO, Silhouettes(person.body, *size))
        (x, y), (height, width) = layer.corner, layer.seen.shape
        shown[name] = (layer.seen & arm[y : y + height, x : x + width]).sum()
    assert shown["sleeve"] > 50 and shown["bare"] == 0


@pytest.mark.parametrize("name", ["left_shin", "skirt"])
def test_what_is_too_long_ends_on_the_floor_and_leaves_the_toes_in_sight(jumper, buyer, name):
    """Trousers and gowns for high heels, on a buyer in flat shoes."""
    (part,) = (part for part in (*LEGS, SKIRT) if part.name == name)
    below_knees = np.zeros_like(jumper.garment.mask)
    knees = jumper.garment.model.body.bones[BONE["left_shin"], 1]
    below_knees[int(knees) :] = True
    new = drape(replace(jumper, alpha={part: 255 * below_knees.astype(np.uint8)}), buyer)
    foot = np.nonzero(buyer.surface.mask([BONE["left_foot"]]))[0]
    lowest = np.nonzero(new.whole_alpha > 0.5)[0].max()
    assert buyer.body.bones[BONE["left_foot"], 1] < lowest < foot.max()


@pytest.mark.parametrize(("beyond", "hem"), [(0.1, True), (0.4, False)])
def test_what_is_a_little_too_long_keeps_its_hem(jumper, buyer, beyond, hem):
    """It is shortened as a whole, not cut off."""
    model, shin = jumper.garment.model, next(part for part in LEGS if part.name == "left_shin")
    rows = np.arange(len(jumper.garment.mask))
    knee, ankle = (model.body.bones[BONE[f"left_{bone}"], 1] for bone in ("shin", "foot"))
    end = _floor(shin, model.body) + beyond * (ankle - knee)
    cloth = model.surface.mask([BONE["left_shin"], BONE["left_foot"]]).any(0) & ((rows > knee) & (rows < end))[:, None]
    seam = (rows > end - 0.05 * (ankle - knee))[:, None, None]
    rgb = np.where(seam, np.uint8([250, 0, 0]), np.uint8([0, 0, 250]))
    rgb = np.broadcast_to(rgb, jumper.rgb.shape).copy()
    new = drape(replace(jumper, rgb=rgb, trunk_rgb=rgb, alpha={shin: 255 * cloth.astype(np.uint8)}), buyer)
    seen = new.alpha > 0.9
    assert seen.any() and ((new.rgb[:, :, 0] > 200) & seen).any() == hem
    assert np.nonzero(new.alpha > 0.5)[0].max() < _floor(shin, buyer.body)


def test_what_lies_over_a_garment_hides_it_softly(buyers):
    alpha = np.ones(buyers[0].arms.shape, np.float32)
    hidden = np.tile(np.linspace(0, 1, alpha.shape[1], dtype=np.float32), (len(alpha), 1))
    assert np.allclose(without(replace(no_cloth(buyers[0]), alpha=alpha), hidden).alpha, 1 - hidden)


def test_a_hem_is_where_most_of_the_cloth_has_ended():
    skirt = np.zeros((60, 100), np.uint8)
    skirt[10:40, 20:80] = 255
    skirt[:55, 40:42] = 255  # a train
    assert _hem(skirt) == 40 and _hem(np.zeros_like(skirt)) == 0


def test_a_flow_is_shortened_below_a_row():
    flow = np.stack(np.meshgrid(np.arange(4.0), np.arange(50.0)), 2).astype(np.float32)
    short = _shortened(flow, 10, 0.25)
    assert short.dtype == np.float32 and (short[:11] == flow[:11]).all() and (short[:, :, 0] == flow[:, :, 0]).all()
    np.testing.assert_allclose(short[30, :, 1], 35)
    assert (short[45:, :, 1] == 49).all()


def test_a_sleeve_and_whoever_lies_down_know_no_floor(buyer):
    arm, shin = RIGHT_FOREARM, next(part for part in LEGS if part.name == "left_shin")
    quarter_turn = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], buyer.body.vertices.dtype)
    lying = replace(buyer.body, vertices=buyer.body.vertices @ quarter_turn.T, bones=buyer.body.bones @ quarter_turn.T)
    assert _floor(arm, buyer.body) == _floor(shin, lying) == np.inf > _floor(shin, buyer.body)
    apart = buyer.body.vertices.copy()
    apart[body_model().part == BONE["right_foot"], 1] += 50  # one step lower
    assert _floor(shin, replace(buyer.body, vertices=apart)) == _floor(shin, buyer.body)
    assert _floor(SKIRT, replace(buyer.body, vertices=apart)) > _floor(SKIRT, buyer.body)


@pytest.mark.parametrize(("rows", "taken"), [(0.25, True), (0.75, False)])
def test_a_sleeve_of_which_next_to_nothing_shows_comes_from_the_other_side(jumper, buyer, rows, taken):
    """From the side one arm hides the other, but for a strip."""
    alpha = jumper.alpha[RIGHT_UPPER_ARM]
    shown = np.nonzero((alpha > 127).any(1))[0]
    cut = alpha.copy()
    cut[: round(shown[-1] - rows * (shown[-1] - shown[0]))] = 0
    new = drape(replace(jumper, alpha=jumper.alpha | {RIGHT_UPPER_ARM: cut}), buyer)
    assert new.unsure == (("right_arm",) if taken else ())
    upper_arm = buyer.surface.mask(RIGHT_UPPER_ARM.indices)
    assert (new.whole_alpha[upper_arm] > 0.5).mean() > (0.9 if taken else 0.6)


def test_a_sleeve_that_its_twin_cannot_replace_stays(jumper, buyer, monkeypatch):
    strip = jumper.alpha[RIGHT_UPPER_ARM].copy()
    shown = np.nonzero((strip > 127).any(1))[0]
    strip[: round(shown[-1] - 0.3 * (shown[-1] - shown[0]))] = 0
    outlines = drape_module._outlines

    def pointed(cloth, buyer, part, source):  # the model points the left arm at the camera
        return (np.inf, None) if source.name == "left_upper_arm" else outlines(cloth, buyer, part, source)

    monkeypatch.setattr(drape_module, "_outlines", pointed)
    new = drape(replace(jumper, alpha=jumper.alpha | {RIGHT_UPPER_ARM: strip}), buyer)
    assert new.unsure == ("left_upper_arm",)


@pytest.fixture(scope="module")
def trousers(jumper):
    """Legs of the jumper's own cloth."""
    rows = np.arange(len(jumper.garment.mask))[:, None]
    bones, alpha = jumper.garment.model.body.bones, {}
    for part in LEGS:
        (bone,) = part.indices
        alpha[part] = np.where(
            jumper.garment.model.surface.mask(part.indices) | (rows > bones[bone, 1]) & (rows < bones[bone + 1, 1]), 255, 0
        ).astype(np.uint8)
    return alpha


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_both_halves_of_a_leg_come_from_one_leg_and_are_laid_at_once(jumper, trousers, buyer, side, other):
    leg, twin = ((*(part for part in LEGS if part.name.startswith(name)),) for name in (side, other))
    (piece,) = _pieces(replace(jumper, alpha=trousers), buyer, leg)
    assert piece.dressed == piece.sources == leg and leg in _back_to_front(replace(jumper, alpha=trousers), buyer)
    # Both bodies' outlines go on straight beyond the knee, where the other half of the leg is not.
    assert all(
        np.ptp(np.diff(outline[3:, 0, 1])) < 1.5 * np.diff(outline[3:, 0, 1]).mean() for outline in (piece.target, piece.origin)
    )
    lacking = {part: cloth for part, cloth in trousers.items() if part != leg[1]}
    (piece,) = _pieces(replace(jumper, alpha=lacking), buyer, leg)
    assert piece.dressed == leg and piece.sources == twin
    # If the twin lacks its other half, neither of them shows both.
    del lacking[twin[0]]
    apart = _pieces(replace(jumper, alpha=lacking), buyer, leg)
    assert [(piece.dressed, piece.sources) for piece in apart] == [((leg[0],), (leg[0],)), ((leg[1],), (twin[1],))]


def test_a_limb_is_not_taken_from_one_that_would_be_stretched_too_far(jumper, trousers, buyer, monkeypatch):
    """The left shin comes from the right one, but the model points the right thigh at the camera."""
    outlines = drape_module._outlines

    def pointed(cloth, buyer, part, source):
        stretch, pairs = outlines(cloth, buyer, part, source)
        return (2.5 if source.name == "right_thigh" else stretch), pairs

    monkeypatch.setattr(drape_module, "_outlines", pointed)
    thigh, shin = (part for part in LEGS if part.name.startswith("left"))
    cloth = replace(jumper, alpha={part: alpha for part, alpha in trousers.items() if part != shin})
    assert [piece.sources[0].name for piece in _pieces(cloth, buyer, (thigh, shin))] == ["left_thigh", "right_shin"]


def _knee_turned(person, side, degrees):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]], np.float32)
    below = np.isin(body_model().part, [BONE[f"{side}_shin"], BONE[f"{side}_foot"]])
    knee, vertices, bones = person.body.bones[BONE[f"{side}_shin"]], person.body.vertices.copy(), person.body.bones.copy()
    vertices[below] = (vertices[below] - knee) @ turn.T + knee
    bones[BONE[f"{side}_foot"]] = (bones[BONE[f"{side}_foot"]] - knee) @ turn.T + knee
    return replace(person, body=replace(person.body, vertices=vertices, bones=bones))


@pytest.mark.parametrize("source", ["left", "right"])
@pytest.mark.parametrize(
    ("degrees", "models", "pieces"), [(0, 0, 1), (50, 0, 1), (100, 0, 2), (-100, 0, 2), (55, 55, 1), (55, -55, 2)]
)
def test_a_limb_that_is_bent_much_more_than_the_models_is_laid_in_two(jumper, trousers, buyer, source, degrees, models, pieces):
    """Another leg's bend is a mirror image."""
    model = _knee_turned(jumper.garment.model, source, models if source == "left" else -models)
    alpha = {part: cloth for part, cloth in trousers.items() if part.name.startswith(source)}
    cloth = replace(jumper, alpha=alpha, garment=replace(jumper.garment, model=model))
    leg = (*(part for part in LEGS if part.name.startswith("left")),)
    assert len(_pieces(cloth, _knee_turned(buyer, "left", degrees), leg)) == pieces


@pytest.mark.parametrize(
    ("degrees", "models", "goes_round"), [(90, 0, True), (-90, 0, True), (110, 0, False), (0, 95, False), (0, -95, False)]
)
def test_each_half_of_a_limb_that_is_bent_more_goes_by_the_others_outline_beyond_the_joint(
    jumper, trousers, buyer, degrees, models, goes_round
):
    leg = (*(part for part in LEGS if part.name.startswith("left")),)
    model = _knee_turned(jumper.garment.model, "left", models)
    cloth = replace(jumper, alpha={part: trousers[part] for part in leg}, garment=replace(jumper.garment, model=model))
    bent = _knee_turned(buyer, "left", degrees)
    thigh, shin = _pieces(cloth, bent, leg)
    assert (thigh.dressed, shin.dressed) == (leg[:1], leg[1:]) == (thigh.sources, shin.sources)
    assert len(thigh.target) == len(thigh.origin) and len(shin.target) == len(shin.origin)
    knee, ankle = bent.body.bones[BONE["left_shin"], :2], bent.body.bones[BONE["left_foot"], :2]
    towards = (thigh.target[-1, 0] - knee) @ (ankle - knee) / ((ankle - knee) @ (ankle - knee))
    assert (0.2 < towards < 0.8) == goes_round
    assert (shin.target[JOINT_STATIONS - 1] == limb_outline(bent.body, leg[0])[-2]).all() == goes_round


def test_a_sleeve_of_which_half_lies_behind_the_trunk_is_laid_in_two_but_no_leg(jumper, trousers, buyer, monkeypatch):
    arm = RIGHT_UPPER_ARM, RIGHT_FOREARM
    assert arm in _back_to_front(jumper, buyer)
    monkeypatch.setattr(drape_module, "_behind_torso", lambda part, buyer: part in (RIGHT_UPPER_ARM, *LEGS[:2]))
    order = _back_to_front(jumper, buyer)
    assert all(leg in _back_to_front(replace(jumper, alpha=trousers), buyer) for leg in zip(LEGS[:2], LEGS[2:]))
    assert arm not in order and order.index(arm[:1]) < order.index((TORSO,)) < order.index(arm[1:])


@pytest.mark.parametrize("hidden", ["left_shin", "right_shin"])
def test_a_trouser_leg_that_a_bag_hides_comes_from_the_other_side(jumper, trousers, buyer, hidden):
    alpha = trousers
    shin = next(part for part in LEGS if part.name == hidden)
    whole, without = (
        drape(replace(jumper, alpha=parts), buyer) for parts in (alpha, {k: v for k, v in alpha.items() if k != shin})
    )
    here = buyer.surface.mask(shin.indices)
    assert without.unsure == (hidden.replace("shin", "leg"),) and not whole.unsure
    assert (without.whole_alpha[here] > 0.5).mean() > 0.8
