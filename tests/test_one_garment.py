"""A piece of cloth that has the colours of the garment beside it belongs to that."""

import numpy as np
import pytest

from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.one_garment import pieces_of_one_garment
from primerka.photo import read_photo

UNIT = 100
YELLOW, GREEN, BLACK, NEARLY_BLACK = (215, 190, 110), (90, 150, 90), (18, 18, 20), (26, 26, 29)


def _worn(large: str, small: str, cloth: tuple, piece: tuple, width: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Labels and photo: a garment, and in it what is labelled as another, of some colours with folds."""
    labels, rgb = np.zeros((200, 150), np.uint8), np.full((200, 150, 3), 200, np.uint8)
    labels[20:180, 20:130], rgb[20:180, 20:130] = LABEL[large], cloth
    labels[40 : 40 + width, 40 : 40 + width], rgb[40 : 40 + width, 40 : 40 + width] = LABEL[small], piece
    folds = np.random.default_rng(0).integers(-6, 7, (200, 150, 1))
    return labels, np.clip(rgb + folds, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("large", "small"), [("outerwear", "dress"), ("dress", "outerwear"), ("trousers", "skirt")])
def test_a_piece_of_the_same_colours_is_the_larger_garment_s(large, small):
    labels, rgb = _worn(large, small, YELLOW, YELLOW)
    whole = pieces_of_one_garment(labels, rgb, UNIT)
    np.testing.assert_array_equal(whole, np.where(labels == LABEL[small], LABEL[large], labels))
    assert (labels == LABEL[small]).any()  # what is given stays as it is


@pytest.mark.parametrize(
    ("case", "worn"),
    [
        ("another colour", _worn("outerwear", "dress", YELLOW, GREEN)),
        ("what is black is like all that is black", _worn("outerwear", "dress", BLACK, NEARLY_BLACK)),
        ("nothing like it", _worn("outerwear", "trousers", YELLOW, YELLOW)),
        ("a top of a coat's colours", _worn("outerwear", "top", YELLOW, YELLOW)),
        ("a crumb", _worn("outerwear", "dress", YELLOW, YELLOW, width=9)),
    ],
)
def test_all_else_stays_what_it_is(case, worn):
    np.testing.assert_array_equal(pieces_of_one_garment(*worn, UNIT), worn[0])


def test_stripes_are_not_the_plain_cloth_of_their_middle_colour():
    labels, rgb = _worn("outerwear", "dress", GREEN, GREEN)
    rows = np.arange(200)[:, None] // 4 % 3 - 1
    striped = np.where((labels == LABEL["dress"])[:, :, None], rgb + 60 * rows[:, :, None], rgb).clip(0, 255).astype(np.uint8)
    np.testing.assert_array_equal(pieces_of_one_garment(labels, striped, UNIT), labels)


def test_to_a_garment_that_is_surely_worn_goes_what_is_larger():
    labels, rgb = _worn("outerwear", "top", YELLOW, YELLOW)
    assert set(np.unique(pieces_of_one_garment(labels, rgb, UNIT, worn="top"))) == {0, LABEL["top"]}


def test_analyses_use_it(pose_models, buyer_paths, monkeypatch):
    def all_one(labels, rgb, torso_px, worn):
        return np.where(labels == LABEL["top"], LABEL["dress"], labels).astype(np.uint8)

    photo = read_photo(buyer_paths[0], 320)
    monkeypatch.setattr("primerka.perception.analyse.pieces_of_one_garment", all_one)
    assert not analyse(photo).parsing.mask("top").any()
