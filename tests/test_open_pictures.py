"""Pictures to learn generation from: the digits, a folder, and what is refused of one."""

import numpy as np
import pytest
from PIL import Image

from primerka.datasets.open_pictures import Pictures, open_digits, open_pictures
from primerka.errors import DataMissing

SIDE = 16


@pytest.fixture
def folder(tmp_path):
    """Eleven pictures of one colour each, square, and a text beside them."""
    for index in range(11):
        Image.new("RGB", (24, 24), (20 * index, 0, 255)).save(tmp_path / f"{index:02}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def _code(folder, fit=False) -> str:
    with pytest.raises(DataMissing) as caught:
        open_pictures(str(folder), SIDE, fit)
    assert "\n" not in str(caught.value)
    return caught.value.code


def test_digits_are_scikit_learns():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed (the extra `basics`)")
    theirs, ours = datasets.load_digits(), open_digits(8)
    assert len(ours.pictures) + len(ours.held_out) == len(theirs.images) == 1797 and len(ours.held_out) == 359
    np.testing.assert_array_equal(ours.held_out_labels, theirs.target[4::5])
    assert np.abs(ours.held_out[..., 0] / 255 * 16 - theirs.images[4::5]).max() < 0.05
    assert set(ours.labels) == set(range(10))


def test_larger_digits_are_the_same_ones():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `basics`)")
    small, large = open_digits(8), open_digits(SIDE)
    assert large.pictures.shape == (1438, SIDE, SIDE, 1)
    halved = large.pictures.reshape(-1, 8, 2, 8, 2).mean((2, 4))
    assert np.corrcoef(halved.ravel(), small.pictures.ravel())[0, 1] > 0.99


def test_a_folder_in_the_order_of_its_names(folder):
    opened = open_pictures(str(folder), SIDE, False)
    assert opened.pictures.shape == (10, SIDE, SIDE, 3) and opened.labels is None
    assert opened.pictures[:, 0, 0, 0].tolist() == [0, 20, 40, 60, 80, 100, 120, 140, 160, 200]
    assert (opened.held_out == [180, 0, 255]).all() and len(opened.held_out) == 1  # the tenth


def test_several_sizes_are_refused_or_fitted(folder):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    Image.fromarray(wide).save(folder / "05.png")
    assert _code(folder) == "mixed_sizes"
    middle = open_pictures(str(folder), SIDE, True).pictures[5].astype(int)
    assert np.abs(middle - 200).max() < 10  # the filter swings over a little at the rim


def test_pictures_that_are_not_square_are_refused_or_fitted(tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg")
    assert _code(tmp_path) == "pictures_not_square"
    assert open_pictures(str(tmp_path), SIDE, True).pictures.shape == (1, SIDE, SIDE, 3)


def test_an_upright_picture_that_is_stored_lying_has_its_upright_size(tmp_path):
    lying = Image.new("RGB", (30, 20))
    exif = lying.getexif()
    exif[0x0112] = 6
    lying.save(tmp_path / "a.jpg", exif=exif)
    Image.new("RGB", (20, 30)).save(tmp_path / "b.jpg")
    assert _code(tmp_path) == "pictures_not_square"  # and not mixed_sizes


@pytest.mark.parametrize("fit", [True, False])
@pytest.mark.parametrize("kept", [0, 10, 60])
def test_a_truncated_picture_is_named(folder, kept, fit):
    path = folder / "03.png"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataMissing, match=r"03\.png") as caught:
        open_pictures(str(folder), SIDE, fit)
    assert caught.value.code == "broken_picture"


def test_no_folder_and_no_picture_are_refused(tmp_path):
    assert _code(tmp_path / "nowhere") == "data_missing"
    (tmp_path / "notes.txt").write_text("no picture")
    assert _code(tmp_path) == "no_pictures"


def test_pictures_check_their_shapes():
    square = np.zeros((2, 4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="held_out"):
        Pictures(square, square[:, :3])
