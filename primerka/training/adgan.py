"""Train ADGAN on pairs of pictures of one person: the source's looks in the target's pose.

Source: Men et al. 2020 (arXiv 2003.12267), sections 3.2 to 4; weights of the losses and schedule as in the authors' published
training. The fixed trunk is HED's VGG16, both in the texture encoder and in the losses: there is no ImageNet VGG19 to be had.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import l1_loss
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from primerka.attributes import one_hot
from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.networks.adgan import Generator
from primerka.networks.adgan_discriminators import PatchDiscriminator
from primerka.networks.vgg import Vgg, load_trunk
from primerka.training.devices import Devices, find_devices
from primerka.training.loop import train, write_atomically
from primerka.training.perceptual import CONTEXTUAL, PERCEPTUAL, PerceptualLosses, least_squares
from primerka.tryon.adgan_weights import save_generator
from primerka.weights.hed_vgg16 import read_hed_vgg16

TRUNK = "hed_vgg16"
SHOWN = 4  # pairs that a checkpoint is measured on


@dataclass(frozen=True)
class Recipe:
    """How to train.

    data           the set of pairs that the recipe is for, by name
    height, width  of the pictures in pixels, divisible by 8
    channels       of the generator's first layers; style: numbers per attribute; blocks: residual blocks of either path;
                   hidden: width of the fusion module
    batch          pairs a step, over all processes
    decay_from     the step from which on the learning rate falls linearly to zero
    adversarial, l1, perceptual, contextual   weights of the generator's losses; the adversarial one is the mean of both
                   discriminators'
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
    discriminator_channels: int
    discriminator_blocks: int
    batch: int
    steps: int
    decay_from: int
    learning_rate: float
    beta1: float
    beta2: float
    adversarial: float
    l1: float
    perceptual: float
    contextual: float
    positions: int
    average: float
    save_every: int
    seed: int

    def __post_init__(self):
        if self.height % 8 or self.width % 8:
            size = f"{self.height}x{self.width}"
            raise DataMissing("unusable_recipe", f"The recipe's pictures of {size} will not do: both sides are divisible by 8.")

    def learning_rate_at(self, step: int) -> float:
        left = (self.steps - step) / max(self.steps - self.decay_from, 1)
        return self.learning_rate * min(left, 1.0)


def build(recipe: Recipe) -> tuple[Generator, PatchDiscriminator, PatchDiscriminator]:
    """The generator, the pose and the texture discriminator of a recipe, not trained, the trunk not filled."""
    generator = Generator(recipe.channels, recipe.style, recipe.blocks, recipe.hidden, TRUNK)
    judges = (PatchDiscriminator(c, recipe.discriminator_channels, recipe.discriminator_blocks) for c in (18, 3))
    return generator, *judges


def train_adgan(
    pairs: Sequence[PosePair],
    folder: Path,
    recipe: Recipe,
    resume: bool = False,
    minutes: float | None = None,
    devices: Devices | None = None,
) -> bool:
    """Train by a recipe into folder/weights.safetensors (half precision; tryon.adgan_weights.load_generator reads it).

    Beside it lie recipe.toml (with every setting), checkpoint.pt and log.txt. Of several processes each calls this, with the
    same folder. Returns whether the last step was reached.
    Raises DataMissing no_pairs, no_parsing or batch_not_divisible, and WeightsMissing where the trunk is not in the cache.
    """
    devices = devices or find_devices()
    if not len(pairs):
        raise DataMissing("no_pairs", "There is no pair to train on.")
    if recipe.batch % devices.count:
        sentence = f"A batch of {recipe.batch} cannot be shared by {devices.count} processes: change the one or the other."
        raise DataMissing("batch_not_divisible", sentence)
    trunk = read_hed_vgg16()
    if devices.leads:
        folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    generator, pose_judge, texture_judge = build(recipe)
    load_trunk(generator.texture.trunk, trunk)
    fixed = Vgg(TRUNK, PERCEPTUAL + CONTEXTUAL)
    load_trunk(fixed, trunk)
    perceptual_losses = PerceptualLosses(fixed.to(devices.device), recipe.positions)
    # Losses go through the distributed ones, which average their gradients over the processes; the plain share their weights.
    drawing, *judging = (devices.distribute(network) for network in (generator, pose_judge, texture_judge))
    average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))
    betas = (recipe.beta1, recipe.beta2)
    learned = [parameter for parameter in generator.parameters() if parameter.requires_grad]
    optimizers = [
        torch.optim.Adam(parameters, recipe.learning_rate, betas)
        for parameters in (learned, pose_judge.parameters(), texture_judge.parameters())
    ]
    shown = batch(pairs, np.linspace(0, len(pairs) - 1, min(SHOWN, len(pairs))).astype(int), recipe.height, recipe.width)

    def step(number: int) -> dict[str, float]:
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate_at(number)
        tensors = {name: tensor.to(devices.device) for name, tensor in _share(pairs, number, recipe, devices).items()}
        source, target, heatmaps = tensors["source"], tensors["target"], tensors["target_heatmaps"]
        with devices.autocast():
            picture = drawing(heatmaps, source, tensors["source_attributes"])
        numbers, loss = _generator_loss(picture, target, ((pose_judge, heatmaps), (texture_judge, source)))
        _descend(loss, optimizers[0])
        for name, judge, condition, optimizer in zip(("pose", "texture"), judging, (heatmaps, source), optimizers[1:]):
            with devices.autocast():  # true and generated in one go: instance norm keeps them apart
                scores = judge(torch.cat([target, picture.detach().float()]), condition.repeat(2, 1, 1, 1))
            true, false = scores.float().chunk(2)
            judged = (least_squares(true, True) + least_squares(false, False)) / 2
            _descend(judged, optimizer)
            numbers[name] = judged.item()
        average.update_parameters(generator)
        return numbers

    def _generator_loss(picture: Tensor, target: Tensor, judges) -> tuple[dict[str, float], Tensor]:
        fooled = 0.0
        for judge, condition in judges:
            judge.requires_grad_(False)  # its own gradients would be thrown away
            with devices.autocast():
                scores = judge(picture, condition)
            fooled = fooled + least_squares(scores.float(), True) / 2
            judge.requires_grad_(True)
        with devices.autocast():
            perceptual, contextual = perceptual_losses(picture, target)
        l1 = l1_loss(picture.float(), target)
        loss = recipe.adversarial * fooled + recipe.l1 * l1
        loss = loss + recipe.perceptual * perceptual + recipe.contextual * contextual
        values = {"adversarial": fooled, "l1": l1, "perceptual": perceptual, "contextual": contextual}
        return {name: value.item() for name, value in values.items()}, loss

    @torch.no_grad()
    def after_save(number: int) -> dict[str, float]:
        kept = average.module
        write_atomically(folder / "weights.safetensors", lambda part: save_generator(kept, part))
        write_atomically(folder / "recipe.toml", lambda part: part.write_text(_recipe_text(recipe)))
        inputs = (shown[name].to(devices.device) for name in ("target_heatmaps", "source", "source_attributes"))
        return {"kept_l1": l1_loss(kept(*inputs).cpu(), shown["target"]).item()}

    parts = {"generator": generator, "pose_judge": pose_judge, "texture_judge": texture_judge, "average": average}
    parts |= dict(zip(("generator_optimizer", "pose_optimizer", "texture_optimizer"), optimizers))
    return train(step, parts, recipe.steps, folder, resume, minutes, recipe.save_every, after_save)


def batch(
    pairs: Sequence[PosePair], indices: Sequence[int], height: int, width: int, random: np.random.Generator | None = None
) -> dict[str, Tensor]:
    """The pairs of these indices; `random` mirrors each or not, without it none is.

    returns  source, target (B, 3, H, W) float32 in [-1, 1]; target_heatmaps (B, 18, H, W); source_attributes (B, 8, H, W)
    """
    rows = []
    for index in indices:
        pair = pairs[index]
        if pair.source_parsing is None:
            raise DataMissing("no_parsing", f"The pair {pair.name} has no parsing of its source, which ADGAN learns from.")
        mirror = random is not None and random.random() < 0.5
        keypoints = pair.target_keypoints.moved(_scaling(pair.target, height, width))
        pictures = [
            cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(127.5) - 1
            for picture in (pair.source, pair.target)
        ]
        parsing = cv2.resize(pair.source_parsing, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
        if mirror:
            pictures, parsing = [picture[:, ::-1] for picture in pictures], parsing[:, ::-1]
            keypoints = keypoints.mirrored(width)
        planes = [picture.transpose(2, 0, 1) for picture in pictures]
        rows.append((*planes, keypoints.heatmaps(height, width), one_hot(parsing)))
    names = ("source", "target", "target_heatmaps", "source_attributes")
    return {name: torch.from_numpy(np.stack(column)) for name, column in zip(names, zip(*rows))}


def _scaling(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    down, right = height / picture.shape[0], width / picture.shape[1]
    return np.array([[right, 0, (right - 1) / 2], [0, down, (down - 1) / 2]])  # pixel centres keep their place


def _share(pairs: Sequence[PosePair], number: int, recipe: Recipe, devices: Devices) -> dict[str, Tensor]:
    """This process's part of the batch of a step: every epoch goes through all pairs once, in its own order."""
    positions = np.arange(number * recipe.batch, (number + 1) * recipe.batch)
    orders = {
        epoch: np.random.default_rng((recipe.seed, 1, epoch)).permutation(len(pairs)) for epoch in positions // len(pairs)
    }
    chosen = [orders[position // len(pairs)][position % len(pairs)] for position in positions]
    size = recipe.batch // devices.count
    random = np.random.default_rng((recipe.seed, number, devices.rank))
    return batch(pairs, chosen[devices.rank * size : (devices.rank + 1) * size], recipe.height, recipe.width, random)


def _descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _recipe_text(recipe: Recipe) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in asdict(recipe).items())
