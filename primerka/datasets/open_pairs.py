"""The one door to the sets of pose pairs, for training and evaluation."""

from collections.abc import Sequence
from pathlib import Path

from primerka.datasets import deepfashion, dukemtmc, market1501, self_pairs
from primerka.datasets.dressed_bodies.pairs import SyntheticPairs
from primerka.datasets.dressed_bodies.wardrobe import load_wardrobe
from primerka.datasets.pose_pair import PosePair
from primerka.datasets.pose_pairs import SPLITS, PosePairs, check_annotated, check_pictures
from primerka.errors import DataMissing

PAIR_SETS = {reader.NAME: reader for reader in (deepfashion, market1501, dukemtmc)}
# Not published: nothing can be prepared, a command makes the whole set of the user's own photos.
SELF_MADE = {self_pairs.NAME: self_pairs}
SYNTHETIC = "synthetic"
# Rendered when asked for: no pair is seen twice in training.
SYNTHETIC_COUNT = {"train": 1_000_000, "test": 1_000}
SYNTHETIC_SIZE = (256, 176)


def open_pairs(name: str, root: Path, split: str, size: tuple[int, int] | None = None, seed: int = 0) -> Sequence[PosePair]:
    """The pairs of a split as a sequence of PosePair that reads or renders pictures when they are asked for.

    name   synthetic, self, deepfashion, market1501 or dukemtmc
    root   the set's folder; of the synthetic set the one that holds wardrobe.npz
    split  train or test
    size   (height, width) of the pictures; the set's own unless given: 128x64 for Market-1501 and DukeMTMC, 256x176 for the
           others
    seed   other pairs of the rendered set than the reported ones, of the same clothes and poses, as many: to develop on

    Raises DataMissing data_missing, data_incomplete or no_wardrobe with what is not there, unknown_set, no_seed.
    """
    names = (SYNTHETIC, *SELF_MADE, *PAIR_SETS)
    if name not in names or split not in SPLITS:
        sentence = f"There are no pairs called {name} {split}; known are {', '.join(names)}, each with {' and '.join(SPLITS)}."
        raise DataMissing("unknown_set", sentence)
    if name == SYNTHETIC:
        height, width = size or SYNTHETIC_SIZE
        wardrobe = Path(root) / "wardrobe.npz"
        load_wardrobe(wardrobe)  # a file that is missing is named now, not in the middle of a training
        return SyntheticPairs(wardrobe, split, SYNTHETIC_COUNT[split], height, width, seed)
    if seed:
        raise DataMissing("no_seed", f"The pairs of {name} are what they are; only those of {SYNTHETIC} have a seed.")
    reader = {**PAIR_SETS, **SELF_MADE}[name]
    files = reader.split_files(Path(root), split)
    for path in (files.pictures, files.pairs, files.annotations):
        if not path.exists():
            command = self_pairs.COMMAND if name in SELF_MADE else f"prepare {name}"
            raise DataMissing("data_missing", f"{path} is not there; run `primerka datasets {command} --root {root}`.")
    pairs = PosePairs(files, size)
    check_pictures(files, pairs.names, reader.ORIGIN)
    check_annotated(files, pairs.names, pairs.annotations)
    return pairs
