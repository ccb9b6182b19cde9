"""Body, Person and Garment check what they are given."""

import numpy as np
import pytest

from primerka.body import BONES, JOINTS, PARENTS, Body
from primerka.parsing import GARMENTS, Parsing
from primerka.person import Garment, Person
from primerka.photo import Photo


def test_parents_come_before_their_children():
    assert len(PARENTS) == len(BONES) and PARENTS[0] == -1
    assert all(0 <= parent < bone for bone, parent in enumerate(PARENTS) if bone)


def test_a_side_hangs_on_its_own_side():
    for bone, parent in zip(BONES, PARENTS):
        side = bone.partition("_")[0]
        if side in ("left", "right"):
            assert BONES[parent].startswith(side) or BONES[parent] in ("pelvis", "chest")


@pytest.mark.parametrize("names", [BONES, JOINTS])
def test_every_left_has_a_right(names):
    lefts = {name.removeprefix("left_") for name in names if name.startswith("left_")}
    assert lefts == {name.removeprefix("right_") for name in names if name.startswith("right_")}


@pytest.mark.parametrize(
    ("vertices", "bones", "words"),
    [
        (np.zeros((5, 2), np.float32), np.zeros((19, 3), np.float32), r"Body.vertices must be \(V, 3\) float32, got \(5, 2\)"),
        (np.zeros((5, 3)), np.zeros((19, 3), np.float32), r"Body.vertices .* got \(5, 3\) float64"),
        (np.zeros((5, 3), np.float32), np.zeros((18, 3), np.float32), r"Body.bones must be \(19, 3\), got \(18, 3\)"),
    ],
)
def test_a_body_names_a_wrong_array(vertices, bones, words):
    with pytest.raises(ValueError, match=words):
        Body(vertices, bones, np.zeros(20, np.float32), 1.0)


def _person() -> Person:
    photo = Photo(np.zeros((6, 8, 3), np.uint8))
    return Person(
        photo,
        None,
        Parsing(np.zeros((6, 8), np.uint8), np.zeros((6, 8), np.float32), np.full((6, 8), 60, np.uint8)),
        None,
        None,
    )


@pytest.mark.parametrize("category", GARMENTS)
def test_every_kind_of_garment_can_be(category):
    assert Garment(_person(), np.zeros((6, 8), bool), category).category == category


@pytest.mark.parametrize(
    ("mask", "category", "words"),
    [
        (np.zeros((6, 8), bool), "hat", "Garment.category must be one of .* got 'hat'"),
        (np.zeros((8, 6), bool), "top", r"Garment.mask must be \(6, 8\) bool, got \(8, 6\) bool"),
        (np.zeros((6, 8), np.uint8), "top", r"Garment.mask .* got \(6, 8\) uint8"),
    ],
)
def test_a_garment_names_what_is_wrong(mask, category, words):
    with pytest.raises(ValueError, match=words):
        Garment(_person(), mask, category)
