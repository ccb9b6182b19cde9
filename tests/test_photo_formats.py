"""Every format that the door takes comes in as the picture that was written."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primerka.photo import Photo, decode_photo, read_photo

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("format", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}, 6),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, 6),
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 12),
        ("AVIF", {"quality": 95}, 12),
    ],
)
def test_round_trip(gradient, encode, format, options, tolerance):
    rgb = decode_photo(encode(gradient, format, **options)).rgb
    assert rgb.shape == gradient.shape and rgb.dtype == np.uint8
    assert np.abs(rgb.astype(int) - gradient).max() <= tolerance


def test_the_two_pictures_of_a_phones_mpo_file_are_one_photo(gradient, encode):
    data = encode(gradient, "MPO", save_all=True, append_images=[Image.new("RGB", (80, 96))], quality=95)
    assert np.abs(decode_photo(data).rgb.astype(int) - gradient).max() <= 25


def test_the_first_frame_of_an_animation_is_the_photo(gradient, encode):
    data = encode(gradient, "WEBP", save_all=True, append_images=[Image.new("RGB", (80, 96))], lossless=True)
    np.testing.assert_array_equal(decode_photo(data).rgb, gradient)


@pytest.mark.parametrize("size", [(2000, 1000), (1000, 2000), (1400, 1399)])
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_large_pictures_are_reduced_and_keep_their_aspect(encode, size, format):
    photo = decode_photo(encode(Image.new("RGB", size, (10, 200, 90)), format), max_side=512)
    assert max(photo.width, photo.height) == 512
    assert abs(photo.width / photo.height - size[0] / size[1]) < 0.005 * size[0] / size[1]
    assert np.abs(photo.rgb.astype(int) - (10, 200, 90)).max() <= 2


def test_small_pictures_are_not_enlarged(gradient, encode):
    assert decode_photo(encode(gradient, "PNG"), max_side=512).rgb.shape == gradient.shape


def test_a_file_is_read_as_its_bytes_are(gradient, encode, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(encode(gradient, "PNG"))
    np.testing.assert_array_equal(read_photo(path).rgb, decode_photo(path.read_bytes()).rgb)


def test_the_name_of_a_file_does_not_decide_its_format(gradient, encode, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encode(gradient, "PNG"))
    np.testing.assert_array_equal(read_photo(path).rgb, gradient)


@pytest.mark.parametrize("rgb", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_a_photo_checks_its_array(rgb):
    with pytest.raises(ValueError, match=r"Photo.rgb must be \(H, W, 3\) uint8, got \(4, 4"):
        Photo(rgb)


@pytest.mark.parametrize("name", ["three_blocks.heic", "three_blocks_turned.heic"])
def test_heic_comes_in_upright(name):
    """The second file holds the picture lying, with the orientation that a phone writes."""
    rgb = decode_photo((DATA / name).read_bytes()).rgb.astype(int)
    assert rgb.shape == (96, 128, 3)
    for y, x, colour in ((16, 64, (40, 180, 60)), (64, 32, (200, 40, 40)), (64, 96, (40, 60, 200))):
        assert np.abs(rgb[y, x] - colour).max() <= 16
