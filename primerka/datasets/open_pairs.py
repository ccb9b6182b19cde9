"""The one door to the sets of pose pairs, for training and evaluation."""

from pathlib import Path

from primerka.datasets import deepfashion, dukemtmc, market1501
from primerka.datasets.pose_pairs import SPLITS, PosePairs, check_annotated, check_pictures
from primerka.errors import DataMissing

PAIR_SETS = {reader.NAME: reader for reader in (deepfashion, market1501, dukemtmc)}


def open_pairs(name: str, root: Path, split: str, size: tuple[int, int] | None = None) -> PosePairs:
    """The pairs of a split as a sequence of PosePair that reads pictures when they are asked for.

    name   deepfashion, market1501 or dukemtmc
    split  train or test
    size   (height, width) of the pictures; the set's own unless given: 256x176 for DeepFashion, 128x64 for the others

    Raises DataMissing data_missing or data_incomplete with what is not there.
    """
    if name not in PAIR_SETS or split not in SPLITS:
        raise ValueError(f"no pairs called {name} {split}; there are {', '.join(PAIR_SETS)}, each with {' and '.join(SPLITS)}")
    reader = PAIR_SETS[name]
    files = reader.split_files(Path(root), split)
    for path in (files.pictures, files.pairs, files.annotations):
        if not path.exists():
            raise DataMissing("data_missing", f"{path} is not there; run `primerka datasets prepare {name} --root {root}`.")
    pairs = PosePairs(files, size)
    check_pictures(files, pairs.names, reader.ORIGIN)
    check_annotated(files, pairs.names, pairs.annotations)
    return pairs
