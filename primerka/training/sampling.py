"""Walk the codes of a trained generator and lay the pictures out, so that it shows what each code controls."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from primerka.errors import Refused
from primerka.networks.gan import GanGenerator
from primerka.networks.infogan import InfoGan
from primerka.training.gan import as_pictures, make_samples
from primerka.training.infogan import category_grid
from primerka.training.run_folder import WEIGHTS
from primerka.tryon.network_files import kind_of, load_network

CATEGORY = "k"
LEAST_SIDE = 48  # smaller pictures are enlarged to this at least, pixel by pixel
_RANGE = re.compile(r"(?P<name>\w+)=(?P<first>[^=]+?)\.\.(?P<last>[^=]+)")


@dataclass(frozen=True)
class Walk:
    """A code and the values that it takes, one after another; of the category k the values are whole."""

    name: str
    values: tuple[float, ...]


def load_run(run: Path) -> GanGenerator | InfoGan:
    """What a run of `primerka train gan|infogan` kept. Raises WeightsMissing weights_missing or weights_damaged."""
    path = run / WEIGHTS
    return load_network(kind_of(path, (GanGenerator, InfoGan)), path)[0]


def code_names(model: GanGenerator | InfoGan) -> list[str]:
    """The codes in the order in which the generator takes them: k (the category), c1, c2 …, z1, z2 … (noise)."""
    if isinstance(model, InfoGan):
        continuous = [f"c{index + 1}" for index in range(model.codes.continuous)]
        return [CATEGORY, *continuous, *(f"z{index + 1}" for index in range(model.codes.noise))]
    return [f"z{index + 1}" for index in range(model.arguments["noise"])]


def read_walk(words: str, model: GanGenerator | InfoGan, count: int) -> Walk:
    """`c1=-2..2` → `count` evenly spaced values; `k=0..9` → each category from the first to the last.

    Raises Refused unusable_range or unknown_code.
    """
    match = _RANGE.fullmatch(words.strip())
    try:
        first, last = float(match["first"]), float(match["last"])
        if not (math.isfinite(first) and math.isfinite(last)):
            raise ValueError
    except (TypeError, ValueError):
        raise Refused("unusable_range", f"`{words}` is no range of a code: write it like c1=-2..2.") from None
    name, names = match["name"], code_names(model)
    if name not in names:
        known = [code for code in names if not code.startswith("z")]
        noise = [code for code in names if code.startswith("z")]
        known += [f"{noise[0]} to {noise[-1]}"] if noise else []
        raise Refused("unknown_code", f"This run has no code {name}; it has {', '.join(known)}.")
    if name != CATEGORY:
        return Walk(name, tuple(np.linspace(first, last, count).tolist()))
    categories = model.codes.categories
    if first != int(first) or last != int(last) or not 0 <= first <= last < categories:
        raise Refused("unusable_range", f"`{words}`: the categories are the whole numbers {CATEGORY}=0..{categories - 1}.")
    return Walk(name, tuple(range(int(first), int(last) + 1)))


def walk_grid(model: GanGenerator | InfoGan, walks: list[Walk], rows: int, seed: int) -> np.ndarray:
    """(rows, columns, H, W, 3) uint8.

    The first walk runs from left to right. With a second one, it runs from top to bottom; all other codes stay as they are
    everywhere. With one alone, each row has other codes: of an InfoGAN a category a row, unless that is what is walked.
    Without any, an InfoGAN shows each category in a row, a GAN unlike samples.
    Raises Refused unusable_range where a code is walked twice, or no_pictures_to_show where the run draws points.
    """
    generator = model.generator if isinstance(model, InfoGan) else model
    if len(generator.shape) == 1:
        raise Refused("no_pictures_to_show", "This run draws points, not pictures: its checkpoints in grids/ show them.")
    if len({walk.name for walk in walks}) < len(walks):
        raise Refused("unusable_range", f"The code {walks[0].name} is walked twice.")
    codes = _codes(model, walks, rows, seed)
    pictures = as_pictures(make_samples(generator, codes.flatten(0, 1)))
    zoom = -(-LEAST_SIDE // pictures.shape[1])
    return pictures.repeat(zoom, 1).repeat(zoom, 2).reshape(*codes.shape[:2], *np.multiply(zoom, pictures.shape[1:3]), 3)


def _codes(model: GanGenerator | InfoGan, walks: list[Walk], rows: int, seed: int) -> Tensor:
    """(rows, columns, length): what the generator takes for each picture of the grid."""
    random = torch.Generator().manual_seed(seed)
    informed = isinstance(model, InfoGan)
    if not walks:
        if informed:
            return category_grid(model, rows, seed).unflatten(0, (model.codes.categories, rows))
        return torch.randn(rows, rows, model.arguments["noise"], generator=random)
    across = walks[0]
    down = walks[1] if len(walks) > 1 else None
    if down is None and informed and across.name != CATEGORY:
        down = Walk(CATEGORY, tuple(range(model.codes.categories)))
    start = _one(model, 1 if down else rows, random)
    grid = start[:, None].repeat(len(down.values) if down else 1, len(across.values), 1)
    for index, value in enumerate(across.values):
        _set(model, grid[:, index], across.name, value)
    for index, value in enumerate(down.values if down else ()):
        _set(model, grid[index], down.name, value)
    return grid


def _one(model: GanGenerator | InfoGan, count: int, random: torch.Generator) -> Tensor:
    """(count, length) codes; of an InfoGAN of the first category, the continuous ones in the middle."""
    if not isinstance(model, InfoGan):
        return torch.randn(count, model.arguments["noise"], generator=random)
    codes = model.codes
    noise = torch.randn(count, codes.noise, generator=random)
    return codes.join(torch.zeros(count, dtype=torch.int64), torch.zeros(count, codes.continuous), noise)


def _set(model: GanGenerator | InfoGan, codes: Tensor, name: str, value: float) -> None:
    """Set a code of (N, length) in place."""
    if name == CATEGORY:
        codes[:, : model.codes.categories] = 0
        codes[:, int(value)] = 1
        return
    place = code_names(model).index(name)
    codes[:, place + (model.codes.categories - 1 if isinstance(model, InfoGan) else 0)] = value
