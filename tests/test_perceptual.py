"""The losses of ADGAN against slow loops."""

import math

import pytest
import torch

from primerka.networks.vgg import Vgg
from primerka.training.perceptual import CONTEXTUAL, PERCEPTUAL, PerceptualLosses, contextual, least_squares


def slow_contextual(x, y, h=0.5, eps=1e-5) -> float:
    """Mechrez et al. 2018, equations 1 to 5, number by number; x, y (C, N)."""
    count, mean = y.shape[1], y.mean(1)
    cx = [[0.0] * count for _ in range(count)]
    for i in range(count):
        a = x[:, i] - mean
        d = []
        for k in range(count):
            b = y[:, k] - mean
            d.append(1 - float(a @ b) / (math.sqrt(float(a @ a)) * math.sqrt(float(b @ b))))
        w = [math.exp((1 - value / (min(d) + eps)) / h) for value in d]
        for j in range(count):
            cx[i][j] = w[j] / sum(w)
    return -math.log(sum(max(cx[i][j] for i in range(count)) for j in range(count)) / count)


def test_contextual_is_the_papers():
    torch.manual_seed(0)
    x, y = torch.randn(3, 5, 12), torch.randn(3, 5, 12)
    expected = sum(slow_contextual(x[b].double(), y[b].double()) for b in range(3)) / 3
    assert float(contextual(x, y)) == pytest.approx(expected, rel=1e-4)


def test_contextual_asks_not_where_a_feature_is():
    torch.manual_seed(0)
    y = torch.randn(1, 5, 12)
    assert float(contextual(y[:, :, torch.randperm(12)], y)) < 1e-3 < float(contextual(torch.randn(1, 5, 12), y))


def test_contextual_pulls_features_towards_the_target():
    torch.manual_seed(0)
    x, y = torch.randn(1, 5, 12, requires_grad=True), torch.randn(1, 5, 12)
    optimizer = torch.optim.Adam([x], 0.05)
    first = contextual(x, y).item()
    for _ in range(60):
        optimizer.zero_grad()
        loss = contextual(x, y)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.5 * first


def test_least_squares():
    scores = torch.tensor([[0.0, 1.0], [3.0, -1.0]])
    assert float(least_squares(scores, True)) == (1 + 0 + 4 + 4) / 4
    assert float(least_squares(scores, False)) == (0 + 1 + 9 + 1) / 4


@pytest.fixture(scope="module")
def trunk() -> Vgg:
    torch.manual_seed(0)
    return Vgg("hed_vgg16", PERCEPTUAL + CONTEXTUAL)


def test_losses_on_features(trunk):
    losses = PerceptualLosses(trunk, positions=30)
    torch.manual_seed(1)
    picture, target = torch.rand(2, 3, 24, 32) * 2 - 1, torch.rand(2, 3, 24, 32) * 2 - 1
    perceptual, similarity = losses(picture, target)
    a, b = trunk(picture), trunk(target)
    slow = sum(float((x - y).abs().sum()) for x, y in zip(a[0], b[0])) / a[0].numel()
    assert float(perceptual) == pytest.approx(slow, rel=1e-4) and float(similarity) > 0
    same, close = losses(target, target)
    assert float(same) == 0 and float(close) < 0.1 * float(similarity)


def test_losses_reach_the_picture_and_leave_the_trunk_alone(trunk):
    picture = torch.zeros(1, 3, 16, 16, requires_grad=True)
    sum(PerceptualLosses(trunk, 30)(picture, torch.rand(1, 3, 16, 16))).backward()
    assert picture.grad.abs().sum() > 0 and not any(parameter.requires_grad for parameter in trunk.parameters())


def test_a_trunk_is_as_deep_as_its_last_tap(trunk):
    assert list(trunk.layers)[-1] == "4_2"
    shapes = [tuple(feature.shape[1:]) for feature in trunk(torch.zeros(1, 3, 16, 24))]
    assert shapes == [(64, 16, 24), (256, 4, 6), (512, 2, 3)]
    with pytest.raises(ValueError, match="6_1"):
        Vgg("hed_vgg16", ("1_1", "6_1"))


def test_a_trunk_that_is_divided_by_its_unit_is_the_same_network():
    """ReLU keeps scale: the pictures and every bias divided by a number divide every feature by it."""
    torch.manual_seed(0)
    plain, divided = Vgg("adgan_vgg19", ("3_1",)), Vgg("adgan_vgg19", ("3_1",))
    divided.load_state_dict({k: v / 50 if k.endswith("bias") else v for k, v in plain.state_dict().items()})
    picture = torch.rand(1, 3, 16, 16)
    torch.testing.assert_close(divided(picture / 50)[0] * 50, plain(picture)[0])
