"""Train an InfoGAN: beside fooling the discriminator, the generator must draw so that its codes can be read back.

Source: Chen et al. 2016 (arXiv 1606.03657), section 5 (the variational bound) and equation 6.
"""

from dataclasses import dataclass
from math import log, pi
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from primerka.errors import DataMissing
from primerka.networks.gan import NORMS
from primerka.networks.infogan import InfoGan, Reading
from primerka.training.devices import Devices, find_devices
from primerka.training.epochs import drawn
from primerka.training.gan import as_pictures, as_tensor, check_side, generator_loss, make_samples
from primerka.training.loop import descend
from primerka.training.losses import discriminator_loss
from primerka.training.run_folder import train_into

COLUMNS = 10  # pictures of each category in the picture of each checkpoint
MEASURED = 500  # pictures whose codes are read at each checkpoint


@dataclass(frozen=True)
class Recipe:
    """How to train.

    side, fit            as for a GAN
    categories           of the categorical code; continuous: how many continuous codes; noise: plain numbers beside them
    width, discriminator_width   channels at full size; hidden: of the layers that read codes
    norm                 of the discriminator: "none", "batch" or "spectral"
    categorical_weight, continuous_weight   of the bound of either code beside the adversarial loss (the paper's lambda)
    warm_up              steps over which all three weights rise to their full size: categories that are asked for before there are
                         digits become anything else
    instance_noise, shift   what the discriminator sees, true and drawn alike, is blurred by noise of this standard deviation
                         (Sonderby et al. 2017, arXiv 1610.04490) and moved by up to so many pixels either way (Zhao et al. 2020,
                         arXiv 2006.10738), so that neither it nor the categories can hold on to single pixels; off at 0
    reading_noise        what the codes are read from is blurred more: by a deviation between 0 and this, drawn for each picture.
                         What can be read through it is what the whole picture shows; off at 0
    agreement            weight of `agreement` of true pictures, which the paper's Q never reads; off at 0
    """

    side: int
    categories: int
    continuous: int
    noise: int
    width: int
    discriminator_width: int
    hidden: int
    batch: int
    steps: int
    learning_rate: float
    discriminator_learning_rate: float
    beta1: float
    beta2: float
    categorical_weight: float
    continuous_weight: float
    save_every: int
    seed: int
    fit: bool = False
    norm: str = "batch"
    warm_up: int = 0
    instance_noise: float = 0.0
    shift: int = 0
    reading_noise: float = 0.0
    agreement: float = 0.0

    def __post_init__(self):
        check_side(self.side)
        if self.norm not in NORMS:
            raise DataMissing("unusable_recipe", f"norm must be one of {', '.join(NORMS)}, got {self.norm!r}.")
        if self.categories < 2:
            raise DataMissing("unusable_recipe", f"A categorical code needs 2 categories at least, got {self.categories}.")


def information(reading: Reading, category: Tensor, continuous: Tensor) -> tuple[Tensor, Tensor]:
    """Lower bounds in nats of what pictures tell of the category, and, as a mean, of each continuous code.

    reading  of the pictures that were drawn with category (B,) int64 and continuous (B, n)

    L_I = E[log Q(c | x)] + H(c), with H = log(categories), and log 2 of a code that is uniform in [-1, 1].

    Source: Chen et al. 2016, equation 5.
    """
    categorical = log(reading.logits.shape[1]) - cross_entropy(reading.logits, category)
    squares = (continuous - reading.mean).square() / reading.log_variance.exp()
    likelihood = -(squares + reading.log_variance + log(2 * pi)) / 2
    return categorical, (likelihood.mean() if continuous.shape[1] else categorical.new_zeros(())) + log(2)


def agreement(one: Tensor, other: Tensor) -> Tensor:
    """How evenly categories are spread over true pictures, less how differently two views of a picture are read: in nats,
    log(categories) at best. one, other: logits (B, categories) of either view.

    H(E p) - E[H(p, q)], with p and q read from the views.

    Source: Hu et al. 2017, "Learning discrete representations via information maximizing self-augmented training" (arXiv
    1702.08720), section 3, with a blurred and moved view for their perturbed one.
    """
    p, log_q = one.softmax(1), other.log_softmax(1)
    mean = p.mean(0)
    return (p * log_q).sum(1).mean() - (mean * mean.clamp(min=1e-8).log()).sum()


def shifted(pictures: Tensor, most: int) -> Tensor:
    """Each of (B, C, H, W) moved by up to `most` pixels along either axis, drawn for itself; what comes in at a side is black."""
    count, _, height, width = pictures.shape
    padded = pad(pictures, (most, most, most, most), value=-1.0)
    top, left = torch.randint(2 * most + 1, (2, count)).to(pictures.device)
    rows = (top[:, None] + torch.arange(height, device=pictures.device))[:, :, None]
    columns = (left[:, None] + torch.arange(width, device=pictures.device))[:, None]
    which = torch.arange(count, device=pictures.device)[:, None, None]
    return padded[which, :, rows, columns].permute(0, 3, 1, 2)


def blurred(pictures: Tensor, deviation: float | Tensor) -> Tensor:
    """Pictures (B, C, H, W) plus noise of a standard deviation, or of one for each (B, 1, 1, 1)."""
    return pictures + deviation * torch.randn(pictures.shape).to(pictures.device)


def build(recipe: Recipe, channels: int) -> InfoGan:
    """The networks of a recipe, not trained."""
    return InfoGan(
        (channels, recipe.side, recipe.side), recipe.categories, recipe.continuous, recipe.noise, recipe.width,
        recipe.discriminator_width, recipe.hidden, recipe.norm,
    )  # fmt: skip


def train_infogan(
    pictures: np.ndarray,
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
    tensorboard: bool = False,
) -> bool:
    """Train by a recipe into folder/weights.safetensors: generator, discriminator and code reader, in half precision.

    pictures  (N, side, side, C) uint8

    Beside it lie what training.run_folder.train_into writes. Returns whether the last step was reached.
    Raises what training.loop.train raises.
    """
    devices = devices or find_devices()
    shape = tuple(as_tensor(pictures[:1]).shape[1:])
    torch.manual_seed(recipe.seed)
    model = build(recipe, shape[0]).to(devices.device)
    generator, discriminator, codes = model.generator, model.discriminator, model.codes
    betas = (recipe.beta1, recipe.beta2)
    # Q's head and the trunk that it shares learn to read codes while they learn to judge; the generator learns to be read.
    reading_side = [*discriminator.parameters(), *model.reader.parameters()]
    optimizer = torch.optim.Adam(generator.parameters(), recipe.learning_rate, betas, fused=True)
    judge_optimizer = torch.optim.Adam(reading_side, recipe.discriminator_learning_rate, betas, fused=True)
    shown, measured = category_grid(model, COLUMNS), codes.draw(MEASURED)

    def moved(pictures: Tensor) -> Tensor:
        return shifted(pictures, recipe.shift) if recipe.shift else pictures

    def judged_view(pictures: Tensor) -> Tensor:
        return blurred(moved(pictures), recipe.instance_noise)

    def read_view(pictures: Tensor) -> Tensor:
        return blurred(moved(pictures), recipe.reading_noise * torch.rand(len(pictures), 1, 1, 1).to(pictures.device))

    def warmed(number: int) -> float:
        return min((number + 1) / recipe.warm_up, 1.0) if recipe.warm_up else 1.0

    def weighted(bounds: tuple[Tensor, Tensor], number: int) -> Tensor:
        return warmed(number) * (recipe.categorical_weight * bounds[0] + recipe.continuous_weight * bounds[1])

    def step(number: int) -> dict[str, float]:
        real = as_tensor(pictures[drawn(len(pictures), number, recipe.batch, recipe.seed)]).to(devices.device)
        category, continuous, noise = (code.to(devices.device) for code in codes.draw(recipe.batch))
        fake = generator(codes.join(category, continuous, noise))
        true, false = model.judge(judged_view(real)), model.judge(judged_view(fake.detach()))
        judged, reading = discriminator_loss(true, false), model.read(read_view(fake.detach()))
        bound = weighted(information(reading, category, continuous), number)
        if recipe.agreement:
            views = (model.read(read_view(real)).logits for _ in range(2))
            bound = bound + recipe.agreement * warmed(number) * agreement(*views)
        descend(judged - bound, judge_optimizer)
        fooled, reading = generator_loss(model.judge(judged_view(fake))), model.read(read_view(fake))
        bounds = information(reading, category, continuous)
        descend(fooled - weighted(bounds, number), optimizer)
        return {
            "generator": fooled.item(), "discriminator": judged.item(), "categorical": bounds[0].item(),
            "continuous": bounds[1].item(),
        }  # fmt: skip

    def draw() -> np.ndarray:
        drawings = as_pictures(make_samples(generator, shown))
        return drawings.reshape(codes.categories, COLUMNS, *drawings.shape[1:])

    @torch.no_grad()
    def measure() -> dict[str, float]:
        category, continuous, noise = (code.to(devices.device) for code in measured)
        model.eval()
        reading = model.read(generator(codes.join(category, continuous, noise)))
        model.train()
        bounds = information(reading, category, continuous)
        return {"categorical": bounds[0].item(), "continuous": bounds[1].item()}

    parts = {"model": model, "optimizer": optimizer, "judge_optimizer": judge_optimizer}
    return train_into(folder, recipe, step, parts, model, shape, measure, draw, resume, minutes, devices, tensorboard)


def category_grid(model: InfoGan, columns: int, seed: int = 0) -> Tensor:
    """(categories · columns, length): each category with the same `columns` draws of all other codes, row by row."""
    random, codes = torch.Generator().manual_seed(seed), model.codes
    continuous = 2 * torch.rand(columns, codes.continuous, generator=random) - 1
    noise = torch.randn(columns, codes.noise, generator=random)
    category = torch.arange(codes.categories).repeat_interleave(columns)
    return codes.join(category, continuous.repeat(codes.categories, 1), noise.repeat(codes.categories, 1))
