"""Style transfer: statistics against slow loops, the decoder, its trainer, the optimisation, the blend with the photo."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from primerka.errors import DataMissing, PhotoRejected, WeightsMissing
from primerka.networks.style import TAPS, FastStyle, adaptive_instance_norm, at_size_of, gram, moments, stylise
from primerka.networks.vgg import Vgg
from primerka.parsing import GARMENTS, LABEL, Parsing
from primerka.training import gatys, style
from primerka.training.devices import Devices
from primerka.training.recipe import read_recipe
from primerka.tryon import restyle
from primerka.tryon.network_files import load_network, save_network

CPU = Devices(torch.device("cpu"))
RECIPE = style.Recipe(
    width=4,
    photo_side=36,
    side=32,
    batch=2,
    steps=4,
    learning_rate=1e-3,
    decay=1e-3,
    style_weight=1.0,
    identity_weight=1.0,
    save_every=2,
    seed=0,
)
RANDOM = np.random.default_rng(0)
CONTENTS = [RANDOM.integers(0, 256, (40, 36, 3), dtype=np.uint8) for _ in range(3)]
FABRICS = RANDOM.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)


def _random_trunk(taps) -> Vgg:
    torch.manual_seed(0)
    return Vgg("hed_vgg16", taps)


@pytest.fixture
def no_file(monkeypatch):
    """Trainers and optimiser on a trunk of random weights, so that no file is needed and nothing is slow."""
    state = _random_trunk((*gatys.STYLE, gatys.CONTENT)).state_dict()
    monkeypatch.setattr(style, "read_hed_vgg16", lambda: state)
    monkeypatch.setattr(gatys, "read_hed_vgg16", lambda: state)


@pytest.fixture(scope="module")
def trunk() -> Vgg:
    return _random_trunk(TAPS)


@pytest.mark.parametrize("weighted", [False, True])
def test_gram_and_moments_against_slow_loops(weighted):
    torch.manual_seed(0)
    features, weights = torch.randn(2, 3, 4, 5), torch.rand(2, 1, 4, 5) if weighted else None
    matrices, (mean, deviation) = gram(features, weights), moments(features, weights)
    for b in range(2):
        places = [(y, x) for y in range(4) for x in range(5)]
        share = {p: weights[b, 0][p].item() if weighted else 1.0 for p in places}
        total = sum(share.values())
        for i in range(3):
            middle = sum(share[p] * features[b, i][p].item() for p in places) / total
            spread = sum(share[p] * (features[b, i][p].item() - middle) ** 2 for p in places) / total
            assert mean[b, i].item() == pytest.approx(middle, abs=1e-5)
            assert deviation[b, i].item() == pytest.approx(spread**0.5, rel=1e-3)
            for j in range(3):
                slow = sum(share[p] * features[b, i][p].item() * features[b, j][p].item() for p in places) / total
                assert matrices[b, i, j].item() == pytest.approx(slow, abs=1e-5)


def test_adaptive_instance_norm_gives_the_styles_moments_and_keeps_the_contents_order():
    torch.manual_seed(0)
    content, other = torch.randn(1, 4, 6, 7), 3 * torch.randn(1, 4, 9, 5) + 2
    moved = adaptive_instance_norm(content, moments(other))
    for a, b in zip(moments(moved), moments(other)):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)
    assert torch.equal(moved.flatten(2).argsort(2), content.flatten(2).argsort(2))
    torch.testing.assert_close(adaptive_instance_norm(content, moments(content)), content)


def test_only_weighted_places_give_the_contents_moments():
    torch.manual_seed(0)
    content, weights = torch.randn(1, 4, 6, 8), torch.zeros(1, 1, 6, 8)
    weights[..., :4] = 1
    goal = torch.full((1, 4, 1, 1), 5.0), torch.full((1, 4, 1, 1), 2.0)
    moved = adaptive_instance_norm(content, goal, weights)
    alone = adaptive_instance_norm(content[..., :4], goal)
    torch.testing.assert_close(moved[..., :4], alone)


def test_the_decoder_mirrors_the_trunk(trunk):
    decoder = FastStyle(4)
    picture = torch.rand(2, 3, 24, 32) * 2 - 1
    assert decoder(trunk(picture)[-1]).shape == picture.shape
    expected = sum(9 * a * b + b for a, b in ((256, 16), (16, 8), (8, 8), (8, 4), (4, 4), (4, 3)))
    assert sum(parameter.numel() for parameter in decoder.parameters()) == expected


def test_without_strength_the_style_does_not_matter(trunk):
    decoder, content = FastStyle(4), torch.rand(1, 3, 16, 16)
    one, other = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 8, 24)
    with torch.no_grad():
        torch.testing.assert_close(stylise(decoder, trunk, content, one, 0.0), stylise(decoder, trunk, content, other, 0.0))
        assert not torch.allclose(stylise(decoder, trunk, content, one), stylise(decoder, trunk, content, other))


def test_weights_are_brought_to_the_size_of_features():
    weights = torch.zeros(1, 1, 8, 8)
    weights[..., :4] = 1
    small = at_size_of(torch.zeros(1, 5, 2, 2), weights)
    assert small.tolist() == [[[[1, 0], [1, 0]]]]


def test_the_style_losses_are_zero_at_the_goal_and_nowhere_else(trunk):
    torch.manual_seed(0)
    pictures = torch.rand(2, 3, 16, 16)
    features = trunk(pictures)
    content, apart = style.style_losses(features, features[-1], [moments(f) for f in features])
    assert content.item() == apart.item() == 0
    other = trunk(torch.rand(2, 3, 16, 16))
    content, apart = style.style_losses(features, other[-1], [moments(f) for f in other])
    slow = sum(((a - b) ** 2).mean().item() for f, g in zip(features, other) for a, b in zip(moments(f), moments(g)))
    assert content.item() > 0 and apart.item() == pytest.approx(slow, rel=1e-4)


def test_every_style_recipe_can_be_read():
    paths = sorted((Path(__file__).parents[1] / "recipes").glob("style-*.toml"))
    assert paths and all(read_recipe(path, style.Recipe).steps > 0 for path in paths)
    with pytest.raises(DataMissing) as caught:
        read_recipe(paths[0], style.Recipe).__class__(**{**RECIPE.__dict__, "side": 33})
    assert caught.value.code == "unusable_recipe"


def test_the_trainer_goes_on_as_the_unbroken_run_would(tmp_path, no_file):
    assert style.train_style(CONTENTS, FABRICS, tmp_path / "whole", RECIPE, devices=CPU)
    assert not style.train_style(CONTENTS, FABRICS, tmp_path / "pieces", RECIPE, minutes=0, devices=CPU)
    assert style.train_style(CONTENTS, FABRICS, tmp_path / "pieces", RECIPE, resume=True, devices=CPU)
    whole, pieces = (load_file(tmp_path / name / "weights.safetensors") for name in ("whole", "pieces"))
    assert all(torch.equal(whole[name], pieces[name]) for name in whole)
    decoder, size = load_network(FastStyle, tmp_path / "whole" / "weights.safetensors")
    assert size == (32, 32) and decoder.arguments == {"width": 4}


def test_the_decoder_overfits_one_pair(tmp_path, no_file):
    from dataclasses import replace

    recipe = replace(RECIPE, steps=60, width=8, learning_rate=1e-2, batch=1, save_every=59, identity_weight=0.0)
    flat = [np.full((32, 32, 3), 90, np.uint8)]
    style.train_style(flat, FABRICS[:1], tmp_path, recipe, devices=CPU)
    start, end = (dict(zip(line.split()[2::2], line.split()[3::2])) for line in _first_and_last(tmp_path, flat, recipe))
    total = {name: float(numbers["content"]) + float(numbers["style"]) for name, numbers in (("start", start), ("end", end))}
    assert total["end"] < 0.5 * total["start"], total


def test_identity_makes_the_decoder_draw_the_photo(tmp_path, no_file):
    from dataclasses import replace

    recipe = replace(RECIPE, steps=60, width=8, learning_rate=1e-2, batch=1, save_every=59, identity_weight=50.0)
    photo = [np.full((32, 32, 3), (200, 90, 30), np.uint8)]
    style.train_style(photo, FABRICS[:1], tmp_path, recipe, devices=CPU)
    start, end = (dict(zip(line.split()[2::2], line.split()[3::2])) for line in _first_and_last(tmp_path, photo, recipe))
    assert float(end["identity"]) < 0.2 * float(start["identity"])


def _first_and_last(folder, contents, recipe) -> tuple[str, str]:
    """The log's line after one step, and its last."""
    from dataclasses import replace

    last = (folder / "log.txt").read_text().splitlines()[-1]
    style.train_style(contents, FABRICS[:1], folder / "one", replace(recipe, steps=1), devices=CPU)
    return (folder / "one" / "log.txt").read_text().splitlines()[0], last


def test_the_optimisation_goes_down_towards_the_style(no_file, monkeypatch):
    monkeypatch.setattr(gatys, "LEVELS", ((0.5, 4), (1.0, 8)))
    shown = []
    content = np.full((32, 40, 3), 100, np.uint8)
    optimiser = gatys.Optimiser()
    result = optimiser.restyle(content, FABRICS[0], show=lambda share, number, loss: shown.append((share, loss)))
    assert result.rgb.shape == content.shape and result.rgb.dtype == np.uint8
    assert result.loss < result.loss_of_content and {share for share, _ in shown} == {0.5, 1.0}
    assert optimiser.gram_distance(result.rgb, FABRICS[0]) < optimiser.gram_distance(content, FABRICS[0])
    assert optimiser.gram_distance(FABRICS[0], FABRICS[0]) == 0


def test_the_gram_distance_is_the_papers():
    torch.manual_seed(0)
    f, g = torch.randn(1, 3, 4, 4), torch.randn(1, 3, 4, 4)
    a, b = f[0].flatten(1), g[0].flatten(1)
    slow = sum((float(a[i] @ a[j]) - float(b[i] @ b[j])) ** 2 for i in range(3) for j in range(3)) / (4 * 3**2 * 16**2)
    assert gatys.gram_distance([f, f], [gram(g), gram(g)]).item() == pytest.approx(slow, rel=1e-4)


class _Person:
    def __init__(self, labels, alpha):
        self.parsing = Parsing(labels, alpha, np.zeros_like(labels))


def test_only_cloth_has_a_weight_and_less_of_it_at_its_rim():
    labels = np.zeros((20, 20), np.uint8)
    labels[4:16, 4:16], labels[4:6, 4:16] = LABEL["dress"], LABEL["face"]
    alpha = np.full((20, 20), 0.9, np.float32)
    weights = restyle.clothes_weights(_Person(labels, alpha))
    assert ((weights > 0) == (labels == LABEL["dress"])).all()
    assert weights[10, 10] == np.float32(0.9) and 0 < weights[6, 10] < 0.6


def test_every_garment_counts_and_nobody_without_clothes_is_restyled():
    for name in GARMENTS:
        assert restyle.clothes_weights(_Person(np.full((8, 8), LABEL[name], np.uint8), np.ones((8, 8), np.float32))).any()
    with pytest.raises(PhotoRejected) as caught:
        restyle.clothes_weights(_Person(np.full((8, 8), LABEL["hair"], np.uint8), np.ones((8, 8), np.float32)))
    assert caught.value.code == "no_garment"


def test_the_blend_is_the_photo_where_the_weight_is_zero():
    photo, styled = (RANDOM.integers(0, 256, (9, 7, 3), dtype=np.uint8) for _ in range(2))
    weights = np.zeros((9, 7), np.float32)
    weights[3:, 2:], weights[8, 6] = 1, 0.25
    mixed = restyle.blend(photo, styled, weights)
    np.testing.assert_array_equal(mixed[:3], photo[:3])
    np.testing.assert_array_equal(mixed[:, :2], photo[:, :2])
    np.testing.assert_array_equal(mixed[3:8, 2:], styled[3:8, 2:])
    expected = np.rint(0.75 * photo[8, 6].astype(float) + 0.25 * styled[8, 6])
    np.testing.assert_array_equal(mixed[8, 6], expected)


def test_any_size_can_be_restyled(tmp_path, trunk, monkeypatch):
    monkeypatch.setattr(restyle, "style_trunk", lambda: trunk)
    torch.manual_seed(0)
    save_network(FastStyle(4), (32, 32), tmp_path / "style.safetensors")
    styler = restyle.FastStyler(tmp_path / "style.safetensors")
    for height, width in ((17, 30), (16, 16), (23, 21)):
        content = RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8)
        weights = np.ones((height, width), np.float32)
        assert styler.restyle(content, FABRICS[0]).shape == content.shape
        assert styler.restyle(content, FABRICS[0], 0.5, weights).shape == content.shape


def test_a_file_that_is_no_decoder_is_refused(tmp_path):
    (tmp_path / "half.safetensors").write_bytes(b"\x10\x00\x00\x00")
    for name, code in (("half.safetensors", "weights_damaged"), ("none.safetensors", "weights_missing")):
        with pytest.raises(WeightsMissing) as caught:
            restyle.FastStyler(tmp_path / name)
        assert caught.value.code == code
