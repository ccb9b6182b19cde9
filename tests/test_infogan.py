"""InfoGAN: the bound against numbers worked out, the shared trunk, the trainer, the walk of its codes."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from scipy.stats import norm

from primerka.errors import DataMissing, Refused, WeightsMissing
from primerka.networks.gan import GanGenerator
from primerka.networks.infogan import Codes, InfoGan, Reading
from primerka.training.devices import Devices
from primerka.training.infogan import Recipe, agreement, blurred, build, category_grid, information, shifted, train_infogan
from primerka.training.recipe import read_recipe
from primerka.training.sampling import Walk, code_names, load_run, read_walk, walk_grid

CPU = Devices(torch.device("cpu"))
RECIPES = sorted((Path(__file__).parents[1] / "recipes").glob("infogan-*.toml"))
RECIPE = Recipe(
    side=8, categories=3, continuous=2, noise=4, width=4, discriminator_width=4, hidden=8, batch=8, steps=6,
    learning_rate=1e-3, discriminator_learning_rate=1e-3, beta1=0.5, beta2=0.999, categorical_weight=1.0,
    continuous_weight=0.1, save_every=100, seed=0,
)  # fmt: skip
PICTURES = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def model() -> InfoGan:
    torch.manual_seed(0)
    return build(RECIPE, 1).eval()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_can_be_built(path):
    recipe = read_recipe(path, Recipe)
    with torch.device("meta"):
        network = build(recipe, 1)
        pictures = network.generator(torch.empty(2, network.codes.length))
        logits, reading = network.judge(pictures), network.read(pictures)
    assert logits.shape == (2,) and reading.logits.shape == (2, recipe.categories)


def test_codes_are_drawn_as_the_paper_has_them():
    torch.manual_seed(0)
    codes = Codes(5, 2, 3)
    category, continuous, noise = codes.draw(5000)
    assert set(category.tolist()) == set(range(5)) and torch.bincount(category).min() > 800
    assert continuous.abs().max() <= 1 and continuous.std().item() == pytest.approx(1 / math.sqrt(3), abs=0.02)
    joined = codes.join(category, continuous, noise)
    assert joined.shape == (5000, codes.length) and torch.equal(joined[:, :5].argmax(1), category)
    assert torch.equal(joined[:, 5:7], continuous) and torch.equal(joined[:, 7:], noise)


def test_the_bound_against_scipy():
    random = np.random.default_rng(0)
    logits, category = random.normal(size=(6, 4)), random.integers(4, size=6)
    mean, log_variance, continuous = random.normal(size=(3, 6, 2))
    told = [logits[i, category[i]] - math.log(sum(math.exp(v) for v in logits[i])) for i in range(6)]
    likelihood = norm.logpdf(continuous, mean, np.exp(log_variance / 2)).mean()
    reading = Reading(*(torch.from_numpy(array) for array in (logits, mean, log_variance)))
    bounds = information(reading, torch.from_numpy(category), torch.from_numpy(continuous))
    assert bounds[0].item() == pytest.approx(np.mean(told) + math.log(4))
    assert bounds[1].item() == pytest.approx(likelihood + math.log(2))


def test_the_bound_is_tight_for_whoever_knows_and_zero_for_whoever_guesses():
    category = torch.tensor([0, 1, 2])
    sure = Reading(100 * torch.eye(3), torch.zeros(3, 0), torch.zeros(3, 0))
    guessing = Reading(torch.zeros(3, 3), torch.zeros(3, 0), torch.zeros(3, 0))
    assert information(sure, category, torch.zeros(3, 0))[0].item() == pytest.approx(math.log(3))
    assert information(guessing, category, torch.zeros(3, 0))[0].item() == pytest.approx(0, abs=1e-6)


def test_the_reader_shares_the_discriminators_trunk(model):
    """Both heads hang on the same features: a loss of either reaches them."""
    for head in (model.judge, lambda pictures: model.read(pictures).logits):
        model.zero_grad()
        head(torch.rand(4, 1, 8, 8)).sum().backward()
        assert next(model.discriminator.features.parameters()).grad.abs().sum() > 0
    model.zero_grad()


def test_views_agree_fully_when_sure_even_and_alike():
    sure = 100 * torch.eye(4)
    assert agreement(sure, sure).item() == pytest.approx(math.log(4), abs=1e-5)
    assert agreement(sure[:1].repeat(4, 1), sure[:1].repeat(4, 1)).item() == pytest.approx(0, abs=1e-5)  # one category for all
    assert agreement(torch.zeros(4, 4), torch.zeros(4, 4)).item() == pytest.approx(0, abs=1e-5)
    assert agreement(sure, sure.roll(1, 0)).item() < -50


def test_pictures_are_shifted_whole_and_black_comes_in():
    torch.manual_seed(0)
    pictures = torch.rand(40, 2, 5, 6)
    moved = shifted(pictures, 2)
    found = set()
    for before, after in zip(pictures.numpy(), moved.numpy()):
        larger = np.pad(before, ((0, 0), (2, 2), (2, 2)), constant_values=-1)
        places = [(y, x) for y in range(5) for x in range(5) if (larger[:, y : y + 5, x : x + 6] == after).all()]
        assert len(places) == 1
        found.update(places)
    assert len(found) > 12


def test_pictures_are_blurred_each_by_its_own_deviation():
    torch.manual_seed(0)
    noise = blurred(torch.full((2, 1, 64, 64), 0.5), torch.tensor([0.0, 2.0])[:, None, None, None]) - 0.5
    assert not noise[0].any() and noise[1].std().item() == pytest.approx(2.0, abs=0.1)


def test_a_run_that_goes_on_ends_as_the_unbroken_one(tmp_path):
    recipe = replace(RECIPE, save_every=2, instance_noise=0.2, shift=1, warm_up=3, reading_noise=1.0, agreement=0.5)
    assert train_infogan(PICTURES, tmp_path / "whole", recipe, devices=CPU)
    assert not train_infogan(PICTURES, tmp_path / "pieces", recipe, minutes=0, devices=CPU)
    assert train_infogan(PICTURES, tmp_path / "pieces", recipe, resume=True, devices=CPU)
    whole, pieces = (load_file(tmp_path / name / "weights.safetensors") for name in ("whole", "pieces"))
    assert whole.keys() == pieces.keys() and all(torch.equal(whole[name], pieces[name]) for name in whole)
    assert Image.open(tmp_path / "whole" / "grids" / "step_000006.png").size == (80, 24)


def test_codes_become_readable(tmp_path):
    """After a hundred steps the pictures tell the category, which at the start they do not."""
    recipe = replace(RECIPE, width=8, discriminator_width=8, batch=32, steps=100, save_every=100)
    train_infogan(PICTURES, tmp_path, recipe, devices=CPU)
    told = float((tmp_path / "log.txt").read_text().split()[3])
    assert 0.5 < told <= math.log(3)


@pytest.mark.parametrize("change", [{"side": 6}, {"norm": "layer"}, {"categories": 1}])
def test_a_recipe_that_cannot_be_is_refused(change):
    with pytest.raises(DataMissing) as caught:
        replace(RECIPE, **change)
    assert caught.value.code == "unusable_recipe"


def test_names_of_codes(model):
    assert code_names(model) == ["k", "c1", "c2", "z1", "z2", "z3", "z4"]
    assert code_names(GanGenerator("perceptron", (1, 8, 8), 2, 4)) == ["z1", "z2"]


def test_a_range_is_read(model):
    assert read_walk("c1=-2..2", model, 5) == Walk("c1", (-2, -1, 0, 1, 2))
    assert read_walk("c2=1e0..-.5", model, 2) == Walk("c2", (1, -0.5))
    assert read_walk("k=1..2", model, 9) == Walk("k", (1, 2))


@pytest.mark.parametrize(
    "words",
    ["", "c1", "c1=", "c1=1", "c1=1..", "c1=..1", "c1=a..b", "c1=nan..1", "c1=0..inf", "c1=0..1..2", "c1==0..1", "k=0..3", "k=.5..1",
     "k=2..1", "k=-1..1", "=0..1"],
)  # fmt: skip
def test_what_is_no_range_is_refused(model, words):
    with pytest.raises(Refused) as caught:
        read_walk(words, model, 5)
    assert caught.value.code == "unusable_range"


@pytest.mark.parametrize("words", ["c3=0..1", "c0=0..1", "z5=0..1", "width=0..1"])
def test_a_code_that_does_not_exist_is_refused(model, words):
    with pytest.raises(Refused, match="k, c1, c2, z1 to z4") as caught:
        read_walk(words, model, 5)
    assert caught.value.code == "unknown_code"


@pytest.mark.parametrize(
    ("walks", "rows", "columns"),
    [([], 3, 4), (["c1=-1..1"], 3, 4), (["k=0..2"], 4, 3), (["c1=-1..1", "k=0..1"], 2, 4), (["z1=0..1", "c2=0..1"], 4, 4)],
)
def test_a_grid_has_the_walk_along_its_sides(model, walks, rows, columns):
    grid = walk_grid(model, [read_walk(words, model, 4) for words in walks], 4, 0)
    assert grid.shape == (rows, columns, 48, 48, 3) and grid.dtype == np.uint8


def test_a_walk_changes_its_code_alone(model):
    """The grid of c1 and c2 against the pictures of codes put together by hand."""
    grid = walk_grid(model, [Walk("c1", (-2.0, 2.0)), Walk("c2", (0.5,))], 1, 7)
    noise = torch.randn(1, 4, generator=torch.Generator().manual_seed(7))
    for column, value in enumerate((-2.0, 2.0)):
        code = torch.cat([torch.tensor([[1.0, 0, 0, value, 0.5]]), noise], 1)
        with torch.no_grad():
            wanted = ((model.generator(code)[0, 0] + 1) * 127.5).round().numpy()
        np.testing.assert_array_equal(grid[0, column, ::6, ::6, 0], wanted)


def test_each_row_is_a_category_with_the_same_other_codes(model):
    codes = category_grid(model, 4).unflatten(0, (3, 4))
    assert torch.equal(codes[..., :3].argmax(2), torch.arange(3)[:, None].expand(3, 4))
    assert torch.equal(codes[0, :, 3:], codes[2, :, 3:]) and not torch.equal(codes[0, 0, 3:], codes[0, 1, 3:])


def test_one_code_twice_and_points_are_refused(model):
    with pytest.raises(Refused, match="twice"):
        walk_grid(model, [Walk("c1", (0.0,)), Walk("c1", (1.0,))], 2, 0)
    with pytest.raises(Refused) as caught:
        walk_grid(GanGenerator("perceptron", (2,), 2, 4), [], 2, 0)
    assert caught.value.code == "no_pictures_to_show"


def test_a_run_without_its_file_or_with_half_of_it_is_refused(tmp_path):
    with pytest.raises(WeightsMissing) as caught:
        load_run(tmp_path)
    assert caught.value.code == "weights_missing"
    train_infogan(PICTURES, tmp_path, replace(RECIPE, steps=1), devices=CPU)
    assert isinstance(load_run(tmp_path), InfoGan)
    path = tmp_path / "weights.safetensors"
    whole = path.read_bytes()
    for kept in (0, 4, 200, len(whole) - 10):
        path.write_bytes(whole[:kept])
        with pytest.raises(WeightsMissing) as caught:
            load_run(tmp_path)
        assert caught.value.code == "weights_damaged"
