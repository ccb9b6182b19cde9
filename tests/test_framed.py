"""How photos go into a network that re-poses, and how what it draws comes out: with networks that do next to nothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from primerka.attributes import ATTRIBUTES
from primerka.keypoints import Keypoints
from primerka.parsing import GARMENTS, LABEL
from primerka.tryon.framed import MARGIN, NetworkReposer, frame, framed
from primerka.tryon.repose import PLAIN


class Copies(NetworkReposer):
    """Draws what it is shown, and remembers what that was."""

    name, size = "copies", (64, 48)

    def generate(self, source, regions, heatmaps):
        self.regions, self.heatmaps = regions, heatmaps
        return source


def _keypoints(x: float, y: float) -> Keypoints:
    return Keypoints(np.tile(np.float32([x, y]), (18, 1)), np.ones(18, np.float32))


def _corner(matrix: np.ndarray, corner: tuple[float, float]) -> np.ndarray:
    """Where a corner of pixels goes: matrices speak of their centres."""
    return matrix[:, :2] @ (np.array(corner) - 0.5) + matrix[:, 2] + 0.5


def test_the_person_fills_the_frame_from_head_to_foot(product):
    labels = np.zeros_like(product.parsing.labels)
    labels[100:500, 180:260] = LABEL["top"]
    person = replace(product, parsing=replace(product.parsing, labels=labels))
    matrix = frame(person, 256, 176)
    (left, top), (right, bottom) = (_corner(matrix, corner) for corner in ((180, 100), (260, 500)))
    np.testing.assert_allclose([top, bottom], [MARGIN * 256, (1 - MARGIN) * 256], atol=1e-6)
    assert left + right == pytest.approx(176)  # in the middle


def test_arms_that_reach_far_are_in_the_frame_too(product):
    labels = np.zeros_like(product.parsing.labels)
    right_edge = labels.shape[1] - 10
    labels[200:240, 10:right_edge] = LABEL["top"]
    matrix = frame(replace(product, parsing=replace(product.parsing, labels=labels)), 256, 176)
    (left, _), (right, _) = (_corner(matrix, corner) for corner in ((10, 200), (right_edge, 240)))
    np.testing.assert_allclose([left, right], [0, 176], atol=1e-6)


def test_a_picture_of_any_size_is_shown_small_and_comes_back_in_its_size():
    picture = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (128, 96, 3), dtype=np.uint8), (0, 0), 8)
    regions = np.zeros((128, 96), np.uint8)
    regions[:64] = ATTRIBUTES.index("hair")
    network = Copies()
    drawn = network.draw(picture, regions, _keypoints(20.5, 90.5))
    assert drawn.shape == picture.shape and np.abs(drawn.astype(int) - picture).mean() < 2
    assert network.regions.shape == (1, 8, 64, 48) and network.regions[0, ATTRIBUTES.index("hair"), :32].all()
    peak = np.unravel_index(int(network.heatmaps[0, 0].argmax()), (64, 48))
    assert peak == (45, 10)  # half of 90.5 and of 20.5: pixel centres keep their place


def test_what_is_drawn_lies_where_the_target_stands(product):
    class Red(Copies):
        def generate(self, source, regions, heatmaps):
            return torch.tensor([1.0, -1.0, -1.0])[:, None, None].expand(1, 3, *self.size)

    reposed = Red().repose(product, product)
    assert reposed.rgb.shape == product.photo.rgb.shape and not reposed.certain.any() and len(reposed.warnings) == 1
    body = reposed.alpha > 0.99
    assert np.abs(reposed.rgb[body] - np.array([255, 0, 0])).max() <= 3 and (reposed.rgb[reposed.alpha == 0] == PLAIN).all()
    assert body[product.surface.part >= 0].mean() > 0.9


def test_hair_shoes_and_skirts_that_are_drawn_are_kept(product):
    """A network that draws the target itself: the person must come back whole."""

    class Draws(Copies):
        size = (256, 176)

        def generate(self, source, regions, heatmaps):
            return source

    reposed = Draws().repose(product, product)
    for name in ("hair", "face", "left_shoe", "right_shoe", *GARMENTS):
        mask = product.parsing.mask(name) & (product.parsing.alpha > 0.95)
        if mask.sum() > 200:
            assert reposed.alpha[mask].mean() > 0.85, name
    assert (reposed.alpha[product.parsing.alpha == 0] > 0.5).mean() < 0.05


def test_shrinking_averages():
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    shrunk = framed(noise, np.array([[1 / 3, 0, -1 / 3], [0, 1 / 3, -1 / 3]]), 100, 100)
    expected = noise.reshape(100, 3, 100, 3, 3).mean((1, 3))
    assert np.abs(shrunk - expected)[1:-1, 1:-1].max() < 2


def test_the_source_is_shown_before_plain_grey(product):
    network = Copies()
    shown = network.repose(product, product).layers["shown"]
    assert (shown[:3, :3] == PLAIN).all()
    assert network.regions[0, ATTRIBUTES.index("background"), :3, :3].all()
