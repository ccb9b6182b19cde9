"""Cloth: patches cut out of photos of garments, and patterns that are made up."""

from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from primerka.datasets.dressed_bodies.wardrobe import FABRIC_PIXELS

_CLASSES = {"Shirt", "Outwear", "Dress", "Pants", "Skirt", "T-Shirt", "Longsleeve", "Shorts", "Hoodie", "Polo", "Blazer",
            "Undershirt", "Top", "Blouse"}  # fmt: skip
_CROPS = (0.42, 0.34, 0.27)  # of the photo's shorter side
_UNEVEN = 14.0
_FAR = 16.0  # Lab units from the photo's border: nearer than that, a patch may be background


def cut_fabrics(folder: Path, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Patches of cloth from the middles of the garments of Clothing Dataset.

    returns  (N, 128, 128, 3) uint8, and (N,) bool: the patch is for testing, as every tenth photo is
    """
    rows = [line.split(",") for line in (folder / "images.csv").read_text().splitlines()[1:]]
    tiles, for_test = [], []
    for number, (image, label) in enumerate(sorted(rows)):
        picture = cv2.imread(str(folder / "images" / f"{image}.jpg")) if label in _CLASSES else None
        tile = _patch(picture) if picture is not None else None
        if tile is not None:
            tiles.append(tile[:, :, ::-1])
            for_test.append(number % 10 == 0)
    chosen = np.linspace(0, len(tiles) - 1, min(most, len(tiles))).astype(int)
    return np.array(tiles, np.uint8)[chosen], np.array(for_test)[chosen]


def _patch(picture: np.ndarray) -> np.ndarray | None:
    """The largest patch in the middle that is unlike the photo's border everywhere, its light made even."""
    height, width = picture.shape[:2]
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 2), cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = max(4, min(height, width) // 25)
    border = np.concatenate([lab[:rim].reshape(-1, 3), lab[:, :rim].reshape(-1, 3), lab[:, -rim:].reshape(-1, 3)])
    levels = np.quantile(border, [0.1, 0.5, 0.9], axis=0)
    for share in _CROPS:
        side = int(share * min(height, width))
        top, left = (height - side) // 2, (width - side) // 2
        inside = lab[top : top + side, left : left + side].reshape(-1, 3)
        near = np.min([np.linalg.norm(inside - level, axis=1) for level in levels], axis=0) < _FAR
        if near.mean() < 0.02:
            if _unevenness(lab[top : top + side, left : left + side]) > _UNEVEN:
                continue
            patch = cv2.resize(
                picture[top : top + side, left : left + side], (FABRIC_PIXELS, FABRIC_PIXELS), interpolation=cv2.INTER_AREA
            )
            return _even(patch)
    return None


def _unevenness(lab: np.ndarray) -> float:
    """How far the sixteen parts of a patch differ from each other, in Lab units: seams, pockets and pictures do, cloth does not."""
    parts = cv2.resize(lab, (4, 4), interpolation=cv2.INTER_AREA).reshape(16, 3)
    return float(np.linalg.norm((parts - parts.mean(0)) * [0.6, 1, 1], axis=1).max())


def _even(patch: np.ndarray) -> np.ndarray:
    """Without the light's slow changes, which the renderer adds anew."""
    light = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY).astype(np.float32) + 8
    slow = cv2.GaussianBlur(light, (0, 0), FABRIC_PIXELS / 5, borderType=cv2.BORDER_REFLECT)
    gain = np.clip(slow.mean() / slow, 0.6, 1.6) ** 0.8
    return np.clip(patch * gain[:, :, None], 0, 255).astype(np.uint8)


def random_colour(random: np.random.Generator) -> np.ndarray:
    """(3,) float in [0, 255], as clothes are: black, white, grey, navy and muted colours more often than bright ones."""
    draw = random.random()
    if draw < 0.16:
        base = np.array([1, 1, 1]) * random.uniform(18, 60)
    elif draw < 0.34:
        base = np.array([1, 1, 0.97]) * random.uniform(200, 248)
    elif draw < 0.42:
        base = np.array([1, 1, 1]) * random.uniform(60, 200)
    elif draw < 0.52:
        base = np.array([0.45, 0.6, 1]) * random.uniform(50, 130)
    else:
        hsv = np.array([[[random.uniform(0, 180), random.uniform(40, 215), random.uniform(60, 245)]]]).astype(np.uint8)
        base = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(float)
    return np.clip(base + random.normal(0, 5, 3), 4, 250)


def made_up_fabric(random: np.random.Generator) -> np.ndarray:
    """(128, 128, 3) uint8, a tile that repeats: plain, striped, checked, dotted, printed or denim."""
    size = FABRIC_PIXELS
    y, x = np.mgrid[:size, :size] / size
    ground, ink, second = (random_colour(random) for _ in range(3))
    while np.abs(ground - ink).sum() < 110:
        ink = random_colour(random)
    kind = random.choice(["plain", "denim", "stripes", "check", "dots", "print"], p=[0.34, 0.12, 0.18, 0.12, 0.10, 0.14])
    picture = np.tile(ground, (size, size, 1))
    if kind == "denim":
        picture = np.tile(np.array([0.48, 0.62, 0.85]) * random.uniform(50, 190), (size, size, 1))
        picture *= 1 + 0.06 * gaussian_filter(random.normal(size=(size, size)), (9, 1), mode="wrap")[:, :, None] * 4
    elif kind == "stripes":
        across = x if random.random() < 0.3 else y
        period = int(random.integers(2, 9))
        band = _band(across * period, random.uniform(0.15, 0.6))
        picture = picture * (1 - band) + ink * band
        if random.random() < 0.3:
            thin = _band(across * period + 0.5, 0.12)
            picture = picture * (1 - thin) + second * thin
    elif kind == "check":
        period, width = int(random.integers(1, 7)), random.uniform(0.25, 0.55)
        for across in (x, y):
            band = 0.6 * _band(across * period, width)
            picture = picture * (1 - band) + ink * band
            thin = 0.7 * _band(across * period + 0.5, 0.07)
            picture = picture * (1 - thin) + second * thin
    elif kind == "dots":
        period, radius = int(random.integers(3, 10)), random.uniform(0.15, 0.32)
        for shift in (0, 0.5):
            far = np.hypot((x * period + shift) % 1 - 0.5, (y * period + shift) % 1 - 0.5)
            inside = np.clip((radius - far) * size / period / 2 + 0.5, 0, 1)[:, :, None]
            picture = picture * (1 - inside) + ink * inside
    elif kind == "print":
        picture = _print(random, picture, ink, second)
    grain = random.normal(0, 1, (size, size, 1)) * random.uniform(1, 5)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _print(random: np.random.Generator, picture: np.ndarray, ink: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Blots of two colours, or leaves and petals strewn about."""
    size = len(picture)
    if random.random() < 0.4:
        for colour in (ink, second):
            blot = gaussian_filter(random.normal(size=(size, size)), random.uniform(3, 9), mode="wrap")
            share = np.clip((blot / blot.std() - random.uniform(0.2, 1.0)) * 6, 0, 1)[:, :, None]
            picture = picture * (1 - share) + colour * share
        return picture
    canvas = np.ascontiguousarray(picture.astype(np.uint8))
    for _ in range(int(random.integers(14, 50))):
        centre, reach, turn = random.uniform(0, size, 2), random.uniform(4, 13), random.uniform(0, 360)
        colour = (ink if random.random() < 0.6 else second) * random.uniform(0.8, 1.1)
        axes, petals = (int(reach), max(1, int(0.4 * reach))), int(random.integers(1, 5))
        for dx in (-size, 0, size):
            for dy in (-size, 0, size):
                at = (int(centre[0] + dx), int(centre[1] + dy))
                for petal in range(petals):
                    cv2.ellipse(
                        canvas, at, axes, turn + 180 * petal / petals, 0, 360, np.clip(colour, 0, 255).tolist(), -1, cv2.LINE_AA
                    )
    return canvas.astype(float)


def _band(at: np.ndarray, width: float) -> np.ndarray:
    """1 inside a stripe of the share `width` of the period, soft at its edges."""
    return np.clip((width / 2 - np.abs((at % 1) - 0.5)) * 20 + 0.5, 0, 1)[:, :, None]
