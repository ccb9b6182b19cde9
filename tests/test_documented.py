"""Every command, option, setting and engine appears in the documents."""

import ast
import re
from pathlib import Path

import click
import pytest

from primerka.cli import main
from primerka.tryon.engine import engine_names
from primerka.tryon.repose import reposer_names

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def documents() -> str:
    text = "\n".join(
        path.read_text()
        for path in (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("cli", "service", "feeds")))
    )
    # "primerka eval parsing|body" stands for two commands.
    for before, choices in re.findall(r"(primerka [\w ]*?)(\w+(?:\|\w+)+)", text):
        text += "".join(f"\n{before}{choice}" for choice in choices.split("|"))
    return text


def _commands(command: click.Command, words: str):
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{words} {name}")


COMMANDS = dict(_commands(main, "primerka"))


def test_every_command(documents):
    assert not [words for words, command in COMMANDS.items() if not isinstance(command, click.Group) and words not in documents]


def test_every_option(documents):
    options = {
        f"{words} {name}"
        for words, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--") and name not in ("--help", "--version")
    }
    assert not sorted(option for option in options if not re.search(rf"{option.split()[-1]}(?![\w-])", documents))


def test_every_option_and_argument_is_explained_by_help():
    silent = [
        f"{words} {parameter.opts[-1]}"
        for words, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help and parameter.show_default is not True
    ]
    without = [words for words, command in COMMANDS.items() if not command.help]
    assert not without and not silent


def _settings():
    for path in (ROOT / "primerka").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"PRIMERKA_[A-Z_]+", node.value):
                yield node.value


def test_every_environment_variable(documents):
    assert not sorted({name for name in _settings() if name not in documents})


def test_every_engine(documents):
    assert not [name for name in engine_names() if name not in documents]


def _codes():
    """Every code that a refusal is raised with."""
    for path in (ROOT / "primerka").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            first = node.args[0]
            refusals = ("Refused", "PhotoRejected", "GarmentRejected", "WeightsMissing", "DataMissing")
            if node.func.id in refusals and isinstance(first, ast.Constant):
                yield first.value


def test_every_code_of_a_refusal(documents):
    codes = set(_codes())
    assert len(codes) > 30 and not sorted(code for code in codes if f"`{code}`" not in documents)


def test_every_reposer(documents):
    assert not [name for name in reposer_names() if f"`{name}`" not in documents]
