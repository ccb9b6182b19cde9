"""DensePose-COCO in miniature, and COCO's run-length code against its own tools."""

import json

import numpy as np
import pytest

from primerka.datasets.densepose_coco import decode_parts, read_dense_people
from primerka.datasets.run_length import decode_counts, decode_mask
from primerka.errors import DataMissing

# A disc of 256x256 as pycocotools encodes it.
DISC_CODE = (
    "lZ5a0[78I6K4L4L4M2N2M4M2N2N2N2N2N2O0O2N2N2O0O2O0O2O0O2O000O2O00000O2O00000000000000000000000000000001N1000001N10001N1"
    "01N101N101N2N2N101N2N2N2N2N2N3L3N2N3L4L4L5J7HXmV1"
)
YS, XS = np.mgrid[:256, :256]
DISC = (YS - 100) ** 2 + (XS - 60) ** 2 < 40**2


def slow_decode(code):
    """The code of the mask API read bit by bit, then pixel by pixel down the columns."""
    bits, numbers = "", []
    for character in code["counts"]:
        group = f"{ord(character) - 48:06b}"
        bits = group[1:] + bits
        if group[0] == "0":
            number = int(bits, 2) - (2 ** len(bits) if bits[0] == "1" else 0)
            numbers.append(number + (numbers[-2] if len(numbers) > 2 else 0))
            bits = ""
    height, width = code["size"]
    pixels = [value for index, number in enumerate(numbers) for value in [index % 2] * number]
    return np.array([[pixels[x * height + y] for x in range(width)] for y in range(height)], bool)


@pytest.mark.parametrize(
    ("code", "size", "mask"),
    [("221O", [2, 3], [[0, 1, 0], [0, 1, 1]]), ("04", [2, 2], [[1, 1], [1, 1]]), ("?", [3, 5], [[0] * 5] * 3)],
)
def test_codes_of_pycocotools(code, size, mask):
    assert decode_mask({"size": size, "counts": code}).tolist() == [[bool(value) for value in row] for row in mask]
    assert decode_mask({"size": size, "counts": code.encode()}).dtype == bool


def test_a_disc_of_pycocotools():
    mask = decode_mask({"size": [256, 256], "counts": DISC_CODE})
    assert np.array_equal(mask, DISC)
    assert np.array_equal(mask, slow_decode({"size": [256, 256], "counts": DISC_CODE}))


def test_lengths_that_are_not_compressed():
    lengths = decode_counts(DISC_CODE)
    assert np.array_equal(decode_mask({"size": [256, 256], "counts": lengths}), DISC)
    assert decode_mask({"size": [2, 2], "counts": [1, 2, 1]}).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize("code", [DISC_CODE[:-1], DISC_CODE[:-8], DISC_CODE[:50], "04O", "\x01", [1, 2], [5, -1]])
def test_a_code_that_does_not_fill_the_mask(code):
    with pytest.raises(ValueError):
        decode_mask({"size": [256, 256] if len(code) > 5 else [2, 2], "counts": code})


def masks(**at):
    return [at.get(f"part{number}", []) for number in range(1, 15)]


def entry(number=3, **other):
    return {
        "id": number,
        "image_id": 9,
        "category_id": 1,
        "bbox": [10.0, 20.0, 51.0, 102.0],
        "dp_x": [0.0, 255.0, 127.5],
        "dp_y": [0.0, 255.0, 51.0],
        "dp_I": [1.0, 24.0, 2.0],
        "dp_U": [0.0, 1.0, 0.25],
        "dp_V": [0.5, 0.0, 0.75],
        "dp_masks": masks(part3={"size": [256, 256], "counts": DISC_CODE}),
    } | other


def dense(root, *entries, name="densepose_coco_2014_minival.json"):
    (root / "annotations").mkdir(exist_ok=True)
    content = {"annotations": entries, "images": [{"id": 9, "file_name": "COCO_val2014_000000000009.jpg"}]}
    (root / "annotations" / name).write_text(json.dumps(content))


def test_points_by_hand(tmp_path):
    bare = {key: value for key, value in entry(4).items() if not key.startswith("dp_")}
    dense(tmp_path, bare, entry())
    [person] = read_dense_people(tmp_path, "minival")
    assert person.picture == tmp_path / "val2014" / "COCO_val2014_000000000009.jpg"
    assert person.xy.tolist() == [[10, 20], [61, 122], [35.5, 40.400001525878906]]
    assert person.patch.tolist() == [1, 24, 2]
    assert person.uv.tolist() == [[0, 0.5], [1, 0], [0.25, 0.75]]
    assert np.array_equal(person.parts, np.where(DISC, 3, 0))


@pytest.mark.parametrize(
    ("name", "split", "folder"),
    [
        ("densepose_coco_2014_train.json", "train", "train2014"),
        ("densepose_train2014.json", "train", "train2014"),
        ("densepose_coco_2014_valminusminival.json", "valminusminival", "val2014"),
        ("densepose_minival2014.json", "minival", "val2014"),
        ("densepose_val2014.json", "val", "val2014"),
    ],
)
def test_names_of_the_files(tmp_path, name, split, folder):
    dense(tmp_path, entry(), name=name)
    assert next(read_dense_people(tmp_path, split)).picture.parent.name == folder


def test_parts_lie_where_the_person_is(tmp_path):
    """Each pixel of the picture whose centre is in the box has the part of the mask's pixel under it."""
    dense(tmp_path, entry())
    [person] = read_dense_people(tmp_path, "minival")
    parts = person.parts_in_picture(140, 80)
    expected = np.zeros((140, 80), np.uint8)
    for y in range(20, 122):
        for x in range(10, 61):
            expected[y, x] = person.parts[int((y + 0.5 - 20) / 102 * 256), int((x + 0.5 - 10) / 51 * 256)]
    assert (parts[:, 61:] == 0).all() and (parts[:20] == 0).all() and (expected > 0).sum() > 300
    assert (parts != expected).mean() < 0.002  # ties between two pixels of the mask


def test_later_parts_lie_on_top():
    full = {"size": [256, 256], "counts": [0, 256 * 256]}
    parts = decode_parts(masks(part2=full, part14={"size": [256, 256], "counts": DISC_CODE}))
    assert np.array_equal(parts, np.where(DISC, 14, 2))


@pytest.mark.parametrize(
    "broken",
    [
        {"dp_masks": [[]] * 13},
        {"dp_masks": masks(part1={"size": [256, 256], "counts": DISC_CODE[:40]})},
        {"dp_masks": masks(part1={"size": [2, 2], "counts": "04"})},
        {"dp_I": [0.0, 1.0, 2.0]},
        {"dp_I": [25.0, 1.0, 2.0]},
        {"dp_x": [1.0]},
        {"dp_U": None},
        {"image_id": 1},
    ],
)
def test_an_annotation_of_another_kind_is_named(tmp_path, broken):
    dense(tmp_path, entry(77, **broken))
    with pytest.raises(DataMissing, match="annotation 77 is no person of DensePose") as refusal:
        list(read_dense_people(tmp_path, "minival"))
    assert refusal.value.code == "data_incomplete"


def test_the_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataMissing, match=r"densepose_coco_2014_train.json is not there; get it from densepose.org"):
        next(read_dense_people(tmp_path, "train"))
