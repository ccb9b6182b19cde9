"""A run that is stopped and goes on ends with the same bits as one that was never stopped."""

import pytest
import torch
from torch import nn

from primerka.training.loop import train, write_atomically


def _run(folder, steps: int = 12, minutes=None, stops: int = 0, save_every: int = 200, seen=None):
    """Train a network with dropout; with stops, every call is cut off and the next goes on. Returns its parameters."""
    folder.mkdir(exist_ok=True)
    for attempt in range(stops + 1):
        torch.manual_seed(attempt)  # a new process begins with other random numbers: the checkpoint must bring its own
        if attempt == 0:
            torch.manual_seed(7)
        network = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 1))
        optimizer = torch.optim.AdamW(network.parameters(), 1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, steps)

        def step(number: int, network=network, optimizer=optimizer, schedule=schedule) -> dict[str, float]:
            if seen is not None:
                seen.append(number)
            x = torch.randn(16, 6)
            loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            return {"loss": loss.item()}

        parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
        done = train(step, parts, steps, folder, attempt > 0, minutes, save_every)
        if done:
            break
    assert done
    return network.state_dict()


def test_stopped_and_resumed_is_bit_identical(tmp_path):
    seen = []
    whole = _run(tmp_path / "whole")
    pieces = _run(tmp_path / "pieces", minutes=1e-9, stops=11, seen=seen)
    assert seen == list(range(12))  # each step once, one step a call
    for name in whole:
        assert torch.equal(whole[name], pieces[name]), name


def test_saving_on_the_way_changes_nothing(tmp_path):
    whole, saved = _run(tmp_path / "whole"), _run(tmp_path / "saved", save_every=2)
    assert all(torch.equal(whole[name], saved[name]) for name in whole)


def test_a_killed_run_goes_on_from_its_last_checkpoint(tmp_path):
    numbers = []

    def step(number):
        numbers.append(number)
        if number == 7 and numbers.count(7) == 1:
            raise KeyboardInterrupt
        return {}

    with pytest.raises(KeyboardInterrupt):
        train(step, {}, 10, tmp_path, save_every=3)
    assert train(step, {}, 10, tmp_path, resume=True, save_every=3)
    assert numbers == [*range(8), 6, 7, 8, 9]


def test_a_finished_run_has_nothing_left_to_do(tmp_path):
    assert train(lambda number: {}, {}, 3, tmp_path)
    assert train(lambda number: pytest.fail("a step after the last"), {}, 3, tmp_path, resume=True)


def test_without_resume_a_run_begins_anew(tmp_path):
    numbers = []
    for _ in range(2):
        train(lambda number: numbers.append(number) or {}, {}, 3, tmp_path)
    assert numbers == [0, 1, 2, 0, 1, 2]


def test_each_checkpoint_is_evaluated_and_logged(tmp_path):
    train(lambda number: {}, {}, 5, tmp_path, save_every=2, after_save=lambda number: {"miou": number / 10})
    assert (tmp_path / "log.txt").read_text().splitlines() == ["step 2 miou 0.2000", "step 4 miou 0.4000", "step 5 miou 0.5000"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "weights"
    write_atomically(path, lambda part: part.write_bytes(b"old"))

    def fail(part):
        part.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
