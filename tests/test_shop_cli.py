"""The shop's commands, without the ones that run for ever."""

import json

import pytest
from click.testing import CliRunner
from shop_rig import SECRET, picture

from primerka.cli import main

ROW = "id\ttitle\timage_link\tgoogle_product_category\n"


@pytest.fixture
def run(tmp_path):
    environment = {"PRIMERKA_HOME": str(tmp_path / "home"), "PRIMERKA_SECRET": SECRET}
    return lambda *words, **changes: CliRunner().invoke(main, words, env={**environment, **changes})


def test_from_nothing_to_a_shop(run, tmp_path):
    feed = tmp_path / "feed.tsv"
    (tmp_path / "a.jpg").write_bytes(picture())
    feed.write_text(f"{ROW}A\tBlue shirt\ta.jpg\tShirts & Tops\nB\tGreen shirt\tmissing.jpg\tShirts & Tops\n")
    early = run("import", str(feed), "--shop", "atelier")
    assert early.exit_code == 2 and "(not_migrated)" in early.stderr
    assert "revision 0003" in run("migrate").stdout
    first = run("import", str(feed), "--shop", "atelier", "--name", "Atelier", "--json")
    told = json.loads(first.stdout)
    assert first.exit_code == 0 and told["key"].startswith("shop_") and (told["added"], told["bad_count"]) == (1, 1)
    assert "line 3: B: " in first.stderr
    again = json.loads(run("import", str(feed), "--shop", "atelier", "--json").stdout)
    assert "key" not in again and (again["added"], again["unchanged"]) == (0, 1)
    other = json.loads(run("import", str(feed), "--shop", "atelier", "--new-key", "--json").stdout)
    assert other["key"] != told["key"]
    examined = run("doctor", "--json")
    assert examined.exit_code == 1  # no worker runs
    assert {name for name, finding in json.loads(examined.stdout).items() if finding != "ok"} - {"models"} == {"workers"}


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["migrate"]])
def test_weak_secrets_stop_every_command(run, command):
    refused = run(*command, PRIMERKA_SECRET="password")
    assert refused.exit_code == 2 and "(weak_secret)" in refused.stderr


def test_serving_without_tables_is_told(run):
    refused = run("serve")
    assert refused.exit_code == 2 and "primerka migrate (not_migrated)" in refused.stderr


def test_a_feed_that_is_none(run, tmp_path):
    run("migrate")
    feed = tmp_path / "feed.xml"
    feed.write_text("not a feed")
    refused = run("import", str(feed), "--shop", "atelier")
    assert refused.exit_code == 2 and "(import_failed)" in refused.stderr
    assert run("import", str(feed), "--shop", "Ate lier").exit_code == 2
