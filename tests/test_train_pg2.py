"""The PG2 trainer from recipe to weights, on tiny pairs made up here; run as a script, one process of several."""

import atexit
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.keypoints import Keypoints
from primerka.networks.pg2 import PG2
from primerka.training.devices import Devices, find_devices
from primerka.training.losses import pose_mask_loss
from primerka.training.pg2 import Recipe, build, describe, train_pg2
from primerka.training.pose_batches import PoseBatches, batch
from primerka.training.recipe import read_recipe

HEIGHT, WIDTH = 32, 24
CPU = Devices(torch.device("cpu"))
RECIPE = Recipe(
    data="made-up", height=HEIGHT, width=WIDTH, channels=4, bottleneck=8, discriminator_channels=4, batch=2, coarse_steps=2,
    refine_steps=2, coarse_learning_rate=2e-3, refine_learning_rate=2e-3, discriminator_learning_rate=2e-4, beta1=0.5,
    beta2=0.999, l1_weight=10.0, save_every=100, seed=0,
)  # fmt: skip


def make_pair(seed: int) -> PosePair:
    """A coloured bar that stands at another place in the target; its keypoints run down its middle."""
    random = np.random.default_rng(seed)
    colour, sides = random.integers(60, 255, 3), []
    for _ in range(2):
        left = int(random.integers(2, WIDTH - 10))
        picture = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
        picture[4:28, left : left + 8] = colour
        xy = np.stack([np.full(18, left + 4), np.linspace(5, 27, 18)], 1).astype(np.float32)
        sides.append((picture, Keypoints(xy, np.ones(18, np.float32))))
    (source, source_keypoints), (target, target_keypoints) = sides
    return PosePair(str(seed), source, target, source_keypoints, target_keypoints)


PAIRS = [make_pair(seed) for seed in range(5)]


def test_a_recipe_may_go_through_a_few_pairs_again_and_again(tmp_path):
    """With pairs = 3 of five, the run's own batches hold the first three; the pairs of the grid are spread over all."""

    asked = []

    class Counted(list):
        def __getitem__(self, index):
            asked.append(int(index))
            return super().__getitem__(index)

    pairs = Counted(PAIRS)
    assert train_pg2(pairs, tmp_path, replace(RECIPE, pairs=3, coarse_steps=4), devices=CPU)
    shown, trained = asked[:4], asked[4:]
    assert shown == [0, 1, 2, 4] and sorted(trained) == [0, 1, 2]


def test_a_run_in_pieces_makes_the_same_weights(tmp_path):
    """Cut off after every step, also between the stages and within each."""
    assert train_pg2(PAIRS, tmp_path / "whole", RECIPE, devices=CPU)
    calls = 1
    while not train_pg2(PAIRS, tmp_path / "pieces", RECIPE, calls > 1, 1e-9, CPU):
        calls += 1
        torch.manual_seed(calls)
    assert calls == RECIPE.steps
    whole, pieces = (load_file(tmp_path / run / "weights.safetensors") for run in ("whole", "pieces"))
    assert whole.keys() == pieces.keys() and all(torch.equal(whole[name], pieces[name]) for name in whole)
    weights = [torch.load(tmp_path / run / "checkpoint.pt")["discriminator"] for run in ("whole", "pieces")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_what_a_run_leaves_behind(tmp_path):
    assert train_pg2(PAIRS, tmp_path, replace(RECIPE, save_every=3), devices=CPU)
    weights = load_file(tmp_path / "weights.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
    model = PG2(HEIGHT, WIDTH, RECIPE.channels, RECIPE.bottleneck)
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, strict=True)  # no discriminator in it
    assert read_recipe(tmp_path / "recipe.toml", Recipe) == replace(RECIPE, save_every=3)
    assert sorted(path.name for path in (tmp_path / "grids").iterdir()) == ["step_000003.png", "step_000004.png"]
    grid = np.asarray(Image.open(tmp_path / "grids" / "step_000004.png"))
    assert grid.shape == (4 * HEIGHT, 5 * WIDTH, 3)  # source | target pose | target | coarse | refined
    np.testing.assert_array_equal(grid[:HEIGHT, :WIDTH], PAIRS[0].source)
    np.testing.assert_array_equal(grid[-HEIGHT:, 2 * WIDTH : 3 * WIDTH], PAIRS[4].target)
    tensors = batch(PAIRS, [4], HEIGHT, WIDTH)
    with torch.no_grad():
        coarse, refined = model(tensors["source"], tensors["target_heatmaps"])
    for picture, column in ((coarse, 3), (refined, 4)):
        expected = ((picture[0].clamp(-1, 1) + 1) * 127.5).permute(1, 2, 0).numpy()
        shown = grid[-HEIGHT:, column * WIDTH : (column + 1) * WIDTH].astype(float)
        assert np.abs(shown - expected).max() < 2  # half precision, rounded


def test_stage_one_leaves_the_refinement_alone_and_stage_two_the_coarse_generator(tmp_path):
    torch.manual_seed(RECIPE.seed)
    start = build(RECIPE)[0].half().state_dict()
    train_pg2(PAIRS, tmp_path / "one", replace(RECIPE, refine_steps=0), devices=CPU)
    train_pg2(PAIRS, tmp_path / "both", RECIPE, devices=CPU)
    one, both = (load_file(tmp_path / run / "weights.safetensors") for run in ("one", "both"))
    for name in start:
        moved_first, moved_then = not torch.equal(start[name], one[name]), not torch.equal(one[name], both[name])
        assert (moved_first, moved_then) == ((True, False) if name.startswith("coarse.") else (False, True)), name


def test_the_coarse_generator_and_its_refinement_overfit_one_batch(tmp_path):
    recipe = replace(RECIPE, channels=8, batch=2, coarse_steps=80, refine_steps=40, l1_weight=50.0, coarse_learning_rate=3e-3)
    train_pg2(PAIRS[:2], tmp_path, recipe, devices=CPU)
    tensors = batch(PAIRS[:2], [0, 1], HEIGHT, WIDTH)
    model = PG2(HEIGHT, WIDTH, recipe.channels, recipe.bottleneck)
    model.load_state_dict({name: tensor.float() for name, tensor in load_file(tmp_path / "weights.safetensors").items()})
    with torch.no_grad():
        coarse, refined = model(tensors["source"], tensors["target_heatmaps"])
    nothing, first, second = (
        float(pose_mask_loss(picture, tensors["target"], tensors["target_mask"]))
        for picture in (torch.zeros_like(coarse), coarse, refined)
    )
    assert nothing > 0.5 and first < 0.25 and second < first, (nothing, first, second)


def test_mixed_precision_trains_too(tmp_path):
    """As on a GPU, with the CPU's bfloat16: every loss is finite and what is learnt is close to full precision's."""

    class Mixed(Devices):
        def autocast(self):
            return torch.autocast("cpu", torch.bfloat16)

    recipe, ends = replace(RECIPE, coarse_steps=6, refine_steps=3), []
    for devices in (CPU, Mixed(torch.device("cpu"))):
        folder = tmp_path / type(devices).__name__
        train_pg2(PAIRS, folder, recipe, devices=devices)
        ends.append([float(word) for word in (folder / "log.txt").read_text().split()[3::2]])
    np.testing.assert_allclose(ends[0], ends[1], rtol=0.1)
    assert len(ends[0]) == 2 and ends[0] != ends[1]


def test_the_discriminator_learns_to_tell_one_batch_apart():
    from primerka.training.losses import discriminator_loss

    torch.manual_seed(0)
    tensors = batch(PAIRS, [0, 1], HEIGHT, WIDTH)
    _, discriminator = build(RECIPE)
    optimizer = torch.optim.Adam(discriminator.parameters(), 2e-3, (0.5, 0.999))
    source, blurred = tensors["source"], torch.nn.functional.avg_pool2d(tensors["target"], 5, 1, 2)
    for _ in range(40):
        true, false = discriminator(source.repeat(2, 1, 1, 1), torch.cat([tensors["target"], blurred])).chunk(2)
        loss = discriminator_loss(true, false)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.1


def test_refusals_name_what_to_change(tmp_path):
    with pytest.raises(DataMissing, match="no pair") as caught:
        train_pg2([], tmp_path, RECIPE, devices=CPU)
    assert caught.value.code == "no_pairs"
    with pytest.raises(DataMissing, match="batch of 2") as caught:
        train_pg2(PAIRS, tmp_path, RECIPE, devices=Devices(torch.device("cpu"), 0, 3))
    assert caught.value.code == "batch_not_divisible"
    with pytest.raises(DataMissing, match="16x24") as caught:
        replace(RECIPE, height=16)
    assert caught.value.code == "unusable_recipe"
    assert not list(tmp_path.iterdir())


def test_another_recipe_does_not_go_on_from_this_checkpoint(tmp_path):
    train_pg2(PAIRS, tmp_path, RECIPE, minutes=1e-9, devices=CPU)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(DataMissing) as caught:
        train_pg2(PAIRS, tmp_path, replace(RECIPE, channels=5), resume=True, devices=CPU)
    assert caught.value.code == "checkpoint_of_another_network"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_description_counts_what_would_be_trained():
    words = describe(RECIPE, CPU)
    model, discriminator = build(RECIPE)
    assert words["parameters"] == {
        name: sum(parameter.numel() for parameter in network.parameters())
        for name, network in (("coarse", model.coarse), ("refine", model.refine), ("discriminator", discriminator))
    }
    assert words["recipe"]["l1_weight"] == 10.0 and words["batches"] == {"coarse": 2, "refine": 2, "pairs_a_process": 2}
    assert describe(RECIPE, Devices(torch.device("cpu"), 0, 2))["batches"]["pairs_a_process"] == 1
    larger = describe(replace(RECIPE, batch=200), CPU)
    assert larger["memory_mb"] > 10 * words["memory_mb"] and larger["weights_mb"] == words["weights_mb"]


def test_two_processes_train_one_network_and_stop_together(tmp_path):
    """Same parameters in the end, written by the leader alone; the leader's time limit counts for both."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen([sys.executable, __file__, str(tmp_path)], env=environment | {"RANK": str(rank)}) for rank in range(2)
    ]
    try:
        assert [process.wait(60) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    first, second = (torch.load(tmp_path / f"end{rank}.pt") for rank in range(2))
    assert first["done"] == second["done"] == [True, False]
    for name in ("coarse", "refine", "discriminator"):
        assert torch.equal(first[name], second[name]), name
    assert first["random"] != second["random"]
    assert (tmp_path / "run0" / "weights.safetensors").exists() and not list((tmp_path / "run1").iterdir())
    assert torch.load(tmp_path / "late0" / "checkpoint.pt")["step"] == 1


def _one_of_two(folder: Path) -> None:
    """Each process writes, if it writes, into a folder of its own."""
    from primerka.training import pg2

    devices = find_devices()
    networks = []
    pg2.build = lambda recipe: networks.append(build(recipe)) or networks[-1]
    run, late = folder / f"run{devices.rank}", folder / f"late{devices.rank}"
    run.mkdir()
    done = [train_pg2(PAIRS, run, RECIPE, devices=devices)]
    model, discriminator = networks[0]
    # The leader has no time at all, the other one a year.
    done.append(train_pg2(PAIRS, late, RECIPE, minutes=5e5 if devices.rank else 1e-9, devices=devices))
    batches = PoseBatches(PAIRS, 2, HEIGHT, WIDTH, 0, 1, devices.rank, 2).draw(0)
    ends = {
        name: torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
        for name, network in (("coarse", model.coarse), ("refine", model.refine), ("discriminator", discriminator))
    }
    torch.save(ends | {"done": done, "random": batches["source"].sum().item()}, folder / f"end{devices.rank}.pt")


def _no_thread_left() -> None:
    """A thread of the group that outlives it can end the whole process with an abort while Python shuts down."""
    tasks = Path("/proc/self/task")
    left = [name for task in tasks.glob("*") if (name := (task / "comm").read_text().strip()).startswith(("pt_gloo", "gloo"))]
    if left:
        print("left:", left, file=sys.stderr, flush=True)
        os._exit(3)


if __name__ == "__main__":
    atexit.register(_no_thread_left)  # after what is registered later
    _one_of_two(Path(sys.argv[1]))
