"""What the trainers of pose transfer share: batches, checkpoints, weights and grids around a network's own step."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from primerka.datasets.kept_pairs import KeptPairs
from primerka.datasets.pose_pair import PosePair
from primerka.networks.pictures import to_picture
from primerka.training.devices import Devices
from primerka.training.pose_batches import PoseBatches
from primerka.training.run_folder import train_into


def train_pose_transfer(
    step: Callable[[int, dict[str, Tensor]], dict[str, float]],
    parts: dict[str, object],
    kept,
    measure: Callable[[], dict[str, float]],
    columns: Callable[[], Sequence[Tensor]],
    pairs: Sequence[PosePair],
    folder: Path,
    recipe,
    resume: bool,
    minutes: float | None,
    devices: Devices,
    tensorboard: bool,
    parsed: bool = False,
) -> bool:
    """Train by a recipe into folder, as run_folder.train_into does.

    step     trains on the batch of a number, whose tensors are on the device; returns numbers to show
    kept     the network whose weights are written, in half precision
    measure  at a checkpoint, numbers to log
    columns  at a checkpoint, the columns of its grid, each (N, 3, H, W) in [-1, 1]
    parsed   pairs without a parsing are left out
    """

    def draw() -> np.ndarray:
        return np.stack([to_picture(column) for column in columns()], 1)

    def on_batch(number: int) -> dict[str, float]:
        return step(number, {name: tensor.to(devices.device) for name, tensor in batches[number].items()})

    if recipe.pairs:
        pairs = KeptPairs(pairs, recipe.pairs)
    size, own = (recipe.height, recipe.width), (devices.rank, devices.count)
    with PoseBatches(pairs, recipe.batch, *size, recipe.seed, recipe.steps, *own, parsed=parsed) as batches:
        return train_into(folder, recipe, on_batch, parts, kept, size, measure, draw, resume, minutes, devices, tensorboard)


def shown_pose(tensors: dict[str, Tensor]) -> Tensor:
    """(N, 3, H, W) in [-1, 1]: the target's heatmaps as one picture."""
    return tensors["target_heatmaps"].amax(1, keepdim=True).expand(-1, 3, -1, -1) * 2 - 1
