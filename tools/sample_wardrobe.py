"""What the sample pictures show: fabrics, backgrounds, and who wears what where. Everything is painted here."""

from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from render_scene import Camera, decode

PIXELS = 768  # of a fabric tile's side


@dataclass(frozen=True)
class Fabric:
    """A repeating tile of cloth: (h, w, 4) linear colour and height 0..1, `size` metres wide, `depth` metres high."""

    tile: np.ndarray
    size: float
    depth: float = 0.0003
    gloss: float = 0.02
    sheen: float = 0.12


@cache
def fabric(name: str) -> Fabric:
    """By kind and colours, "stripes:f4f1ea,1f2d50" for example."""
    kind, _, colours = name.partition(":")
    palette = [np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], float) / 255 for code in colours.split(",") if code]
    return FABRICS[kind](*palette)


def _noise(sx: float, sy: float, seed: int) -> np.ndarray:
    """Repeating noise of unit spread, blurred by sx, sy pixels."""
    field_ = np.random.default_rng(seed).normal(size=(PIXELS, PIXELS))
    fx, fy = np.meshgrid(np.fft.fftfreq(PIXELS), np.fft.fftfreq(PIXELS))
    smooth = np.fft.ifft2(np.fft.fft2(field_) * np.exp(-2 * np.pi**2 * ((fx * sx) ** 2 + (fy * sy) ** 2))).real
    return smooth / smooth.std()


def _grid() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:PIXELS, :PIXELS] / PIXELS
    return x, y


def _tile(colour: np.ndarray, height: np.ndarray, mottle: float = 0.03) -> np.ndarray:
    colour = np.broadcast_to(colour, (PIXELS, PIXELS, 3))
    linear = decode(np.clip(colour, 0, 1)) * (1 + mottle * _noise(1, 1, 3) + mottle * _noise(14, 14, 4))[:, :, None]
    return np.concatenate([np.clip(linear * (0.9 + 0.2 * height[:, :, None]), 0.003, 0.92), height[:, :, None]], 2).astype(
        np.float32
    )


def _knit_height(count: int) -> np.ndarray:
    x, y = _grid()
    return 0.5 + 0.5 * np.cos(2 * np.pi * count * x) * np.cos(
        2 * np.pi * (count * y + 0.25 * np.abs(np.sin(np.pi * count * x)))
    )


def _weave(count: int) -> np.ndarray:
    x, y = _grid()
    return (
        0.5 + 0.25 * np.sin(2 * np.pi * count * x) * np.sign(np.sin(np.pi * count * y)) + 0.25 * np.sin(2 * np.pi * count * y)
    )


def _band(at: np.ndarray, width: float) -> np.ndarray:
    """1 inside a stripe of the share `width` of the period, soft at its edges."""
    inside = np.abs((at % 1) - 0.5)
    return np.clip((width / 2 - inside) * 60 + 0.5, 0, 1)[:, :, None]


def jersey(colour):
    return Fabric(_tile(colour, _knit_height(96)), 0.16, 0.0002, 0.01, 0.10)


def stripes(ground, stripe):
    _, y = _grid()
    band = _band(4 * y, 0.42)
    return Fabric(_tile(ground * (1 - band) + stripe * band, _knit_height(96)), 0.17, 0.0002, 0.01, 0.10)


def check(ground, dark, accent):
    x, y = _grid()
    wide_x, wide_y = _band(x * 2, 0.46), _band(y * 2, 0.46)
    twill = (0.5 + 0.5 * np.sin(2 * np.pi * 90 * (x + y)))[:, :, None]
    colour = ground * (1 - 0.62 * wide_x * (0.6 + 0.4 * twill)) + dark * 0.62 * wide_x * (0.6 + 0.4 * twill)
    colour = colour * (1 - 0.62 * wide_y * (1 - 0.4 * twill)) + dark * 0.62 * wide_y * (1 - 0.4 * twill)
    for line in (_band(x * 2 + 0.5, 0.05), _band(y * 2 + 0.5, 0.05)):
        colour = colour * (1 - 0.8 * line) + accent * 0.8 * line
    return Fabric(_tile(colour, twill[:, :, 0], 0.04), 0.16, 0.0002, 0.01, 0.14)


def tartan(ground, dark, accent):
    woven = check(ground, dark, accent)
    return Fabric(woven.tile, 0.13, woven.depth, 0.01, 0.16)


def denim(colour):
    x, y = _grid()
    twill = 0.5 + 0.5 * np.sin(2 * np.pi * (128 * x + 64 * y))
    slub = np.clip(0.10 * _noise(0.6, 9, 5) + 0.06 * _noise(9, 0.6, 6) + 0.07 * _noise(50, 70, 7), -0.5, 0.5)[:, :, None]
    shade = colour * (1 - 0.25 * twill[:, :, None]) + 0.10 * twill[:, :, None]
    return Fabric(_tile(shade * (1 + slub) + 0.03 * slub, twill, 0.05), 0.22, 0.0002, 0.02, 0.10)


def plain(colour):
    return Fabric(_tile(colour, _weave(110), 0.035), 0.16, 0.0002, 0.02, 0.08)


def floral(ground, petal, second, leaf):
    """Flowers and leaves strewn over the tile, wrapping round its edges."""
    random = np.random.default_rng(5)
    colour = np.broadcast_to(ground, (PIXELS, PIXELS, 3)).astype(np.float32).copy()
    spots: list[tuple] = []
    while len(spots) < 30:
        spot = (*random.uniform(0, PIXELS, 2), random.uniform(34, 62))
        gaps = [
            np.hypot(*((np.abs(np.subtract(spot[:2], old[:2])) + PIXELS / 2) % PIXELS - PIXELS / 2)) - 0.92 * (spot[2] + old[2])
            for old in spots
        ]
        if not gaps or min(gaps) > 0 or random.random() < 0.002:
            spots.append(spot)
    for number, (cx, cy, size) in enumerate(spots):
        tint, turn = (petal, second)[number % 3 == 2], random.uniform(0, 6.28)
        for shift in np.ndindex(3, 3):
            x0, y0 = cx + (shift[0] - 1) * PIXELS, cy + (shift[1] - 1) * PIXELS
            if not (-90 < x0 < PIXELS + 90 and -90 < y0 < PIXELS + 90):
                continue
            for leaf_turn in (turn + 0.6, turn + 3.4):
                end = (int(x0 + 1.05 * size * np.cos(leaf_turn)), int(y0 + 1.05 * size * np.sin(leaf_turn)))
                cv2.ellipse(
                    colour,
                    end,
                    (int(size * 0.42), int(size * 0.16)),
                    np.degrees(leaf_turn),
                    0,
                    360,
                    leaf.tolist(),
                    -1,
                    cv2.LINE_AA,
                )
            for layer, reach in ((0, 0.56), (1, 0.36)):
                for step in range(5):
                    around = turn + (step + 0.5 * layer) * 2 * np.pi / 5
                    at = (int(x0 + reach * size * np.cos(around)), int(y0 + reach * size * np.sin(around)))
                    shade = tint * (0.88 + 0.12 * layer + 0.06 * np.cos(around))
                    cv2.ellipse(
                        colour,
                        at,
                        (int(size * 0.36), int(size * 0.25)),
                        np.degrees(around),
                        0,
                        360,
                        np.clip(shade, 0, 1).tolist(),
                        -1,
                        cv2.LINE_AA,
                    )
            cv2.circle(colour, (int(x0), int(y0)), int(size * 0.17), (0.93, 0.76, 0.32), -1, cv2.LINE_AA)
    return Fabric(_tile(cv2.GaussianBlur(colour, (0, 0), 1.2), _weave(110)), 0.30, 0.0002, 0.03, 0.10)


def houndstooth(light, dark):
    x, y = _grid()
    u, v = (x * 8) % 1, (y * 8) % 1
    over = u < 0.5
    across = v < 0.5
    diagonal = ((u + v) * 4 % 2) < 1
    ink = np.where(over & across, True, np.where(~over & ~across, False, diagonal))
    ink = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 1.3)[:, :, None]
    return Fabric(_tile(light * (1 - ink) + dark * ink, _weave(96), 0.04), 0.20, 0.0003, 0.01, 0.14)


def herringbone(light, dark):
    x, y = _grid()
    zig = np.abs(((x * 8) % 1) - 0.5)
    ink = np.clip(0.5 + 0.8 * np.sin(2 * np.pi * (24 * y + 6 * zig)), 0, 1)[:, :, None]
    return Fabric(_tile(light * (1 - ink) + dark * ink, ink[:, :, 0], 0.05), 0.30, 0.0003, 0.01, 0.18)


def leather(colour):
    grain = np.clip(0.5 + 0.2 * _noise(5, 5, 8), 0, 1)
    return Fabric(_tile(colour, grain, 0.04), 0.10, 0.0002, 0.30, 0.06)


def dots(ground, dot):
    x, y = _grid()
    colour = np.broadcast_to(ground, (PIXELS, PIXELS, 3)).copy()
    for shift in (0, 0.5):
        far = np.hypot((x * 5 + shift) % 1 - 0.5, (y * 5 + shift) % 1 - 0.5)
        inside = np.clip((0.19 - far) * 40 + 0.5, 0, 1)[:, :, None]
        colour = colour * (1 - inside) + dot * inside
    return Fabric(_tile(colour, _weave(110)), 0.18, 0.0002, 0.03, 0.10)


def rib(colour):
    """Knitted in ridges that run along the garment."""
    x, y = _grid()
    ridge = 0.5 + 0.5 * np.cos(2 * np.pi * 24 * x)
    stitch = 0.5 + 0.5 * np.cos(2 * np.pi * (72 * y + 0.4 * np.abs(np.sin(2 * np.pi * 24 * x))))
    height = 0.75 * ridge + 0.25 * stitch
    return Fabric(_tile(colour * (0.80 + 0.20 * height[:, :, None]), height, 0.03), 0.16, 0.0008, 0.01, 0.16)


def corduroy(colour):
    x, _ = _grid()
    wale = np.abs(np.sin(np.pi * 30 * x)) ** 0.7
    return Fabric(_tile(colour * (0.72 + 0.28 * wale[:, :, None]), wale, 0.05), 0.14, 0.0006, 0.01, 0.30)


def gingham(light, dark):
    x, y = _grid()
    share = (_band(8 * x, 0.5) + _band(8 * y, 0.5)) / 2
    return Fabric(_tile(light * (1 - share) + dark * share, _weave(110)), 0.20, 0.0002, 0.02, 0.08)


def pinstripe(ground, line):
    x, _ = _grid()
    thin = 0.55 * _band(8 * x, 0.05)
    return Fabric(_tile(ground * (1 - thin) + line * thin, _weave(128), 0.03), 0.20, 0.0002, 0.02, 0.12)


def melange(light, dark):
    """Yarns of two shades spun together."""
    share = np.clip(0.5 + 0.30 * _noise(0.7, 3.0, 21) + 0.18 * _noise(8, 10, 22), 0, 1)[:, :, None]
    return Fabric(_tile(light * share + dark * (1 - share), _knit_height(96), 0.03), 0.20, 0.0003, 0.01, 0.20)


def linen(colour):
    thick = np.clip(0.07 * _noise(0.6, 26, 31) + 0.07 * _noise(26, 0.6, 32), -0.3, 0.3)[:, :, None]
    return Fabric(_tile(colour * (1 + thick), _weave(90), 0.04), 0.18, 0.0003, 0.01, 0.10)


def satin(colour):
    return Fabric(_tile(colour, 0.5 + 0.05 * _noise(1, 6, 41), 0.02), 0.20, 0.00005, 0.22, 0.30)


FABRICS = {
    make.__name__: make
    for make in (
        jersey, stripes, check, tartan, denim, plain, floral, houndstooth, herringbone, leather, dots,
        rib, corduroy, gingham, pinstripe, melange, linen, satin,
    )
}  # fmt: skip


def strands(seed: int) -> np.ndarray:
    """(512, 512) how much of each texel is hair, 0 between strands; strands run along the texture's height."""
    random = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(random.normal(size=(512, 512)).astype(np.float32), (0, 0), sigmaX=0.8, sigmaY=60)
    broad = cv2.GaussianBlur(random.normal(size=(512, 512)).astype(np.float32), (0, 0), sigmaX=4, sigmaY=90)
    return np.clip(0.85 + 0.22 * fine / fine.std() + 0.14 * broad / broad.std(), 0.0, 1.25)


def studio(camera: Camera, seed: int) -> np.ndarray:
    """A light grey paper sweep: wall and floor without a line between them."""
    height, width = camera.height, camera.width
    y, x = np.mgrid[: 1 : height * 1j, : 1 : width * 1j].astype(np.float32)
    glow = 0.70 + 0.10 * np.exp(-((x - 0.45) ** 2) / 0.35 - (y - 0.38) ** 2 / 0.3)
    floor = 1 / (1 + np.exp(-(y - 0.80) / 0.045))
    level = glow * (1 - 0.10 * floor) - 0.05 * np.exp(-((y - 0.79) ** 2) / 0.004)
    return (level[:, :, None] * decode(np.array([246, 246, 248]) / 255) / 0.93).astype(np.float32)


def room(camera: Camera, seed: int) -> np.ndarray:
    """A living room far out of focus: wall, skirting board, floor boards, a window, a picture, a plant, a sofa."""
    height, width = camera.height // 2, camera.width // 2
    random = np.random.default_rng(seed)
    wall = [np.array(c) for c in ((214, 207, 196), (196, 204, 205), (208, 196, 184))][seed % 3] / 255
    wood = [np.array(c) for c in ((158, 122, 88), (176, 146, 112), (132, 100, 74))][seed % 3] / 255
    picture = np.tile(wall, (height, width, 1)).astype(np.float32)
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    horizon = 0.775
    picture *= (1.06 - 0.22 * np.abs(x - (0.2 if seed % 2 else 0.8)) - 0.10 * y)[:, :, None]

    def box(left, top, right, bottom, colour, shade=0.0):
        rows, cols = (
            slice(int(top * height), int(bottom * height)),
            slice(int(max(left, 0) * width), int(min(right, 1) * width)),
        )
        slope = 1 - shade * np.linspace(0, 1, max(rows.stop - rows.start, 1))[:, None, None]
        picture[rows, cols] = np.array(colour) / 255 * slope[: picture[rows, cols].shape[0]]

    flip = (lambda a, b: (a, b)) if seed % 2 else (lambda a, b: (1 - b, 1 - a))
    left, right = flip(-0.10, 0.20)
    box(left - 0.015, 0.05, right + 0.015, 0.56, (236, 233, 228))
    box(left, 0.065, right, 0.545, (250, 252, 255))
    box((left + right) / 2 - 0.006, 0.065, (left + right) / 2 + 0.006, 0.545, (225, 223, 220))
    for step in range(3):
        fold = flip(0.20 + 0.022 * step, 0.222 + 0.022 * step)
        box(fold[0], 0.02, fold[1], 0.74, np.array([204, 194, 178]) * (0.94 + 0.07 * (step % 2)), 0.08)
    frame = flip(0.72, 0.95)
    box(frame[0], 0.16, frame[1], 0.40, (70, 62, 54))
    box(frame[0] + 0.014, 0.17, frame[1] - 0.014, 0.39, (228, 222, 210))
    for _ in range(5):
        spot = (int((frame[0] + random.uniform(0.05, 0.18)) * width), int(random.uniform(0.22, 0.34) * height))
        cv2.circle(
            picture,
            spot,
            int(random.uniform(0.02, 0.06) * width),
            (random.uniform(0.35, 0.75) + random.uniform(-0.12, 0.12, 3)).tolist(),
            -1,
        )
    box(0, horizon - 0.022, 1, horizon, (232, 229, 223))
    floor = y >= horizon
    depth = (y - horizon + 0.03) / 0.25
    plank = np.floor((x - 0.5) / np.maximum(depth, 0.05) * 3.2)
    tone = 0.92 + 0.12 * np.sin(plank * 12.9898 + 1) + 0.14 * (y - horizon) / 0.22
    picture[floor] = (wood * tone[:, :, None])[floor]
    picture = cv2.GaussianBlur(picture, (0, 0), width / 220)
    sofa = flip(0.66, 1.05)
    colour = [(112, 124, 132), (150, 128, 108), (98, 112, 104)][seed % 3]
    box(sofa[0], 0.565, sofa[1], 0.80, colour, 0.25)
    box(sofa[0] - 0.02, 0.66, sofa[1], 0.83, np.array(colour) * 1.08, 0.4)
    pot = flip(0.03, 0.13)
    box(pot[0], 0.72, pot[1], 0.82, (190, 176, 160), 0.3)
    for _ in range(46):
        base = np.array([(pot[0] + pot[1]) / 2 * width, 0.72 * height])
        tip = base + [random.normal(0, 0.075) * width, -random.uniform(0.05, 0.24) * height]
        leaf = tuple((np.array([70, 104, 62]) * random.uniform(0.7, 1.3) / 255).tolist())
        cv2.ellipse(
            picture,
            tuple(int(v) for v in tip),
            (int(0.035 * width), int(0.014 * width)),
            random.uniform(-70, 70),
            0,
            360,
            leaf,
            -1,
        )
    picture = cv2.GaussianBlur(picture, (0, 0), width / 85)
    if seed % 2 == 0:
        picture = picture[:, ::1]
    light = decode(np.clip(picture, 0, 1)) * 0.86
    return cv2.resize(light.astype(np.float32), (camera.width, camera.height), interpolation=cv2.INTER_LINEAR)


# ------------------------------------------------------------------------------------------------------------------ scenes


@dataclass
class Face:
    """sRGB colours of a face; beard 0..1."""

    skin: tuple
    lips: tuple
    brows: tuple
    iris: tuple
    beard: float = 0.0


@dataclass
class Cut:
    """Where a mesh ends earlier than it was drawn.

    sleeve   0 shoulder, 1 elbow, 2 wrist; leg: 0 hip, 1 knee, 2 ankle
    bottom   (joint, metres): without what is lower than that far above the joint
    neck     metres that a neckline is deep; pointed: a V instead of a round one
    open     half width of the gap of what is worn open in front
    """

    sleeve: float | None = None
    leg: float | None = None
    bottom: tuple[str, float] | None = None
    neck: float = 0.0
    pointed: bool = False
    open: float = 0.0


@dataclass
class Piece:
    """One thing worn: asset folder and its components, or a lofted skirt; the fabric; how much it wrinkles.

    ease    metres that it stands off further than its mesh does
    flare   metres that trouser legs stand off further at the ankle
    laid    "trunk" or "legs": how the pattern is laid; "" by the mesh's own texture coordinates
    """

    source: str
    fabric: str
    pieces: list[int] | None = None
    wrinkles: float = 1.0
    ease: float = 0.0
    laid: str = ""
    skirt: dict | None = None
    cut: Cut | None = None
    flare: float = 0.0


@dataclass
class Scene:
    phenotype: dict
    face: Face
    hair: str
    hair_colour: tuple
    wear: list[Piece]
    pose: dict = field(default_factory=dict)
    yaw: float = 0.0
    place: str = "studio"
    seed: int = 1


LIGHT = Face((224, 180, 156), (186, 96, 92), (84, 62, 48), (92, 116, 128))
OLIVE = Face((200, 152, 120), (168, 88, 80), (48, 36, 30), (86, 60, 40))
TAN = Face((206, 160, 124), (174, 92, 84), (36, 28, 26), (62, 44, 34))
DARK = Face((112, 74, 52), (112, 62, 56), (24, 18, 16), (48, 32, 24))
BROWN = Face((146, 98, 70), (132, 70, 64), (28, 22, 20), (54, 36, 28))
FAIR_MAN = Face((216, 172, 146), (176, 104, 96), (72, 54, 42), (96, 112, 110), 0.28)
DARK_MAN = Face((104, 68, 48), (104, 62, 54), (22, 17, 15), (44, 30, 24), 0.45)


def arms(out: float = 0.36, bend: float = 0.14, left: dict | None = None) -> dict:
    """Arms that hang a little away from the body."""
    pose = {}
    for side, sign in (("L", 1), ("R", -1)):
        pose[f"upperarm01.{side}"] = (sign * out, -1, -0.06)
        pose[f"lowerarm01.{side}"] = (sign * (out - 0.16), -1, bend)
        pose[f"upperleg01.{side}"] = (sign * 0.03, -1, 0.0)
        pose[f"lowerleg01.{side}"] = (sign * 0.03, -1, -0.03)
    return pose | (left or {})


WOMAN = {
    "gender": 1.0,
    "age": 0.68,
    "muscle": 0.48,
    "weight": 0.42,
    "height": 0.52,
    "proportions": 0.75,
    "cupsize": 0.45,
    "firmness": 0.6,
}
MAN = {"gender": 0.0, "age": 0.68, "muscle": 0.6, "weight": 0.45, "height": 0.55, "proportions": 0.75}
EUROPE, AFRICA, ASIA = ({"african": a, "asian": b, "caucasian": c} for a, b, c in ((0, 0, 1), (1, 0, 0), (0, 1, 0)))

BLUE_JEANS, BLACK_JEANS, CHINOS = "denim:43566e", "denim:25272c", "plain:a08a6b"
WHITE_SOCKS, DARK_SOCKS = "jersey:cfccc8", "jersey:2a2a2e"
HIP = {"upperarm01.R": (-0.80, -0.72, -0.30), "lowerarm01.R": (0.62, -0.62, 0.46)}

BUYERS = {
    "anna": Scene(
        WOMAN | EUROPE | {"height": 0.4}, LIGHT, "long01", (88, 60, 42),
        [
            Piece("female_casualsuit01", "jersey:dedad2", [0], 0.7, 0.008, "trunk"),
            Piece("female_casualsuit01", BLUE_JEANS, [1], 0.9, 0.004, "legs"),
            Piece("shoes03", "leather:d6d4d0", [5, 11]),
            Piece("shoes03", "jersey:c9c6c2", [1, 2, 3, 4, 7, 8, 9, 10]),
            Piece("shoes03", WHITE_SOCKS, [0, 6]),
        ], arms(), 0, "room", 1,
    ),
    "marcus": Scene(
        MAN | AFRICA | {"height": 0.31}, DARK_MAN, "short01", (26, 20, 18),
        [
            Piece("male_casualsuit04", "jersey:5f7d8c", [0], 0.9, 0.006, "trunk"),
            Piece("male_casualsuit04", CHINOS, [1], 1.0, 0.004, "legs"),
            Piece("shoes02", "leather:3a2a20", [0, 1]),
            Piece("shoes03", DARK_SOCKS, [0, 6]),
        ], arms() | HIP, 0, "room", 2,
    ),
    "mei": Scene(
        WOMAN | ASIA | {"weight": 0.66, "height": 0.42}, TAN, "ponytail01", (30, 24, 22),
        [
            Piece("female_casualsuit02", "jersey:b9656a", [2], 0.8, 0.008, "trunk"),
            Piece("female_casualsuit01", BLACK_JEANS, [1], 0.8, 0.004, "legs"),
            Piece("shoes03", "leather:d9d5cf", [5, 11]),
            Piece("shoes03", "jersey:b9b4ae", [1, 2, 3, 4, 7, 8, 9, 10]),
            Piece("shoes03", WHITE_SOCKS, [0, 6]),
        ], arms(0.40), 18, "room", 3,
    ),
}  # fmt: skip

PRODUCTS = {
    "top-breton": Scene(
        WOMAN | EUROPE | {"height": 0.44, "weight": 0.36}, OLIVE, "long01", (52, 38, 30),
        [
            Piece("female_casualsuit01", "stripes:e6e1d6,1f2f55", [0], 0.9, 0.008, "trunk"),
            Piece("female_casualsuit01", BLACK_JEANS, [1], 0.9, 0.004, "legs"),
            Piece("shoes03", "leather:dcdad5", [5, 11]),
            Piece("shoes03", "jersey:c9c6c2", [1, 2, 3, 4, 7, 8, 9, 10]),
            Piece("shoes03", WHITE_SOCKS, [0, 6]),
        ], arms(0.38), 0, "studio", 11,
    ),
    "top-flannel": Scene(
        MAN | EUROPE | {"height": 0.37}, FAIR_MAN, "short02", (74, 54, 40),
        [
            Piece("male_casualsuit02", "check:b8392f,2a1f24,e6d9b8", [1], 1.0, 0.006, "trunk"),
            Piece("male_casualsuit02", BLUE_JEANS, [0], 1.0, 0.004, "legs"),
            Piece("shoes02", "leather:5a3c28", [0, 1]),
            Piece("shoes03", DARK_SOCKS, [0, 6]),
        ], arms(0.42), 0, "studio", 12,
    ),
    "outerwear-herringbone": Scene(
        MAN | AFRICA | {"height": 0.32, "weight": 0.4}, DARK_MAN, "short04", (24, 19, 17),
        [
            Piece("male_casualsuit05", "herringbone:b9a88c,4c3f31", [1], 1.0, 0.006, "trunk"),
            Piece("male_casualsuit05", "plain:e2e0dc", [0, 2], 0.4, 0.006, "trunk"),
            Piece("male_casualsuit05", BLACK_JEANS, [3], 1.0, 0.004, "legs"),
            Piece("shoes02", "leather:2a2422", [0, 1]),
            Piece("shoes03", DARK_SOCKS, [0, 6]),
        ], arms(0.42), 0, "studio", 13,
    ),
    "dress-floral": Scene(
        WOMAN | AFRICA | {"height": 0.4}, BROWN, "afro01", (28, 22, 20),
        [
            Piece("female_casualsuit01", "floral:20304f,e8a0a4,f3ead8,5f8a6a", [0], 0.5, 0.0, "trunk", cut=Cut(bottom=("spine03", 0.02))),
            Piece("", "floral:20304f,e8a0a4,f3ead8,5f8a6a", skirt={"waist": 0.215, "length": 0.66, "flare": 0.22, "folds": 0.016, "ease": 0.003}),
            Piece("", "leather:3a2418", skirt={"waist": 0.222, "length": 0.028, "flare": 0.0, "folds": 0.0, "ease": 0.007}),
            Piece("shoes05", "leather:d8c2a8", [0, 1]),
        ], arms(0.44), 0, "studio", 14,
    ),
    "skirt-tartan": Scene(
        WOMAN | EUROPE | {"height": 0.42, "weight": 0.4}, LIGHT, "long01", (112, 72, 48),
        [
            Piece("female_casualsuit01", "jersey:2b2a2e", [0], 0.5, 0.0, "trunk", cut=Cut(bottom=("spine03", 0.0))),
            Piece("", "tartan:2f5a4c,1c2a44,d8b64a", skirt={"waist": 0.195, "length": 0.56, "flare": 0.18, "folds": 0.012, "ease": 0.003}),
            Piece("shoes05", "leather:2b2524", [0, 1]),
        ], arms(0.44), 0, "studio", 15,
    ),
    "trousers-houndstooth": Scene(
        WOMAN | ASIA | {"height": 0.5}, TAN, "long01", (30, 24, 22),
        [
            Piece("female_casualsuit02", "jersey:e4e1dc", [2], 0.7, 0.008, "trunk"),
            Piece("female_casualsuit01", "houndstooth:ece6da,33302f", [1], 1.0, 0.004, "legs"),
            Piece("shoes05", "leather:2b2524", [0, 1]),
            Piece("shoes03", DARK_SOCKS, [0, 6]),
        ], arms(0.38), 0, "studio", 17,
    ),
}  # fmt: skip
