"""What an operator gets wrong: recipes, folders, empty data."""

import pytest
from click.testing import CliRunner

from primerka.cli import main


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_missing_recipe(tmp_path):
    (tmp_path / "d" / "photos").mkdir(parents=True)
    r = run("train", "parsing", "--data", tmp_path / "d", "--out", tmp_path / "o", "--recipe", tmp_path / "no.toml")
    assert isinstance(r.exception, SystemExit) and r.exit_code == 2, repr(r.exception)


@pytest.mark.parametrize("text", ["height = ", "height = 96"])
def test_bad_recipe(tmp_path, text):
    (tmp_path / "d" / "photos").mkdir(parents=True)
    (tmp_path / "r.toml").write_text(text)
    r = run("train", "parsing", "--data", tmp_path / "d", "--out", tmp_path / "o", "--recipe", tmp_path / "r.toml")
    assert isinstance(r.exception, SystemExit) and r.exit_code == 2, repr(r.exception)


def test_explain_below_a_file(tmp_path, buyer_paths, product_paths):
    (tmp_path / "f").write_text("x")
    r = run("try", buyer_paths[0], product_paths[0], "--out", tmp_path / "o.png", "--explain", tmp_path / "f" / "x")
    assert isinstance(r.exception, SystemExit) and r.exit_code == 2, repr(r.exception)


def test_json_refusal_does_not_need_sys_argv(tmp_path):
    r = run("analyse", tmp_path / "absent.jpg", "--out", tmp_path / "o.png", "--json")
    assert '"refused"' in r.stdout, r.stdout


def test_unwritable_out(tmp_path, buyer_paths):
    (tmp_path / "o.png").mkdir()
    r = run("analyse", buyer_paths[0], "--out", tmp_path / "o.png")
    assert isinstance(r.exception, SystemExit) and r.exit_code == 2, repr(r.exception)


def test_eval_empty(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "label_names.txt").write_text("null")
    (tmp_path / "image_tags.csv").write_text("photo,tags\n")
    for c in ("body", "parsing", "tryon"):
        r = run("eval", c, tmp_path)
        assert r.exit_code in (0, 2) and (r.exception is None or isinstance(r.exception, SystemExit)), (c, repr(r.exception))
