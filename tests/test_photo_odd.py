"""Odd but honest pictures: strips, palettes, sixteen bits, metadata that cannot be read."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from test_photo_colour import ADOBE, ADOBE_GAMMA, _icc

from primerka.errors import PhotoRejected
from primerka.photo import decode_photo


def encoded(im, f, **k):
    buffer = io.BytesIO()
    im.save(buffer, f, **k)
    return buffer.getvalue()


def chunk(t, d):
    return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))


def test_extreme_aspect_is_refused_not_crashed():
    with pytest.raises(PhotoRejected):
        decode_photo(encoded(Image.new("1", (64, 700_000)), "PNG"))


def test_a_strip_is_refused_before_it_is_reduced_to_a_line():
    with pytest.raises(PhotoRejected) as refusal:
        decode_photo(encoded(Image.new("L", (64, 100_000)), "PNG"))
    assert refusal.value.code == "picture_too_small"


def test_sixteen_bit_grey_with_a_transparent_value():
    grey = np.full((80, 80), 30000, np.uint16)
    rows = b"".join(b"\0" + struct.pack(">80H", *row) for row in grey)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 80, 16, 0, 0, 0, 0))
        + chunk(b"tRNS", struct.pack(">H", 3))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    assert (decode_photo(data).rgb == 117).all()


def test_palette_picture_with_a_profile_is_converted():
    im = Image.new("RGB", (80, 80), (120, 140, 90))
    icc = _icc(*ADOBE, ADOBE_GAMMA)
    full = decode_photo(encoded(im, "PNG", icc_profile=icc)).rgb[0, 0].astype(int)
    pal = decode_photo(encoded(im.convert("P", palette=Image.Palette.ADAPTIVE), "PNG", icc_profile=icc)).rgb[0, 0].astype(int)
    assert np.abs(full - pal).max() <= 2, (full, pal)


@pytest.mark.parametrize("f", ["PNG", "WEBP"])
def test_garbage_exif_does_not_spoil_good_pixels(f):
    decode_photo(encoded(Image.new("RGB", (80, 80)), f, exif=b"Exif\0\0garbage"))
