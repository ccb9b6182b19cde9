"""Freed memory stays with the process: the next picture does not ask the kernel for it again."""

import platform
import subprocess
import sys

import pytest
from click.testing import CliRunner

from primerka.cli import main

PROBE = """
import resource, sys
import numpy as np
from primerka.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(50_000_000, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told")
def test_what_is_freed_is_used_again():
    again = {word: int(subprocess.check_output([sys.executable, "-c", PROBE, word])) for word in ("keep", "plain")}
    assert 2 * again["keep"] < again["plain"]


@pytest.mark.parametrize(("command", "keeps"), [("analyse", True), ("serve", False), ("worker", False)])
def test_what_runs_for_long_gives_memory_back(monkeypatch, command, keeps):
    calls = []
    monkeypatch.setattr("primerka.cli.group.keep_freed_memory", lambda: calls.append(command))
    assert command in main.commands
    CliRunner().invoke(main, [command, "no-such-file", "no-such-argument"])
    assert bool(calls) == keeps
