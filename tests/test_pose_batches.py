"""Batches of pose pairs: sizes and ranges, mirrors that mirror everything, and the same batches on every run."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINTS, Keypoints
from primerka.networks.pictures import to_picture
from primerka.training.pose_batches import PoseBatches, batch, drawn
from primerka.tryon.framed import fit

HEIGHT, WIDTH = 48, 32


def make_pair(seed: int, height: int = HEIGHT, width: int = WIDTH, parsing: bool = True) -> PosePair:
    """A made-up pair in which each keypoint is a white dot on a dark picture, alone in its neighbourhood."""
    random = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        cells = random.permutation((height // 8) * (width // 8))[:18]
        xy = np.stack([cells % (width // 8) * 8 + 4, cells // (width // 8) * 8 + 4], 1).astype(np.float32)
        picture = random.integers(0, 40, (height, width, 3)).astype(np.uint8)
        picture[xy[:, 1].astype(int), xy[:, 0].astype(int)] = 255
        regions = random.integers(0, 8, (height, width)).astype(np.uint8) if parsing else None
        sides.append((picture, Keypoints(xy, np.ones(18, np.float32)), regions))
    (source, source_keypoints, source_parsing), (target, target_keypoints, target_parsing) = sides
    return PosePair(str(seed), source, target, source_keypoints, target_keypoints, source_parsing, target_parsing)


PAIRS = [make_pair(seed) for seed in range(5)]


class _Always:
    def __init__(self, number: float):
        self.random = lambda: number


def test_names_shapes_and_ranges():
    tensors = batch(PAIRS, [0, 3, 1], HEIGHT, WIDTH)
    size = (HEIGHT, WIDTH)
    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {
        "source": (3, 3, *size), "target": (3, 3, *size), "source_heatmaps": (3, 18, *size), "target_heatmaps": (3, 18, *size),
        "target_mask": (3, 1, *size), "source_attributes": (3, 8, *size), "target_attributes": (3, 8, *size),
    }  # fmt: skip
    assert all(tensor.dtype == torch.float32 for tensor in tensors.values())
    assert tensors["source"].min() >= -1 and tensors["source"].max() == 1
    assert torch.equal(tensors["source_attributes"].sum(1), torch.ones(3, *size))
    np.testing.assert_array_equal(to_picture(tensors["target"])[1], PAIRS[3].target)
    np.testing.assert_array_equal(tensors["target_attributes"][2].argmax(0).numpy(), PAIRS[1].target_parsing)


def test_attributes_are_left_out_unless_every_pair_has_them():
    mixed = [PAIRS[0], make_pair(9, parsing=False)]
    assert not [name for name in batch(mixed, [0, 1], HEIGHT, WIDTH) if "attributes" in name]


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_mirrored_pair_is_mirrored_in_all_its_parts(side):
    """The heatmap of the left wrist now stands where the right wrist's dot went, and so on for all."""
    plain, mirrored = (batch(PAIRS, [2], HEIGHT, WIDTH, _Always(number)) for number in (0.9, 0.1))
    assert torch.equal(mirrored[side], plain[side].flip(3))
    assert torch.equal(mirrored[f"{side}_attributes"], plain[f"{side}_attributes"].flip(3))
    assert (mirrored["target_mask"] - plain["target_mask"].flip(3)).abs().mean() < 0.02
    for index, name in enumerate(KEYPOINTS):
        side_of_body, _, joint = name.partition("_")
        other = f"{'right' if side_of_body == 'left' else 'left'}_{joint}" if joint else name
        expected = plain[f"{side}_heatmaps"][0, KEYPOINTS.index(other)].flip(1)
        torch.testing.assert_close(mirrored[f"{side}_heatmaps"][0, index], expected)
        y, x = divmod(int(mirrored[f"{side}_heatmaps"][0, index].argmax()), WIDTH)
        assert (mirrored[side][0, :, y, x] == 1).all(), name


def test_half_of_the_pairs_are_mirrored():
    random = np.random.default_rng(0)
    plain = batch(PAIRS, [0], HEIGHT, WIDTH)["source"]
    same = [torch.equal(batch(PAIRS, [0], HEIGHT, WIDTH, random)["source"], plain) for _ in range(60)]
    assert 18 < sum(same) < 42


def test_a_wide_picture_loses_its_sides_and_nobody_grows_thinner():
    pair = make_pair(1, 64, 64)
    picture, keypoints, parsing = fit(pair.source, pair.source_keypoints, pair.source_parsing, 64, 44)
    np.testing.assert_array_equal(picture, pair.source[:, 10:54])
    np.testing.assert_array_equal(parsing, pair.source_parsing[:, 10:54])
    np.testing.assert_allclose(keypoints.xy, pair.source_keypoints.xy - [10, 0])


def test_a_narrow_picture_is_continued():
    pair = make_pair(1, 64, 32)
    picture, keypoints, _ = fit(pair.source, pair.source_keypoints, None, 64, 44)
    np.testing.assert_array_equal(picture[:, 6:38], pair.source)
    assert (picture[:, :6] == pair.source[:, :1]).all() and (picture[:, 38:] == pair.source[:, -1:]).all()
    np.testing.assert_allclose(keypoints.xy, pair.source_keypoints.xy + [6, 0])


@pytest.mark.parametrize("scale", [2, 0.5])
def test_keypoints_stay_on_the_picture_when_it_is_scaled(scale):
    """A blob's centre of mass, found again by SciPy's zoom and in ours, is where its keypoint went."""
    ys, xs = np.mgrid[0:64, 0:48]
    blob = (255 * np.exp(-((xs - 30.0) ** 2 + (ys - 21.0) ** 2) / 18)).astype(np.uint8)
    keypoints = Keypoints(np.tile(np.float32([30, 21]), (18, 1)), np.ones(18, np.float32))
    height, width = int(64 * scale), int(48 * scale)
    picture, moved, _ = fit(np.repeat(blob[:, :, None], 3, 2), keypoints, None, height, width)
    theirs = zoom(blob.astype(float), scale, order=1, grid_mode=True, mode="nearest")
    ys, xs = np.mgrid[0:height, 0:width]
    for weights in (picture[:, :, 0].astype(float), theirs):
        centre = (xs * weights).sum() / weights.sum(), (ys * weights).sum() / weights.sum()
        np.testing.assert_allclose(moved.xy[0], centre, atol=0.1)


def test_every_epoch_goes_through_all_pairs_once():
    seen = np.concatenate([drawn(7, number, 3, 0) for number in range(7)])  # three epochs of seven
    for epoch in range(3):
        assert sorted(seen[7 * epoch : 7 * epoch + 7]) == list(range(7))
    assert not np.array_equal(seen[:7], seen[7:14])


def test_processes_share_a_batch_without_overlap():
    whole = drawn(len(PAIRS), 3, 4, 0)
    names = []
    for rank in range(2):
        with PoseBatches(PAIRS, 4, HEIGHT, WIDTH, 0, 10, rank, 2) as batches:
            shares = batches[3]["source"]
            for share in shares:
                originals = [batch(PAIRS, [index], HEIGHT, WIDTH)["source"][0] for index in range(len(PAIRS))]
                match = [i for i, one in enumerate(originals) if torch.equal(share, one) or torch.equal(share, one.flip(2))]
                names += match
    assert names == whole.tolist()
    with pytest.raises(ValueError, match="shared by 3"):
        PoseBatches(PAIRS, 4, HEIGHT, WIDTH, 0, 10, 0, 3)


def test_a_resumed_run_sees_the_same_batches():
    with PoseBatches(PAIRS, 2, HEIGHT, WIDTH, 5, 6) as batches:
        unbroken = [batches[number]["source"] for number in range(6)]
    with PoseBatches(PAIRS, 2, HEIGHT, WIDTH, 5, 6) as batches:
        assert all(torch.equal(batches[number]["source"], unbroken[number]) for number in range(3, 6))


def test_the_next_batch_is_drawn_meanwhile_and_errors_rise():
    read, asked = threading.Event(), []

    class Pairs(list):
        def __getitem__(self, index):
            asked.append(threading.current_thread())
            if len(asked) == 3:
                read.set()
            if len(asked) > 4:
                raise OSError("the disk is gone")
            return super().__getitem__(index)

    with PoseBatches(Pairs(PAIRS), 2, HEIGHT, WIDTH, 0, 5) as batches:
        batches[0]
        assert read.wait(5)  # without asking for it
        assert threading.current_thread() not in asked
        batches[1]
        with pytest.raises(OSError, match="disk"):
            batches[2]


def test_pairs_without_a_parsing_are_left_out_where_it_is_read():
    bare = replace(PAIRS[0], source_parsing=None)
    tensors = batch([bare, PAIRS[1], bare], [0, 1, 2], HEIGHT, WIDTH, parsed=True)
    torch.testing.assert_close(tensors["source"], batch(PAIRS, [1], HEIGHT, WIDTH)["source"])
    with pytest.raises(DataMissing) as refusal:
        batch([bare], [0], HEIGHT, WIDTH, parsed=True)
    assert refusal.value.code == "no_parsing"
