"""Train a GAN or a DCGAN, with the stabilisers that are standard today as options.

Sources: Goodfellow et al. 2014 (arXiv 1406.2661), algorithm 1 with one discriminator step and the non-saturating loss of
section 3; Radford et al. 2016 (arXiv 1511.06434), section 3, for the convolutional form and Adam's settings.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from primerka.errors import DataMissing
from primerka.networks.gan import NETWORKS, NORMS, Discriminator, GanGenerator, level_count
from primerka.networks.pictures import to_picture, to_tensor
from primerka.training.devices import Devices, find_devices
from primerka.training.epochs import drawn
from primerka.training.loop import descend
from primerka.training.losses import discriminator_loss
from primerka.training.run_folder import train_into

GRID = (8, 8)  # rows and columns of the picture of each checkpoint
CANVAS, REACH = 256, 3.0  # pixels of a picture of points, and the coordinate at its edge


@dataclass(frozen=True)
class Recipe:
    """How to train.

    network  "perceptron" or "convolutional"; the latter draws squares whose side is 4 times a power of two
    side     pictures are brought to this many pixels; points have none
    fit      of pictures that are of several sizes, or not square, the middle is cut; without it they are refused
    noise    numbers that the generator takes; width: as networks.gan says it
    batch    samples a step
    save_every  steps from one checkpoint to the next

    Options, all off unless named:
    norm     of the discriminator: "none", "batch" (DCGAN), or "spectral" (Miyato et al. 2018)
    r1       weight of the penalty on the discriminator's slope at true samples (Mescheder et al. 2018; their gamma)
    average  the weights that are kept are an exponential mean with this decay (Yazici et al. 2019)
    """

    network: str
    side: int
    noise: int
    width: int
    discriminator_width: int
    batch: int
    steps: int
    learning_rate: float
    discriminator_learning_rate: float
    beta1: float
    beta2: float
    save_every: int
    seed: int
    fit: bool = False
    norm: str = "none"
    r1: float = 0.0
    average: float = 0.0

    def __post_init__(self):
        for name, words in (("network", NETWORKS), ("norm", NORMS)):
            if getattr(self, name) not in words:
                sentence = f"{name} must be one of {', '.join(words)}, got {getattr(self, name)!r}."
                raise DataMissing("unusable_recipe", sentence)
        if self.network == "convolutional":
            check_side(self.side)


def check_side(side: int) -> None:
    """Raises DataMissing unusable_recipe where convolutional networks have no pictures of this side."""
    try:
        level_count(side)
    except ValueError as cause:
        raise DataMissing("unusable_recipe", f"The recipe's pictures will not do: {cause}.") from None


def generator_loss(fake: Tensor) -> Tensor:
    """-log D(G(z)) of logits (B,): the form that does not saturate while the discriminator is sure.

    Source: Goodfellow et al. 2014, end of section 3.
    """
    return binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def slope_penalty(logits: Tensor, real: Tensor) -> Tensor:
    """Half the mean squared length of the logits' gradient at true samples, which must require one.

    Source: Mescheder, Geiger, Nowozin 2018, "Which training methods for GANs do actually converge?" (arXiv 1801.04406),
    equation 9, without its gamma.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
    return gradient.flatten(1).square().sum(1).mean() / 2


def build(recipe: Recipe, shape: tuple[int, ...]) -> tuple[GanGenerator, Discriminator]:
    """The networks of a recipe, not trained, for samples of a shape: (C, side, side), or (D,) of points."""
    generator = GanGenerator(recipe.network, shape, recipe.noise, recipe.width)
    return generator, Discriminator(recipe.network, shape, recipe.discriminator_width, recipe.norm)


def as_tensor(samples: np.ndarray) -> Tensor:
    """Pictures (N, H, W, C) uint8 → (N, C, H, W) float32 in [-1, 1]; points (N, D) float32 as they are."""
    return torch.from_numpy(samples) if samples.ndim == 2 else to_tensor(samples)


def train_gan(
    samples: np.ndarray,
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
    tensorboard: bool = False,
) -> bool:
    """Train by a recipe into folder/weights.safetensors: the generator, in half precision.

    samples  (N, side, side, C) uint8 pictures, or (N, 2) float32 points

    Beside it lie what training.run_folder.train_into writes. Returns whether the last step was reached.
    Raises DataMissing unusable_recipe where points are to be convolved, and what training.loop.train raises.
    """
    devices = devices or find_devices()
    shape = tuple(as_tensor(samples[:1]).shape[1:])
    if len(shape) == 1 and recipe.network == "convolutional":
        raise DataMissing("unusable_recipe", "Points cannot be convolved: take a recipe with the network perceptron.")
    torch.manual_seed(recipe.seed)
    generator, discriminator = (network.to(devices.device) for network in build(recipe, shape))
    betas = (recipe.beta1, recipe.beta2)
    optimizer = torch.optim.Adam(generator.parameters(), recipe.learning_rate, betas)
    judge_optimizer = torch.optim.Adam(discriminator.parameters(), recipe.discriminator_learning_rate, betas)
    parts = {"generator": generator, "discriminator": discriminator}
    parts |= {"optimizer": optimizer, "judge_optimizer": judge_optimizer}
    kept = generator
    if recipe.average:
        average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(recipe.average), use_buffers=True)
        parts["average"], kept = average, average.module
    shown = torch.randn(GRID[0] * GRID[1], recipe.noise)

    def step(number: int) -> dict[str, float]:
        real = as_tensor(samples[drawn(len(samples), number, recipe.batch, recipe.seed)]).to(devices.device)
        fake = generator(torch.randn(recipe.batch, recipe.noise).to(devices.device))
        real.requires_grad_(recipe.r1 > 0)
        true = discriminator(real)
        judged = discriminator_loss(true, discriminator(fake.detach()))
        penalty = recipe.r1 * slope_penalty(true, real) if recipe.r1 else 0.0
        descend(judged + penalty, judge_optimizer)
        discriminator.requires_grad_(False)
        fooled = generator_loss(discriminator(fake))
        descend(fooled, optimizer)
        discriminator.requires_grad_(True)
        if recipe.average:
            average.update_parameters(generator)
        return {"generator": fooled.item(), "discriminator": judged.item()}

    def draw() -> np.ndarray:
        if len(shape) == 1:
            return draw_points(make_samples(kept, torch.randn(2000, recipe.noise, generator=torch.Generator().manual_seed(0))))
        return as_pictures(make_samples(kept, shown)).reshape(*GRID, *shape[1:], 3)

    @torch.no_grad()
    def measure() -> dict[str, float]:
        discriminator.eval()  # or spectral norm would go on iterating, and looking would change the run
        pictures = {"true": as_tensor(samples[: recipe.batch]), "fake": torch.from_numpy(make_samples(kept, shown))}
        told = {name: discriminator(value.to(devices.device)).sigmoid().mean().item() for name, value in pictures.items()}
        discriminator.train()
        return told

    return train_into(folder, recipe, step, parts, kept, shape, measure, draw, resume, minutes, devices, tensorboard)


@torch.no_grad()
def make_samples(generator: GanGenerator, noise: Tensor) -> np.ndarray:
    """Samples (B, *shape) float32 of noise (B, noise), with the norms as they serve; leaves the generator as it was."""
    device, training = next(generator.parameters()).device, generator.training
    generator.eval()
    samples = generator(noise.to(device)).cpu().numpy()
    generator.train(training)
    return samples


def as_pictures(samples: np.ndarray) -> np.ndarray:
    """Samples (N, C, H, W) in [-1, 1] → (N, H, W, 3) uint8, grey ones in three equal channels."""
    pictures = to_picture(torch.from_numpy(samples))
    return np.repeat(pictures, 3, 3) if pictures.shape[3] == 1 else pictures


def draw_points(points: np.ndarray) -> np.ndarray:
    """Points (N, 2) as dots on white: (1, 1, CANVAS, CANVAS, 3) uint8; y goes up, REACH is at the edges."""
    canvas = np.full((CANVAS, CANVAS), 255, np.int64)
    x, y = np.rint((points.T / REACH + 1) / 2 * (CANVAS - 1)).astype(int)
    inside = (x >= 0) & (x < CANVAS) & (y >= 0) & (y < CANVAS)
    np.subtract.at(canvas, (CANVAS - 1 - y[inside], x[inside]), 100)
    return np.repeat(canvas.clip(0).astype(np.uint8)[None, None, :, :, None], 3, 4)
