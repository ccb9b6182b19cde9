"""`primerka datasets prepare`: what is made, what is refused, and that a run that was broken off goes on."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from made_up_sets import annotations, pairs, picture
from PIL import Image

from primerka.cli import main
from primerka.cli.data import DATASETS
from primerka.datasets.detect_keypoints import annotate, find_or_miss
from primerka.datasets.keypoint_annotations import Annotations, read_pairs
from primerka.datasets.market1501 import split_files
from primerka.datasets.open_pairs import open_pairs
from primerka.datasets.prepare import SETS, prepare
from primerka.errors import DataMissing, PhotoRejected
from primerka.keypoints import Keypoints

MARKET = ["0001_c1s1_000001_01.jpg", "0001_c2s1_000002_01.jpg", "0001_c3s1_000003_01.jpg", "0002_c1s1_000004_01.jpg"]
NOBODY = ["-1_c1s1_000005_01.jpg", "0000_c1s1_000006_01.jpg"]
A, B = "fashionMENDenimid0000008001_1front.jpg", "fashionMENDenimid0000008001_3back.jpg"


def whole_person(rgb):
    """All 18 keypoints, one of them where the picture is brightest."""
    xy = np.full((18, 2), 20, np.float32)
    xy[0] = np.unravel_index(rgb.sum(2).argmax(), rgb.shape[:2])[::-1]
    return Keypoints(xy, np.ones(18, np.float32))


def everything_is_hair(rgb):
    return np.ones(rgb.shape[:2], np.uint8)


def never(rgb):
    raise AssertionError("nothing was to be found")


@pytest.fixture
def market(tmp_path):
    for seed, name in enumerate(MARKET + NOBODY):
        picture(tmp_path / "bounding_box_train" / name, 128, 64, seed)
    return tmp_path


@pytest.fixture
def fashion(tmp_path):
    for seed, name in enumerate((A, B)):
        picture(tmp_path / "train" / name, 256, 176, seed)
    pairs(tmp_path / "fasion-resize-pairs-train.csv", (A, B), (B, A))
    annotations(tmp_path / "fasion-resize-annotation-train.csv", (A, B))
    return tmp_path


def test_the_command_knows_every_set():
    assert DATASETS == SETS


def test_market_without_any_csv(market):
    summary = prepare("market1501", market, whole_person)
    assert summary.counts == {"train": {"pictures": 6, "pairs": 6, "annotated": 4}}
    assert len(summary.made) == 2 and "4 pictures by BlazePose" in summary.made[0] and "6 pairs" in summary.made[1]
    made = set(read_pairs(market / "market-pairs-train.csv"))
    assert made == {(a, b) for a in MARKET[:3] for b in MARKET[:3] if a != b}
    pair = open_pairs("market1501", market, "train")[0]
    assert pair.source_keypoints.xy[0].tolist() == whole_person(pair.source).xy[0].tolist()
    assert any("train: 6 pictures, where 12,936 are published" in note for note in summary.notes)
    assert any("test: no pictures" in note for note in summary.notes)
    again = prepare("market1501", market, never)
    assert again.made == () and again.counts == summary.counts


def test_what_is_published_is_not_changed(market):
    annotations(market / "market-annotation-train.csv", MARKET[:2])
    pairs(market / "market-pairs-train.csv", MARKET[:2])
    before = {path: path.read_bytes() for path in market.rglob("*.*")}
    assert prepare("market1501", market, never).counts["train"] == {"pictures": 6, "pairs": 1, "annotated": 2}
    assert {path: path.read_bytes() for path in market.rglob("*.*")} == before


def test_only_the_pictures_of_published_pairs_are_looked_at(market):
    pairs(market / "market-pairs-train.csv", MARKET[:2])
    assert prepare("market1501", market, whole_person).counts["train"]["annotated"] == 2


@pytest.mark.parametrize("cut", [0, 1, 10, 45, 60, 200])
def test_keypoints_go_on_after_a_break(market, cut):
    """The same file whether or not the run was broken off, wherever the last row was cut."""
    files = split_files(market, "train")
    assert annotate(files, MARKET, whole_person) == 4
    whole = files.annotations.read_bytes()
    files.annotations.unlink()
    part = files.annotations.with_name(files.annotations.name + ".part")
    part.write_bytes(whole[: len(whole) - cut])
    looked_at = []
    annotate(files, MARKET, lambda rgb: looked_at.append(1) or whole_person(rgb))
    assert files.annotations.read_bytes() == whole and not part.exists()
    assert len(looked_at) == whole[len(whole) - cut :].count(b"\n")


def test_a_break_leaves_no_file_that_looks_whole(market):
    files, seen = split_files(market, "train"), []

    def break_off(rgb):
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return whole_person(rgb)

    with pytest.raises(KeyboardInterrupt):
        annotate(files, MARKET, break_off)
    assert not files.annotations.exists()
    assert annotate(files, MARKET, whole_person) == 2
    assert Annotations.read(files.annotations).index.keys() == set(MARKET)


def test_nobody_in_a_picture_is_a_row_of_missing(pose_models, market):
    files = split_files(market, "train")
    annotate(files, MARKET[:1])
    assert Annotations.read(files.annotations)[MARKET[0]].visibility.tolist() == [0] * 18


def test_blazepose_finds_a_sample_buyer(pose_models, buyer_paths):
    rgb = np.array(Image.open(buyer_paths[0]).convert("RGB").resize((176, 256)))
    keypoints = find_or_miss(rgb)
    assert keypoints.visible(256, 176).sum() >= 12
    nose, hip = keypoints.xy[0], keypoints.xy[8]
    assert nose[1] < hip[1]


def test_large_pictures_are_annotated_in_pixels_of_the_small_ones(fashion):
    (fashion / "fasion-resize-annotation-train.csv").unlink()
    for name in (A, B):
        picture(fashion / "train" / name, 512, 352)
    find = lambda rgb: Keypoints(np.full((18, 2), 100.5, np.float32), np.ones(18, np.float32))  # noqa: E731
    prepare("deepfashion", fashion, find, everything_is_hair)
    table = Annotations.read(fashion / "fasion-resize-annotation-train.csv")
    assert table[A].xy[0].tolist() == [50, 50]


def test_deepfashion_gets_label_maps_where_there_are_none(fashion):
    summary = prepare("deepfashion", fashion, never, everything_is_hair)
    assert summary.counts["train"] == {"pictures": 2, "pairs": 2, "annotated": 2, "parsed": 2}
    assert (open_pairs("deepfashion", fashion, "train")[0].source_parsing == 1).all()
    assert prepare("deepfashion", fashion, never, never).made == ()


def test_a_picture_that_cannot_be_parsed_is_told_and_not_tried_again(fashion):
    answers = iter([PhotoRejected("no_person", "nobody"), np.zeros((256, 176), np.uint8)])

    def find(rgb):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    summary = prepare("deepfashion", fashion, never, find)
    assert summary.counts["train"]["parsed"] == 1 and "nobody to parse in 1" in summary.made[0]
    assert (fashion / "parsing" / "train" / "refused.csv").read_text() == f"{A},no_person\n"
    prepare("deepfashion", fashion, never, never)
    pair = open_pairs("deepfashion", fashion, "train")[0]
    assert pair.source_parsing is None and pair.target_parsing is not None


def test_adgans_maps_are_taken_and_must_be_whole(fashion):
    path = fashion / "semantic_merge3" / "MEN" / "Denim" / "id_00000080" / "01_1_front.npy"
    path.parent.mkdir(parents=True)
    np.save(path, np.zeros((256, 176)))
    with pytest.raises(DataMissing, match=rf"names pictures without a map .*\(1: {B}\)"):
        prepare("deepfashion", fashion, never, never)
    np.save(path.with_name("01_3_back.npy"), np.zeros((256, 176)))
    assert prepare("deepfashion", fashion, never, never).counts["train"]["parsed"] == 2


def test_the_raw_set_is_made_ready(tmp_path):
    for seed, view in enumerate(("01_1_front", "01_3_back")):
        picture(tmp_path / "img" / "MEN" / "Denim" / "id_00000080" / f"{view}.jpg", 256, 256, seed)
    (tmp_path / "img" / "WOMEN").mkdir()
    (tmp_path / "train.lst").write_text(f"{A}\n{B}\n")
    (tmp_path / "test.lst").write_text("")
    with pytest.raises(
        DataMissing, match=r"no fasion-resize-pairs-train.csv; get it from github.com/tengteng95/Pose-Transfer"
    ) as refusal:
        prepare("deepfashion", tmp_path, never, never)
    assert refusal.value.code == "data_missing"
    pairs(tmp_path / "fasion-resize-pairs-train.csv", (A, B))
    summary = prepare("deepfashion", tmp_path, whole_person, everything_is_hair)
    assert summary.counts == {"train": {"pictures": 2, "pairs": 1, "annotated": 2, "parsed": 2}}


@pytest.mark.parametrize("name", [*SETS])
def test_an_empty_folder(tmp_path, name):
    with pytest.raises(DataMissing) as refusal:
        prepare(name, tmp_path)
    sentence = str(refusal.value)
    assert refusal.value.code == "data_missing" and sentence.endswith(".") and ". " not in sentence
    origin = "densepose.org cocodataset.org project_reid.html InShopRetrieval.html withdrew".split()
    assert any(word in sentence for word in origin)
    with pytest.raises(DataMissing, match="does not exist"):
        prepare(name, tmp_path / "none")


def test_half_a_download_is_counted(market):
    absent = [f"0003_c1s1_{frame:06}_01.jpg" for frame in range(5)]
    pairs(market / "market-pairs-train.csv", MARKET[:2], *((MARKET[0], name) for name in absent))
    with pytest.raises(DataMissing, match=r"market-pairs-train.csv names pictures that are not in .* \(5: ") as refusal:
        prepare("market1501", market, never)
    sentence = str(refusal.value)
    assert refusal.value.code == "data_incomplete"
    assert all(name in sentence for name in absent[:3]) and absent[3] not in sentence and "project_reid.html" in sentence


def test_empty_pictures_are_counted(market):
    (market / "bounding_box_train" / MARKET[1]).write_bytes(b"")
    with pytest.raises(DataMissing, match=rf"pictures of no bytes \(1: {MARKET[1]}"):
        prepare("market1501", market, never)


def test_annotations_that_lack_a_picture(market):
    annotations(market / "market-annotation-train.csv", MARKET[:1])
    pairs(market / "market-pairs-train.csv", MARKET[:2])
    with pytest.raises(DataMissing, match=rf"names pictures that have no row .*\(1: {MARKET[1]}"):
        prepare("market1501", market, never)


def test_nobody_twice(market):
    with pytest.raises(DataMissing, match="shows nobody twice"):
        prepare("market1501", market, lambda rgb: Keypoints(np.zeros((18, 2), np.float32), np.zeros(18, np.float32)))
    assert not (market / "market-pairs-train.csv").exists()


def coco_file(root, name, pictures, people):
    (root / "annotations").mkdir(exist_ok=True)
    images = [{"id": number, "file_name": picture} for number, picture in enumerate(pictures)]
    (root / "annotations" / name).write_text(json.dumps({"images": images, "annotations": people}))


def coco_person(**other):
    return {"image_id": 0, "category_id": 1, "iscrowd": 0, "bbox": [0, 0, 9, 9], "area": 5, "keypoints": [1, 2, 2] * 17} | other


def test_coco(tmp_path):
    coco_file(tmp_path, "person_keypoints_val2017.json", ["a.jpg", "b.jpg"], [coco_person(), coco_person(iscrowd=1)])
    with pytest.raises(DataMissing, match=r"has no val2017; get coco from cocodataset.org") as refusal:
        prepare("coco", tmp_path)
    assert refusal.value.code == "data_missing"
    picture(tmp_path / "val2017" / "a.jpg", 20, 20)
    with pytest.raises(DataMissing, match=r"names pictures that are not in .*val2017 \(1: b.jpg\)"):
        prepare("coco", tmp_path)
    picture(tmp_path / "val2017" / "b.jpg", 20, 20)
    assert prepare("coco", tmp_path).counts == {"val": {"pictures": 2, "people": 2, "people_with_keypoints": 1}}
    path = tmp_path / "annotations" / "person_keypoints_val2017.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(DataMissing, match=r"person_keypoints_val2017.json is cut short"):
        prepare("coco", tmp_path)


def test_densepose(tmp_path):
    points = {f"dp_{key}": [1.0, 2.0] for key in "xyIUV"} | {"dp_masks": [[]] * 14}
    coco_file(tmp_path, "densepose_minival2014.json", ["a.jpg"], [coco_person(**points), coco_person()])
    picture(tmp_path / "val2014" / "a.jpg", 20, 20)
    assert prepare("densepose-coco", tmp_path).counts == {"minival": {"pictures": 1, "people": 1, "points": 2}}


def run(*arguments):
    return CliRunner().invoke(main, ["datasets", "prepare", *map(str, arguments)])


def test_the_command(market):
    annotations(market / "market-annotation-train.csv", MARKET[:2])
    pairs(market / "market-pairs-train.csv", MARKET[:2])
    result = run("market1501", "--root", market)
    assert result.exit_code == 0 and "train: 6 pictures, 1 pairs, 2 annotated" in result.output
    result = run("market1501", "--root", market, "--json")
    told = json.loads(result.stdout)
    assert told["status"] == "ok" and told["counts"]["train"]["pairs"] == 1
    assert told["expected"]["train"] == {"pictures": 12_936, "pairs": 263_632}


def test_the_command_says_that_duke_was_withdrawn(tmp_path):
    for name in ("0001_c2_f0046182.jpg", "0001_c3_f0046182.jpg"):
        picture(tmp_path / "bounding_box_train" / name, 128, 64)
    annotations(tmp_path / "duke-annotation-train.csv", ["0001_c2_f0046182.jpg", "0001_c3_f0046182.jpg"])
    result = run("dukemtmc", "--root", tmp_path)
    assert result.exit_code == 0, result.output
    assert "withdrawn by its authors" in result.stderr and "2 pairs of one identity" in result.stdout


def test_the_command_refuses_in_one_sentence(tmp_path):
    result = run("coco", "--root", tmp_path, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["code"] == "data_missing"
    assert result.stderr.count("\n") == 1 and "(data_missing)" in result.stderr
