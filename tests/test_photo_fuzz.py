"""Bytes that somebody made up: a Photo or PhotoRejected comes out, and nothing else ever."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primerka.errors import PhotoRejected
from primerka.photo import Photo, decode_photo

CODES = {"file_too_large", "not_a_picture", "too_many_pixels", "broken_picture", "picture_too_small"}
HEADS = (
    b"", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x01\x00\x00WEBPVP8X",
    b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
)  # fmt: skip


def _only_a_photo_or_a_refusal(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on corrupt Exif
        try:
            photo = decode_photo(data, max_side=128)
        except PhotoRejected as refusal:
            assert refusal.code in CODES
        else:
            assert isinstance(photo, Photo) and max(photo.rgb.shape) <= 128


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_random_bytes(head, tail):
    _only_a_photo_or_a_refusal(head + tail)


@pytest.fixture(scope="module", params=["JPEG", "PNG", "WEBP", "AVIF"])
def whole(request, encode) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (72, 72, 3), np.uint8)
    from PIL import Image, ImageCms

    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encode(noise, request.param, exif=exif.tobytes(), icc_profile=profile)


@given(share=st.floats(0, 1, exclude_max=True))
def test_truncated(whole, share):
    _only_a_photo_or_a_refusal(whole[: int(share * len(whole))])


@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12))
def test_bytes_overwritten_anywhere(whole, changes):
    data = bytearray(whole)
    for where, value in changes:
        data[int(where * len(data))] = value
    _only_a_photo_or_a_refusal(bytes(data))


@given(changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_bytes_overwritten_in_the_header(whole, changes):
    data = bytearray(whole)
    for where, value in changes:
        data[where % len(data)] = value
    _only_a_photo_or_a_refusal(bytes(data))


@given(start=st.floats(0, 1), length=st.integers(1, 200))
def test_a_piece_left_out(whole, start, length):
    at = int(start * len(whole))
    _only_a_photo_or_a_refusal(whole[:at] + whole[at + length :])
