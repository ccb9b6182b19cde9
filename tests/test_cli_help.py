"""Help comes at once: nothing heavy is loaded for it."""

import re
import subprocess
import sys
import time

import pytest

HEAVY = {"torch", "numpy", "cv2", "scipy", "numba", "PIL", "ai_edge_litert", "safetensors", "anny"}


@pytest.mark.parametrize("words", [[], ["try"], ["train", "parsing"], ["weights"]], ids=" ".join)
def test_help_is_fast_and_light(words):
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "primerka", *words, "--help"], capture_output=True, text=True, check=True
    )
    assert time.perf_counter() - start < 3
    assert "Usage:" in done.stdout
    loaded = {match[1].split(".")[0] for match in re.finditer(r"\|\s+([\w.]+)$", done.stderr, re.M)}
    assert "click" in loaded, "the import times were not read"
    assert not loaded & HEAVY


def test_the_version_is_the_packages():
    import primerka

    done = subprocess.run([sys.executable, "-m", "primerka", "--version"], capture_output=True, text=True, check=True)
    assert primerka.__version__ in done.stdout
