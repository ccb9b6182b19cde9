"""Whatever colours a file is written in, the photo is sRGB."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from primerka.photo import decode_photo


def _icc(red, green, blue, gamma: float) -> bytes:
    """A matrix profile (ICC.1:2001, annex E) with these primaries, XYZ relative to D50."""

    def fixed(*values: float) -> bytes:
        return b"".join(round(65536 * value).to_bytes(4, "big", signed=True) for value in values)

    def text(words: bytes) -> bytes:
        return b"desc" + bytes(4) + (len(words) + 1).to_bytes(4, "big") + words + bytes(1 + 4 + 4 + 2 + 1 + 67)

    curve = b"curv" + bytes(4) + (1).to_bytes(4, "big") + round(256 * gamma).to_bytes(2, "big") + bytes(2)
    tags = {
        b"desc": text(b"test"),
        b"cprt": b"text" + bytes(4) + b"none" + bytes(1),
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
    }
    for name, primary in ((b"r", red), (b"g", green), (b"b", blue)):
        tags[name + b"XYZ"] = b"XYZ " + bytes(4) + fixed(*primary)
        tags[name + b"TRC"] = curve
    table, body = len(tags).to_bytes(4, "big"), b""
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + (128 + 4 + 12 * len(tags) + len(body)).to_bytes(4, "big") + len(value).to_bytes(4, "big")
        body += value
    header = bytes(4) + b"lcms" + bytes.fromhex("02100000") + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    header += fixed(0.9642, 1, 0.8249) + bytes(48)
    whole = header + table + body
    return len(whole).to_bytes(4, "big") + whole[4:]


# Adobe RGB (1998), section 4.3.1.1, adapted to D50.
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
ADOBE_GAMMA = 2.19921875


def _adobe_to_srgb(rgb: np.ndarray) -> np.ndarray:
    """By the formulas of the two standards, without a colour engine."""
    xyz = (rgb / 255.0) ** ADOBE_GAMMA @ np.array(ADOBE)
    srgb_d50 = np.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])
    linear = np.clip(xyz @ np.linalg.inv(srgb_d50), 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(("format", "options"), [("PNG", {}), ("JPEG", {"quality": 98}), ("WEBP", {"lossless": True})])
def test_another_rgb_is_converted(encode, format, options):
    colours = np.uint8([[120, 140, 90], [200, 180, 170], [60, 60, 60], [150, 110, 140]])
    picture = np.repeat(np.repeat(colours[None], 64, 0), 32, 1)
    rgb = decode_photo(encode(picture, format, icc_profile=_icc(*ADOBE, ADOBE_GAMMA), **options)).rgb
    middles = rgb[32, 16::32].astype(float)
    assert np.abs(middles - _adobe_to_srgb(colours)).max() <= 3
    assert np.abs(middles - colours).max() > 8, "the profile made no difference: a weak test"


def test_an_srgb_profile_changes_nothing(gradient, encode):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rgb = decode_photo(encode(gradient, "PNG", icc_profile=profile)).rgb
    assert np.abs(rgb.astype(int) - gradient).max() <= 1


@pytest.mark.parametrize("profile", [b"", b"no profile at all", _icc(*ADOBE, ADOBE_GAMMA)[:200]])
def test_a_profile_that_cannot_be_read_is_srgb(gradient, encode, profile):
    np.testing.assert_array_equal(decode_photo(encode(gradient, "PNG", icc_profile=profile)).rgb, gradient)


def test_greyscale(gradient, encode):
    grey = gradient[:, :, 0]
    np.testing.assert_array_equal(decode_photo(encode(grey, "PNG")).rgb, np.stack([grey] * 3, 2))


def test_sixteen_bits_are_reduced_to_eight(encode):
    grey = np.arange(96 * 80, dtype=np.uint16).reshape(96, 80) * 8
    assert Image.open(io.BytesIO(encode(grey, "PNG"))).mode == "I;16"
    np.testing.assert_array_equal(decode_photo(encode(grey, "PNG")).rgb, np.stack([grey // 256] * 3, 2))


def test_cmyk(encode):
    ink = np.full((80, 80, 4), (0, 255, 255, 0), np.uint8)
    red = decode_photo(encode(Image.fromarray(ink, "CMYK"), "JPEG", quality=95)).rgb
    assert (red[:, :, 0] > 200).all() and (red[:, :, 1:] < 60).all()


def test_palette(encode):
    colours = np.uint8([[255, 0, 0], [0, 128, 255], [9, 9, 9]])
    indices = np.arange(80 * 80).reshape(80, 80).astype(np.uint8) % 3
    image = Image.fromarray(indices, "P")
    image.putpalette(colours.tobytes())
    np.testing.assert_array_equal(decode_photo(encode(image, "PNG")).rgb, colours[indices])


def test_transparent_pictures_are_laid_on_white(encode):
    rgba = np.zeros((80, 80, 4), np.uint8)
    rgba[:, :, 0] = 200
    rgba[:, :, 3] = np.arange(80)[:, None] * 3
    alpha = rgba[:, :, 3:] / 255
    expected = alpha * rgba[:, :, :3] + (1 - alpha) * 255
    assert np.abs(decode_photo(encode(rgba, "PNG")).rgb - expected).max() <= 1


@pytest.mark.parametrize("mode", ["LA", "P"])
def test_transparency_of_other_modes(encode, mode):
    if mode == "LA":
        data = encode(Image.new("LA", (80, 80), (0, 0)), "PNG")
    else:
        data = encode(Image.new("P", (80, 80), 0), "PNG", transparency=0)
    assert (decode_photo(data).rgb == 255).all()
