"""What the commands refuse: exit status 2, one sentence, no traceback, nothing written."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from primerka.cli import main


@pytest.fixture
def bad(tmp_path, encode):
    """A folder with a file for each way in which a photo can be bad."""
    folder = tmp_path / "photos"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (200, 150, 3)).astype(np.uint8)
    (folder / "text.jpg").write_text("this is no picture")
    (folder / "empty.jpg").write_bytes(b"")
    whole = encode(noise, "JPEG")
    (folder / "short.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "tiny.png").write_bytes(encode(np.zeros((9, 9, 3), np.uint8), "PNG"))
    (folder / "blank.png").write_bytes(encode(Image.new("RGB", (300, 400), "white"), "PNG"))
    return folder


def _refused(arguments: list, code: str) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].endswith(f"({code})"), lines
    return lines[0]


CASES = [
    ("text.jpg", "not_a_picture"),
    ("empty.jpg", "not_a_picture"),
    ("short.jpg", "broken_picture"),
    ("tiny.png", "picture_too_small"),
    ("absent.jpg", "no_such_file"),
    ("blank.png", "no_person"),
]


@pytest.mark.parametrize(("name", "code"), CASES)
@pytest.mark.parametrize("command", ["analyse", "try"])
def test_a_bad_photo(bad, tmp_path, pose_models, command, name, code):
    out = tmp_path / "out.png"
    products = [bad / "blank.png"] if command == "try" else []
    explain = ["--explain", tmp_path / "explained"] if command == "try" else []
    _refused([command, bad / name, *products, "--out", out, *explain], code)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


@pytest.mark.parametrize(("name", "code"), CASES)
def test_a_bad_product_is_named(bad, tmp_path, buyer_paths, pose_models, name, code):
    sentence = _refused(["try", buyer_paths[0], bad / name, "--out", tmp_path / "out.png"], code)
    assert name in sentence and "product" in sentence
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("name", ["out.gif", "out", "absent/out.png"])
@pytest.mark.parametrize("command", ["analyse", "try"])
def test_an_output_that_cannot_be_is_refused_first(bad, tmp_path, command, name):
    products = ["p.png"] if command == "try" else []
    _refused([command, bad / "absent.jpg", *products, "--out", tmp_path / name], "cannot_write")


def test_an_unknown_engine(bad, tmp_path):
    _refused(
        ["try", bad / "blank.png", bad / "blank.png", "--out", tmp_path / "o.png", "--engine", "miracle"], "unknown_engine"
    )


def test_a_folder_without_the_data_set(tmp_path):
    _refused(["eval", "body", tmp_path], "data_missing")


@pytest.mark.parametrize(
    "arguments",
    [
        ["try", "a.jpg", "--out", "o.png"],
        ["try", "a.jpg", "b.jpg"],
        ["try", "a.jpg", "b.jpg", "--out", "o.png", "--category", "hat"],
        ["try", "a.jpg", "b.jpg", "--out", "o.png", "--category", "top", "--category", "skirt"],
        ["fly"],
    ],
)
def test_a_wrong_command_line_shows_the_usage(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2 and "Usage:" in result.stderr


def test_as_json_a_refusal_is_one_object_with_its_code(bad, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "primerka", "analyse", bad / "text.jpg", "--out", tmp_path / "o.png", "--json"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    assert result["status"] == "refused" and result["code"] == "not_a_picture" and "text.jpg" in result["message"]


def test_without_model_files_the_operator_is_told_the_command(bad, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "primerka", "analyse", bad / "blank.png", "--out", tmp_path / "o.png"],
        capture_output=True, text=True, env=os.environ | {"PRIMERKA_CACHE": str(tmp_path / "empty")},
    )  # fmt: skip
    assert done.returncode == 2 and "primerka weights fetch" in done.stderr and "Traceback" not in done.stderr
