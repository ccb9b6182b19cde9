"""MS COCO keypoints in miniature, its JSON entry by entry, and damaged files."""

import json
import tracemalloc

import numpy as np
import pytest

from primerka.datasets.coco import COCO_KEYPOINTS, openpose_keypoints, read_people
from primerka.datasets.coco_json import read_sections
from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINT, KEYPOINTS, MIRROR_KEYPOINTS

BOX = [10.5, 20.25, 100.0, 200.0]


def person(number, points, **other):
    values = np.asarray(points).ravel().tolist()
    seen = int((np.asarray(points)[:, 2] > 0).sum())
    return {
        "id": number,
        "image_id": 7,
        "category_id": 1,
        "iscrowd": 0,
        "bbox": BOX,
        "area": 12000.5,
        "num_keypoints": seen,
        "keypoints": values,
    } | other


def points(flag=2):
    """Keypoint k of COCO's order lies at (100 + k, 200 + k)."""
    return np.array([[100 + k, 200 + k, flag] for k in range(17)])


def coco(root, annotations, split="val"):
    (root / "annotations").mkdir(exist_ok=True)
    (root / f"{split}2017").mkdir(exist_ok=True)
    path = root / "annotations" / f"person_keypoints_{split}2017.json"
    path.write_text(
        json.dumps(
            {
                "info": {"year": 2017, "list": [1, {"images": []}]},
                "licenses": [],
                "images": [{"id": 7, "file_name": "000000000007.jpg", "height": 480, "width": 640}],
                "annotations": annotations,
                "categories": [{"id": 1, "name": "person", "keypoints": list(COCO_KEYPOINTS)}],
            }
        )
    )
    return path


def test_the_order_by_hand():
    """COCO's own list, written out: each name at its place becomes the same name of ours."""
    order = (
        "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist "
        "right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle"
    ).split()
    keypoints, flags = openpose_keypoints(points().astype(np.float32))
    for k, name in enumerate(order):
        assert keypoints.xy[KEYPOINT[name]].tolist() == [100 + k, 200 + k]
    assert keypoints.xy[KEYPOINT["neck"]].tolist() == [105.5, 205.5]
    assert flags.tolist() == [2] * 18 and keypoints.visibility.tolist() == [1.0] * 18


def test_against_a_slow_parse(tmp_path):
    rng = np.random.default_rng(0)
    entries = []
    for number in range(30):
        drawn = np.column_stack([rng.integers(0, 400, (17, 2)), rng.integers(0, 3, 17)])
        drawn[drawn[:, 2] == 0] = 0
        entries.append(person(number, drawn))
    coco(tmp_path, entries)
    people = list(read_people(tmp_path, "val"))
    assert len(people) == 30
    for found, entry in zip(people, entries):
        assert found.picture == tmp_path / "val2017" / "000000000007.jpg"
        assert found.box.tolist() == BOX and found.area == 12000.5
        theirs = {name: entry["keypoints"][3 * k : 3 * k + 3] for k, name in enumerate(COCO_KEYPOINTS)}
        left, right = theirs["left_shoulder"], theirs["right_shoulder"]
        theirs["neck"] = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2, min(left[2], right[2])]
        for index, name in enumerate(KEYPOINTS):
            x, y, flag = theirs[name]
            assert found.flags[index] == flag
            assert found.keypoints.visibility[index] == (flag == 2)
            if flag:
                assert found.keypoints.xy[index].tolist() == [x, y]


@pytest.mark.parametrize(("left", "right", "flag"), [(2, 2, 2), (2, 1, 1), (1, 2, 1), (0, 2, 0), (2, 0, 0)])
def test_the_neck_is_seen_when_both_shoulders_are(left, right, flag):
    drawn = points().astype(np.float32)
    drawn[COCO_KEYPOINTS.index("left_shoulder"), 2] = left
    drawn[COCO_KEYPOINTS.index("right_shoulder"), 2] = right
    keypoints, flags = openpose_keypoints(drawn)
    assert flags[KEYPOINT["neck"]] == flag and keypoints.visibility[KEYPOINT["neck"]] == (flag == 2)


def test_a_mirrored_person_is_the_mirror_of_the_person():
    rng = np.random.default_rng(1)
    drawn = np.column_stack([rng.integers(0, 100, (17, 2)), rng.integers(1, 3, 17)]).astype(np.float32)
    order = [
        COCO_KEYPOINTS.index(name.replace("left", "x").replace("right", "left").replace("x", "right"))
        for name in COCO_KEYPOINTS
    ]
    flipped = (drawn * [-1, 1, 1] + [99, 0, 0])[order].astype(np.float32)
    keypoints, flags = openpose_keypoints(drawn)
    mirrored, mirrored_flags = openpose_keypoints(flipped)
    assert np.array_equal(keypoints.mirrored(100).xy, mirrored.xy)
    assert np.array_equal(flags[MIRROR_KEYPOINTS], mirrored_flags)


def test_crowds_tiny_people_and_other_things_are_left_out(tmp_path):
    coco(tmp_path, [
        person(1, points()),
        person(2, points(), iscrowd=1),
        person(3, np.zeros((17, 3), int)),
        person(4, points(), category_id=18),
        person(5, points(), bbox=[0, 0, 5, 9]),
    ])  # fmt: skip
    assert [found.box[3] for found in read_people(tmp_path, "val")] == [200, 9]
    assert [found.box[3] for found in read_people(tmp_path, "val", min_side=10)] == [200]
    assert [found.box[3] for found in read_people(tmp_path, "val", min_side=9)] == [200, 9]


def test_pictures_may_lie_in_images(tmp_path):
    coco(tmp_path, [person(1, points())])
    (tmp_path / "images" / "val2017").mkdir(parents=True)
    assert next(read_people(tmp_path, "val")).picture == tmp_path / "images" / "val2017" / "000000000007.jpg"


@pytest.mark.parametrize(
    "broken", [{"keypoints": [1, 2, 2]}, {"image_id": 8}, {"bbox": [1, 2]}, {"bbox": None}, {"area": "large"}]
)
def test_an_annotation_of_another_kind_is_named(tmp_path, broken):
    coco(tmp_path, [person(1, points()), person(55, points(), **broken)])
    with pytest.raises(DataMissing, match=r"person_keypoints_val2017.json: annotation 55 is no person") as refusal:
        list(read_people(tmp_path, "val"))
    assert refusal.value.code == "data_incomplete"


def test_the_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        DataMissing, match=r"person_keypoints_train2017.json is not there; get it from cocodataset.org"
    ) as refusal:
        list(read_people(tmp_path, "train"))
    assert refusal.value.code == "data_missing"


def test_cut_anywhere_the_file_is_called_cut(tmp_path):
    path = coco(tmp_path, [person(1, points()), person(2, points())])
    whole = path.read_text()
    for length in range(0, len(whole), 23):
        path.write_text(whole[:length])
        with pytest.raises(DataMissing, match=rf"cut short or damaged \({length:,} bytes\)"):
            list(read_sections(path, "images", "annotations"))


@pytest.mark.parametrize(
    "text",
    ["[]", "nonsense", '{"images": [1]}', '{"images": [{} {}]}', '{"images": [{}] "annotations": []}', '{"images" [{}]}', "\0"],
)
def test_what_is_no_such_json(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataMissing, match="cut short or damaged"):
        list(read_sections(tmp_path / "a.json", "images"))


def test_sections_as_json_reads_them(tmp_path):
    content = {
        "info": {"a": [1, 2]},
        "images": [{"id": n, "deep": [{"b": "]},{"}]} for n in range(5)],
        "none": [],
        "text": "x",
        "annotations": [{"id": n} for n in range(3)],
    }
    for options in ({}, {"indent": 1}, {"separators": (",", ":")}):
        (tmp_path / "a.json").write_text(json.dumps(content, **options))
        found = list(read_sections(tmp_path / "a.json", "images", "annotations", "none"))
        assert found == [("images", entry) for entry in content["images"]] + [
            ("annotations", entry) for entry in content["annotations"]
        ]


def test_a_large_file_costs_its_text_and_no_more(tmp_path):
    path = coco(tmp_path, [person(number, points()) for number in range(1500)])
    tracemalloc.start()
    assert sum(1 for _ in read_people(tmp_path, "val")) == 1500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * path.stat().st_size  # read at once, the objects alone are 5 times the text
