"""What the door refuses, with which code, and before how much work."""

import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from primerka.errors import PhotoRejected
from primerka.photo import MAX_BYTES, MIN_SIDE, decode_photo, read_photo


def _code(data: bytes) -> str:
    with pytest.raises(PhotoRejected) as caught:
        decode_photo(data)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return caught.value.code


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [60000, 20000, 7100])
def test_a_bomb_is_refused_by_its_header(side):
    data = _png(side, side, bytes(20_000_000))
    start = time.perf_counter()
    assert _code(data) == "too_many_pixels"
    assert time.perf_counter() - start < 0.5


def test_fifty_megapixels_are_the_limit(encode):
    assert _code(encode(Image.new("1", (10_000, 5_001)), "PNG")) == "too_many_pixels"
    assert decode_photo(encode(Image.new("1", (10_000, 5_000)), "PNG")).width == 1024


def test_too_many_bytes(gradient, encode):
    padded = encode(gradient, "PNG")
    padded += bytes(MAX_BYTES + 1 - len(padded))
    assert _code(padded) == "file_too_large"
    decode_photo(padded[:-1])


def test_a_file_with_too_many_bytes_is_not_even_read(tmp_path, monkeypatch):
    path = tmp_path / "huge.jpg"
    with open(path, "wb") as file:
        file.truncate(MAX_BYTES + 1)
    monkeypatch.setattr(type(path), "read_bytes", lambda self: pytest.fail("read"))
    with pytest.raises(PhotoRejected) as caught:
        read_photo(path)
    assert caught.value.code == "file_too_large" and "huge.jpg" in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"hello, this is a text", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_not_a_picture(data):
    assert _code(data) == "not_a_picture"


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_formats_that_nobody_asked_for(gradient, encode, format):
    assert _code(encode(gradient, format)) == "not_a_picture"


@pytest.mark.parametrize("size", [(MIN_SIDE - 1, 200), (200, MIN_SIDE - 1), (1, 1)])
def test_too_small(encode, size):
    assert _code(encode(Image.new("RGB", size), "PNG")) == "picture_too_small"


def test_just_large_enough(encode):
    assert decode_photo(encode(Image.new("RGB", (MIN_SIDE, MIN_SIDE)), "PNG")).rgb.shape == (MIN_SIDE, MIN_SIDE, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_cut_short(encode, format, kept):
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    data = encode(noise, format)
    assert _code(data[: int(kept * len(data))]) in ("broken_picture", "not_a_picture")


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "absent.jpg", tmp_path):
        with pytest.raises(PhotoRejected) as caught:
            read_photo(path)
        assert caught.value.code == "no_such_file"


def test_a_refused_file_is_named(tmp_path):
    (tmp_path / "letter.jpg").write_text("dear sir")
    with pytest.raises(PhotoRejected, match=r"letter\.jpg") as caught:
        read_photo(tmp_path / "letter.jpg")
    assert caught.value.code == "not_a_picture"
