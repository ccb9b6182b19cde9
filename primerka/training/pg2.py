"""Train PG2 on pairs of pictures of one person: first the coarse picture, then, with that generator frozen, its refinement.

Source: Ma et al. 2017, "Pose guided person image generation" (arXiv 1705.09368), sections 3 and 4.1.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.networks.pg2 import PG2, PairDiscriminator
from primerka.training.devices import Devices, find_devices
from primerka.training.loop import descend
from primerka.training.losses import discriminator_loss, generator_loss, pose_mask_loss
from primerka.training.pose_batches import batch, check_pairs
from primerka.training.pose_training import shown_pose, train_pose_transfer

ROWS = 4  # pairs in the picture of each checkpoint


@dataclass(frozen=True)
class Recipe:
    """How to train.

    data           the set of pairs that the recipe is for, by name
    height, width  of the pictures in pixels
    channels       of the generators' first block; block k has k times as many
    bottleneck     length of the code in the waist of the coarse generator
    batch          pairs a step, over all processes
    pairs          how many of the set's pairs the run goes through, each kept in memory from its first use on; 0: all, none kept
    l1_weight      of the pose mask loss beside the adversarial one (the paper's lambda)
    save_every     steps from one checkpoint to the next
    """

    data: str
    height: int
    width: int
    channels: int
    bottleneck: int
    discriminator_channels: int
    batch: int
    coarse_steps: int
    refine_steps: int
    coarse_learning_rate: float
    refine_learning_rate: float
    discriminator_learning_rate: float
    beta1: float
    beta2: float
    l1_weight: float
    save_every: int
    seed: int
    pairs: int = 0

    def __post_init__(self):
        if self.height < 32 or self.width < 8:
            size = f"{self.height}x{self.width}"
            raise DataMissing("unusable_recipe", f"The recipe's pictures of {size} are too small: PG2 needs 32x8 at least.")

    @property
    def steps(self) -> int:
        return self.coarse_steps + self.refine_steps


def build(recipe: Recipe) -> tuple[PG2, PairDiscriminator]:
    """The networks of a recipe, not trained."""
    model = PG2(recipe.height, recipe.width, recipe.channels, recipe.bottleneck)
    return model, PairDiscriminator(recipe.height, recipe.width, recipe.discriminator_channels)


def train_pg2(
    pairs: Sequence[PosePair],
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
    tensorboard: bool = False,
) -> bool:
    """Train by a recipe into folder/weights.safetensors: both generators in half precision, names as in networks.pg2.PG2.

    Beside it lie recipe.toml (with every setting), checkpoint.pt, log.txt and grids/. Of several processes each calls this,
    with the same folder. Returns whether the last step was reached.
    Raises DataMissing no_pairs or batch_not_divisible, and what training.loop.train raises.
    """
    devices = devices or find_devices()
    check_pairs(pairs, recipe.batch, devices)
    if devices.leads:
        folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    model, discriminator = build(recipe)
    # The losses go through these three, which average their gradients over the processes; the plain ones share their weights.
    coarse, refine, judge = (devices.distribute(network) for network in (model.coarse, model.refine, discriminator))
    betas = (recipe.beta1, recipe.beta2)
    coarse_optimizer = torch.optim.Adam(model.coarse.parameters(), recipe.coarse_learning_rate, betas)
    refine_optimizer = torch.optim.Adam(model.refine.parameters(), recipe.refine_learning_rate, betas)
    judge_optimizer = torch.optim.Adam(discriminator.parameters(), recipe.discriminator_learning_rate, betas)
    shown = np.linspace(0, len(pairs) - 1, min(ROWS, len(pairs))).astype(int)
    fixed = batch(pairs, shown, recipe.height, recipe.width)

    def learn_coarse(tensors: dict[str, Tensor]) -> dict[str, float]:
        with devices.autocast():
            predicted = coarse(tensors["source"], tensors["target_heatmaps"])
        loss = pose_mask_loss(predicted.float(), tensors["target"], tensors["target_mask"])
        descend(loss, coarse_optimizer)
        return {"l1": loss.item()}

    def learn_refinement(tensors: dict[str, Tensor]) -> dict[str, float]:
        source, target = tensors["source"], tensors["target"]
        with devices.autocast():
            with torch.no_grad():
                predicted = model.coarse(source, tensors["target_heatmaps"])
            predicted = predicted + refine(source, predicted)
            # True and generated pairs go through together: batch norm must not tell them apart by their batch.
            true, false = judge(source.repeat(2, 1, 1, 1), torch.cat([target, predicted.detach()])).chunk(2)
        judged = discriminator_loss(true.float(), false.float())
        descend(judged, judge_optimizer)
        discriminator.requires_grad_(False)
        with devices.autocast():
            _, false = discriminator(source.repeat(2, 1, 1, 1), torch.cat([target, predicted])).chunk(2)
        loss = generator_loss(false.float(), predicted.float(), target, tensors["target_mask"], recipe.l1_weight)
        descend(loss, refine_optimizer)
        discriminator.requires_grad_(True)
        return {"generator": loss.item(), "discriminator": judged.item()}

    def step(number: int, tensors: dict[str, Tensor]) -> dict[str, float]:
        return learn_coarse(tensors) if number < recipe.coarse_steps else learn_refinement(tensors)

    @torch.no_grad()
    def results() -> tuple[Tensor, Tensor]:
        return model(fixed["source"].to(devices.device), fixed["target_heatmaps"].to(devices.device))

    def measure() -> dict[str, float]:
        target = fixed["target"].to(devices.device)
        first, second = results()
        return {"coarse_l1": (first - target).abs().mean().item(), "refined_l1": (second - target).abs().mean().item()}

    def columns() -> tuple[Tensor, ...]:
        return fixed["source"], shown_pose(fixed), fixed["target"], *results()

    parts = {
        "model": model,
        "discriminator": discriminator,
        "coarse_optimizer": coarse_optimizer,
        "refine_optimizer": refine_optimizer,
        "discriminator_optimizer": judge_optimizer,
    }
    return train_pose_transfer(
        step, parts, model, measure, columns, pairs, folder, recipe, resume, minutes, devices, tensorboard
    )


def describe(recipe: Recipe, devices: Devices | None = None) -> dict[str, object]:
    """What a training by this recipe would be, without training: for --dry-run.

    recipe      every setting
    parameters  of each network
    weights_mb  size of weights.safetensors
    batches     of each stage, and pairs a step in each process
    memory_mb   of one process in stage two: weights, gradients, Adam's moments, and what the layers of the three networks
                put out, which the backward pass needs; float32, so that mixed precision needs less
    """
    devices = devices or find_devices()
    share = max(recipe.batch // devices.count, 1)
    with torch.device("meta"):
        model, discriminator = build(recipe)
        numbers = {
            name: sum(parameter.numel() for parameter in network.parameters())
            for name, network in (("coarse", model.coarse), ("refine", model.refine), ("discriminator", discriminator))
        }
        picture = torch.empty(share, 3, recipe.height, recipe.width)
        heatmaps = torch.empty(share, 18, recipe.height, recipe.width)
        layers = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.LeakyReLU)
        sizes = []
        for module in (*model.modules(), *discriminator.modules()):
            if isinstance(module, layers):
                module.register_forward_hook(lambda module, inputs, output: sizes.append(output.numel()))
        model(picture, heatmaps)
        for _ in range(2):  # once to train the discriminator, once to train the generator
            discriminator(torch.cat([picture, picture]), torch.cat([picture, picture]))
    return {
        "recipe": asdict(recipe),
        "parameters": numbers,
        "weights_mb": round(2 * (numbers["coarse"] + numbers["refine"]) / 1e6, 1),
        "batches": {"coarse": recipe.coarse_steps, "refine": recipe.refine_steps, "pairs_a_process": share},
        "memory_mb": round(4 * (4 * sum(numbers.values()) + sum(sizes)) / 1e6),
    }
