"""The street between two legs, or beside an arm, is not cloth, and cloth of any colour is not the street."""

from types import SimpleNamespace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.seen_through import seen_through

UNIT = 100.0
STREET, CLOTH, SKIN = (150, 140, 120), (40, 60, 120), (225, 175, 150)


def _standing(gap=STREET, cloth=CLOTH, street=STREET, arms=SKIN):
    """Labels, colours, a body and its surface: trousers on two legs 10 pixels apart, a top on the trunk, arms 20 pixels beside it, and
    the gaps labelled as the cloth that they are beside.
    """
    random = np.random.default_rng(0)
    labels, part = np.zeros((400, 240), np.uint8), np.full((400, 240), -1)
    rgb = np.empty((*labels.shape, 3))
    rgb[:] = street
    labels[120:390, 70:170], rgb[120:390, 70:170] = LABEL["trousers"], cloth
    rgb[200:390, 115:125] = gap
    labels[20:120, 42:198], rgb[20:120, 42:198] = LABEL["top"], gap
    rgb[20:120, 70:170] = cloth
    bones = np.zeros((len(BONE) + 1, 3), np.float32)
    bones[BONE["pelvis"], :2] = 120, 130
    for side, leg, arm, flank in (("right", 92, 36, 72), ("left", 148, 204, 168)):
        for bone, x, y in (("thigh", flank, 135), ("shin", leg, 260), ("foot", leg, 385)):
            bones[BONE[f"{side}_{bone}"], :2] = x, y
        bones[BONE[f"{side}_upper_arm"], :2] = flank, 12
        for bone, y in (("forearm", 60), ("hand", 110)):
            bones[BONE[f"{side}_{bone}"], :2] = arm, y
        limb = np.s_[12:112, arm - 6 : arm + 6]
        part[limb], rgb[limb] = BONE[f"{side}_upper_arm"], arms
        labels[limb] = LABEL[f"{side}_arm"] if arms == SKIN else LABEL["top"]
    rgb = np.clip(rgb + random.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)
    surface = SimpleNamespace(mask=lambda bones: np.isin(part, bones))
    return labels, rgb, SimpleNamespace(bones=bones), surface


def test_the_gaps_are_found_whole_and_nothing_else():
    found = seen_through(*_standing(), UNIT)
    assert found[205:385, 116:124].mean() > 0.95
    assert found[70:115, 46:66].mean() > 0.95 and found[70:115, 174:194].mean() > 0.95
    found[198:392, 113:127] = found[18:122, 40:72] = found[18:122, 168:200] = False
    assert not found.any()


@pytest.mark.parametrize(
    "colours",
    [
        {"gap": CLOTH},  # the legs touch
        {"gap": (10, 10, 10)},  # a shadow that is neither
        {"cloth": STREET},  # clothes of the street's colour
    ],
    ids=str,
)
def test_cloth_stays_cloth(colours):
    assert not seen_through(*_standing(**colours), UNIT).any()


def test_a_shirt_in_the_colour_of_a_wall_is_cloth():
    """Its sleeves, which lie beside a waistcoat, and above the street."""
    assert not seen_through(*_standing(arms=STREET), UNIT)[:120].any()


@pytest.mark.parametrize("known", [True, False])
def test_beside_a_sleeve_only_a_gap_that_is_known_goes_on(known):
    labels, rgb, *rest = _standing(arms=CLOTH)
    rgb[20:62, 30:66] = rgb[20:62, 174:210] = CLOTH  # arms do not part from the trunk above the elbow
    labels[100:120, 30:70] = LABEL["background" if known else "top"]
    found = seen_through(labels, rgb, *rest, UNIT)
    gap = found[64:98, 46:66]
    assert gap.mean() > 0.95 if known else not gap.any()
    assert not found[:98, 73:165].any()  # on that side only, and no cloth


def test_a_gap_beside_a_coats_sleeve_goes_on_though_the_shirt_under_it_is_like_the_wall():
    labels, rgb, *rest = _standing(arms=CLOTH)
    rgb[20:62, 30:66] = rgb[20:62, 174:210] = CLOTH
    labels[labels == LABEL["top"]] = LABEL["outerwear"]
    labels[20:120, 105:135], rgb[20:120, 105:135] = LABEL["top"], STREET
    labels[100:120, 30:70] = LABEL["background"]
    found = seen_through(labels, rgb, *rest, UNIT)
    assert found[64:98, 46:66].mean() > 0.9 and not found[:98, 73:165].any()


def test_a_gap_beside_a_sleeve_goes_on_when_the_other_arm_is_bare():
    labels, rgb, body, surface = _standing(arms=CLOTH)
    rgb[20:62, 30:66] = rgb[20:62, 174:210] = CLOTH
    labels[100:120, 30:70] = LABEL["background"]
    labels[12:112, 198:210] = LABEL["left_arm"]
    found = seen_through(labels, rgb, body, surface, UNIT)
    assert found[64:98, 46:66].mean() > 0.95


@pytest.mark.parametrize("garment", ["trousers", "shorts"])
@pytest.mark.parametrize("width", [2, 10])
def test_a_gap_between_legs_that_is_known_goes_on_however_narrow(width, garment):
    """By less than would be a gap alone."""
    labels, rgb, *rest = _standing(gap=CLOTH)
    rgb[180:300, 118 : 118 + width] = STREET
    labels[230:390, 112:128] = LABEL["background"]
    labels[labels == LABEL["trousers"]] = LABEL[garment]
    found = seen_through(labels, rgb, *rest, UNIT)
    assert found[180:230, 118 : 118 + width].mean() > 0.9
    found[178:234, 116 : 120 + width] = False
    assert not found.any()


def test_cloth_that_has_the_streets_colour_among_others_stays():
    """Stripes of two colours, one of them the street's, on the legs as between them."""
    labels, rgb, *rest = _standing(gap=CLOTH)
    stripes = (labels > 0) & (np.arange(len(labels))[:, None] % 12 < 6)
    rgb[stripes] = np.clip(np.array(STREET) + np.random.default_rng(1).normal(0, 4, (stripes.sum(), 3)), 0, 255)
    assert not seen_through(labels, rgb, *rest, UNIT).any()


def test_a_narrow_crack_and_a_skirt_are_left_alone():
    labels, rgb, *rest = _standing(gap=CLOTH)
    rgb[200:380, 119:120] = STREET
    assert not seen_through(labels, rgb, *rest, UNIT).any()
    labels, rgb, *rest = _standing()
    labels[labels == LABEL["trousers"]] = LABEL["skirt"]
    assert not seen_through(labels, rgb, *rest, UNIT)[125:].any()


WALL = (205, 206, 210)
