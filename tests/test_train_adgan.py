"""The ADGAN trainer from recipe to weights, on tiny pairs made up here."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from primerka.attributes import ATTRIBUTES
from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing, WeightsMissing
from primerka.keypoints import Keypoints
from primerka.networks.adgan import Generator
from primerka.training.adgan import Recipe, build, train_adgan
from primerka.training.devices import Devices
from primerka.training.pose_batches import batch
from primerka.training.recipe import read_recipe
from primerka.tryon.network_files import load_network
from primerka.weights.hed_vgg16 import read_hed_vgg16

HEIGHT, WIDTH = 32, 24
CPU = Devices(torch.device("cpu"))
RECIPE = Recipe(
    data="made-up", height=HEIGHT, width=WIDTH, channels=4, style=4, blocks=1, hidden=8, levels=4, by_area=False, hues=False, halvings=2,
    discriminator_channels=4, discriminator_blocks=1, batch=2, steps=3, decay_from=1, learning_rate=1e-3, style_rate=0.5, beta1=0.5, beta2=0.999,
    adversarial=1.0, adversarial_from=0, l1=1.0, chroma=0.5, perceptual=1.0, contextual=0.1, positions=20, average=0.9, save_every=100, seed=0,
)  # fmt: skip
RECIPES = Path(__file__).parents[1] / "recipes"


@pytest.fixture(scope="module")
def trunk():
    pytest.importorskip("h5py", reason="h5py is not installed (the extra `eval`)")
    try:
        return read_hed_vgg16()
    except WeightsMissing as refusal:
        pytest.skip(str(refusal))


def make_pair(seed: int) -> PosePair:
    """A coloured bar, the upper clothes, that stands at another place in the target; its keypoints run down its middle."""
    random = np.random.default_rng(seed)
    colour, sides = random.integers(60, 255, 3), []
    for _ in range(2):
        left = int(random.integers(2, WIDTH - 10))
        picture, parsing = np.full((HEIGHT, WIDTH, 3), 30, np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
        picture[4:28, left : left + 8] = colour
        parsing[4:28, left : left + 8] = ATTRIBUTES.index("upper_clothes")
        xy = np.stack([np.full(18, left + 4), np.linspace(5, 27, 18)], 1).astype(np.float32)
        sides.append((picture, Keypoints(xy, np.ones(18, np.float32)), parsing))
    (source, source_keypoints, source_parsing), (target, target_keypoints, target_parsing) = sides
    return PosePair(str(seed), source, target, source_keypoints, target_keypoints, source_parsing, target_parsing)


PAIRS = [make_pair(seed) for seed in range(5)]


def test_a_run_in_pieces_makes_the_same_weights(trunk, tmp_path):
    assert train_adgan(PAIRS, tmp_path / "whole", RECIPE, devices=CPU)
    calls = 1
    while not train_adgan(PAIRS, tmp_path / "pieces", RECIPE, calls > 1, 1e-9, CPU):
        calls += 1
        torch.manual_seed(calls)
    assert calls == RECIPE.steps
    whole, pieces = (load_file(tmp_path / run / "weights.safetensors") for run in ("whole", "pieces"))
    assert all(torch.equal(whole[name], pieces[name]) for name in whole)
    assert read_recipe(tmp_path / "whole" / "recipe.toml", Recipe) == RECIPE
    generator, size = load_network(Generator, tmp_path / "whole" / "weights.safetensors")
    assert size == (HEIGHT, WIDTH)
    assert generator.arguments == build(RECIPE)[0].arguments
    torch.testing.assert_close(
        generator.texture.trunk.layers["3_1"].weight, trunk["layers.3_1.weight"], atol=1e-3, rtol=1e-3
    )  # the fixed trunk has not learned


def test_discriminators_wait_for_their_step(trunk, tmp_path):
    judges = {}
    for start in (0, 2, RECIPE.steps):
        train_adgan(PAIRS, tmp_path / str(start), replace(RECIPE, adversarial_from=start), devices=CPU)
        states = torch.load(tmp_path / str(start) / "checkpoint.pt", weights_only=False)
        judges[start] = torch.cat(
            [states[name][key].flatten() for name in ("pose_judge", "texture_judge") for key in sorted(states[name])]
        )
    torch.manual_seed(RECIPE.seed)
    fresh = [judge.state_dict() for judge in build(RECIPE)[1:]]
    assert torch.equal(judges[RECIPE.steps], torch.cat([state[key].flatten() for state in fresh for key in sorted(state)]))
    distances = [(judges[start] - judges[RECIPE.steps]).abs().sum() for start in (0, 2)]
    assert distances[0] > distances[1] > 0


def test_overfits_one_pair(trunk, tmp_path):
    recipe = replace(RECIPE, batch=1, steps=60, decay_from=40, channels=8, learning_rate=3e-3, adversarial=0.1, l1=5.0)
    pairs = PAIRS[:1]
    assert train_adgan(pairs, tmp_path, recipe, devices=CPU)
    tensors = batch(pairs, [0], HEIGHT, WIDTH)
    picture = load_network(Generator, tmp_path / "weights.safetensors")[0](
        tensors["target_heatmaps"], tensors["source"], tensors["source_attributes"]
    )
    started = (0 - tensors["target"]).abs().mean()
    assert (picture - tensors["target"]).abs().mean() < 0.15 * started


def test_pairs_without_parsing_and_recipes_that_do_not_fit_are_refused(trunk, tmp_path):
    bare = [replace(PAIRS[0], source_parsing=None)]
    for pairs, recipe, devices, code in (
        (bare, RECIPE, CPU, "no_parsing"),
        ([], RECIPE, CPU, "no_pairs"),
        (PAIRS, RECIPE, Devices(torch.device("cpu"), 0, 3), "batch_not_divisible"),
    ):
        with pytest.raises(DataMissing) as refusal:
            train_adgan(pairs, tmp_path, recipe, devices=devices)
        assert refusal.value.code == code
    with pytest.raises(DataMissing, match="30x24"):
        replace(RECIPE, height=30)


def test_the_learning_rate_falls_to_zero_from_decay_from_on():
    recipe = replace(RECIPE, steps=10, decay_from=6, learning_rate=4.0)
    assert [recipe.learning_rate_at(step) for step in (0, 6, 7, 8, 9, 10)] == [4, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("path", sorted(RECIPES.glob("adgan-*.toml")), ids=lambda path: path.name)
def test_a_recipe_is_read_and_sensible(path):
    recipe = read_recipe(path, Recipe)
    assert path.stem == f"adgan-{recipe.data}"
    assert 0 < recipe.decay_from < recipe.steps and 0 < recipe.learning_rate < 1e-2 and 0 < recipe.average < 1


def test_the_published_recipe_makes_the_published_networks():
    recipe = read_recipe(RECIPES / "adgan-deepfashion.toml", Recipe)
    with torch.device("meta"):
        arguments = build(recipe)[0].arguments
        assert arguments == {**Generator().arguments, "trunk": "hed_vgg16"}
    assert (recipe.adversarial, recipe.l1, recipe.perceptual, recipe.contextual) == (5.0, 1.0, 1.0, 0.1)


def test_what_two_cores_train_is_small():
    with torch.device("meta"):
        generator = build(read_recipe(RECIPES / "adgan-synthetic.toml", Recipe))[0]
    assert 2 * sum(tensor.numel() for tensor in generator.state_dict().values()) < 20e6
