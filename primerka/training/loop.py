"""One training loop: it resumes from a checkpoint and stops cleanly on a time limit."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tqdm import tqdm


def train(
    step: Callable[[int], dict[str, float]],
    parts: dict[str, object],
    steps: int,
    folder: Path,
    resume: bool = False,
    minutes: float | None = None,
    save_every: int = 200,
    after_save: Callable[[int], dict[str, float]] | None = None,
) -> bool:
    """Call `step` with the numbers 0 … steps - 1 and keep checkpoints in folder/checkpoint.pt.

    step        trains on one batch and returns numbers to show; its randomness comes from torch alone, or from the
                step's number, so that a resumed run goes on as the unbroken one would
    parts       name → whatever has state_dict and load_state_dict
    after_save  evaluates at a checkpoint and returns numbers to log
    returns     whether the last step was reached
    """
    path = folder / "checkpoint.pt"
    start = 0
    if resume and path.exists():
        saved = torch.load(path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        torch.set_rng_state(saved["rng"])
        start = saved["step"]
    deadline = time.monotonic() + 60 * minutes if minutes else float("inf")

    def save(number: int) -> None:
        state = {name: part.state_dict() for name, part in parts.items()}
        write_atomically(path, lambda target: torch.save(state | {"rng": torch.get_rng_state(), "step": number}, target))
        if after_save:
            numbers = " ".join(f"{name} {value:.4f}" for name, value in after_save(number).items())
            with open(folder / "log.txt", "a") as log:
                log.write(f"step {number} {numbers}\n")
            progress.write(f"step {number} {numbers}")

    with tqdm(total=steps, initial=start, smoothing=0.05, mininterval=5) as progress:
        for number in range(start, steps):
            progress.set_postfix({name: f"{value:.3f}" for name, value in step(number).items()}, refresh=False)
            progress.update()
            done, late = number + 1 == steps, time.monotonic() > deadline
            if done or late or (number + 1) % save_every == 0:
                save(number + 1)
            if late and not done:
                return False
    return True


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, then put it in its place in one move."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
