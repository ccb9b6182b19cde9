"""Which garment of a product photo is taken, and what of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.errors import GarmentRejected
from primerka.parsing import LABEL
from primerka.perception.find_garment import find_garment


def _labelled(product, **masks):
    """The product's model, wearing what the masks say."""
    labels = np.zeros_like(product.parsing.labels)
    for name, mask in masks.items():
        labels[mask] = LABEL[name]
    return replace(product, parsing=replace(product.parsing, labels=labels))


@pytest.fixture
def trunk(product):
    return product.surface.mask([BONE["chest"], BONE["abdomen"]])


@pytest.fixture
def strip(trunk):
    """A fifth of the trunk, from top to bottom."""
    columns = np.flatnonzero(trunk.any(0))
    middle, width = columns.mean(), len(columns)
    return trunk & (np.abs(np.arange(trunk.shape[1]) - middle) < width / 12)


def test_a_top_of_which_a_coat_leaves_a_strip_is_refused(product, trunk, strip):
    with pytest.raises(GarmentRejected) as refusal:
        find_garment(_labelled(product, outerwear=trunk, top=strip), "top")
    assert refusal.value.code == "garment_hidden"


def test_a_wide_open_coat_is_taken_and_one_that_hangs_on_a_shoulder_is_not(product, trunk, strip):
    open_coat = trunk & ~cv2.dilate(strip.astype(np.uint8), np.ones((1, 9), np.uint8)).astype(bool)
    assert find_garment(_labelled(product, top=trunk, outerwear=open_coat), "outerwear").category == "outerwear"
    beside = cv2.dilate(trunk.astype(np.uint8), np.ones((1, 61), np.uint8)).astype(bool) & ~trunk
    with pytest.raises(GarmentRejected) as refusal:
        find_garment(_labelled(product, top=trunk, outerwear=strip | beside), "outerwear")
    assert refusal.value.code == "garment_hidden"


def test_bare_skin_hides_nothing(product, trunk):
    rows = np.flatnonzero(trunk.any(1))
    short = trunk & (np.arange(len(trunk))[:, None] < rows[0] + 0.4 * len(rows))
    assert find_garment(_labelled(product, neck=trunk, top=short), "top").mask.any()


def test_of_several_garments_the_largest_that_is_not_hidden_is_taken(product, trunk, strip):
    legs = product.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin")])
    model = _labelled(product, dress=legs, trousers=legs & (np.arange(legs.shape[1]) % 3 == 0), outerwear=trunk)
    assert find_garment(model).category != "dress"


def test_a_small_hole_of_other_cloth_is_filled_and_one_of_skin_is_not(product, trunk):
    ys, xs = np.nonzero(trunk)
    hole = np.zeros_like(trunk)
    y, x = int(np.median(ys)), int(np.median(xs))
    hole[y - 5 : y + 5, x - 5 : x + 5] = True
    for name, filled in (("skirt", True), ("other", True), ("left_arm", False)):
        mask = find_garment(_labelled(product, top=trunk, **{name: hole}), "top").mask
        assert mask[hole].all() == filled, name


@pytest.mark.parametrize("bag", [False, True])
def test_a_small_patch_far_from_a_coat_is_not_the_coats_unless_something_hides_what_is_between(product, trunk, bag):
    """A dark pocket of a skirt, parsed as outerwear; a coat's end below a bag."""
    bottom, unit = np.nonzero(trunk)[0].max(), product.pose.torso_px
    x = int(np.median(np.nonzero(product.surface.mask([BONE["left_thigh"]]))[1])) - int(0.05 * unit)
    size = int(0.1 * unit)

    def square(below):
        return np.s_[bottom + int(below * unit) : bottom + int(below * unit) + size, x : x + size]

    gap, far, hidden = (np.zeros_like(trunk) for _ in range(3))
    gap[square(0.1)] = far[square(0.6)] = True
    hidden[bottom - size : bottom + int(0.6 * unit), x : x + size] = bag
    worn = {"outerwear": trunk | gap | far, "bag": hidden & ~trunk & ~gap & ~far}
    mask = find_garment(_labelled(product, **worn), "outerwear").mask
    assert far.sum() > 0.004 * unit**2 and (gap & (product.surface.part >= 0)).any()
    assert mask[gap].all() and (mask[far] == bag).all()
