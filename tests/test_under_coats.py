"""What is worn under a new coat shows in its opening and below it, not around it."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import distance_to
from primerka.tryon.surface.buyer import prepare_buyer
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.under_coats import COLLAR, STICKS_OUT, sticks_out
from tests.dressing import no_cloth, relabelled, widened


@pytest.fixture(scope="module")
def wearing(buyer):
    return prepare_buyer(buyer)


def _bones(buyer, *names):
    return buyer.person.surface.mask([BONE[name] for name in names])


def _coat(buyer, trunk, sleeves):
    return replace(no_cloth(buyer), alpha=trunk.astype(np.float32), sleeve_alpha=sleeves.astype(np.float32))


def _narrow_coat(buyer):
    """A coat without sleeves that is everywhere a little smaller than the naked trunk."""
    trunk = _bones(buyer, "chest", "abdomen", "pelvis", "left_clavicle", "right_clavicle")
    return trunk, trunk & (distance_to(~(trunk | _bones(buyer, "neck", "head"))) > 0.05 * buyer.unit)


def _beside_neck(buyer):
    neck, columns = np.flatnonzero(_bones(buyer, "neck").any(0)), np.arange(buyer.arms.shape[1])
    return ((columns < neck[0] - COLLAR * buyer.unit) | (columns > neck[-1] + COLLAR * buyer.unit))[None]


def test_a_top_does_not_stick_out_at_shoulders_and_sides(wearing):
    trunk, coat = _narrow_coat(wearing)
    worn = (distance_to(trunk) < 0.05 * wearing.unit) & ~_bones(wearing, "neck", "head")
    found = sticks_out(wearing, _coat(wearing, coat, np.zeros_like(coat)), worn)
    rows = np.arange(len(coat))[:, None]
    shoulders = worn & ~coat & coat.any(0) & (rows < coat.argmax(0)) & _beside_neck(wearing)
    sides = worn & ~trunk & coat.any(1)[:, None] & (wearing.along > -0.4) & (wearing.along < 0.2)
    for out in (shoulders, sides):
        assert out.sum() > 100 and found[out].mean() > 0.95
    assert (
        not found[coat & (distance_to(~coat) > 4)].any()
        and found[worn & ~_beside_neck(wearing)].mean() < 0.05
        and not (found & ~worn).any()
    )


def test_a_wide_top_stays_and_what_shows_between_a_sleeve_and_the_trunk_goes(wearing):
    trunk = _bones(wearing, "chest", "abdomen", "pelvis")
    worn = (distance_to(trunk) < 0.5 * wearing.unit) & (wearing.along > -0.3) & (wearing.along < 0.25)
    wide = sticks_out(wearing, _coat(wearing, trunk, np.zeros_like(trunk)), worn)
    assert not wide[worn & (distance_to(trunk) > STICKS_OUT * wearing.unit)].any() and wide.sum() < 0.05 * worn.sum()
    sleeves = (distance_to(trunk) > 0.4 * wearing.unit) & (distance_to(trunk) < 0.6 * wearing.unit)
    found = sticks_out(wearing, _coat(wearing, trunk, sleeves), worn)
    gap = (
        worn
        & ~sleeves
        & ~trunk
        & (wearing.along > -0.2)
        & (wearing.along < 0.2)
        & ~_bones(wearing, "left_thigh", "right_thigh")
    )
    assert gap.sum() > 500 and found[gap].mean() > 0.9


def test_neither_the_top_nor_skin_is_left_above_a_coat(wearing, cloths, monkeypatch):
    """Through the whole of dressing: a coat whose shoulders lie lower than the buyer's red top."""
    from primerka.tryon.surface import dress as dressing

    trunk, coat = _narrow_coat(wearing)
    labels = wearing.person.parsing.labels
    labels = np.where(trunk, LABEL["top"], np.where(labels == LABEL["top"], 0, labels))  # without its sleeves
    buyer = relabelled(wearing, labels)
    new = _coat(buyer, coat, np.zeros_like(coat))
    monkeypatch.setattr(dressing, "drape", lambda cloth, person: new)
    scene = start_scene(buyer)
    scene.rgb = np.where(trunk[:, :, None], np.uint8([250, 0, 0]), scene.rgb)
    dress(scene, buyer, cloths["outerwear"])
    above = trunk & ~widened(coat) & (np.arange(len(coat))[:, None] < coat.argmax(0)) & coat.any(0) & _beside_neck(buyer)
    above &= ~widened(labels == LABEL["hair"]) & ~buyer.arms
    assert above.sum() > 30
    shown, street = scene.rgb[above].astype(int), buyer.background[above].astype(int)
    assert (np.abs(shown - street).max(1) < 12).mean() > 0.7  # the rest is the skin of arms
    assert (shown[:, 1] > 40).mean() > 0.98  # and nothing of the red top
