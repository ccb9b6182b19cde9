"""Train ADGAN on pairs of pictures of one person: the source's looks in the target's pose.

Source: Men et al. 2020 (arXiv 2003.12267), sections 3.2 to 4; weights of the losses and schedule as in the authors' published
training. The fixed trunk is HED's VGG16, both in the texture encoder and in the losses: there is no ImageNet VGG19 to be had.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import l1_loss
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.networks.adgan import Generator
from primerka.networks.adgan_discriminators import PatchDiscriminator
from primerka.networks.vgg import Vgg, load_trunk
from primerka.training.devices import Devices, find_devices
from primerka.training.loop import descend
from primerka.training.losses import chroma_loss
from primerka.training.perceptual import CONTEXTUAL, PERCEPTUAL, PerceptualLosses, least_squares
from primerka.training.pose_batches import batch, check_pairs
from primerka.training.pose_training import shown_pose, train_pose_transfer
from primerka.weights.hed_vgg16 import read_hed_vgg16

TRUNK = "hed_vgg16"
SHOWN = 4  # pairs that a checkpoint is measured on


@dataclass(frozen=True)
class Recipe:
    """How to train.

    data           the set of pairs that the recipe is for, by name
    height, width  of the pictures in pixels, divisible by 8
    channels       of the generator's first layers; style: numbers per attribute; blocks: residual blocks of either path;
                   hidden: width of the fusion module; levels: of the texture encoder, that the fixed trunk's features join;
                   by_area, hues: whether codes are per pixel of their mask, and hear mean colours
                   (networks.adgan.TextureEncoder); halvings: of the picture's sides before the residual blocks
    batch          pairs a step, over all processes
    pairs          how many of the set's pairs the run goes through, each kept in memory from its first use on; 0: all, none kept
    decay_from     the step from which on the learning rate falls linearly to zero
    style_rate     learning rate of the texture encoder and the fusion, in shares of the others': as that of StyleGAN's mapping
                   (Karras et al. 2019, arXiv 1812.04948, appendix C), it has to be low, or styles run ahead of what draws them
    adversarial, l1, chroma, perceptual, contextual   weights of the generator's losses; the adversarial one is the mean of both
                   discriminators'; chroma is training.losses.chroma_loss
    adversarial_from   the step from which on there are discriminators: before, there is nothing in a picture to be judged
    positions      how many places of a feature map the contextual loss compares
    average        the weights that are kept are an exponential mean with this decay
    save_every     steps from one checkpoint to the next
    """

    data: str
    height: int
    width: int
    channels: int
    style: int
    blocks: int
    hidden: int
    levels: int
    by_area: bool
    hues: bool
    halvings: int
    discriminator_channels: int
    discriminator_blocks: int
    batch: int
    steps: int
    decay_from: int
    learning_rate: float
    style_rate: float
    beta1: float
    beta2: float
    adversarial: float
    adversarial_from: int
    l1: float
    chroma: float
    perceptual: float
    contextual: float
    positions: int
    average: float
    save_every: int
    seed: int
    pairs: int = 0

    def __post_init__(self):
        if self.height % 8 or self.width % 8:
            size = f"{self.height}x{self.width}"
            raise DataMissing("unusable_recipe", f"The recipe's pictures of {size} will not do: both sides are divisible by 8.")

    def learning_rate_at(self, step: int) -> float:
        left = (self.steps - step) / max(self.steps - self.decay_from, 1)
        return self.learning_rate * min(left, 1.0)


def build(recipe: Recipe) -> tuple[Generator, PatchDiscriminator, PatchDiscriminator]:
    """The generator, the pose and the texture discriminator of a recipe, not trained, the trunk not filled."""
    r = recipe
    generator = Generator(r.channels, r.style, r.blocks, r.hidden, TRUNK, r.levels, r.by_area, r.halvings, r.hues)
    judges = (PatchDiscriminator(c, recipe.discriminator_channels, recipe.discriminator_blocks) for c in (18, 3))
    return generator, *judges


def train_adgan(
    pairs: Sequence[PosePair],
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
    tensorboard: bool = False,
) -> bool:
    """Train by a recipe into folder/weights.safetensors (half precision; tryon.network_files reads it).

    Beside it lie recipe.toml (with every setting), checkpoint.pt, log.txt and grids/. Of several processes each calls this,
    with the same folder. Returns whether the last step was reached.
    Raises DataMissing no_pairs, no_parsing or batch_not_divisible, and WeightsMissing where the trunk is not in the cache.
    """
    devices = devices or find_devices()
    check_pairs(pairs, recipe.batch, devices)
    trunk = read_hed_vgg16()
    if devices.leads:
        folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    generator, pose_judge, texture_judge = build(recipe)
    load_trunk(generator.texture.trunk, trunk)
    fixed = Vgg(TRUNK, PERCEPTUAL + (CONTEXTUAL if recipe.contextual else ()))
    load_trunk(fixed, trunk)
    perceptual_losses = PerceptualLosses(fixed.to(devices.device), recipe.positions)
    # Losses go through the distributed ones, which average their gradients over the processes; the plain share their weights.
    drawing, *judging = (devices.distribute(network) for network in (generator, pose_judge, texture_judge))
    average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))
    betas = (recipe.beta1, recipe.beta2)
    styling = [weights for layer in (*generator.texture.layers(), generator.fusion) for weights in layer.parameters()]
    drawn_by = [*generator.pose.parameters(), *generator.styled.parameters(), *generator.up.parameters()]
    learned = [{"params": drawn_by, "share": 1.0}, {"params": styling, "share": recipe.style_rate}]
    optimizers = [
        torch.optim.Adam(parameters, recipe.learning_rate, betas)
        for parameters in (learned, pose_judge.parameters(), texture_judge.parameters())
    ]
    shown = batch(
        pairs, np.linspace(0, len(pairs) - 1, min(SHOWN, len(pairs))).astype(int), recipe.height, recipe.width, parsed=True
    )

    def step(number: int, tensors: dict[str, Tensor]) -> dict[str, float]:
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate_at(number) * group.get("share", 1.0)
        source, target, heatmaps = tensors["source"], tensors["target"], tensors["target_heatmaps"]
        with devices.autocast():
            picture = drawing(heatmaps, source, tensors["source_attributes"])
        adversarial = number >= recipe.adversarial_from
        judges = ((pose_judge, heatmaps), (texture_judge, source)) if adversarial else ()
        numbers, loss = _generator_loss(picture, target, judges)
        descend(loss, optimizers[0])
        learning = zip(("pose", "texture"), judging, (heatmaps, source), optimizers[1:]) if adversarial else ()
        for name, judge, condition, optimizer in learning:
            with devices.autocast():  # true and generated in one go: instance norm keeps them apart
                scores = judge(torch.cat([target, picture.detach().float()]), condition.repeat(2, 1, 1, 1))
            true, false = scores.float().chunk(2)
            judged = (least_squares(true, True) + least_squares(false, False)) / 2
            descend(judged, optimizer)
            numbers[name] = judged.item()
        average.update_parameters(generator)
        return numbers

    def _generator_loss(picture: Tensor, target: Tensor, judges) -> tuple[dict[str, float], Tensor]:
        fooled = picture.new_zeros(())
        for judge, condition in judges:
            judge.requires_grad_(False)  # its own gradients would be thrown away
            with devices.autocast():
                scores = judge(picture, condition)
            fooled = fooled + least_squares(scores.float(), True) / 2
            judge.requires_grad_(True)
        with devices.autocast():
            perceptual, contextual = perceptual_losses(picture, target)
        l1, chroma = l1_loss(picture.float(), target), chroma_loss(picture.float(), target)
        loss = recipe.adversarial * fooled + recipe.l1 * l1 + recipe.chroma * chroma
        loss = loss + recipe.perceptual * perceptual + recipe.contextual * contextual
        values = {"adversarial": fooled, "l1": l1, "chroma": chroma, "perceptual": perceptual, "contextual": contextual}
        return {name: value.item() for name, value in values.items()}, loss

    @torch.no_grad()
    def results() -> Tensor:
        return average.module(*(shown[name].to(devices.device) for name in ("target_heatmaps", "source", "source_attributes")))

    def measure() -> dict[str, float]:
        return {"kept_l1": l1_loss(results().cpu(), shown["target"]).item()}

    def columns() -> tuple[Tensor, ...]:
        return shown["source"], shown_pose(shown), shown["target"], results()

    parts = {"generator": generator, "pose_judge": pose_judge, "texture_judge": texture_judge, "average": average}
    parts |= dict(zip(("generator_optimizer", "pose_optimizer", "texture_optimizer"), optimizers))
    return train_pose_transfer(
        step, parts, average.module, measure, columns, pairs, folder, recipe, resume, minutes, devices, tensorboard, parsed=True
    )


def describe(recipe: Recipe, devices: Devices | None = None) -> dict[str, object]:
    """What a training by this recipe would be, without training: for --dry-run.

    recipe      every setting
    parameters  of each network; the fixed trunk is counted with the generator
    weights_mb  size of weights.safetensors
    batches     steps, and pairs a step in each process
    """
    devices = devices or find_devices()
    with torch.device("meta"):
        networks = dict(zip(("generator", "pose_discriminator", "texture_discriminator"), build(recipe)))
    numbers = {name: sum(tensor.numel() for tensor in network.state_dict().values()) for name, network in networks.items()}
    return {
        "recipe": asdict(recipe),
        "parameters": numbers,
        "weights_mb": round(2 * numbers["generator"] / 1e6, 1),
        "batches": {"steps": recipe.steps, "pairs_a_process": max(recipe.batch // devices.count, 1)},
    }
