"""Pairs of the same person, where none are published."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path

import numpy as np

from primerka.datasets.keypoint_annotations import PAIR_HEADER, Annotations
from primerka.keypoints import KEYPOINT, VISIBLE

TEST_PAIRS = 12_000
_TRUNK = [KEYPOINT[name] for name in ("right_shoulder", "left_shoulder", "right_hip", "left_hip")]


def shows_trunk(annotations: Annotations, name: str) -> bool:
    """Whether both shoulders and both hips were found: PATN's condition for a picture to be in a pair."""
    return name in annotations and bool((annotations[name].visibility[_TRUNK] >= VISIBLE).all())


def make_identity_pairs(
    names: Iterable[str], identity: Callable[[str], int | None], limit: int | None = None, seed: int = 0
) -> list[tuple[str, str]]:
    """Every ordered pair of two pictures of one identity, by name; of more than `limit`, a seeded choice in that order."""
    people = defaultdict(list)
    for name in sorted(names):
        if identity(name) is not None:
            people[identity(name)].append(name)
    pairs = [pair for _, pictures in sorted(people.items()) for pair in permutations(pictures, 2)]
    if limit is None or len(pairs) <= limit:
        return pairs
    chosen = np.random.default_rng(seed).choice(len(pairs), limit, replace=False)
    return [pairs[index] for index in sorted(chosen)]


def write_pairs(path: Path, pairs: list[tuple[str, str]]) -> None:
    """Write the CSV whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_text("\n".join([PAIR_HEADER, *(f"{source},{target}" for source, target in pairs)]) + "\n")
    part.replace(path)
