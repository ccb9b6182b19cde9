"""The commands that train, measure and import pose transfer: what they print, and what they refuse."""

import json

import pytest
import torch
from click.testing import CliRunner

from primerka.cli import main


def _run(*words: str):
    return CliRunner().invoke(main, [str(word) for word in words])


def _refused(*words: str) -> str:
    """The sentence of a refusal."""
    result = _run(*words)
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    return result.output


@pytest.mark.parametrize("network", ["pg2", "adgan"])
def test_a_dry_run_tells_and_writes_nothing(network, tmp_path):
    result = _run("train", network, "--data", tmp_path, "--out", tmp_path / "out", "--dry-run")
    described = json.loads(result.output)
    assert described["recipe"]["data"] == "synthetic" and 1 < described["weights_mb"] < 20
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("network", ["pg2", "adgan"])
def test_training_without_its_data_is_refused(network, tmp_path):
    assert "no_wardrobe" in _refused("train", network, "--data", tmp_path, "--out", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_recipe_that_will_not_do_is_refused(tmp_path):
    recipe = tmp_path / "odd.toml"
    described = json.loads(_run("train", "pg2", "--data", tmp_path, "--out", tmp_path, "--dry-run").output)
    values = described["recipe"]
    for change, code in (
        ({"lerning": 1}, "unknown_recipe_key"),
        ({"height": "128"}, "unusable_recipe"),
        ({"height": 8}, "unusable_recipe"),
    ):
        recipe.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in (values | change).items()))
        assert code in _refused("train", "pg2", "--data", tmp_path, "--out", tmp_path / "out", "--recipe", recipe)
    recipe.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in (values | {"data": "nowhere"}).items()))
    assert "unknown_set" in _refused("train", "pg2", "--data", tmp_path, "--out", tmp_path / "out", "--recipe", recipe)


def test_a_damaged_wardrobe_is_refused(tmp_path):
    (tmp_path / "wardrobe.npz").write_bytes(b"PK\x03\x04 cut short")
    for words in (("train", "pg2", "--data", tmp_path, "--out", tmp_path / "out"), ("eval", "repose", "--data", tmp_path)):
        assert "data_incomplete" in _refused(*words)


def test_measuring_refuses_what_it_cannot_do(tmp_path):
    (tmp_path / "wardrobe.npz").write_bytes(b"")
    assert "unknown_set" in _refused("eval", "repose", "--data", tmp_path, "--set", "nowhere")
    assert "no_seed" in _refused("eval", "repose", "--data", tmp_path, "--set", "market1501", "--seed", "1")
    assert "cannot_write" in _refused("eval", "repose", "--data", tmp_path, "--sheet", tmp_path / "picture")
    assert _run("eval", "repose", "--data", tmp_path, "--pairs", "0").exit_code == 2


def test_only_a_published_checkpoint_is_imported(tmp_path):
    out = tmp_path / "folder" / "adgan.safetensors"
    assert "checkpoint_missing" in _refused("weights", "import-adgan", tmp_path / "none.pth", "--out", out)
    (tmp_path / "cut.pth").write_bytes(b"PK\x03\x04")
    assert "checkpoint_damaged" in _refused("weights", "import-adgan", tmp_path / "cut.pth", "--out", out)
    torch.save({"layer.weight": torch.zeros(2)}, tmp_path / "other.pth")
    assert "checkpoint_of_another_network" in _refused("weights", "import-adgan", tmp_path / "other.pth", "--out", out)
    assert not out.exists()


def test_the_wardrobe_is_not_made_of_nothing(tmp_path):
    folders = [part for name in ("makehuman", "fabrics", "people") for part in (f"--{name}", tmp_path)]
    assert "data_missing" in _refused("datasets", "wardrobe", *folders, "--out", tmp_path / "wardrobe.npz")
    assert not list(tmp_path.iterdir())
