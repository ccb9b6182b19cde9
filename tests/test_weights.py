"""Every weight: where it comes from, under which licence, and that it is the one."""

import hashlib
import re

import numpy as np
import pytest

from primerka.errors import WeightsMissing
from primerka.weights import FOLDER, cache_folder, load_weights, table, weights_path

OWN = [name for name, row in table().items() if "package" not in row]
FREE = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"}
uncached = weights_path.__wrapped__


@pytest.mark.parametrize("name", table())
def test_a_row_says_what_it_is_and_whence(name):
    row = table()[name]
    assert row["file"] and row["what"] and set(row["licence"].split(" AND ")) <= FREE
    assert re.fullmatch("[0-9a-f]{64}", row["sha256"])
    if "package" in row:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", row["package"]), "a package needs one version"
        assert row["path"]
    else:
        assert row["recipe"] and row["data"] and row["score"]


@pytest.mark.parametrize("name", OWN)
def test_our_own_file_is_the_one_of_the_table(name):
    path = weights_path(name)
    assert path.parent == FOLDER
    assert hashlib.sha256(path.read_bytes()).hexdigest() == table()[name]["sha256"]


def test_nothing_lies_there_that_the_table_does_not_know():
    files = {
        path.name for path in FOLDER.iterdir() if path.suffix in (".safetensors", ".tflite", ".pt", ".pth", ".onnx", ".npz")
    }
    assert files == {table()[name]["file"] for name in OWN}


def test_ours_together_are_under_60_megabytes():
    assert sum((FOLDER / table()[name]["file"]).stat().st_size for name in OWN) < 60e6


def test_weights_are_finite_float32():
    import torch

    state = load_weights("parsing")
    floats = [tensor for tensor in state.values() if tensor.is_floating_point()]
    assert floats and all(tensor.dtype == torch.float32 and tensor.isfinite().all() for tensor in floats)


def test_an_empty_cache_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("PRIMERKA_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    for name, command in (("pose_detection", "`primerka weights fetch`"), ("lpips_heads", "`primerka weights fetch --eval`")):
        with pytest.raises(WeightsMissing) as caught:
            uncached(name)
        assert caught.value.code == "weights_missing" and command in str(caught.value)


def test_a_damaged_file_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setenv("PRIMERKA_CACHE", str(tmp_path))
    (tmp_path / table()["pose_detection"]["file"]).write_bytes(b"half a download")
    with pytest.raises(WeightsMissing, match="weights fetch") as caught:
        uncached("pose_detection")
    assert caught.value.code == "weights_damaged"


def test_the_body_has_the_shapes_that_its_docstring_names(model):
    vertices = len(model.template)
    assert model.template.shape == (vertices, 3) and model.shapes.shape[1:] == (vertices, 3)
    assert model.weights.shape == (vertices, 19) and model.faces.shape[1] == 3
    assert all(np.isfinite(array).all() for array in (model.template, model.shapes, model.weights))
