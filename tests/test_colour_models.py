"""Colours of the photo weigh what the network says."""

import numpy as np

from primerka.parsing import CLASSES
from primerka.perception.colour_models import weigh_by_colour

TOP, SKIRT = CLASSES.index("top"), CLASSES.index("skirt")


def _scene() -> tuple[np.ndarray, np.ndarray]:
    """A red top above a green skirt, both speckled, and the network is unsure of some rows of the skirt."""
    random = np.random.default_rng(0)
    rgb = np.full((60, 40, 3), 128, np.uint8)
    rgb[10:30, 10:30], rgb[30:50, 10:30] = (180, 30, 40), (30, 150, 60)
    rgb = np.clip(rgb + random.normal(0, 6, rgb.shape), 0, 255).astype(np.uint8)
    probabilities = np.zeros((60, 40, len(CLASSES)), np.float32)
    probabilities[:, :, 0] = 1
    probabilities[10:50, 10:30, 0] = 0.1
    probabilities[10:30, 10:30, TOP] = probabilities[30:50, 10:30, SKIRT] = 0.8
    probabilities[10:30, 10:30, SKIRT] = probabilities[30:50, 10:30, TOP] = 0.1
    probabilities[30:36, 10:30, TOP], probabilities[30:36, 10:30, SKIRT] = 0.55, 0.35
    return probabilities, rgb


def test_a_patch_of_the_wrong_class_takes_the_class_of_its_colour():
    probabilities, rgb = _scene()
    assert (probabilities[30:36, 10:30].argmax(2) == TOP).all()
    classes = weigh_by_colour(probabilities, rgb).argmax(2)
    assert (classes[30:50, 10:30] == SKIRT).mean() > 0.99
    assert (classes[10:30, 10:30] == TOP).mean() > 0.99


def test_background_keeps_its_probability_and_all_still_sum_to_one():
    probabilities, rgb = _scene()
    weighed = weigh_by_colour(probabilities, rgb)
    assert np.array_equal(weighed[:, :, 0], probabilities[:, :, 0])
    assert np.allclose(weighed.sum(2), 1, atol=1e-5)


def test_one_colour_everywhere_says_nothing():
    probabilities, _ = _scene()
    weighed = weigh_by_colour(probabilities, np.full((60, 40, 3), 90, np.uint8))
    assert np.array_equal(weighed.argmax(2), probabilities.argmax(2))
