"""PCKh against a slow loop over lists in which -1 stands for a missing keypoint, as the PATN authors keep them."""

import numpy as np
import pytest

from primerka.keypoints import KEYPOINT, KEYPOINTS, Keypoints
from primerka.metrics.pckh import count_correct, head_size

HEIGHT, WIDTH = 256, 176


def _random(random: np.random.Generator, around: Keypoints | None = None) -> Keypoints:
    xy = random.uniform((-10, -10), (WIDTH + 10, HEIGHT + 10), (18, 2)) if around is None else around.xy
    xy = xy + random.normal(0, 40, (18, 2)) * (around is not None)
    return Keypoints(xy.astype(np.float32), random.choice(np.float32([0, 0.3, 0.5, 0.9, 1]), 18))


def _lists(keypoints: Keypoints) -> list[tuple[float, float]]:
    points = []
    for (x, y), visibility in zip(keypoints.xy.tolist(), keypoints.visibility.tolist()):
        seen = visibility >= 0.5 and 0 <= x < WIDTH and 0 <= y < HEIGHT
        points.append((x, y) if seen else (-1, -1))
    return points


def _slow(found: Keypoints, target: Keypoints) -> tuple[int, int]:
    wanted, got = _lists(target), _lists(found)
    head = [wanted[i] for i in (0, 1, 14, 15, 16, 17) if wanted[i] != (-1, -1)]
    if len(head) < 2:
        return 0, 0
    wide = max(x for x, _ in head) - min(x for x, _ in head)
    high = max(y for _, y in head) - min(y for _, y in head)
    right = everything = 0
    for (tx, ty), (px, py) in zip(wanted, got):
        if (tx, ty) == (-1, -1):
            continue
        everything += 1
        if (px, py) != (-1, -1) and abs(px - tx) < 0.5 * wide and abs(py - ty) < 0.5 * high:
            right += 1
    return right, everything


def test_equals_a_slow_loop():
    random = np.random.default_rng(0)
    some = 0
    for _ in range(200):
        target = _random(random)
        found = _random(random, target)
        expected = _slow(found, target)
        assert count_correct(found, target, HEIGHT, WIDTH) == expected
        some += 0 < expected[0] < expected[1]
    assert some > 100


@pytest.fixture
def standing() -> Keypoints:
    """Everything visible; the head's box is 30 wide and 50 high."""
    xy = np.full((18, 2), 80, np.float32)
    for name, point in {
        "nose": (80, 50), "neck": (80, 80), "right_eye": (74, 40), "left_eye": (86, 40), "right_ear": (65, 42),
        "left_ear": (95, 30),
    }.items():  # fmt: skip
        xy[KEYPOINT[name]] = point
    return Keypoints(xy, np.ones(18, np.float32))


def _moved(keypoints: Keypoints, dx: float, dy: float) -> Keypoints:
    return keypoints.moved(np.float32([[1, 0, dx], [0, 1, dy]]))


def _without(keypoints: Keypoints, *names: str) -> Keypoints:
    visibility = keypoints.visibility.copy()
    visibility[[KEYPOINT[name] for name in names]] = 0
    return Keypoints(keypoints.xy, visibility)


def test_half_a_head_in_each_direction(standing):
    assert head_size(standing, HEIGHT, WIDTH).tolist() == [30, 50]
    for dx, dy, right in ((0, 0, 18), (14.5, 0, 18), (-14.5, 24.5, 18), (15, 0, 0), (0, 25, 0), (14, -25.5, 0)):
        assert count_correct(_moved(standing, dx, dy), standing, HEIGHT, WIDTH) == (right, 18), (dx, dy)


def test_nobody_found_misses_everything(standing):
    assert count_correct(None, _without(standing, "left_knee"), HEIGHT, WIDTH) == (0, 17)


def test_what_the_target_hides_is_not_asked_for_and_what_is_not_found_is_missed(standing):
    assert count_correct(standing, _without(standing, "left_wrist", "nose"), HEIGHT, WIDTH) == (16, 16)
    assert count_correct(_without(standing, "left_wrist", "nose"), standing, HEIGHT, WIDTH) == (16, 18)


def test_a_head_that_cannot_be_measured_counts_nothing(standing):
    hidden = [name for name in KEYPOINTS if name.endswith(("eye", "ear")) or name == "nose"]
    assert count_correct(standing, _without(standing, *hidden), HEIGHT, WIDTH) == (0, 0)
    assert count_correct(None, _without(standing, *hidden), HEIGHT, WIDTH) == (0, 0)


def test_the_size_of_the_picture_does_not_matter(standing):
    double = Keypoints(standing.xy * np.float32(2), standing.visibility)
    found = _moved(standing, 14.5, 0)
    assert count_correct(Keypoints(found.xy * np.float32(2), found.visibility), double, 512, 352) == (18, 18)
