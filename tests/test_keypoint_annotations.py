"""The CSV files of PATN and ADGAN: by hand, against csv and ast, and when they are damaged."""

import ast
import csv
import json
import time
import tracemalloc

import numpy as np
import pytest

from primerka.datasets.keypoint_annotations import Annotations, annotation_row, read_annotations, read_pairs
from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINT, MIRROR_KEYPOINTS, Keypoints

HEADER = "name:keypoints_y:keypoints_x\n"


def row(name, ys, xs):
    return f"{name}: {ys}: {xs}\n"  # PATN's tool prints a space after each colon


@pytest.fixture
def random_file(tmp_path):
    rng = np.random.default_rng(3)
    lines = [HEADER]
    for number in range(1000):
        xy = rng.integers(0, 256, (2, 18))
        xy[:, rng.random(18) < 0.3] = -1
        lines.append(row(f"{number:04}_c1s1.jpg", xy[0].tolist(), xy[1].tolist()))
    path = tmp_path / "a.csv"
    path.write_text("".join(lines))
    return path


def test_by_hand(tmp_path):
    """Right eye before left eye: 14 and 15, 16 and 17, as OpenPose has them."""
    path = tmp_path / "a.csv"
    ys, xs = list(range(100, 118)), list(range(18))
    ys[3] = xs[3] = -1
    xs[4] = -1  # one coordinate is enough to be missing
    path.write_text(HEADER + row("a.jpg", ys, xs))
    [(name, keypoints)] = read_annotations(path)
    assert name == "a.jpg"
    assert keypoints.visibility.tolist() == [1, 1, 1, 0, 0] + [1] * 13
    assert keypoints.xy[KEYPOINT["nose"]].tolist() == [0, 100]
    assert keypoints.xy[KEYPOINT["right_shoulder"]].tolist() == [2, 102]
    assert keypoints.xy[KEYPOINT["right_ear"]].tolist() == [16, 116]
    assert keypoints.xy[KEYPOINT["left_ear"]].tolist() == [17, 117]


def test_against_a_slow_parse(random_file):
    with open(random_file, newline="") as file:
        rows = list(csv.DictReader(file, delimiter=":"))
    table = Annotations.read(random_file)
    ours = dict(read_annotations(random_file))
    assert len(table) == len(ours) == len(rows) == 1000
    for entry in rows:
        ys, xs = ast.literal_eval(entry["keypoints_y"].strip()), ast.literal_eval(entry["keypoints_x"].strip())
        for keypoints in (ours[entry["name"]], table[entry["name"]]):
            assert keypoints.xy[:, 0].tolist() == xs and keypoints.xy[:, 1].tolist() == ys
            assert keypoints.visibility.tolist() == [float(x != -1 and y != -1) for x, y in zip(xs, ys)]


def test_a_flip_changes_sides_and_back(random_file):
    _, keypoints = next(read_annotations(random_file))
    flipped = keypoints.mirrored(176)
    assert (flipped.visibility[MIRROR_KEYPOINTS] == keypoints.visibility).all()
    assert flipped.xy[KEYPOINT["left_knee"], 0] == 175 - keypoints.xy[KEYPOINT["right_knee"], 0]
    assert np.array_equal(flipped.mirrored(176).xy, keypoints.xy)


def test_a_written_row_is_read_back(tmp_path):
    rng = np.random.default_rng(0)
    xy = rng.uniform(-10, 100, (18, 2)).astype(np.float32)
    keypoints = Keypoints(xy, rng.random(18).astype(np.float32))
    path = tmp_path / "a.csv"
    path.write_text(HEADER + annotation_row("a.jpg", keypoints, 90, 60) + "\n")
    [(_, back)] = read_annotations(path)
    seen = keypoints.visible(90, 60)
    assert 0 < seen.sum() < 18
    assert ((back.visibility == 1) == seen).all()
    assert np.abs(back.xy[seen] - xy[seen]).max() <= 0.051
    assert (back.xy[~seen] == -1).all()


GOOD = row("a.jpg", [1] * 18, [2] * 18)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name,keypoints_y,keypoints_x\n", 1),
        ("", 1),
        (HEADER + GOOD + row("b.jpg", [1] * 17, [2] * 18), 3),
        (HEADER + GOOD + "\n" + row("b.jpg", [1] * 18, [2] * 18)[:-20], 4),
        (HEADER + GOOD + GOOD + "b.jpg\n", 4),
        (HEADER + row("", [1] * 18, [2] * 18), 2),
        (HEADER + f"a.jpg: {[1] * 18}: {json.dumps([float('nan')] * 18)}\n", 2),
        (HEADER + f"a.jpg: {[1] * 18}: {json.dumps(['1'] * 18)}\n", 2),
        (HEADER + f"a.jpg: {[1] * 18}: 5\n", 2),
        (HEADER + GOOD.strip() + ": [3]\n", 2),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path, text, line):
    path = tmp_path / "a.csv"
    path.write_text(text)
    for read in (Annotations.read, lambda p: list(read_annotations(p))):
        with pytest.raises(DataMissing, match=f"a.csv, line {line}: expected") as refusal:
            read(path)
        assert refusal.value.code == "data_incomplete"


@pytest.mark.parametrize(
    ("text", "line"), [("from;to\na;b\n", 1), ("from,to\na,b\nc\n", 3), ("from,to\na,\n", 2), ("from,to\na,b,c\n", 2)]
)
def test_a_bad_pair_is_named_with_its_line(tmp_path, text, line):
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(DataMissing, match=f"p.csv, line {line}: expected"):
        list(read_pairs(path))


def test_no_text_at_all(tmp_path):
    (tmp_path / "a.csv").write_bytes(HEADER.encode() + b"\xff\xfe\x00")
    with pytest.raises(DataMissing, match="not a text file"):
        list(read_annotations(tmp_path / "a.csv"))


def test_pairs_as_csv_reads_them(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("from,to\r\na.jpg,b.jpg\r\nb.jpg,a.jpg\r\n\r\n")
    with open(path, newline="") as file:
        expected = [tuple(entry.values()) for entry in csv.DictReader(file)]
    assert list(read_pairs(path)) == expected == [("a.jpg", "b.jpg"), ("b.jpg", "a.jpg")]


def test_a_large_file_is_read_in_little_memory_and_time(tmp_path):
    path = tmp_path / "a.csv"
    line = f": {list(range(100, 118))}: {list(range(18))}\n"
    with open(path, "w") as file:
        file.write(HEADER)
        file.writelines(f"fashionWOMENDressesid{number:08}01_1front.jpg{line}" for number in range(100_000))
    start = time.process_time()
    table = Annotations.read(path)
    assert time.process_time() - start < 5
    assert len(table) == 100_000 and table.xy.nbytes == 100_000 * 18 * 2 * 4
    tracemalloc.start()
    rows = read_annotations(path)
    for _ in range(2000):
        next(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000  # 2,000 rows kept would be 1.6 MB
