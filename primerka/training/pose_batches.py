"""Batches of pose pairs: pictures, heatmaps, masks and attributes as tensors, drawn one step ahead of the training."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

import cv2
import numpy as np
import torch
from torch import Tensor

from primerka.attributes import one_hot
from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.keypoints import Keypoints
from primerka.networks.pictures import to_tensor
from primerka.pose_mask import pose_mask
from primerka.training.devices import Devices


def check_pairs(pairs: Sequence[PosePair], size: int, devices: Devices) -> None:
    """Raises DataMissing no_pairs, or batch_not_divisible where a batch of this size cannot be shared by the processes."""
    if not len(pairs):
        raise DataMissing("no_pairs", "There is no pair to train on.")
    if size % devices.count:
        sentence = f"A batch of {size} cannot be shared by {devices.count} processes: change the one or the other."
        raise DataMissing("batch_not_divisible", sentence)


def batch(
    pairs: Sequence[PosePair], indices: Sequence[int], height: int, width: int, random: np.random.Generator | None = None
) -> dict[str, Tensor]:
    """The pairs of these indices.

    random   mirrors each pair or not; without it none is
    returns  source, target                        (B, 3, H, W) float32 in [-1, 1]
             source_heatmaps, target_heatmaps      (B, 18, H, W) float32 in [0, 1]
             target_mask                           (B, 1, H, W) float32, the pose mask
             source_attributes, target_attributes  (B, 8, H, W) float32 one-hot; only where every pair has a parsing
    """
    rows = []
    for index in indices:
        pair, row = pairs[index], {}
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
    shared = [name for name in rows[0] if all(name in row for row in rows)]
    return {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in shared}


def fit(
    picture: np.ndarray, keypoints: Keypoints, parsing: np.ndarray | None, height: int, width: int
) -> tuple[np.ndarray, Keypoints, np.ndarray | None]:
    """A picture with its keypoints and parsing at this size: scaled by its height, then cut or continued left and right.

    Nobody grows thinner: a 256x256 picture becomes 256x176 by losing 40 columns on each side.
    """
    if picture.shape[:2] == (height, width):
        return picture, keypoints, parsing
    scale = height / picture.shape[0]
    scaled = max(round(scale * picture.shape[1]), 1)
    left = (scaled - width) // 2
    columns = np.clip(np.arange(width) + left, 0, scaled - 1)  # beyond the edge the edge goes on
    shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = cv2.resize(picture, (scaled, height), interpolation=shrinks)[:, columns]
    if parsing is not None:
        parsing = cv2.resize(parsing, (scaled, height), interpolation=cv2.INTER_NEAREST_EXACT)[:, columns]
    half = (scale - 1) / 2  # pixel centres, not corners, keep their place
    return picture, keypoints.moved(np.array([[scale, 0, half - left], [0, scale, half]])), parsing


def drawn(count: int, number: int, size: int, seed: int) -> np.ndarray:
    """(size,) indices below `count` of step `number`: every epoch goes through all once, in its own order."""
    positions = range(number * size, (number + 1) * size)
    return np.array([_order(count, position // count, seed)[position % count] for position in positions])


@lru_cache(maxsize=2)  # a batch may lie in two epochs
def _order(count: int, epoch: int, seed: int) -> np.ndarray:
    return np.random.default_rng((seed, 1, epoch)).permutation(count)


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
    ):
        if batch % count:
            raise ValueError(f"a batch of {batch} cannot be shared by {count} processes")
        self._pairs, self._size, self._seed, self._steps = pairs, (height, width), seed, steps
        self._batch, self._rank, self._share = batch, rank, batch // count
        self._thread = ThreadPoolExecutor(1)
        self._next: tuple[int, Future] | None = None

    def draw(self, number: int) -> dict[str, Tensor]:
        indices = drawn(len(self._pairs), number, self._batch, self._seed)
        share = indices[self._rank * self._share : (self._rank + 1) * self._share]
        return batch(self._pairs, share, *self._size, np.random.default_rng((self._seed, number, self._rank)))

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        ahead = self._next if self._next and self._next[0] == number else (number, self._thread.submit(self.draw, number))
        tensors = ahead[1].result()
        self._next = (number + 1, self._thread.submit(self.draw, number + 1)) if number + 1 < self._steps else None
        return tensors

    def __enter__(self) -> "PoseBatches":
        return self

    def __exit__(self, *_) -> None:
        self._thread.shutdown(cancel_futures=True)
