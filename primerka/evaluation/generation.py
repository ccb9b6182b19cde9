"""Measure what GANs draw: modes of the mixture, Fréchet distances, and how well InfoGAN's category tells the digit."""

from pathlib import Path

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment

from primerka.datasets.mixture import DEVIATION, MIXTURE, MODES, mode_centres
from primerka.datasets.open_pictures import DIGITS, Pictures, open_pictures
from primerka.errors import DataMissing
from primerka.evaluation.digit_features import NETWORK as DIGIT_NETWORK
from primerka.evaluation.digit_features import digit_features
from primerka.metrics.efficientnet_features import NETWORK as IMAGENET
from primerka.metrics.efficientnet_features import imagenet_features
from primerka.metrics.fid import FeatureStatistics, frechet_distance
from primerka.networks.gan import GanGenerator
from primerka.networks.infogan import InfoGan
from primerka.networks.pictures import to_tensor
from primerka.training import gan, infogan
from primerka.training.gan import as_pictures, make_samples
from primerka.training.recipe import read_recipe
from primerka.training.run_folder import WEIGHTS
from primerka.tryon.network_files import load_network

POINTS = 10_000  # that the mixture's modes are counted on
NEAR = 3  # standard deviations from a mode's centre
LEAST = 0.01  # of a mode's fair share of near points: with fewer it counts as lost


def count_modes(points: np.ndarray) -> dict[str, float]:
    """Of points (N, 2): how many modes are drawn, and which share lies within NEAR deviations of a centre."""
    distances = np.linalg.norm(points[:, None] - mode_centres(), axis=2)
    near = distances.min(1) < NEAR * DEVIATION
    found = np.bincount(distances.argmin(1)[near], minlength=MODES) >= LEAST * len(points) / MODES
    return {"modes": int(found.sum()), "within_three_deviations": round(float(near.mean()), 4)}


def match_codes(categories: np.ndarray, labels: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """The label of each category that makes most samples right, each label once, and the share that is right.

    categories, labels  (N,) int64, both below `count`; returns (count,) int64 and a number in [0, 1]
    """
    table = np.zeros((count, count), np.int64)
    np.add.at(table, (categories, labels), 1)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return columns, float(table[rows, columns].sum() / len(labels))


def evaluate_gan(run: Path, data: str) -> dict:
    """Of a run on the mixture: modes. On pictures: FID against the held-out ones, before training and after it, and of the
    training pictures themselves, which is as good as it gets; as many of each, and named for its features.
    """
    generator, shape = load_network(GanGenerator, run / WEIGHTS)
    if (data == MIXTURE) != (len(shape) == 1):
        raise DataMissing("unusable_data", f"This run was not trained on {data}: it draws samples of shape {shape}.")
    recipe = read_recipe(run / "recipe.toml", gan.Recipe)
    torch.manual_seed(recipe.seed)
    start, _ = gan.build(recipe, shape)
    if data == MIXTURE:
        noise = torch.randn(POINTS, recipe.noise)
        return {"start": count_modes(make_samples(start, noise)), "end": count_modes(make_samples(generator, noise))}
    pictures = _opened(data, recipe, shape)
    noise = torch.randn(len(pictures.held_out), recipe.noise)
    drawn = {name: as_pictures(make_samples(network, noise)) for name, network in (("start", start), ("end", generator))}
    return _distances(data, pictures, drawn)


def evaluate_infogan(run: Path, data: str) -> dict:
    """FID as evaluate_gan; of digits also which share of held-out ones the category tells.

    accuracy               categories matched to digits on the held-out digits themselves
    accuracy_matched_before  matched on the training digits, whose labels nothing else has seen
    """
    model, shape = load_network(InfoGan, run / WEIGHTS)
    recipe = read_recipe(run / "recipe.toml", infogan.Recipe)
    torch.manual_seed(recipe.seed)
    start = infogan.build(recipe, shape[0])
    pictures = _opened(data, recipe, shape)
    codes = model.codes.join(*model.codes.draw(len(pictures.held_out)))
    networks = (("start", start.generator), ("end", model.generator))
    numbers = _distances(data, pictures, {name: as_pictures(make_samples(network, codes)) for name, network in networks})
    if pictures.labels is None:
        return numbers
    categories = max(recipe.categories, int(pictures.labels.max()) + 1)
    told = read_categories(model, pictures.held_out)
    matched, _ = match_codes(read_categories(model, pictures.pictures), pictures.labels, categories)
    return {
        "accuracy": round(match_codes(told, pictures.held_out_labels, categories)[1], 4),
        "accuracy_matched_before": round(float((matched[told] == pictures.held_out_labels).mean()), 4),
        **numbers,
    }


@torch.no_grad()
def read_categories(model: InfoGan, pictures: np.ndarray) -> np.ndarray:
    """(N,) int64: the most likely category of each picture (N, side, side, C) uint8."""
    return model.read(to_tensor(pictures)).logits.argmax(1).numpy()


def _opened(data: str, recipe, shape: tuple[int, ...]) -> Pictures:
    pictures = open_pictures(data, recipe.side, recipe.fit)
    if pictures.pictures.shape[3] != shape[0]:
        raise DataMissing("unusable_data", f"This run was not trained on {data}: it draws samples of shape {shape}.")
    if len(pictures.held_out) < 2:
        raise DataMissing("too_few_pictures", f"{data} has too few pictures: every tenth is held out, and two are needed.")
    return pictures


def _distances(data: str, pictures: Pictures, drawn: dict[str, np.ndarray]) -> dict:
    name = DIGIT_NETWORK if data == DIGITS else IMAGENET
    count = len(pictures.held_out)
    known = pictures.pictures[np.linspace(0, len(pictures.pictures) - 1, min(count, len(pictures.pictures))).astype(int)]
    wanted = _statistics(data, pictures.held_out)
    distances = {key: round(frechet_distance(_statistics(data, value), wanted), 2) for key, value in drawn.items()}
    distances["training_pictures"] = round(frechet_distance(_statistics(data, known), wanted), 2)
    return {f"fid_{name}": distances, "pictures": count}


def _statistics(data: str, pictures: np.ndarray) -> FeatureStatistics:
    features = digit_features(pictures) if data == DIGITS else imagenet_features(list(pictures))[0]
    statistics = FeatureStatistics(features.shape[1])
    statistics.add(features)
    return statistics
