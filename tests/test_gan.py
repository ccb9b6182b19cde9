"""GAN and DCGAN: networks counted by hand, losses against slow loops, the trainer from recipe to weights."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from primerka.datasets.mixture import DEVIATION, draw_mixture, mode_centres
from primerka.errors import DataMissing
from primerka.networks.gan import Discriminator, GanGenerator
from primerka.training.devices import Devices
from primerka.training.gan import Recipe, build, draw_points, generator_loss, make_samples, slope_penalty, train_gan
from primerka.training.recipe import read_recipe
from primerka.tryon.network_files import load_network

CPU = Devices(torch.device("cpu"))
RECIPES = sorted((Path(__file__).parents[1] / "recipes").glob("*gan-*.toml"))
RECIPES = [path for path in RECIPES if path.stem.split("-")[0] in ("gan", "dcgan")]
PERCEPTRON = Recipe(
    network="perceptron", side=8, noise=4, width=16, discriminator_width=16, batch=8, steps=6, learning_rate=1e-3,
    discriminator_learning_rate=1e-3, beta1=0.5, beta2=0.999, save_every=100, seed=0,
)  # fmt: skip
DCGAN = replace(PERCEPTRON, network="convolutional", width=4, discriminator_width=4, norm="batch")
PICTURES = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_can_be_built(path):
    recipe = read_recipe(path, Recipe)
    shape = (2,) if "mixture" in path.stem else (1, recipe.side, recipe.side)
    generator, discriminator = build(recipe, shape)
    samples = generator(torch.randn(2, recipe.noise))
    assert samples.shape == (2, *shape) and discriminator(samples).shape == (2,)


def test_every_stabiliser_is_off_unless_named_and_some_recipe_names_it():
    off = (PERCEPTRON.norm, PERCEPTRON.r1, PERCEPTRON.average, PERCEPTRON.fit)
    assert off == ("none", 0, 0, False)
    recipes = [read_recipe(path, Recipe) for path in RECIPES]
    assert {recipe.norm for recipe in recipes} == {"none", "batch", "spectral"}
    assert any(recipe.r1 for recipe in recipes) and any(recipe.average for recipe in recipes)


def test_the_convolutional_generators_numbers_by_hand():
    """Noise 10 to 4x4 maps of 2 x 8 channels, one transposed convolution to 8 channels, one to the picture; two batch norms."""
    generator = GanGenerator("convolutional", (3, 16, 16), 10, 8)
    expected = 10 * 16 * 16 + 2 * 16 + 16 * 8 * 16 + 2 * 8 + 8 * 3 * 16 + 3
    assert sum(parameter.numel() for parameter in generator.parameters()) == expected
    pictures = generator(torch.randn(5, 10))
    assert pictures.shape == (5, 3, 16, 16) and pictures.abs().max() <= 1


def test_only_sides_of_four_times_a_power_of_two():
    for side in (4, 12, 20, 7):
        with pytest.raises(ValueError, match="power of two"):
            GanGenerator("convolutional", (1, side, side), 4, 4)


def test_spectral_norm_makes_every_layer_stretch_by_one_at_most():
    torch.manual_seed(0)
    discriminator = Discriminator("convolutional", (1, 16, 16), 4, "spectral")
    for _ in range(40):  # the power iteration goes on at each pass
        discriminator(torch.randn(4, 1, 16, 16))
    discriminator.eval()
    layers = [module for module in discriminator.modules() if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))]
    assert len(layers) == 3
    for layer in layers:
        assert np.linalg.svd(layer.weight.detach().flatten(1).numpy())[1][0] == pytest.approx(1, abs=1e-3)


def test_the_generators_loss_is_minus_log_d():
    logits = torch.tensor([0.3, -2.0, 5.0])
    expected = sum(-math.log(1 / (1 + math.exp(-value))) for value in logits.tolist()) / 3
    assert generator_loss(logits).item() == pytest.approx(expected, rel=1e-5)


def test_the_slope_penalty_against_finite_differences():
    torch.manual_seed(0)
    discriminator = Discriminator("perceptron", (3,), 8, "none").double()
    points = torch.randn(4, 3, dtype=torch.float64)
    slow, step = 0.0, 1e-6
    for point in points:
        for axis in range(3):
            moved = torch.zeros(3, dtype=torch.float64)
            moved[axis] = step
            ahead, behind = discriminator(torch.stack([point + moved, point - moved])).tolist()
            slow += ((ahead - behind) / (2 * step)) ** 2
    points.requires_grad_()
    assert slope_penalty(discriminator(points), points).item() == pytest.approx(slow / 4 / 2, rel=1e-5)


@pytest.mark.parametrize("change", [{}, {"r1": 1.0, "norm": "spectral"}, {"average": 0.5}], ids=["plain", "stable", "averaged"])
def test_a_run_that_goes_on_ends_as_the_unbroken_one(tmp_path, change):
    recipe = replace(DCGAN, save_every=2, **change)
    assert train_gan(PICTURES, tmp_path / "whole", recipe, devices=CPU)
    assert not train_gan(PICTURES, tmp_path / "pieces", recipe, minutes=0, devices=CPU)
    assert train_gan(PICTURES, tmp_path / "pieces", recipe, resume=True, devices=CPU)
    whole, pieces = (load_file(tmp_path / name / "weights.safetensors") for name in ("whole", "pieces"))
    assert whole.keys() == pieces.keys() and all(torch.equal(whole[name], pieces[name]) for name in whole)


def test_a_runs_folder_and_its_picture(tmp_path):
    train_gan(PICTURES, tmp_path, DCGAN, devices=CPU)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"checkpoint.pt", "grids", "log.txt", "recipe.toml", "weights.safetensors"}
    assert read_recipe(tmp_path / "recipe.toml", Recipe) == DCGAN
    assert Image.open(tmp_path / "grids" / "step_000006.png").size == (64, 64)
    generator, shape = load_network(GanGenerator, tmp_path / "weights.safetensors")
    assert shape == (1, 8, 8) and make_samples(generator, torch.randn(3, 4)).shape == (3, 1, 8, 8)


def test_the_mean_of_the_weights_is_what_is_kept(tmp_path):
    """With a decay of one, the very first weights stay."""
    torch.manual_seed(DCGAN.seed)
    start, _ = build(DCGAN, (1, 8, 8))
    train_gan(PICTURES, tmp_path, replace(DCGAN, average=1 - 1e-12), devices=CPU)
    kept, _ = load_network(GanGenerator, tmp_path / "weights.safetensors")
    moved = [(a - b).abs().max().item() for a, b in zip(start.parameters(), kept.parameters())]
    train_gan(PICTURES, tmp_path, DCGAN, devices=CPU)
    plain, _ = load_network(GanGenerator, tmp_path / "weights.safetensors")
    assert max((a - b).abs().max().item() for a, b in zip(start.parameters(), plain.parameters())) > 3 * max(moved)


def test_a_gan_learns_where_points_lie(tmp_path):
    """One Gaussian away from the middle: mean and spread after three hundred steps, unlike at the start."""
    points = np.random.default_rng(0).normal([1.5, -1.0], 0.3, (2000, 2)).astype(np.float32)
    recipe = replace(PERCEPTRON, width=32, discriminator_width=32, batch=64, steps=300, r1=0.1, average=0.9)
    train_gan(points, tmp_path, recipe, devices=CPU)
    generator, _ = load_network(GanGenerator, tmp_path / "weights.safetensors")
    samples = make_samples(generator, torch.randn(1000, 4, generator=torch.Generator().manual_seed(0)))
    assert np.abs(samples.mean(0) - [1.5, -1.0]).max() < 0.3 and samples.std(0).max() < 0.8


def test_points_cannot_be_convolved(tmp_path):
    with pytest.raises(DataMissing, match="perceptron") as caught:
        train_gan(draw_mixture(10, 0), tmp_path / "run", DCGAN, devices=CPU)
    assert caught.value.code == "unusable_recipe" and not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", [{"network": "quantum"}, {"norm": "layer"}, {"side": 10}])
def test_a_recipe_that_cannot_be_is_refused(change):
    with pytest.raises(DataMissing) as caught:
        replace(DCGAN, **change)
    assert caught.value.code == "unusable_recipe"


def test_the_mixture():
    points = draw_mixture(8000, 0)
    centres = mode_centres()
    assert np.allclose(np.linalg.norm(centres, axis=1), 2) and len({tuple(c) for c in centres.round(6)}) == 8
    nearest = np.linalg.norm(points[:, None] - centres, axis=2)
    assert np.bincount(nearest.argmin(1), minlength=8).min() > 800
    # Within three standard deviations of a Gaussian of the plane: 1 - exp(-9/2).
    assert (nearest.min(1) < 3 * DEVIATION).mean() == pytest.approx(1 - math.exp(-4.5), abs=0.005)


def test_points_are_drawn_where_they_are():
    picture = draw_points(np.array([[3.0, 3.0], [-3.0, -3.0], [99.0, 0.0]], np.float32))[0, 0]
    assert (picture[0, -1] < 255).all() and (picture[-1, 0] < 255).all() and (picture < 255).sum() == 6
