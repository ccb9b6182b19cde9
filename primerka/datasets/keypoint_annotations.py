"""The two kinds of CSV file that PATN and ADGAN publish beside a set of pictures: keypoints and pairs.

    name:keypoints_y:keypoints_x                       from,to
    a.jpg: [30, 52, …]: [88, 90, …]                    a.jpg,b.jpg

Two JSON lists of the 18 OpenPose keypoints in the order of keypoints.KEYPOINTS, -1 for a keypoint that was not found.
PATN's own list of names has the eyes and the ears the other way round, but its limbs join keypoint 2, the right
shoulder, to keypoint 16, and OpenPose's order, in which 16 is the right ear, is what its files hold.

Source: Zhu et al. 2019, "Progressive Pose Attention Transfer" (arXiv 1904.03349), repository tengteng95/Pose-Transfer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINTS, Keypoints

MISSING = -1
ANNOTATION_HEADER = "name:keypoints_y:keypoints_x"
PAIR_HEADER = "from,to"
_COUNT = len(KEYPOINTS)
_AT_ONCE = 4096
_NUMBERS = {int, float}


def _no_number(word: str):
    raise ValueError(word)


_decode = json.JSONDecoder(parse_constant=_no_number).decode  # NaN and Infinity are no JSON and no pixels


def read_annotations(path: Path) -> Iterator[tuple[str, Keypoints]]:
    """(picture name, keypoints) of each row, row by row; visibility is 1 or 0.

    Raises DataMissing data_incomplete with the line of a bad row.
    """
    for name, ys, xs in _annotation_rows(path):
        yield name, _keypoints(np.array([xs, ys], np.float32))


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """(source, target) picture names of each row, row by row. Raises DataMissing data_incomplete with the line."""
    for number, line in _rows(path, PAIR_HEADER):
        source, comma, target = line.partition(",")
        if not (comma and source.strip() and target.strip()) or "," in target:
            raise _bad_row(path, number, "the names of two pictures")
        yield source.strip(), target.strip()


def annotation_row(name: str, keypoints: Keypoints, height: int, width: int) -> str:
    """The row of a picture of this size, to a tenth of a pixel; what lies outside the picture is missing."""
    xy = np.where(keypoints.visible(height, width)[:, None], keypoints.xy, MISSING).astype(float).round(1)
    return f"{name}:{json.dumps(xy[:, 1].tolist())}:{json.dumps(xy[:, 0].tolist())}"


@dataclass(frozen=True)
class Annotations:
    """All keypoints of a file, compact: 150 bytes and a name for each picture.

    index  picture name → row; a name that comes twice has its last row, as in the authors' tools
    xy     (N, 2, 18) float32, x and y, MISSING where not found
    """

    index: dict[str, int]
    xy: np.ndarray

    def __post_init__(self):
        if self.xy.ndim != 3 or self.xy.shape[1:] != (2, _COUNT) or self.xy.dtype != np.float32:
            raise ValueError(f"Annotations.xy must be (N, 2, {_COUNT}) float32, got {self.xy.shape} {self.xy.dtype}")

    @classmethod
    def read(cls, path: Path) -> "Annotations":
        index, blocks, block = {}, [], []
        for row, (name, ys, xs) in enumerate(_annotation_rows(path)):
            index[name] = row
            block.append((xs, ys))
            if len(block) == _AT_ONCE:
                blocks.append(np.array(block, np.float32))
                block = []
        blocks.append(np.array(block, np.float32).reshape(-1, 2, _COUNT))
        return cls(index, np.concatenate(blocks))

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, name: str) -> bool:
        return name in self.index

    def __getitem__(self, name: str) -> Keypoints:
        return _keypoints(self.xy[self.index[name]])


def _keypoints(xy: np.ndarray) -> Keypoints:
    return Keypoints(np.ascontiguousarray(xy.T), (xy != MISSING).all(0).astype(np.float32))


def _annotation_rows(path: Path) -> Iterator[tuple[str, list, list]]:
    for number, line in _rows(path, ANNOTATION_HEADER):
        try:
            name, rows, columns = line.split(":")
            ys, xs = _decode(f"[{rows},{columns}]")  # both lists at once: half the time
            whole = name.strip() and len(ys) == len(xs) == _COUNT and {*map(type, ys), *map(type, xs)} <= _NUMBERS
        except (ValueError, TypeError, RecursionError):
            whole = False
        if not whole:
            raise _bad_row(path, number, f"name: {_COUNT} rows: {_COUNT} columns")
        yield name.strip(), ys, xs


def _rows(path: Path, header: str) -> Iterator[tuple[int, str]]:
    """(line number, line) of each line under the header that is not empty."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.readline().strip().replace(" ", "") != header:
                raise _bad_row(path, 1, f"the header {header}")
            for number, line in enumerate(file, 2):
                if not line.isspace():
                    yield number, line
    except UnicodeDecodeError:
        raise DataMissing("data_incomplete", f"{path} is not a text file; get it again.") from None


def _bad_row(path: Path, number: int, expected: str) -> DataMissing:
    return DataMissing("data_incomplete", f"{path}, line {number}: expected {expected}; the file is damaged or cut short.")
