"""One training loop: it resumes from a checkpoint, stops cleanly on a time limit, and shows how it goes."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from primerka.atomic import write_atomically
from primerka.errors import DataMissing
from primerka.training.devices import Devices

# How long to train and how often to save: what may change between two pieces of a run.
LENGTHS = ("steps", "coarse_steps", "refine_steps", "decay_from", "adversarial_from", "save_every")
ONE_PROCESS = Devices(torch.device("cpu"))


def train(
    step: Callable[[int], dict[str, float]],
    parts: dict[str, object],
    steps: int,
    folder: Path,
    resume: bool = False,
    minutes: float | None = None,
    save_every: int = 200,
    after_save: Callable[[int], dict[str, float]] | None = None,
    draw: Callable[[], np.ndarray] | None = None,
    tensorboard: bool = False,
    devices: Devices = ONE_PROCESS,
    recipe: dict[str, object] | None = None,
) -> bool:
    """Call `step` with the numbers 0 … steps - 1 and keep checkpoints in folder/checkpoint.pt.

    step         trains on one batch and returns numbers to show; its randomness comes from torch alone, or from the
                 step's number, so that a resumed run goes on as the unbroken one would
    parts        name → whatever has state_dict and load_state_dict
    after_save   evaluates at a checkpoint and returns numbers to log
    draw         at a checkpoint, (rows, columns, H, W, 3) uint8 pictures for folder/grids/step_000200.png
    tensorboard  write all numbers into folder/tensorboard too
    devices      of several processes the leading one alone writes, evaluates, draws, and says when time is up
    recipe       every setting; a run may go on with other LENGTHS only
    returns      whether the last step was reached
    raises       DataMissing checkpoint_missing, checkpoint_damaged, checkpoint_of_another_network or tensorboard_missing,
                 before anything is written; training_diverged as soon as a number is infinite or none: the last checkpoint stays
    """
    path = folder / "checkpoint.pt"
    start = _load(path, parts, recipe or {}, devices) if resume else 0
    if devices.leads and not resume:
        (folder / "log.txt").unlink(missing_ok=True)
    writer = _summary_writer(folder, start, devices) if tensorboard else None
    deadline = time.monotonic() + 60 * minutes if minutes is not None else float("inf")

    def show(number: int, group: str, numbers: dict[str, float]) -> None:
        if writer:
            for name, value in numbers.items():
                writer.add_scalar(f"{group}/{name}", value, number)

    def save(number: int) -> None:
        rng = _of_all(torch.get_rng_state(), devices)
        cuda = _of_all(torch.cuda.get_rng_state(devices.device), devices) if devices.device.type == "cuda" else []
        if not devices.leads:
            return
        # The checkpoint comes last: a run that was killed before it does these steps again, and their weights.
        if draw:
            write_grid(folder / "grids" / f"step_{number:06d}.png", draw())
        if after_save:
            values = after_save(number)
            show(number, "eval", values)
            numbers = " ".join(f"{name} {value:.4f}" for name, value in values.items())
            with open(folder / "log.txt", "a") as log:
                log.write(f"step {number} {numbers}\n")
            progress.write(f"step {number} {numbers}")
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"rng": rng, "cuda_rng": cuda, "step": number, "recipe": recipe or {}}
        write_atomically(path, lambda target: torch.save(state, target))

    with tqdm(total=steps, initial=start, smoothing=0.05, mininterval=5, disable=not devices.leads) as progress:
        for number in range(start, steps):
            values = step(number)
            _check_finite(number + 1, values, folder)
            show(number + 1, "train", values)
            progress.set_postfix({name: f"{value:.3f}" for name, value in values.items()}, refresh=False)
            progress.update()
            done, late = number + 1 == steps, minutes is not None and _leader_says(time.monotonic() > deadline, devices)
            if done or late or (number + 1) % save_every == 0:
                save(number + 1)
            if late and not done:
                break
        else:
            late = False
    if writer:
        writer.close()
    return not late


def _check_finite(number: int, values: dict[str, float], folder: Path) -> None:
    wrong = [name for name, value in values.items() if not math.isfinite(value)]
    if wrong:
        sentence = f"Step {number} gave no finite {' and '.join(wrong)}; {folder} keeps its last checkpoint: try a lower learning rate."
        raise DataMissing("training_diverged", sentence)


def _load(path: Path, parts: dict[str, object], recipe: dict[str, object], devices: Devices) -> int:
    """Bring everything back to where the checkpoint was written; returns the number of steps done."""
    if not path.exists():
        raise DataMissing("checkpoint_missing", f"There is no checkpoint {path} to go on from: leave out --resume to begin.")
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, UnpicklingError, OSError, ValueError, KeyError):
        sentence = f"The checkpoint {path} cannot be read: remove it to begin anew, or bring back a whole copy."
        raise DataMissing("checkpoint_damaged", sentence) from None
    try:
        if set(saved) != {*parts, "rng", "cuda_rng", "step", "recipe"}:
            raise KeyError
        if _settled(saved["recipe"]) != _settled(recipe):
            raise ValueError
        for name, part in parts.items():
            part.load_state_dict(saved[name])
    except (KeyError, RuntimeError, ValueError, TypeError, AttributeError):
        sentence = f"The checkpoint {path} was written by another network or recipe: train into another folder."
        raise DataMissing("checkpoint_of_another_network", sentence) from None
    if devices.rank < len(saved["rng"]):  # a process more than last time begins with its own random numbers
        torch.set_rng_state(saved["rng"][devices.rank])
    if devices.device.type == "cuda" and devices.rank < len(saved["cuda_rng"]):
        torch.cuda.set_rng_state(saved["cuda_rng"][devices.rank], devices.device)
    return saved["step"]


def _settled(recipe: dict[str, object]) -> dict[str, object]:
    """The settings that a run keeps from its first step to its last."""
    return {name: value for name, value in recipe.items() if name not in LENGTHS}


def _of_all(state: torch.Tensor, devices: Devices) -> list[torch.Tensor]:
    """The random state of every process, by rank."""
    if devices.count == 1:
        return [state]
    states = [None] * devices.count
    torch.distributed.all_gather_object(states, state)
    return states


def _leader_says(late: bool, devices: Devices) -> bool:
    """The leading process's clock decides for all: one that went on alone would wait for the others for ever."""
    if devices.count == 1:
        return late
    word = torch.tensor([late], dtype=torch.uint8, device=devices.device)
    torch.distributed.broadcast(word, 0)
    return bool(word.item())


def _summary_writer(folder: Path, start: int, devices: Devices):
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise DataMissing("tensorboard_missing", "TensorBoard is not installed: pip install primerka[train].") from None
    return SummaryWriter(folder / "tensorboard", purge_step=start + 1) if devices.leads else None


def descend(loss: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
    """One step down the loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def one_picture(pictures: np.ndarray) -> np.ndarray:
    """(rows, columns, H, W, 3) uint8 → one picture without gaps."""
    rows, columns, height, width, _ = pictures.shape
    return pictures.swapaxes(1, 2).reshape(rows * height, columns * width, 3)


def write_grid(path: Path, pictures: np.ndarray) -> None:
    """Write (rows, columns, H, W, 3) uint8 as one picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda part: Image.fromarray(one_picture(pictures)).save(part, "PNG"))
