"""The folder of a run: what every trainer of a network leaves there, whatever its step."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from primerka.atomic import write_atomically
from primerka.training.devices import Devices
from primerka.training.loop import train
from primerka.training.recipe import recipe_text
from primerka.tryon.network_files import save_network

WEIGHTS = "weights.safetensors"


def train_into(
    folder: Path,
    recipe,
    step: Callable[[int], dict[str, float]],
    parts: dict[str, object],
    kept,
    size: tuple[int, ...],
    measure: Callable[[], dict[str, float]],
    draw: Callable[[], np.ndarray],
    resume: bool,
    minutes: float | None,
    devices: Devices,
    tensorboard: bool,
) -> bool:
    """Train by a recipe into folder: weights.safetensors, recipe.toml, and what training.loop.train writes.

    kept     the network whose weights are written, in half precision
    size     of what it was trained on, as the file of weights says it
    measure  at a checkpoint, numbers to log
    draw     at a checkpoint, its grid: (rows, columns, H, W, 3) uint8
    returns  whether the last step was reached; raises as training.loop.train does, before anything is written
    """

    def after_save(_: int) -> dict[str, float]:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / WEIGHTS, lambda part: save_network(kept, size, part))
        write_atomically(folder / "recipe.toml", lambda part: part.write_text(recipe_text(recipe)))
        return measure()

    return train(
        step, parts, recipe.steps, folder, resume, minutes, recipe.save_every, after_save, draw, tensorboard, devices,
        asdict(recipe),
    )  # fmt: skip
