"""The commands that succeed, on the samples."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from primerka.cli import main
from primerka.photo import read_photo


def _run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def tried(pose_models, buyer_paths, product_paths, tmp_path_factory):
    folder = tmp_path_factory.mktemp("try")
    result = _run(
        "try", buyer_paths[0], product_paths[0], "--out", folder / "look.png", "--explain", folder / "explained", "--json"
    )
    return folder, result


def test_json_is_one_object_on_standard_output(tried):
    folder, result = tried
    value = json.loads(result.stdout)
    assert {"status", "code", "stages_ms", "warnings"} <= set(value)
    assert value["status"] == "ok" and value["code"] is None and value["out"] == str(folder / "look.png")
    assert isinstance(value["warnings"], list) and len(value["categories"]) == 1
    assert {"decode", "pose", "parsing", "body", "dress", "write"} <= set(value["stages_ms"])
    assert all(isinstance(ms, float) and ms >= 0 for ms in value["stages_ms"].values())


def test_the_look_is_a_picture_of_the_photos_size(tried, buyer_paths):
    look = np.asarray(Image.open(tried[0] / "look.png"))
    photo = read_photo(buyer_paths[0]).rgb
    assert look.shape == photo.shape and look.dtype == np.uint8
    assert 0.01 < (look != photo).any(2).mean() < 0.9


def test_explain_writes_every_intermediate_picture(tried):
    folder = tried[0] / "explained"
    names = {path.stem for path in folder.iterdir()}
    assert {"buyer", "product1"} <= names and len(names) >= 5
    assert any(name.startswith("product1_") for name in names)
    for path in folder.iterdir():
        assert path.suffix == ".png"
        Image.open(path).load()


def test_nothing_unfinished_is_left(tried):
    assert not [path for path in tried[0].rglob("*") if path.name.endswith(".part")]


def test_trying_again_writes_the_same_bytes(tried, buyer_paths, product_paths, tmp_path):
    _run("try", buyer_paths[0], product_paths[0], "--out", tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == (tried[0] / "look.png").read_bytes()


def test_analyse(pose_models, buyer_paths, tmp_path):
    value = json.loads(_run("analyse", buyer_paths[0], "--out", tmp_path / "seen.jpg", "--json").stdout)
    assert {"status", "code", "stages_ms", "warnings", "keypoints", "label_pixels"} <= set(value)
    assert len(value["keypoints"]) == 18 and all(len(point) == 3 for point in value["keypoints"])
    photo = read_photo(buyer_paths[0])
    assert sum(value["label_pixels"].values()) == photo.height * photo.width
    assert Image.open(tmp_path / "seen.jpg").size == (3 * photo.width, photo.height)


def test_every_weight_is_listed():
    from primerka.weights import table

    lines = _run("weights", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(table())
