"""A run that is stopped and goes on ends with the same bits as one that was never stopped."""

import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from primerka.atomic import write_atomically
from primerka.errors import DataMissing
from primerka.training.devices import Devices
from primerka.training.loop import train


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


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_diverged_training_stops_and_keeps_its_last_checkpoint(tmp_path, bad):
    network = nn.Linear(2, 1)

    def step(number: int) -> dict[str, float]:
        with torch.no_grad():
            network.weight.fill_(bad if number == 4 else number)
        return {"l1": 0.5, "adversarial": bad if number == 4 else 1.0}

    with pytest.raises(DataMissing, match="Step 5 gave no finite adversarial") as refusal:
        train(step, {"network": network}, 6, tmp_path, save_every=2)
    assert refusal.value.code == "training_diverged"
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert saved["step"] == 4 and torch.equal(saved["network"]["weight"], torch.full((1, 2), 3.0))


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


def _files(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _part(inputs: int = 3) -> dict[str, object]:
    network = nn.Linear(inputs, 2)
    return {"network": network, "optimizer": torch.optim.SGD(network.parameters(), 0.1)}


@pytest.mark.parametrize("kept", [0, 1, 200, 0.5, -20])
def test_a_truncated_checkpoint_is_refused_and_left_as_it_is(tmp_path, kept):
    train(lambda number: {}, _part(), 3, tmp_path, after_save=lambda number: {"miou": 0.5})
    path = tmp_path / "checkpoint.pt"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    before = _files(tmp_path)
    with pytest.raises(DataMissing, match=r"checkpoint\.pt cannot be read") as caught:
        train(lambda number: pytest.fail("a step"), _part(), 5, tmp_path, resume=True)
    assert caught.value.code == "checkpoint_damaged" and _files(tmp_path) == before


@pytest.mark.parametrize(
    "parts",
    [
        lambda: _part(4),
        lambda: {"network": nn.Linear(3, 2)},
        lambda: _part() | {"average": nn.Linear(3, 2)},
        lambda: _part() | {"network": nn.Sequential(nn.Linear(3, 2))},
        lambda: (
            _part() | {"optimizer": torch.optim.SGD([{"params": nn.Linear(1, 1).weight}, {"params": nn.Linear(1, 1).bias}])}
        ),
    ],
    ids=["another shape", "a part less", "a part more", "other names", "other groups"],
)
def test_a_checkpoint_of_another_network_is_refused_and_left_as_it_is(tmp_path, parts):
    train(lambda number: {}, _part(), 3, tmp_path)
    before = _files(tmp_path)
    with pytest.raises(DataMissing, match="another network") as caught:
        train(lambda number: pytest.fail("a step"), parts(), 5, tmp_path, resume=True)
    assert caught.value.code == "checkpoint_of_another_network" and _files(tmp_path) == before


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    torch.save([1, 2], tmp_path / "checkpoint.pt")
    with pytest.raises(DataMissing) as caught:
        train(lambda number: {}, _part(), 5, tmp_path, resume=True)
    assert caught.value.code == "checkpoint_of_another_network"


def test_a_grid_is_drawn_at_each_checkpoint(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 4, 3), dtype=np.uint8)
    train(lambda number: {}, {}, 3, tmp_path, save_every=2, draw=lambda: pictures)
    assert sorted(path.name for path in (tmp_path / "grids").iterdir()) == ["step_000002.png", "step_000003.png"]
    grid = np.asarray(Image.open(tmp_path / "grids" / "step_000002.png"))
    assert grid.shape == (10, 12, 3)
    for row in range(2):
        for column in range(3):
            np.testing.assert_array_equal(grid[5 * row : 5 * row + 5, 4 * column : 4 * column + 4], pictures[row, column])


def test_another_process_writes_nothing(tmp_path):
    class Second(Devices):  # the second of two, whose words nobody hears
        leads = False

    never = {"after_save": lambda number: pytest.fail("evaluated"), "draw": lambda: pytest.fail("drawn")}
    assert train(lambda number: {}, {}, 3, tmp_path, save_every=1, devices=Second(torch.device("cpu")), **never)
    assert not list(tmp_path.iterdir())


def test_numbers_go_to_tensorboard(tmp_path):
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def run(steps, resume):
        numbers = {"after_save": lambda number: {"miou": number / 10}, "tensorboard": True}
        train(lambda number: {"loss": float(number)}, {}, steps, tmp_path, resume, save_every=2, **numbers)

    run(3, False)
    run(5, True)
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    losses = {event.step: event.value for event in events.Scalars("train/loss")}
    assert losses == {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}
    assert {event.step: round(event.value, 4) for event in events.Scalars("eval/miou")} == {2: 0.2, 3: 0.3, 4: 0.4, 5: 0.5}


def test_without_tensorboard_one_sentence_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(DataMissing, match=r"primerka\[train\]") as caught:
        train(lambda number: {}, {}, 3, tmp_path, tensorboard=True)
    assert caught.value.code == "tensorboard_missing" and not list(tmp_path.iterdir())


def test_resuming_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(DataMissing) as refusal:
        train(lambda number: {}, {}, 3, tmp_path, resume=True)
    assert refusal.value.code == "checkpoint_missing" and not list(tmp_path.iterdir())


def test_a_run_goes_on_longer_but_not_with_another_learning_rate(tmp_path):
    train(lambda number: {}, {}, 3, tmp_path, recipe={"steps": 3, "rate": 1.0})
    numbers = []
    step = lambda number: numbers.append(number) or {}  # noqa: E731
    with pytest.raises(DataMissing) as refusal:
        train(step, {}, 3, tmp_path, resume=True, recipe={"steps": 3, "rate": 2.0})
    assert refusal.value.code == "checkpoint_of_another_network" and not numbers
    assert train(step, {}, 5, tmp_path, resume=True, recipe={"steps": 5, "rate": 1.0}) and numbers == [3, 4]


def test_what_is_written_at_a_checkpoint_is_there_before_it(tmp_path):
    def killed(number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(lambda number: {}, {}, 2, tmp_path, after_save=killed)
    assert not (tmp_path / "checkpoint.pt").exists()


def test_no_minutes_at_all_is_one_step(tmp_path):
    numbers = []
    assert not train(lambda number: numbers.append(number) or {}, {}, 3, tmp_path, minutes=0)
    assert numbers == [0]
