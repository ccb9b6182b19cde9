"""`primerka repose`: what it writes, prints and refuses."""

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from primerka.cli import main
from primerka.networks.adgan import Generator
from primerka.tryon.network_files import save_network


def _run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def small(buyer_paths, product_paths, tmp_path_factory):
    """A sample product and a sample buyer as smaller files."""
    folder = tmp_path_factory.mktemp("photos")
    for name, path in (("product.png", product_paths[0]), ("pose.png", buyer_paths[0])):
        picture = Image.open(path)
        picture.thumbnail((512, 512))
        picture.save(folder / name)
    return folder


@pytest.fixture(scope="module")
def done(pose_models, small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("repose")
    result = _run(
        "repose", small / "product.png", "--pose", small / "pose.png", "--out", folder / "posed.png",
        "--explain", folder / "explained", "--background", small / "pose.png", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder, result


def test_json_is_one_object_on_standard_output(done):
    folder, result = done
    value = json.loads(result.stdout)
    assert set(value) == {"status", "code", "stages_ms", "warnings", "out"}
    assert value["status"] == "ok" and value["code"] is None and value["out"] == str(folder / "posed.png")
    assert {"decode", "pose", "parsing", "body", "repose", "write"} <= set(value["stages_ms"])


def test_the_picture_has_the_size_of_the_pose_photo_and_the_given_background(done, small):
    posed, behind = (np.asarray(Image.open(path)) for path in (done[0] / "posed.png", small / "pose.png"))
    alpha = np.asarray(Image.open(done[0] / "explained" / "alpha.png"))
    assert posed.shape == behind.shape
    np.testing.assert_array_equal(posed[alpha == 0], behind[alpha == 0])
    assert (posed != behind).any(2).mean() > 0.05


def test_explain_writes_what_is_certain_and_the_steps(done):
    names = {path.stem for path in (done[0] / "explained").iterdir()}
    assert {"product", "pose", "certain", "underpaint", "alpha"} <= names
    certain = np.asarray(Image.open(done[0] / "explained" / "certain.png"))
    assert set(np.unique(certain)) == {0, 255}
    assert not [path for path in done[0].rglob("*") if path.name.endswith(".part")]


def test_a_bad_pose_photo_is_the_buyers_and_a_bad_product_is_named(small, pose_models, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (300, 400), "white").save(blank)
    for product, pose, word in ((small / "product.png", blank, ""), (blank, small / "pose.png", "product blank.png")):
        result = _run("repose", product, "--pose", pose, "--out", tmp_path / "o.png", "--explain", tmp_path / "explained")
        assert result.exit_code == 2 and "Traceback" not in result.output
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1 and lines[0].endswith("(no_person)") and lines[0].startswith(word)
    assert [path.name for path in tmp_path.iterdir()] == ["blank.png"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--engine", "miracle"], "unknown_engine"),
        (["--background", "absent.png"], "no_such_file"),
        (["--take", "hair=absent.png"], "cannot_mix"),
        (["--take", "hair"], "write ATTRIBUTE=PHOTO"),
        (["--take", "wings=absent.png"], "write ATTRIBUTE=PHOTO"),
        (["--take", "hair=absent.png@1.5"], "share from 0 to 1"),
    ],
)
def test_what_is_refused_before_anything_is_analysed(small, tmp_path, more, code):
    result = _run("repose", small / "product.png", "--pose", small / "pose.png", "--out", tmp_path / "o.png", *more)
    assert result.exit_code == 2 and code in result.stderr


def test_an_output_that_cannot_be_is_refused_first(tmp_path):
    result = _run("repose", "absent.jpg", "--pose", "absent.jpg", "--out", tmp_path / "o.gif")
    assert result.exit_code == 2 and "cannot_write" in result.stderr


def test_styles_are_mixed(small, pose_models, tmp_path):
    """Half of the pose's hair, then all of it, on the product; a file may have an @ in its name."""
    torch.manual_seed(0)
    save_network(Generator(4, 4, 1, 8, "hed_vgg16", 1), (64, 48), tmp_path / "adgan.safetensors")
    (tmp_path / "me@home.png").write_bytes((small / "pose.png").read_bytes())
    pictures = []
    for index, take in enumerate(([], ["@0.5"], [""])):
        more = [word for share in take for word in ("--take", f"hair={tmp_path / 'me@home.png'}{share}")]
        words = ("--pose", small / "pose.png", "--engine", "adgan", "--weights", tmp_path / "adgan.safetensors", *more)
        result = _run("repose", small / "product.png", *words, "--out", tmp_path / f"{index}.png")
        assert result.exit_code == 0, result.output
        pictures.append(np.asarray(Image.open(tmp_path / f"{index}.png")).astype(int))
    half, whole = (np.abs(picture - pictures[0]).sum() for picture in pictures[1:])
    assert whole > half > 0
