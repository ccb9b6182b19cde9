"""The pages' files: texts in both languages, no foreign hosts, no inline scripts, a small widget."""

import ast
import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "primerka"
PAGES = ROOT / "service" / "storefront"
WIDGET = ROOT / "service" / "widget"
TABLE = ROOT / "service" / "cutting_table"
TEXTS = {
    language: {
        key: text
        for folder in (PAGES, TABLE)
        for key, text in json.loads((folder / "texts" / f"{language}.json").read_text()).items()
    }
    for language in ("ru", "en")
}
SCRIPTS = sorted([*PAGES.rglob("*.js"), *TABLE.rglob("*.js")])
# What refuses a buyer's photo or a shop's product.
ACTS = ("PhotoRejected", "GarmentRejected")


def _placeholders(text) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text if isinstance(text, str) else " ".join(text.values())))


def test_both_languages_say_the_same():
    assert TEXTS["ru"].keys() == TEXTS["en"].keys()
    assert not [key for key in TEXTS["ru"] if _placeholders(TEXTS["ru"][key]) != _placeholders(TEXTS["en"][key])]


def test_the_foreign_shop_speaks_both_languages():
    russian, english = (json.loads((WIDGET / "texts" / f"{language}.json").read_text()) for language in ("ru", "en"))
    asked = set(re.findall(r'data-(?:text|label)="(\w+)"', (WIDGET / "demo.html").read_text()))
    assert russian.keys() == english.keys() == asked
    assert not re.search("[А-я]", (WIDGET / "demo.html").read_text() + (WIDGET / "demo.js").read_text())


def test_plural_forms_are_whole():
    for language, forms in (("ru", {"one", "few", "many", "other"}), ("en", {"one", "other"})):
        assert all(text.keys() == forms for text in TEXTS[language].values() if isinstance(text, dict))


def _refusals():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in ACTS:
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_every_refusal_has_a_kind_sentence():
    codes = set(_refusals())
    assert len(codes) > 10
    for texts in TEXTS.values():
        assert not sorted(code for code in codes if f"error.{code}" not in texts)


def test_every_text_that_a_script_asks_for_exists():
    asked = {key for path in SCRIPTS for key in re.findall(r"\bt\(\"([\w.]+)\"", path.read_text())}
    assert len(asked) > 60 and not sorted(asked - TEXTS["ru"].keys())


def test_every_text_is_used():
    words = "\n".join(path.read_text() for path in SCRIPTS)
    prefixes = {prefix for prefix in re.findall(r"`([\w.]+\.)\$\{", words)}
    unused = [key for key in TEXTS["ru"] if f'"{key}"' not in words and not key.startswith(tuple(prefixes))]
    # Keys that are put together from a word: nav.catalogue, catalogue.nothing, …
    assert not [key for key in unused if not re.search(rf'"{key.split(".")[-1].removesuffix("Lead")}"', words)]


@pytest.mark.parametrize("path", [*PAGES.rglob("*.*"), *WIDGET.rglob("*.*"), *TABLE.rglob("*.*")], ids=lambda path: path.name)
def test_nothing_comes_from_another_host(path):
    hosts = set(re.findall(r"(?:https?:)?//([\w-]+\.[\w.-]+)", path.read_text()))
    assert hosts <= {"www.w3.org", "fit.example"}


@pytest.mark.parametrize(
    "page",
    [PAGES / "index.html", TABLE / "index.html", WIDGET / "demo.html"],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_a_page_has_no_inline_script_or_style(page):
    text = page.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)


@pytest.mark.parametrize("folder", [PAGES, TABLE], ids=lambda folder: folder.name)
def test_the_policy_allows_only_our_own(folder):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', (folder / "index.html").read_text())[1]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy


def test_every_module_and_sheet_is_named_in_the_page():
    page = (PAGES / "index.html").read_text()
    files = [path.relative_to(PAGES).as_posix() for path in [*PAGES.rglob("*.js"), *PAGES.glob("css/*.css")]]
    assert not [name for name in files if f"/storefront/{name}" not in page]


def test_the_widget_is_small():
    assert len(gzip.compress((WIDGET / "widget.js").read_bytes(), 9)) < 30_000


def test_only_one_module_speaks_http():
    speakers = {path.name for path in SCRIPTS if re.search(r"\bfetch\(|XMLHttpRequest\(|EventSource\(", path.read_text())}
    assert speakers == {"api.js"}


def test_every_text_and_token_is_documented():
    document = (ROOT.parent / "docs" / "storefront.md").read_text()
    tokens = set(re.findall(r"^  (--[\w-]+):", (PAGES / "css" / "tokens.css").read_text(), re.M))
    assert tokens and not sorted(name for name in tokens if f"`{name}`" not in document)
    told = re.search(r"const TOLD = (\[.*?\])", (WIDGET / "widget.js").read_text())[1]
    attributes = re.search(r"observedAttributes = (\[.*?\])", (WIDGET / "widget.js").read_text())[1]
    names = [f"`primerka:{name}`" for name in [*ast.literal_eval(told), "open", "close"]]
    names += [f"`{name}`" for name in ast.literal_eval(attributes)]
    assert not [name for name in names if name not in document]
