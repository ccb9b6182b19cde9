"""What somebody hides of a street, completed with pieces of what shows at about the same height.

Patches are found by PatchMatch (Barnes, Shechtman, Finkelstein, Goldman 2009, ACM TOG 28(3), section 3) and laid over one
another as by Wexler, Shechtman, Irani 2007, "Space-time completion of video" (TPAMI 29(3)), coarse to fine. Streets,
walls and horizons are level: what lies much higher or lower fits nowhere.
"""

from dataclasses import dataclass

import cv2
import numpy as np

REACH = 2  # pixels from the middle of a patch to its side
PATCH = np.array([(y, x) for y in range(-REACH, REACH + 1) for x in range(-REACH, REACH + 1)])
LEVELS = ((10, 6, 3), (20, 4, 2), (40, 2, 1))  # pixels per unit, rounds of search and vote, sweeps of a search
MAX_RISE = 0.12  # units: how much higher or lower a patch may be found
AWAY = np.float32([1, 3])  # how many times more a patch differs that is a unit higher or lower, or to the side
SIDE = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
STEPS = [(0, 4), (0, -4), (4, 0), (-4, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]  # to the patches whose finds are tried
TONE = (0.15, 0.04)  # units over which the patches take the guess's tone, and what is finer than tone
NOISE = 15.0  # grey levels by which patches that match differ


@dataclass
class _Level:
    """A size of the picture.

    picture  (H, W, 3) float32, the hole filled so far
    hole     (H, W) bool
    source   (H, W) bool: the middles of the patches that are known
    offsets  (H, W, 2) int, y and x: from the middle of a patch to where one like it was found
    per_unit of pixels, how many
    """

    picture: np.ndarray
    hole: np.ndarray
    source: np.ndarray
    offsets: np.ndarray
    per_unit: int

    @property
    def rise(self) -> float:
        """The most of an offset's y."""
        return max(MAX_RISE * self.per_unit, 1)


def complete(rgb: np.ndarray, hole: np.ndarray, guess: np.ndarray, unit: float, meet: float) -> np.ndarray:
    """Fill a hole with pieces of the rest. The same every time.

    rgb, guess  (H, W, 3) uint8: the picture, and it filled otherwise: where the search starts, and what stays where nothing is
                known at any place of the same height
    hole        (H, W) bool
    unit        pixels: a length of the scene, of people the torso's
    meet        units from the hole's border over which the guess, which should meet it without a seam, passes into the patches
    returns     (H, W, 3) uint8, the known pixels unchanged
    """
    guess = np.where(hole[:, :, None], guess, rgb)
    if not hole.any() or hole.all():
        return guess
    random = np.random.default_rng(0)
    level = None
    for per_unit, rounds, sweeps in LEVELS:
        level = _begin(rgb, hole, guess, per_unit, per_unit / unit, level, random)
        for _ in range(rounds):
            _vote(level, *_search(level, sweeps, random))
    return _meeting(guess, _at_full_size(rgb, hole, guess, level), hole, unit, meet)


def _begin(
    rgb: np.ndarray,
    hole: np.ndarray,
    guess: np.ndarray,
    per_unit: int,
    scale: float,
    coarser: _Level | None,
    random: np.random.Generator,
) -> _Level:
    """The picture at a scale, filled with the guess and with offsets at random, or with what a coarser level found."""
    height, width = (max(round(length * scale), 4 * REACH) for length in hole.shape)
    size = (width, height)
    unknown = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.02
    known = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    if coarser is None:
        filled = cv2.resize(guess, size, interpolation=cv2.INTER_AREA)
        sideways = random.choice([-1, 1], unknown.shape) * random.integers(1, max(width // 3, 2), unknown.shape)
        offsets = np.stack([np.zeros_like(sideways), sideways], 2)
    else:
        filled = cv2.resize(coarser.picture, size, interpolation=cv2.INTER_LINEAR)
        ratio = np.array(unknown.shape) / coarser.hole.shape
        planes = [cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_NEAREST) for plane in _planes(coarser)]
        offsets = np.rint(np.stack(planes, 2) * ratio).astype(int)
    source = np.zeros_like(unknown)
    inside = np.s_[REACH:-REACH, REACH:-REACH]
    source[inside] = cv2.erode((~unknown).astype(np.uint8), SIDE)[inside] > 0
    picture = np.where(unknown[:, :, None], filled, known).astype(np.float32)
    return _Level(picture, unknown, source, offsets, per_unit)


def _planes(level: _Level) -> tuple[np.ndarray, np.ndarray]:
    """y and x of the offsets; those of the picture's edge, where no patch has its middle, are their neighbours'."""
    y, x = (np.pad(plane[REACH:-REACH, REACH:-REACH], REACH, mode="edge") for plane in np.moveaxis(level.offsets, 2, 0))
    return y, x


def _search(level: _Level, sweeps: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Improve the offsets of the patches that touch the hole. Returns their middles (N, 2), and the distances of what was found."""
    height, width = level.hole.shape
    touching = cv2.dilate(level.hole.astype(np.uint8), SIDE) > 0
    middles = np.argwhere(touching[REACH:-REACH, REACH:-REACH]) + REACH
    pixels, steps = level.picture.reshape(-1, 3), PATCH @ (width, 1)
    patches = pixels[(middles @ (width, 1))[:, None] + steps]

    def distances(offsets: np.ndarray) -> np.ndarray:
        found = middles + offsets
        inside = (found >= 0).all(1) & (found < (height, width)).all(1) & (np.abs(offsets[:, 0]) <= level.rise)
        inside[inside] = level.source[tuple(found[inside].T)]
        distance = np.full(len(middles), np.inf, np.float32)
        difference = pixels[(found[inside] @ (width, 1))[:, None] + steps] - patches[inside]
        distance[inside] = np.einsum("npc,npc->n", difference, difference) * (
            1 + np.abs(offsets[inside]) @ AWAY / level.per_unit
        )
        return distance

    best = level.offsets[tuple(middles.T)]
    least = distances(best)

    def consider(offered: np.ndarray) -> None:
        nonlocal best, least
        distance = distances(offered)
        better = distance < least
        best, least = np.where(better[:, None], offered, best), np.where(better, distance, least)
        level.offsets[tuple(middles.T)] = best

    radii = max(height, width) / 4 / 3.0 ** np.arange(12)
    for _ in range(sweeps):
        for step in STEPS:
            consider(level.offsets[tuple(np.clip(middles + step, 0, (height - 1, width - 1)).T)])
        for radius in radii[radii >= 1]:
            spread = (min(radius / 2, level.rise), radius)
            consider(best + np.rint(random.normal(0, 1, best.shape) * spread).astype(int))
    level.offsets[tuple(middles[~np.isfinite(least)].T)] = 0  # into the hole, where nothing is known
    return middles, least


def _vote(level: _Level, middles: np.ndarray, distances: np.ndarray) -> None:
    """Every pixel of the hole becomes the mean of what the patches over it have there, the better ones more."""
    last = np.array(level.hole.shape) - 1
    weights = np.zeros(level.hole.shape, np.float32)
    found = np.isfinite(distances)
    noise = 2 * len(PATCH) * 3 * NOISE**2
    weights[tuple(middles[found].T)] = np.exp(-distances[found] / noise) + 1e-4
    pixels = np.argwhere(level.hole)
    colours, total = np.zeros((len(pixels), 3), np.float32), np.zeros((len(pixels), 1), np.float32)
    for step in PATCH:
        middle = tuple(np.clip(pixels - step, 0, last).T)
        weight = weights[middle][:, None]
        colours += weight * level.picture[tuple(np.clip(pixels + level.offsets[middle], 0, last).T)]
        total += weight
    voted = np.where(total > 0, colours / np.maximum(total, 1e-9), level.picture[tuple(pixels.T)])
    level.picture[tuple(pixels.T)] = voted


def _at_full_size(rgb: np.ndarray, hole: np.ndarray, guess: np.ndarray, level: _Level) -> np.ndarray:
    """The picture completed by the offsets of the finest level, those of neighbours blended into one another."""
    ratio = np.array(hole.shape) / level.hole.shape
    last, pixels = np.array(hole.shape) - 1, np.argwhere(hole)
    at = (pixels + 0.5) / ratio - 0.5
    corner = np.floor(at).astype(int)
    planes = np.stack(_planes(level), 2)
    colours, total = np.zeros((len(pixels), 3), np.float32), np.zeros((len(pixels), 1), np.float32)
    for step in ((0, 0), (0, 1), (1, 0), (1, 1)):
        near = np.clip(corner + step, 0, np.array(level.hole.shape) - 1)
        source = pixels + np.rint(planes[tuple(near.T)] * ratio).astype(int)
        weight = np.abs(1 - np.array(step) - (at - corner)).prod(1) * ((source >= 0) & (source <= last)).all(1)
        place = tuple(np.clip(source, 0, last).T)
        weight = (weight * ~hole[place]).astype(np.float32)[:, None]
        colours += weight * rgb[place]
        total += weight
    completed = guess.copy()
    voted = np.where(total > 0.01, np.rint(colours / np.maximum(total, 1e-6)), guess[tuple(pixels.T)])
    completed[tuple(pixels.T)] = voted.astype(np.uint8)
    return completed


def _meeting(guess: np.ndarray, completed: np.ndarray, hole: np.ndarray, unit: float, meet: float) -> np.ndarray:
    """The completed picture, near the hole's border in the guess's tone and then the guess itself."""
    inwards = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)[:, :, None] / np.float32(unit)
    reach, size = TONE
    tones = [cv2.GaussianBlur(picture.astype(np.float32), (0, 0), size * unit) for picture in (guess, completed)]
    met = completed + np.exp(-((inwards / reach) ** 2)) * (tones[0] - tones[1])
    share = np.clip(inwards / meet, 0, 1)
    return np.clip(np.rint(guess * (1 - share) + met * share), 0, 255).astype(np.uint8)
