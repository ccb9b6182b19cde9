"""The Lovasz-Softmax loss against the definition of the Lovasz extension."""

import itertools

import numpy as np
import pytest
import torch

from primerka.training.losses import lovasz_softmax


def _jaccard_loss(mispredicted: set, foreground: set) -> float:
    """Berman, Triki, Blaschko 2018, equation 6: a function of the set of mispredicted pixels."""
    return len(mispredicted) / len(foreground | mispredicted) if mispredicted else 0.0


def _extension(errors: np.ndarray, foreground: set) -> float:
    """Lovasz 1983: sum of m_i times what pixel i adds to the set function, the largest errors first."""
    total, chosen, before = 0.0, set(), 0.0
    for pixel in sorted(range(len(errors)), key=lambda i: -errors[i]):
        chosen.add(pixel)
        value = _jaccard_loss(chosen, foreground)
        total, before = total + errors[pixel] * (value - before), value
    return total


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_definition(seed):
    random = np.random.default_rng(seed)
    probabilities, targets = random.dirichlet(np.ones(4), 40), random.integers(0, 3, 40)
    expected = []
    for index in np.unique(targets):  # class 3 does not occur and does not count
        errors = np.where(targets == index, 1 - probabilities[:, index], probabilities[:, index])
        expected.append(_extension(errors, set(np.flatnonzero(targets == index))))
    loss = lovasz_softmax(torch.tensor(probabilities, dtype=torch.float32), torch.tensor(targets))
    assert loss.item() == pytest.approx(np.mean(expected), abs=1e-5)


def test_on_hard_predictions_it_is_one_minus_the_intersection_over_union():
    targets = torch.tensor([0, 0, 1, 1, 1])
    for predicted in itertools.product((0, 1), repeat=5):
        hard = torch.nn.functional.one_hot(torch.tensor(predicted), 2).float()
        ious = []
        for index in (0, 1):
            a, b = {i for i in range(5) if predicted[i] == index}, {i for i in range(5) if targets[i] == index}
            ious.append(len(a & b) / len(a | b))
        assert lovasz_softmax(hard, targets).item() == pytest.approx(1 - np.mean(ious), abs=1e-6)


def test_a_perfect_prediction_costs_nothing():
    targets = torch.tensor([0, 2, 1, 1])
    assert lovasz_softmax(torch.nn.functional.one_hot(targets, 3).float(), targets).item() == 0


def test_the_gradient_lowers_the_loss():
    torch.manual_seed(0)
    logits, targets = torch.randn(60, 3, requires_grad=True), torch.randint(0, 3, (60,))
    loss = lovasz_softmax(logits.softmax(1), targets)
    loss.backward()
    assert lovasz_softmax((logits - logits.grad).softmax(1), targets) < loss
