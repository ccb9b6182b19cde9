"""What is measured of generators: codes matched against every permutation, modes counted by hand, the digits' features."""

from itertools import permutations

import numpy as np
import pytest

from primerka.datasets.mixture import DEVIATION, draw_mixture, mode_centres
from primerka.evaluation.generation import count_modes, match_codes


def test_codes_are_matched_as_the_best_of_all_permutations():
    random = np.random.default_rng(0)
    for _ in range(5):
        labels = random.integers(5, size=60)
        categories = np.where(random.random(60) < 0.5, (labels + 2) % 5, random.integers(5, size=60))
        best = max(np.mean(np.array(order)[categories] == labels) for order in permutations(range(5)))
        matched, share = match_codes(categories, labels, 5)
        assert share == pytest.approx(best) and np.mean(matched[categories] == labels) == pytest.approx(best)


def test_modes_are_counted():
    assert count_modes(draw_mixture(8000, 0))["modes"] == 8
    centres = mode_centres().astype(np.float32)
    assert count_modes(np.repeat(centres[:3], 100, 0)) == {"modes": 3, "within_three_deviations": 1.0}
    shift = np.array([[0.0, 3.5 * DEVIATION]])
    half = np.concatenate([np.repeat(centres, 50, 0), np.repeat(centres + shift, 50, 0)])
    assert count_modes(half) == {"modes": 8, "within_three_deviations": 0.5}
    assert count_modes(np.zeros((10, 2))) == {"modes": 0, "within_three_deviations": 0.0}


def test_a_lone_point_finds_no_mode():
    """One stray among ten thousand is luck."""
    centres = mode_centres()
    points = np.concatenate([np.repeat(centres[:1], 9999, 0), centres[1:2]])
    assert count_modes(points)["modes"] == 1


def test_the_digits_classifier_knows_digits_that_it_has_not_seen():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `basics`)")
    import torch

    from primerka.datasets.open_pictures import open_digits
    from primerka.evaluation.digit_features import FEATURES, _small, classifier, digit_features

    state = torch.get_rng_state()
    digits = open_digits(16)
    features = digit_features(digits.held_out)
    assert features.shape == (359, FEATURES) and torch.equal(torch.get_rng_state(), state)
    with torch.no_grad():
        told = classifier()(_small(digits.held_out)).argmax(1).numpy()
    assert (told == digits.held_out_labels).mean() > 0.94
    coloured = np.repeat(digits.held_out, 3, 3)
    np.testing.assert_array_equal(digit_features(coloured), features)
