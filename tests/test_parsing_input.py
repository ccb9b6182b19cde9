"""What the parsing network is shown."""

import numpy as np
import pytest

from primerka.perception.parsing_input import ASPECT, crop, network_input, person_crop
from primerka.pose import Pose


def _pose(seed: int) -> Pose:
    random = np.random.default_rng(seed)
    xy = random.normal((300, 400), (40, 150), (33, 2)).astype(np.float32)
    return Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_crop_holds_every_landmark_with_air_around(seed):
    pose = _pose(seed)
    xy = pose.moved(person_crop(pose, 384)).xy
    assert (xy > 4).all() and (xy < np.array([ASPECT * 384, 384]) - 4).all()
    assert np.ptp(xy[:, 1]) > 0.3 * 384 or np.ptp(xy[:, 0]) > 0.3 * ASPECT * 384


def test_the_crop_neither_turns_nor_stretches():
    matrix = person_crop(_pose(0), 384)
    assert matrix[0, 1] == matrix[1, 0] == 0 and matrix[0, 0] == matrix[1, 1] > 0


def test_a_crop_shows_the_pixels_that_its_matrix_names():
    picture = np.random.default_rng(0).integers(0, 256, (60, 60, 3)).astype(np.uint8)
    shifted = crop(picture, np.array([[1.0, 0, -7], [0, 1, -5]]), 48)
    np.testing.assert_array_equal(shifted, picture[5:53, 7:39])


def test_outside_a_picture_its_border_goes_on_and_labels_are_zero():
    shift = np.array([[1.0, 0, 10], [0, 1, 0]])
    picture, labels = np.full((48, 32, 3), 77, np.uint8), np.full((48, 32), 5, np.uint8)
    assert (crop(picture, shift, 48) == 77).all()
    np.testing.assert_array_equal(crop(labels, shift, 48, nearest=True)[:, :10], 0)


def test_channels_are_rgb_heatmaps_and_mask():
    random = np.random.default_rng(0)
    rgb, mask = random.integers(0, 256, (96, 64, 3)).astype(np.uint8), random.random((96, 64)).astype(np.float32)
    pose = Pose(random.uniform(0, 60, (33, 2)).astype(np.float32), np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)
    channels = network_input(rgb, pose, mask)
    assert channels.shape == (22, 96, 64) and channels.dtype == np.float32
    np.testing.assert_allclose(channels[:3], rgb.transpose(2, 0, 1) / 127.5 - 1, atol=1e-6)
    np.testing.assert_allclose(channels[3:21], pose.keypoints.heatmaps(96, 64))
    np.testing.assert_array_equal(channels[21], mask)
