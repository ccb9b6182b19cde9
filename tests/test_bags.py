"""A bag is there once, whatever happens to the arms."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.tryon.surface.carry import Way
from primerka.tryon.surface.figure import CARRIED, PART, hang


def _with_bag(person, where):
    labels = np.where(where, LABEL["bag"], person.parsing.labels).astype(person.parsing.labels.dtype)
    return replace(person, parsing=replace(person.parsing, labels=labels))


def test_of_two_hands_at_a_bag_one_has_it(buyer):
    hands = buyer.surface.mask([BONE["left_hand"], BONE["right_hand"]])
    ys, xs = np.nonzero(hands)
    bag = np.zeros_like(hands)
    bag[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] = True
    regions = hang(_with_bag(buyer, bag))
    held = [regions[part].sum() for part in CARRIED]
    assert max(held) > 0.9 * bag.sum() and min(held) == 0


@pytest.mark.parametrize("name", ["left_upper_arm", "right_forearm"])
def test_an_arm_that_stands_in_for_the_other_leaves_its_bag_behind(buyer, name):
    part = PART[name]
    arm = hang(buyer)[part]
    ys = np.nonzero(arm)[0]
    patch = arm & (np.arange(arm.shape[0]) < np.median(ys))[:, None]
    person = _with_bag(buyer, patch)
    way = Way(person, person.body, person.surface, hang(person))
    own, lent = (way._layer(part, for_twin) for for_twin in (False, True))

    def seen(layer):
        whole, (x, y), (h, w) = np.zeros_like(patch), layer.corner, layer.seen.shape
        whole[y : y + h, x : x + w] = layer.seen
        return whole[patch].mean()

    assert seen(own) > 0.9 and seen(lent) < 0.1
