"""The street between two legs is not cloth, and cloth of any colour is not the street."""

from types import SimpleNamespace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.between_legs import between_legs

UNIT = 100.0
STREET, CLOTH = (150, 140, 120), (40, 60, 120)


def _standing(gap=STREET, cloth=CLOTH, street=STREET):
    """Labels, colours and a body: trousers on two legs 10 pixels apart, the gap between them labelled trousers too."""
    random = np.random.default_rng(0)
    labels = np.zeros((360, 240), np.uint8)
    labels[60:330, 70:170] = LABEL["trousers"]
    rgb = np.empty((*labels.shape, 3))
    rgb[:] = street
    rgb[60:330, 70:170] = cloth
    rgb[140:330, 115:125] = gap
    bones = np.zeros((len(BONE) + 1, 3), np.float32)
    bones[BONE["pelvis"], :2] = 120, 70
    for side, x in (("right", 92), ("left", 148)):
        for bone, y in (("thigh", 75), ("shin", 200), ("foot", 325)):
            bones[BONE[f"{side}_{bone}"], :2] = x, y
    rgb = np.clip(rgb + random.normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)
    return labels, rgb, SimpleNamespace(bones=bones)


def test_the_gap_is_found_whole_and_nothing_else():
    found = between_legs(*_standing(), UNIT)
    assert found[145:325, 116:124].mean() > 0.95
    found[138:332, 113:127] = False
    assert not found.any()


@pytest.mark.parametrize(
    "colours",
    [
        {"gap": CLOTH},  # the legs touch
        {"gap": (10, 10, 10)},  # a shadow that is neither
        {"cloth": STREET},  # trousers of the street's colour
    ],
    ids=str,
)
def test_cloth_stays_cloth(colours):
    assert not between_legs(*_standing(**colours), UNIT).any()


def test_cloth_that_has_the_streets_colour_among_others_stays():
    """Stripes of two colours, one of them the street's, on the legs as between them."""
    labels, rgb, body = _standing(gap=CLOTH)
    stripes = (labels > 0) & (np.arange(len(labels))[:, None] % 12 < 6)
    rgb[stripes] = np.clip(np.array(STREET) + np.random.default_rng(1).normal(0, 4, (stripes.sum(), 3)), 0, 255)
    assert not between_legs(labels, rgb, body, UNIT).any()


def test_a_narrow_crack_and_a_skirt_are_left_alone():
    labels, rgb, body = _standing(gap=CLOTH)
    rgb[140:330, 119:120] = STREET
    assert not between_legs(labels, rgb, body, UNIT).any()
    labels, rgb, body = _standing()
    assert not between_legs(np.where(labels > 0, LABEL["skirt"], 0).astype(np.uint8), rgb, body, UNIT).any()
