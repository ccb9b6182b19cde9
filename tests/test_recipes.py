"""Every recipe file can be read, and a key that nobody knows is an error."""

from dataclasses import fields
from pathlib import Path

import pytest

from primerka.errors import DataMissing
from primerka.training.parsing import Recipe
from primerka.training.recipe import read_recipe

RECIPES = sorted((Path(__file__).parents[1] / "recipes").glob("parsing-*.toml"))


def test_there_are_recipes():
    assert RECIPES


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_read_and_sensible(path):
    recipe = read_recipe(path, Recipe)
    assert recipe.height % 96 == 0 and recipe.batch > 0 and recipe.steps > 0
    assert 0 < recipe.learning_rate < 1 and 0 < recipe.encoder_learning_rate < 1


def test_an_unknown_key_is_named(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(RECIPES[0].read_text() + "\nlerning_rate = 1.0\n")
    with pytest.raises(DataMissing, match="lerning_rate") as caught:
        read_recipe(path, Recipe)
    assert caught.value.code == "unknown_recipe_key"


def test_a_recipe_that_another_starts_from_exists():
    names = {path.stem for path in RECIPES}
    starts = {recipe.start for recipe in [read_recipe(path, Recipe) for path in RECIPES] if recipe.start}
    assert starts <= names, f"no recipe makes {starts - names}; every field: {[field.name for field in fields(Recipe)]}"
