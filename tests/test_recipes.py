"""Every recipe file can be read, and a key that nobody knows is an error."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch

from primerka.errors import DataMissing
from primerka.training import pg2
from primerka.training.devices import Devices
from primerka.training.parsing import Recipe
from primerka.training.recipe import read_recipe, recipe_text

FOLDER = Path(__file__).parents[1] / "recipes"
RECIPES = sorted(FOLDER.glob("parsing-*.toml"))
PG2_RECIPES = sorted(FOLDER.glob("pg2-*.toml"))


def test_there_are_recipes():
    assert RECIPES and PG2_RECIPES


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_read_and_sensible(path):
    recipe = read_recipe(path, Recipe)
    assert recipe.height % 96 == 0 and recipe.batch > 0 and recipe.steps > 0
    assert 0 < recipe.learning_rate < 1 and 0 < recipe.encoder_learning_rate < 1


@pytest.mark.parametrize("path", PG2_RECIPES, ids=lambda path: path.name)
def test_a_pg2_recipe_is_read_and_sensible(path):
    recipe = read_recipe(path, pg2.Recipe)
    assert path.stem == f"pg2-{recipe.data}"
    assert min(recipe.batch, recipe.coarse_steps, recipe.refine_steps, recipe.save_every, recipe.l1_weight) > 0
    rates = (recipe.coarse_learning_rate, recipe.refine_learning_rate, recipe.discriminator_learning_rate)
    assert all(0 < rate < 1e-2 for rate in rates) and 0 <= recipe.beta1 < recipe.beta2 < 1


@pytest.mark.parametrize(
    ("name", "size", "batch", "steps"),
    [("market1501", (128, 64), 16, (22_000, 14_000)), ("deepfashion", (256, 256), 8, (30_000, 20_000))],
)
def test_the_published_pg2_recipes_say_what_was_published(name, size, batch, steps):
    """arXiv 1705.09368, section 4.1."""
    recipe = read_recipe(FOLDER / f"pg2-{name}.toml", pg2.Recipe)
    assert ((recipe.height, recipe.width), recipe.batch, (recipe.coarse_steps, recipe.refine_steps)) == (size, batch, steps)
    assert (recipe.beta1, recipe.beta2, recipe.coarse_learning_rate, recipe.refine_learning_rate) == (0.5, 0.999, 2e-5, 2e-5)


def test_the_pg2_that_two_cores_train_is_small():
    words = pg2.describe(read_recipe(FOLDER / "pg2-synthetic.toml", pg2.Recipe), Devices(torch.device("cpu")))
    assert words["weights_mb"] <= 15 and words["memory_mb"] < 2000


@pytest.mark.parametrize("path", [*RECIPES, *PG2_RECIPES], ids=lambda path: path.name)
def test_a_written_recipe_is_read_back(path, tmp_path):
    kind = pg2.Recipe if path in PG2_RECIPES else Recipe
    recipe = read_recipe(path, kind)
    (tmp_path / "recipe.toml").write_text(recipe_text(recipe))
    assert read_recipe(tmp_path / "recipe.toml", kind) == recipe


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
