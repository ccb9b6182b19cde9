"""Market-1501 and DukeMTMC-reID in miniature: names, folders, pairs of one identity."""

from itertools import permutations

import numpy as np
import pytest
from made_up_sets import annotations, pairs, picture
from PIL import Image

from primerka.datasets import dukemtmc, market1501
from primerka.datasets.identity_pairs import make_identity_pairs, shows_trunk
from primerka.datasets.keypoint_annotations import Annotations
from primerka.datasets.open_pairs import open_pairs
from primerka.errors import DataMissing


def test_market_names():
    assert market1501.read_name("0002_c1s1_000451_03.jpg") == market1501.Box(2, 1, 1, 451, 3)
    assert market1501.read_name("-1_c6s3_001401_07.jpg") == market1501.Box(-1, 6, 3, 1401, 7)
    assert market1501.read_name("Thumbs.db") is None
    assert market1501.read_name("0001_c2_f0046182.jpg") is None
    names = ("0002_c1s1_000451_03.jpg", "1501_c3s1_000451_00.jpg", "0000_c1s1_000451_03.jpg", "-1_c1s1_000451_03.jpg")
    assert [market1501.identity(name) for name in names] == [2, 1501, None, None]


def test_duke_names():
    assert dukemtmc.read_name("0001_c2_f0046182.jpg") == dukemtmc.Box(1, 2, 46182)
    assert dukemtmc.identity("7140_c8_f0000001.jpg") == 7140
    assert dukemtmc.identity("0002_c1s1_000451_03.jpg") is None


def test_duke_says_that_it_was_withdrawn():
    assert "withdrew" in dukemtmc.ORIGIN and "withdrawn" in dukemtmc.NOTES[0] and "Withdrawn" in dukemtmc.__doc__


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        *(("bounding_box_train", "train"), ("train", "train"), ("bounding_box_test", "test"), ("test", "test")),
        *(("query", "query"), ("gt_bbox", "gt_bbox")),
    ],
)
def test_market_folders(tmp_path, folder, split):
    picture(tmp_path / folder / "0002_c1s1_000451_03.jpg", 128, 64)
    (tmp_path / folder / "Thumbs.db").write_bytes(b"x")
    files = market1501.split_files(tmp_path, split)
    assert files.pictures.name == folder and files.names == ["0002_c1s1_000451_03.jpg"]


@pytest.mark.parametrize(
    ("folder", "split"), [("bounding_box_train", "train"), ("bounding_box_test", "test"), ("query", "query")]
)
def test_duke_folders(tmp_path, folder, split):
    picture(tmp_path / folder / "0001_c2_f0046182.jpg", 200, 90)
    assert dukemtmc.split_files(tmp_path, split).names == ["0001_c2_f0046182.jpg"]


def test_every_pair_of_one_identity():
    rng = np.random.default_rng(0)
    names = [f"{rng.integers(0, 6):04}_c1s1_{frame:06}_01.jpg" for frame in range(40)] + ["-1_c1s1_000001_01.jpg"]
    made = make_identity_pairs(rng.permutation(names).tolist(), market1501.identity)
    expected = {
        (a, b) for a, b in permutations(names, 2) if a[:4] == b[:4] and not a.startswith(("0000", "-1"))
    }  # the slow way
    assert len(made) == len(set(made)) and set(made) == expected


def test_a_seeded_choice():
    names = [f"{frame % 3 + 1:04}_c1s1_{frame:06}_01.jpg" for frame in range(60)]
    everything = make_identity_pairs(names, market1501.identity)
    some = make_identity_pairs(names, market1501.identity, 50)
    assert len(some) == 50 and set(some) <= set(everything) and some == sorted(some, key=everything.index)
    assert some == make_identity_pairs(names[::-1], market1501.identity, 50)
    assert some != make_identity_pairs(names, market1501.identity, 50, seed=1)
    assert make_identity_pairs(names, market1501.identity, 10_000) == everything


@pytest.mark.parametrize(("missing", "whole"), [(2, False), (5, False), (8, False), (11, False), (0, True), (4, True)])
def test_the_trunk_must_be_seen(tmp_path, missing, whole):
    values = [50] * 18
    values[missing] = -1
    annotations(tmp_path / "a.csv", ["a.jpg"], values, values)
    table = Annotations.read(tmp_path / "a.csv")
    assert shows_trunk(table, "a.jpg") is whole
    assert not shows_trunk(table, "b.jpg")


def test_market_pairs(tmp_path):
    names = ("0002_c1s1_000451_03.jpg", "0002_c2s1_000500_01.jpg")
    for seed, name in enumerate(names):
        picture(tmp_path / "bounding_box_train" / name, 128, 64, seed)
    pairs(tmp_path / "market-pairs-train.csv", names)
    annotations(tmp_path / "market-annotation-train.csv", names)
    pair = open_pairs("market1501", tmp_path, "train")[0]
    assert pair.source.shape == (128, 64, 3) and pair.source_parsing is None
    assert np.array_equal(pair.target, np.array(Image.open(tmp_path / "bounding_box_train" / names[1])))
    assert pair.target_keypoints.xy[3].tolist() == [16, 26]


def test_duke_pictures_of_any_size_come_in_one(tmp_path):
    names = ("0001_c2_f0046182.jpg", "0001_c3_f0046999.jpg")
    picture(tmp_path / "bounding_box_test" / names[0], 256, 64)
    picture(tmp_path / "bounding_box_test" / names[1], 64, 128)
    pairs(tmp_path / "duke-pairs-test.csv", names)
    annotations(tmp_path / "duke-annotation-test.csv", names, [31] * 18, [15] * 18)
    pair = open_pairs("dukemtmc", tmp_path, "test")[0]
    assert pair.source.shape == pair.target.shape == (128, 64, 3)
    assert pair.source_keypoints.xy[0].tolist() == [15, 15.25]  # half as high: (31 + 0.5) / 2 - 0.5
    assert pair.target_keypoints.xy[0].tolist() == [7.25, 62.5]


def test_a_picture_that_is_absent_is_counted_when_opening(tmp_path):
    names = ("0002_c1s1_000451_03.jpg", "0002_c2s1_000500_01.jpg")
    picture(tmp_path / "train" / names[0], 128, 64)
    pairs(tmp_path / "market-pairs-train.csv", names)
    annotations(tmp_path / "market-annotation-train.csv", names)
    with pytest.raises(DataMissing, match=rf"names pictures that are not in .*\(1: {names[1]}\)") as refusal:
        open_pairs("market1501", tmp_path, "train")
    assert refusal.value.code == "data_incomplete"


def test_a_picture_cut_short_is_named_when_it_is_read(tmp_path):
    names = ("0002_c1s1_000451_03.jpg", "0002_c2s1_000500_01.jpg")
    for name in names:
        picture(tmp_path / "train" / name, 128, 64)
    path = tmp_path / "train" / names[1]
    path.write_bytes(path.read_bytes()[:700])
    pairs(tmp_path / "market-pairs-train.csv", names)
    annotations(tmp_path / "market-annotation-train.csv", names)
    with pytest.raises(DataMissing, match=rf"{names[1]} cannot be read"):
        open_pairs("market1501", tmp_path, "train")[0]


def test_what_is_not_prepared_names_the_command(tmp_path):
    with pytest.raises(DataMissing, match="primerka datasets prepare market1501") as refusal:
        open_pairs("market1501", tmp_path, "train")
    assert refusal.value.code == "data_missing"
    with pytest.raises(DataMissing, match="deepfashion, market1501, dukemtmc") as refusal:
        open_pairs("coco", tmp_path, "train")
    assert refusal.value.code == "unknown_set"
