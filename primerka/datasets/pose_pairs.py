"""Pairs of pictures on disk → PosePair, read when they are asked for."""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from primerka.attributes import ATTRIBUTES
from primerka.datasets.keypoint_annotations import Annotations, read_pairs
from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.keypoints import Keypoints

SPLITS = ("train", "test")


# Named, not lambdas: a set goes to the worker processes of a data loader, and lambdas cannot.
def _no_parsing(name: str) -> None:
    return None


def _as_stored(rgb: np.ndarray) -> np.ndarray:
    return rgb


@dataclass(frozen=True)
class SplitFiles:
    """Where one split of a set of pose pairs lies; each reader of a set makes one.

    pictures          the folder of the pictures that both CSV files name
    pairs             the CSV of pairs
    annotations       the CSV of keypoints
    size              (height, width) in which the set is compared
    annotated_size    (height, width) of the pictures in whose pixels the keypoints are; None: the stored pictures'
    parsing           (picture name) → (H, W) uint8 indices into ATTRIBUTES, or None where the set has none
    crop              what to cut off a stored picture before anything else
    """

    pictures: Path
    pairs: Path
    annotations: Path
    size: tuple[int, int]
    annotated_size: tuple[int, int] | None
    parsing: Callable[[str], np.ndarray | None] = _no_parsing
    crop: Callable[[np.ndarray], np.ndarray] = _as_stored

    @cached_property
    def names(self) -> list[str]:
        """Every picture in the folder, by name."""
        if not self.pictures.is_dir():
            return []
        found = [path.name for path in self.pictures.iterdir() if path.suffix.lower() in (".jpg", ".png")]
        return sorted(found)

    def read_picture(self, name: str) -> np.ndarray:
        """(H, W, 3) uint8 as stored, cropped. Raises DataMissing data_incomplete where it is absent or cut short."""
        return self.crop(read_rgb(self.pictures / name))


def read_rgb(path: Path) -> np.ndarray:
    """(H, W, 3) uint8. Raises DataMissing data_incomplete where the picture is absent or cut short."""
    try:
        with Image.open(path) as image:
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError) as cause:  # Pillow tells of a damaged PNG with SyntaxError
        raise DataMissing("data_incomplete", f"{path} cannot be read ({cause}); get the picture again.") from None


class PosePairs(Sequence):
    """The pairs of one split, in the order of the CSV. Only the names and keypoints are in memory.

    size: (height, width) of the pictures that are given out. Pictures and keypoints keep the centres of pixels where
    they are when they are scaled: x' = (x + 0.5) s - 0.5. A parsing is scaled without mixing labels.
    """

    def __init__(self, files: SplitFiles, size: tuple[int, int] | None = None):
        self.files = files
        self.size = size or files.size
        self.names = list(read_pairs(files.pairs))
        self.annotations = Annotations.read(files.annotations)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> PosePair:
        """Raises DataMissing data_incomplete where a picture or its keypoints are absent or damaged."""
        source, target = self.names[operator.index(index)]
        return PosePair(f"{source}___{target}", *_interleaved(self._read(source), self._read(target)))

    def _read(self, name: str) -> tuple[np.ndarray, Keypoints, np.ndarray | None]:
        if name not in self.annotations:
            raise DataMissing("data_incomplete", f"{self.files.annotations} has no row for {name}.")
        rgb = self.files.read_picture(name)
        keypoints = self.annotations[name].resized(self.files.annotated_size or rgb.shape[:2], self.size)
        regions = self.files.parsing(name)
        if regions is not None:
            regions = resize_regions(regions, self.size)
        return resize_picture(rgb, self.size), keypoints, regions


def _interleaved(source: tuple, target: tuple) -> list:
    return [value for both in zip(source, target) for value in both]


def check_pictures(files: SplitFiles, pairs: Iterable[tuple[str, str]], origin: str) -> None:
    """Raises DataMissing data_incomplete where pairs name pictures that are not there: how many, and the first of them."""
    absent = {name for pair in pairs for name in pair} - set(files.names)
    if absent:
        raise incomplete(f"{files.pairs} names pictures that are not in {files.pictures}", absent, f"get them from {origin}")


def check_annotated(files: SplitFiles, pairs: Iterable[tuple[str, str]], annotations: Annotations) -> None:
    """Raises DataMissing data_incomplete where pairs name pictures without keypoints."""
    absent = {name for pair in pairs for name in pair} - annotations.index.keys()
    if absent:
        what = f"{files.pairs} names pictures that have no row in {files.annotations}"
        raise incomplete(what, absent, "get that file again, or remove it to have it made")


def incomplete(what: str, names: Iterable[str], remedy: str) -> DataMissing:
    """One sentence: what is wrong with how many pictures, the first three of them, and what to do."""
    names = sorted(names)
    first = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return DataMissing("data_incomplete", f"{what} ({len(names):,}: {first}); {remedy}.")


def resize_picture(rgb: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) uint8 in another size: Pillow's bicubic filter, which averages where it makes smaller."""
    if rgb.shape[:2] == tuple(size):
        return rgb
    return np.array(Image.fromarray(rgb).resize((size[1], size[0]), Image.Resampling.BICUBIC))


def resize_regions(regions: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) uint8 in another size: each pixel has the label of the nearest one."""
    return cv2.resize(regions, (size[1], size[0]), interpolation=cv2.INTER_NEAREST_EXACT)


def read_regions(path: Path) -> np.ndarray:
    """(H, W) uint8 indices into ATTRIBUTES of a PNG label map. Raises DataMissing data_incomplete where it is none."""
    try:
        regions = np.array(Image.open(path))
    except (OSError, SyntaxError) as cause:
        raise DataMissing("data_incomplete", f"{path} cannot be read ({cause}); remove it and prepare again.") from None
    if regions.ndim != 2 or regions.dtype != np.uint8 or regions.max(initial=0) >= len(ATTRIBUTES):
        raise DataMissing("data_incomplete", f"{path} is no map of {len(ATTRIBUTES)} labels; remove it and prepare again.")
    return regions
