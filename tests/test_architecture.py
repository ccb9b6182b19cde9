"""Imports go one way, files are named for their idea, and nothing is left to do later."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "primerka"
# From the top of architecture.md to its bottom. What is not named here is vocabulary, or a small tool of the vocabulary.
LAYERS = (
    {"cli", "__main__", "demo"},
    {"service"},
    {"training", "evaluation"},
    {"datasets"},
    {"metrics"},
    {"tryon"},
    {"perception"},
    {"networks"},
    {"weights"},
)
FILES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def _layer(top: str) -> int:
    return next((index for index, names in enumerate(LAYERS) if top in names), len(LAYERS))


def _imports(file: Path):
    """The top-level pieces of primerka that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "primerka" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


def _top(file: Path) -> str:
    return file.parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_go_down(file):
    own = _layer(_top(file))
    uphill = {name for name in _imports(file) if _layer(name) < own}
    assert not uphill


def test_service_and_training_do_not_know_each_other():
    for file in FILES:
        if _top(file) in ("service", "training"):
            assert not ({"service", "training"} - {_top(file)}) & set(_imports(file)), file


def test_networks_read_and_write_no_files():
    for file in FILES:
        if _top(file) == "networks":
            words = (ROOT / file).read_text()
            assert "open(" not in words and "torch.load" not in words and "Path" not in words, file


def test_files_are_named_for_their_idea():
    assert not [
        file for file in FILES if file.stem in ("utils", "util", "helpers", "helper", "common", "misc") or "_v2" in file.stem
    ]


def test_nothing_is_left_to_do_later():
    assert not [file for file in FILES if any(word in (ROOT / file).read_text() for word in ("TODO", "FIXME", "XXX"))]


def test_importing_a_module_loads_no_model():
    """No weights are read, and no torch is loaded, by importing what serves."""
    import subprocess
    import sys

    code = "import sys, primerka.perception.analyse, primerka.tryon.engine; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
