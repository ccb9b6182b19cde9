"""A photo is upright whichever way the phone was held, and carries none of what the phone wrote into it."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from primerka.photo import Photo, decode_photo
from primerka.pictures import write_picture

# Exif 2.3, table 6: where row 0 and column 0 of the stored picture are. As NumPy says it, not as Pillow does.
UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda stored: np.rot90(stored, 1),
}


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Made by a phone"
    exif.get_ifd(0x8825)[2] = (59.0, 20.0, 3.0)
    return exif.tobytes()


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_every_orientation_comes_out_upright(gradient, encode, orientation):
    data = encode(gradient, "PNG", exif=_exif(orientation))
    np.testing.assert_array_equal(decode_photo(data).rgb, UPRIGHT[orientation](gradient))


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF"])
def test_every_format_is_turned(gradient, encode, format):
    data = encode(gradient, format, quality=95, exif=_exif(6))
    assert np.abs(decode_photo(data).rgb.astype(int) - UPRIGHT[6](gradient)).max() <= 25


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(gradient, encode, orientation):
    np.testing.assert_array_equal(decode_photo(encode(gradient, "PNG", exif=_exif(orientation))).rgb, gradient)


def test_metadata_is_gone(gradient, encode, tmp_path):
    data = encode(gradient, "JPEG", exif=_exif(1), comment=b"a secret comment")
    assert b"Made by a phone" in data and b"secret" in data
    photo = decode_photo(data)
    assert [field.name for field in dataclasses.fields(Photo)] == ["rgb"]
    for name in ("look.jpg", "look.png", "look.webp"):
        write_picture(tmp_path / name, photo.rgb)
        written = (tmp_path / name).read_bytes()
        assert b"Made by a phone" not in written and b"secret" not in written
        assert not Image.open(io.BytesIO(written)).getexif()
