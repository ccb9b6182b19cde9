"""Batches of pose pairs: pictures, heatmaps, masks and attributes as tensors, drawn one step ahead of the training."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from primerka.attributes import one_hot
from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.networks.pictures import to_tensor
from primerka.pose_mask import pose_mask
from primerka.training.devices import Devices
from primerka.training.epochs import drawn
from primerka.tryon.framed import fit


def check_pairs(pairs: Sequence[PosePair], size: int, devices: Devices) -> None:
    """Raises DataMissing no_pairs, or batch_not_divisible where a batch of this size cannot be shared by the processes."""
    if not len(pairs):
        raise DataMissing("no_pairs", "There is no pair to train on.")
    if size % devices.count:
        sentence = f"A batch of {size} cannot be shared by {devices.count} processes: change the one or the other."
        raise DataMissing("batch_not_divisible", sentence)


def batch(
    pairs: Sequence[PosePair],
    indices: Sequence[int],
    height: int,
    width: int,
    random: np.random.Generator | None = None,
    parsed: bool = False,
) -> dict[str, Tensor]:
    """The pairs of these indices.

    random   mirrors each pair or not; without it none is
    parsed   leaves out pairs without a parsing of the source; DataMissing no_parsing where none is left
    returns  source, target                        (B, 3, H, W) float32 in [-1, 1]
             source_heatmaps, target_heatmaps      (B, 18, H, W) float32 in [0, 1]
             target_mask                           (B, 1, H, W) float32, the pose mask
             source_attributes, target_attributes  (B, 8, H, W) float32 one-hot; only where every pair has a parsing
    """
    rows = []
    for index in indices:
        pair, row = pairs[index], {}
        if parsed and pair.source_parsing is None:
            continue
        mirror = random is not None and random.random() < 0.5
        for side in ("source", "target"):
            picture, keypoints, parsing = fit(
                getattr(pair, side), getattr(pair, f"{side}_keypoints"), getattr(pair, f"{side}_parsing"), height, width
            )
            if mirror:
                picture, keypoints = picture[:, ::-1], keypoints.mirrored(width)
                parsing = None if parsing is None else parsing[:, ::-1]
            row[side] = to_tensor(picture).numpy()
            row[f"{side}_heatmaps"] = keypoints.heatmaps(height, width)
            if side == "target":
                row["target_mask"] = pose_mask(keypoints, height, width)[None]
            if parsing is not None:
                row[f"{side}_attributes"] = one_hot(parsing)
        rows.append(row)
    if not rows:
        raise DataMissing("no_parsing", f"Of {len(indices)} pairs none has a parsing of its source, which the network reads.")
    shared = [name for name in rows[0] if all(name in row for row in rows)]
    return {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in shared}


class PoseBatches:
    """The training batch of each step, for one of several processes; the next one is drawn in a thread meanwhile.

    What a batch holds depends on (seed, step, rank) alone, so that a resumed run sees the same batches. `batch` is the
    size over all processes: each gets its share. Used in a `with` block, which ends the thread.
    """

    def __init__(
        self,
        pairs: Sequence[PosePair],
        batch: int,
        height: int,
        width: int,
        seed: int,
        steps: int,
        rank: int = 0,
        count: int = 1,
        parsed: bool = False,
    ):
        if batch % count:
            raise ValueError(f"a batch of {batch} cannot be shared by {count} processes")
        self._pairs, self._size, self._seed, self._steps = pairs, (height, width), seed, steps
        self._batch, self._rank, self._share, self._parsed = batch, rank, batch // count, parsed
        self._thread = ThreadPoolExecutor(1)
        self._next: tuple[int, Future] | None = None

    def draw(self, number: int) -> dict[str, Tensor]:
        indices = drawn(len(self._pairs), number, self._batch, self._seed)
        share = indices[self._rank * self._share : (self._rank + 1) * self._share]
        return batch(self._pairs, share, *self._size, np.random.default_rng((self._seed, number, self._rank)), self._parsed)

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        ahead = self._next if self._next and self._next[0] == number else (number, self._thread.submit(self.draw, number))
        tensors = ahead[1].result()
        self._next = (number + 1, self._thread.submit(self.draw, number + 1)) if number + 1 < self._steps else None
        return tensors

    def __enter__(self) -> "PoseBatches":
        return self

    def __exit__(self, *_) -> None:
        self._thread.shutdown(cancel_futures=True)
