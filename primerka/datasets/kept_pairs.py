"""Pose pairs that are drawn once and kept in memory."""

from collections.abc import Sequence

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing


class KeptPairs(Sequence[PosePair]):
    """The first `count` pairs of a set, or all if there are fewer, each read or rendered when it is first asked for.

    Raises DataMissing unusable_recipe where count is not positive.
    To render a pair can take longer than to train on it. A pair of 128×96 with its parsings takes 100 kB.
    """

    def __init__(self, pairs: Sequence[PosePair], count: int):
        if count < 1:
            raise DataMissing("unusable_recipe", f"A training cannot go through {count} pairs.")
        self._pairs, self._count = pairs, min(count, len(pairs))
        self._kept: dict[int, PosePair] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> PosePair:
        if not 0 <= index < self._count:
            raise IndexError(f"pair {index} of {self._count}")
        if index not in self._kept:
            self._kept[index] = self._pairs[index]
        return self._kept[index]
