"""Cloth of one limb that the fitted body has on another."""

import numpy as np
import pytest

from primerka.tryon.surface.strips import along_a_sleeve, on_the_other_leg

UNIT = 100.0
rows, columns = np.indices((300, 200))
CROTCH = 60


def _trousers(gap):
    """Two legs that part at column 100 + the row's slant, and the street between them where `gap` has it."""
    middle = 100 + (rows - CROTCH) / 20
    street = gap & (abs(columns - middle) < 4)
    cloth = (rows > 30) & (rows < 280) & (abs(columns - 105) < 50) & ~street
    return cloth, middle, ~cloth


def _found(cloth, border, street):
    """What is on the wrong leg when the fit has the border there; the left leg is to the right of it."""
    legs = cloth & (columns > border) & (rows >= CROTCH), cloth & (columns <= border) & (rows >= CROTCH)
    return legs, on_the_other_leg(legs, street, CROTCH, UNIT)


@pytest.mark.parametrize("off", [-9, 9])
@pytest.mark.parametrize(
    "gap", [rows > 180, (rows > 120) & (rows < 160) | (rows > 200) & (rows < 260)], ids=["one gap", "knees that touch"]
)
def test_legs_part_at_the_street_and_above_it_along_a_line_to_the_crotch(gap, off):
    cloth, middle, street = _trousers(gap)
    (left, right), (no_left, no_right) = _found(cloth, middle + np.clip((rows - CROTCH) / 30, 0, 1) * off, street)
    last = np.flatnonzero(gap.any(1)).max()
    known = (rows > CROTCH + 2) & (rows <= last)
    left, right = (left & ~no_left) | no_right, (right & ~no_right) | no_left
    assert (known & cloth & (abs(columns - middle) > 2) & (left != (columns > middle))).sum() == 0
    assert (left & right).sum() == 0 and (left | right)[cloth & (rows >= CROTCH)].all()
    below = rows > last + 1
    assert not (no_left & below).any() and not (no_right & below).any()


def test_a_stray_pixel_at_the_crotch_does_not_turn_the_line():
    cloth, middle, street = _trousers(rows > 180)
    left, right = (cloth & side & (rows >= CROTCH) for side in (columns > middle, columns <= middle))
    right[CROTCH, 150], left[CROTCH, 150] = True, False
    no_left, no_right = on_the_other_leg((left, right), street, CROTCH, UNIT)
    assert no_left.sum() + no_right.sum() < 400


@pytest.mark.parametrize("gaps", ["below", "above and below"])
def test_legs_that_cross_stay_as_they_are_above_the_crossing(gaps):
    """At row 150 the left leg goes behind the right one and comes out on its other side."""
    middle = 100 + 0 * rows
    street = (abs(columns - middle) < 4) & ((rows > 190) | (rows > 90) & (rows < 120) & (gaps == "above and below"))
    cloth = (rows > 30) & (rows < 280) & (abs(columns - 100) < 50) & ~street
    right_side, below = columns > middle, rows > 150
    legs = cloth & (right_side ^ below) & (rows >= CROTCH), cloth & ~(right_side ^ below) & (rows >= CROTCH)
    wrong = on_the_other_leg(legs, ~cloth, CROTCH, UNIT)
    assert not any((leg & (rows < 185)).any() for leg in wrong)


@pytest.mark.parametrize("hole", ["none", "short", "in a leg"])
def test_without_a_gap_between_them_the_fit_knows_best(hole):
    cloth, middle, _ = _trousers(np.zeros_like(rows, bool))
    if hole != "none":
        centre = 102 if hole == "short" else 145
        cloth = cloth & ~((rows > 180) & (rows < (186 if hole == "short" else 240)) & (abs(columns - centre) < 4))
    _, wrong = _found(cloth, middle + 9, ~cloth)
    assert not any(leg.any() for leg in wrong)


def test_what_lies_before_a_leg_is_no_gap():
    """A bag: it is of the person, and the street is not seen there."""
    cloth, middle, street = _trousers(rows > 180)
    _, wrong = _found(cloth, middle + 9, street & False)
    assert not any(leg.any() for leg in wrong)


def _coat(open_to=150):
    """A sleeve to the left, down to row 200, half of a coat beside it down to `open_to`, and its cuff at the hand."""
    sleeve = (rows >= 50) & (rows < 200) & (columns >= 40) & (columns < 70)
    half = (rows >= 50) & (rows < open_to) & (columns >= 70) & (columns < 110)
    strip = (rows >= open_to) & (rows < 185) & (columns >= 70) & (columns < 76)
    cuff = (rows >= 185) & (rows < 210) & (columns >= 40) & (columns < 76) & ~sleeve
    middle = (columns >= 100) & (columns < 120)
    at_hand = rows >= 180
    return sleeve, half, strip, cuff, middle, at_hand


def test_a_strip_along_a_sleeve_and_its_cuff_are_the_sleeves():
    sleeve, half, strip, cuff, middle, at_hand = _coat()
    found = along_a_sleeve(half | strip | cuff, sleeve, middle, at_hand)
    assert found[strip].all() and found[cuff].all() and not found[half].any()


def test_what_is_as_large_as_half_a_sleeve_is_no_cuff():
    """A coat's skirt beside the hand that hangs before it."""
    sleeve, half, _, _, middle, at_hand = _coat()
    skirt = (rows >= 200) & (rows < 260) & (columns >= 40) & (columns < 80)
    assert not along_a_sleeve(half | skirt, sleeve, middle, at_hand).any()


def test_half_of_an_open_coat_that_goes_on_below_a_narrow_place_is_none():
    sleeve, half, strip, _, middle, at_hand = _coat()
    tail = (rows >= 185) & (rows < 280) & (columns >= 70) & (columns < 110)
    assert not along_a_sleeve(half | strip | tail, sleeve, middle, at_hand & (columns < 60)).any()


def test_little_of_the_trunk_beside_an_arm_before_it_is_the_trunks():
    sleeve, half, strip, _, middle, at_hand = _coat()
    assert not along_a_sleeve(half | strip, sleeve, middle | strip, at_hand).any()


def test_a_hem_beside_a_hand_stays_the_trunks():
    """It hangs together with the trunk, or does not touch the sleeve."""
    sleeve, half, _, _, middle, at_hand = _coat(open_to=230)
    assert not along_a_sleeve(half, sleeve, middle, at_hand).any()
    apart = (rows >= 205) & (rows < 225) & (columns >= 40) & (columns < 60)
    assert not along_a_sleeve(half | apart, sleeve, middle, at_hand).any()
