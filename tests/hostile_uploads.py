"""Uploads that mean harm, or were broken on the way: made up anew from a seed."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

BOUNDARY = "b0undary"


def _encoded(kind: str, size=(320, 420), **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), 120, np.uint8)).save(file, kind, **options)
    return file.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge, and unpacks into 60 MB of zeros at least before it ends too early."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed, zeros = zlib.compressobj(1), bytes(1_000_000)
    body = b"".join(packed.compress(zeros) for _ in range(60)) + packed.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def _svg(_) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaa">]><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def hostile_files(seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """(what it is, bytes), without end."""
    random = np.random.default_rng(seed)
    good = {kind: _encoded(kind) for kind in ("JPEG", "PNG", "WEBP")}
    bombs = [png_bomb(9000, 9000), png_bomb(65_000, 65_000), png_bomb(2**31 - 1, 2**31 - 1), png_bomb(100_000, 20)]
    kinds = {
        "empty": lambda g: b"",
        "noise": lambda g: g.bytes(int(g.integers(1, 5000))),
        "cut short": lambda g: good["JPEG"][: int(g.integers(1, len(good["JPEG"])))],
        "cut short png": lambda g: good["PNG"][: int(g.integers(1, len(good["PNG"])))],
        "bits flipped": lambda g: _flip(good[list(good)[int(g.integers(3))]], g),
        "bomb": lambda g: bombs[int(g.integers(len(bombs)))],
        "picture and archive": lambda g: good["JPEG"] + b"PK\x03\x04" + g.bytes(200),
        "picture and page": lambda g: good["JPEG"] + b"<script>alert(1)</script><?php system($_GET['x']); ?>",
        "page": lambda g: b"GIF89a<html><script>alert(1)</script></html>",
        "svg": _svg,
        "gif": lambda g: _encoded("GIF"),
        "tiff": lambda g: _encoded("TIFF"),
        "pdf": lambda g: b"%PDF-1.7\n" + g.bytes(300),
        "tiny": lambda g: _encoded("PNG", (1, 1)),
        "strip": lambda g: _encoded("PNG", (4000, 64)),
        "header only": lambda g: (
            {0: b"\xff\xd8\xff\xe0", 1: b"RIFF\xff\xff\xff\xffWEBPVP8 ", 2: b"\0\0\0\x1cftypheic"}[int(g.integers(3))]
            + g.bytes(40)
        ),
        "heic of noise": lambda g: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + g.bytes(400),
    }
    names = list(kinds)
    while True:
        for name in names:
            yield name, kinds[name](random)


def _flip(data: bytes, random: np.random.Generator) -> bytes:
    flipped = bytearray(data)
    for at in random.integers(0, len(data), int(random.integers(1, 20))):
        flipped[at] ^= 1 << int(random.integers(8))
    return bytes(flipped)


def form(data: bytes, name: str = "me.jpg", kind: str = "image/jpeg", consent: str = "true") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="consent"\r\n\r\n{consent}\r\n--{BOUNDARY}\r\n'
    head += f'Content-Disposition: form-data; name="photo"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def hostile_bodies(seed: int = 0) -> Iterator[tuple[str, bytes, str]]:
    """(what it is, body, content type): hostile files in good forms, and every fifth time a form that is none."""
    random = np.random.default_rng(seed)
    whole = f"multipart/form-data; boundary={BOUNDARY}"
    good = form(_encoded("JPEG"))
    broken = [
        ("form cut short", lambda: (good[: int(random.integers(1, len(good)))], whole)),
        ("another boundary", lambda: (good, "multipart/form-data; boundary=other")),
        ("no boundary", lambda: (good, "multipart/form-data")),
        ("huge boundary", lambda: (good, "multipart/form-data; boundary=" + "x" * 5000)),
        ("json", lambda: (b'{"photo": 1}', "application/json")),
        ("no type", lambda: (good, "")),
        ("noise as form", lambda: (random.bytes(3000), whole)),
        ("many parts", lambda: (form(b"x") * 0 + (good[: -len(BOUNDARY) - 6]) + f"--{BOUNDARY}\r\n".encode() * 2000, whole)),
        ("odd names", lambda: (form(b"x", "../../etc/passwd\x00.jpg", "image/../x"), whole)),
        ("long header", lambda: (form(b"x", "a" * 60_000), whole)),
        ("field too long", lambda: (form(_encoded("JPEG"), consent="t" * 100_000), whole)),
        ("consent as file", lambda: (good.replace(b'name="consent"', b'name="consent"; filename="c"'), whole)),
        ("utf-16 field", lambda: (good.replace(b"true", "true".encode("utf-16")), whole)),
        ("photo as field", lambda: (good.replace(b'; filename="me.jpg"', b""), whole)),
    ]
    files, turn = hostile_files(seed), 0
    while True:
        for _ in range(4):
            name, data = next(files)
            yield name, form(data), whole
        name, make = broken[turn % len(broken)]
        body, kind = make()
        turn += 1
        yield name, body, kind
