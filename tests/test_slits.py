"""Where the buyer's arm lies against them no slit opens between a new sleeve and the trunk."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.slits import SLIT, without_slits

UNIT = 100.0
CLOTH, SLEEVE, WRONG = (40, 120, 70), (30, 60, 150), (200, 0, 200)


def _dressed(width=8, street=False, open_front=False):
    """A trunk, and a sleeve before it that leaves a slit of some pixels; the photo may have the street there."""
    trunk, sleeve = np.zeros((200, 240), np.float32), np.zeros((200, 240), np.float32)
    trunk[20:160, 60:140] = 1
    if open_front:
        trunk[60:160, 96 : 96 + width] = 0
    sleeve[20:150, 140 + (0 if open_front else width) : 180] = 1
    labels = np.ones(trunk.shape, np.uint8)
    if street:
        labels[60:, 140 : 140 + width] = 0
    rgb = np.where(trunk[:, :, None] > 0, np.uint8(CLOTH), np.uint8(WRONG))
    sleeve_rgb = np.where(sleeve[:, :, None] > 0, np.uint8(SLEEVE), np.uint8(WRONG))
    bones = np.zeros((len(BONE), 3), np.float32)
    bones[BONE["neck"], :2], bones[BONE["pelvis"], :2] = (100, 10), (100, 150)
    person = SimpleNamespace(parsing=SimpleNamespace(labels=labels), body=SimpleNamespace(bones=bones))
    buyer = SimpleNamespace(unit=UNIT, person=person)
    return Drape(rgb, trunk, sleeve_rgb, sleeve, sleeve_rgb, sleeve, ()), buyer


def test_a_slit_is_cloth_of_the_trunk():
    new, buyer = _dressed()
    mended = without_slits(new, buyer)
    slit = np.s_[25:145, 141:147]
    assert new.whole_alpha[slit].max() == 0 and mended.alpha[slit].min() > 0.9 and (mended.rgb[slit] == CLOTH).all()
    assert (mended.alpha[20:160, 60:138] == 1).all() and (mended.rgb[20:160, 60:138] == CLOTH).all()
    assert mended.alpha[165:].max() < 0.05 and (mended.sleeve_alpha == new.sleeve_alpha).all()


def test_where_the_photo_has_the_street_a_gap_stays():
    new, buyer = _dressed(street=True)
    mended = without_slits(new, buyer)
    assert mended.alpha[66:145, 142:147].max() < 0.1 and mended.alpha[25:50, 142:146].min() > 0.9


@pytest.mark.parametrize("different", [{"width": round(2 * SLIT * UNIT)}, {"open_front": True}], ids=["wide", "open front"])
def test_what_is_no_slit_beside_a_sleeve_stays(different):
    new, buyer = _dressed(**different)
    mended = without_slits(new, buyer)
    assert mended.alpha[80:130, 97:103].max() < 0.1 if "open_front" in different else mended.alpha[60:120, 148:156].max() < 0.1


def test_a_garment_without_sleeves_has_none():
    new, buyer = _dressed()
    nothing = np.zeros_like(new.sleeve_alpha)
    assert without_slits(replace(new, sleeve_alpha=nothing, all_sleeves_alpha=nothing), buyer).alpha.sum() == new.alpha.sum()


@pytest.mark.parametrize("below", [True, False])
def test_a_wider_gap_that_is_closed_below_is_cloth_and_one_that_is_open_stays(below):
    new, buyer = _dressed(width=round(1.7 * SLIT * UNIT))
    if below:
        new.alpha[130:150, 140:165] = 1
    mended = without_slits(new, buyer)
    assert mended.alpha[25:125, 142:158].min() > 0.9 if below else mended.alpha[60:125, 146:154].max() < 0.1


def test_the_opening_of_a_coat_stays_where_a_sleeve_lies_over_one_of_its_edges():
    new, buyer = _dressed(width=12, open_front=True)
    new.sleeve_alpha[70:100, 108:140] = new.all_sleeves_alpha[70:100, 108:140] = 1
    assert without_slits(new, buyer).alpha[65:155, 98:106].max() < 0.1
