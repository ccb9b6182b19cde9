"""The commands of the basics: what they print and write, and what they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from primerka.cli import main
from primerka.networks.style import FastStyle
from primerka.tryon.network_files import save_network

RECIPES = Path(__file__).parents[1] / "recipes"
SMALL = {
    "gan": "network = 'convolutional'\nside = 8\nnoise = 4\nwidth = 4\ndiscriminator_width = 4\n",
    "infogan": "side = 8\ncategories = 3\ncontinuous = 1\nnoise = 4\nwidth = 4\ndiscriminator_width = 4\nhidden = 8\n"
    "categorical_weight = 1.0\ncontinuous_weight = 0.1\n",
}
TRAINED = "batch = 8\nsteps = 2\nlearning_rate = 1e-3\ndiscriminator_learning_rate = 1e-3\nbeta1 = 0.5\nbeta2 = 0.999\n"
TRAINED += "save_every = 10\nseed = 0\n"


def _run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def _succeeds(*words) -> str:
    result = _run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def _refused(code: str, *words) -> str:
    result = _run(*words)
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit), result.output
    (line,) = result.stderr.strip().splitlines()
    assert line.endswith(f"({code})"), line
    return line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of 24 square pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for index in range(24):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index:02}.png")
    return folder


@pytest.fixture(scope="module")
def recipes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    for name, words in SMALL.items():
        (folder / f"{name}.toml").write_text(words + TRAINED)
    (folder / "points.toml").write_text(SMALL["gan"].replace("convolutional", "perceptron") + TRAINED)
    return folder


@pytest.fixture(scope="module")
def runs(folder, recipes, tmp_path_factory):
    """A run of each trainer on the folder, and one on points."""
    out = tmp_path_factory.mktemp("runs")
    for name in SMALL:
        words = ("--data", folder, "--out", out / name, "--recipe", recipes / f"{name}.toml")
        assert "done" in _succeeds("train", name, *words)
    _succeeds("train", "gan", "--data", "mixture", "--out", out / "points", "--recipe", recipes / "points.toml")
    return out


@pytest.mark.parametrize("name", SMALL)
def test_a_run_is_sampled(name, runs, tmp_path):
    told = json.loads(_succeeds("sample", runs / name, "--grid", tmp_path / "grid.png", "--count", "4", "--json"))
    assert told["status"] == "ok" and told["columns"] == 4 and told["rows"] == {"gan": 4, "infogan": 3}[name]
    assert Image.open(tmp_path / "grid.png").size == (4 * 48, told["rows"] * 48)


def test_a_walk_is_written_and_the_same_again(runs, tmp_path):
    for name in ("one", "two"):
        words = ("--grid", tmp_path / f"{name}.png", "--vary", "c1=-2..2", "--count", "3")
        assert "3 rows of 3" in _succeeds("sample", runs / "infogan", *words)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    picture = np.asarray(Image.open(tmp_path / "one.png"))
    assert (picture[:, :48] != picture[:, 96:]).any()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unknown_code", ["--vary", "c7=-2..2"]),
        ("unusable_range", ["--vary", "c1=-2.2"]),
        ("unusable_range", ["--vary", "c1=0..1", "--vary", "c1=0..2"]),
        ("unusable_range", ["--vary", "k=0..3"]),
    ],
)
def test_a_walk_that_cannot_be_is_refused(code, words, runs, tmp_path):
    _refused(code, "sample", runs / "infogan", "--grid", tmp_path / "grid.png", *words)
    assert not list(tmp_path.iterdir())


def test_three_walks_show_the_usage(runs, tmp_path):
    walks = [word for code in ("c1", "k", "z1") for word in ("--vary", f"{code}=0..1")]
    result = _run("sample", runs / "infogan", "--grid", tmp_path / "grid.png", *walks)
    assert result.exit_code == 2 and "Usage:" in result.stderr and not list(tmp_path.iterdir())


def test_what_cannot_be_sampled_is_refused(runs, folder, tmp_path):
    out = tmp_path / "grid.png"
    _refused("weights_missing", "sample", folder, "--grid", out)
    _refused("weights_missing", "sample", tmp_path / "nowhere", "--grid", out)
    _refused("no_pictures_to_show", "sample", runs / "points", "--grid", out)
    _refused("cannot_write", "sample", runs / "gan", "--grid", tmp_path / "grid.gif")
    whole = (runs / "gan" / "weights.safetensors").read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "weights.safetensors").write_bytes(whole[: len(whole) // 2])
    _refused("weights_damaged", "sample", tmp_path / "cut", "--grid", out)
    assert not out.exists()


@pytest.mark.parametrize("name", SMALL)
def test_training_refuses_a_folder_that_will_not_do(name, folder, recipes, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    words = ("train", name, "--data", bad, "--out", tmp_path / "out", "--recipe", recipes / f"{name}.toml")
    _refused("no_pictures", *words)
    Image.new("RGB", (16, 16)).save(bad / "a.png")
    Image.new("RGB", (16, 18)).save(bad / "b.png")
    assert "b.png" in _refused("mixed_sizes", *words)
    whole = (folder / "00.png").read_bytes()
    (bad / "b.png").write_bytes(whole[: len(whole) // 2])
    assert "b.png" in _refused("broken_picture", *words)
    _refused("data_missing", "train", name, "--data", tmp_path / "nowhere", *words[4:])
    _refused("checkpoint_missing", "train", name, "--data", folder, *words[4:], "--resume")
    (tmp_path / "file").write_text("")
    _refused("cannot_write", "train", name, "--data", folder, "--out", tmp_path / "file" / "out", *words[6:])
    assert not (tmp_path / "out").exists()


def test_training_refuses_a_recipe_of_the_other_network(recipes, folder, tmp_path):
    words = ("--data", folder, "--out", tmp_path / "out", "--recipe", recipes / "gan.toml")
    _refused("unknown_recipe_key", "train", "infogan", *words)


def test_points_are_measured(runs):
    told = json.loads(_succeeds("eval", "gan", runs / "points", "--data", "mixture", "--json"))
    assert set(told) == {"start", "end"} and 0 <= told["end"]["modes"] <= 8
    _refused("unusable_data", "eval", "gan", runs / "gan", "--data", "mixture")
    _refused("weights_damaged", "eval", "gan", runs / "infogan", "--data", "mixture")


def test_digits_are_measured(tmp_path, recipes):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `basics`)")
    run = tmp_path / "run"
    _succeeds("train", "infogan", "--data", "digits", "--out", run, "--recipe", recipes / "infogan.toml")
    told = json.loads(_succeeds("eval", "infogan", run, "--data", "digits", "--json"))
    assert 0.1 <= told["accuracy"] < 0.6 and told["pictures"] == 359
    distances = told["fid_digit_perceptron"]
    assert 0 < distances["training_pictures"] < 0.1 * min(distances["start"], distances["end"])


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (72, 90, 3), dtype=np.uint8)).save(path)
    return path


@pytest.fixture
def decoder(tmp_path, monkeypatch):
    """A file of an untrained decoder, and a trunk of random weights behind it."""
    from primerka.networks.style import TAPS
    from primerka.networks.vgg import Vgg
    from primerka.tryon import restyle

    torch.manual_seed(0)
    trunk = Vgg("hed_vgg16", TAPS)
    monkeypatch.setattr(restyle, "style_trunk", lambda: trunk)
    save_network(FastStyle(4), (32, 32), tmp_path / "decoder.safetensors")
    return tmp_path / "decoder.safetensors"


def test_a_picture_is_restyled(photo, decoder, tmp_path):
    told = json.loads(_succeeds("style", photo, photo, "--out", tmp_path / "out.png", "--weights", decoder, "--json"))
    assert told["status"] == "ok" and {"decode", "load", "restyle"} <= set(told["stages_ms"])
    assert Image.open(tmp_path / "out.png").size == (90, 72)


def test_restyling_refuses_what_it_cannot_do(photo, decoder, tmp_path):
    out, text = tmp_path / "out.png", tmp_path / "text.jpg"
    text.write_text("no picture")
    cut = tmp_path / "cut.png"
    cut.write_bytes(photo.read_bytes()[:300])
    for code, content, pattern in (
        ("no_such_file", tmp_path / "none.jpg", photo), ("no_such_file", photo, tmp_path / "none.jpg"),
        ("not_a_picture", text, photo), ("not_a_picture", photo, text), ("broken_picture", photo, cut),
    ):  # fmt: skip
        _refused(code, "style", content, pattern, "--out", out, "--weights", decoder)
    _refused("cannot_write", "style", photo, photo, "--out", tmp_path / "out.gif")
    _refused("weights_missing", "style", photo, photo, "--out", out, "--weights", tmp_path / "none")
    assert not out.exists()


def test_only_the_clothes_change(buyer_paths, pose_models, decoder, tmp_path):
    """Outside what the parsing calls a garment every pixel is the photo's own; inside most are not."""
    from primerka.parsing import GARMENTS
    from primerka.perception.analyse import analyse
    from primerka.photo import read_photo

    words = ("--out", tmp_path / "out.png", "--weights", decoder, "--only", "clothes", "--side", "320")
    _succeeds("style", buyer_paths[0], buyer_paths[1], *words)
    photo = read_photo(buyer_paths[0], 320)
    clothes = analyse(photo).parsing.mask(*GARMENTS)
    changed = (np.asarray(Image.open(tmp_path / "out.png")) != photo.rgb).any(2)
    assert not (changed & ~clothes).any() and changed[clothes].mean() > 0.9
