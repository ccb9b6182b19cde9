"""The losses of pose transfer against loops over single pixels."""

import math

import numpy as np
import pytest
import torch

from primerka.training.losses import chroma_loss, discriminator_loss, generator_loss, pose_mask_loss


def _pictures():
    torch.manual_seed(0)
    predicted, target = torch.rand(2, 3, 5, 4) * 2 - 1, torch.rand(2, 3, 5, 4) * 2 - 1
    return predicted, target, (torch.rand(2, 1, 5, 4) < 0.4).float()


def _slow_pose_mask_loss(predicted, target, mask) -> float:
    total = 0.0
    for b in range(2):
        for c in range(3):
            for y in range(5):
                for x in range(4):
                    weight = 2 if mask[b, 0, y, x] else 1
                    total += weight * abs(float(predicted[b, c, y, x]) - float(target[b, c, y, x]))
    return total / (2 * 3 * 5 * 4)


def _bce(logits, label: int) -> float:
    sure = [1 / (1 + math.exp(-float(logit))) for logit in logits]
    return -sum(math.log(p if label else 1 - p) for p in sure) / len(sure)


def test_pose_mask_loss_counts_the_body_twice():
    assert float(pose_mask_loss(*_pictures())) == pytest.approx(_slow_pose_mask_loss(*_pictures()), rel=1e-5)


def test_without_a_body_it_is_l1_and_with_nothing_else_twice_that():
    predicted, target, mask = _pictures()
    l1 = (predicted - target).abs().mean()
    torch.testing.assert_close(pose_mask_loss(predicted, target, torch.zeros_like(mask)), l1)
    torch.testing.assert_close(pose_mask_loss(predicted, target, torch.ones_like(mask)), 2 * l1)


def test_discriminator_loss_is_two_cross_entropies():
    real, fake = torch.tensor([0.3, -1.2, 2.0]), torch.tensor([-0.4, 0.9, 1.5])
    assert float(discriminator_loss(real, fake)) == pytest.approx(_bce(real, 1) + _bce(fake, 0), rel=1e-5)
    assert discriminator_loss(torch.tensor([20.0]), torch.tensor([-20.0])) < 1e-6


def test_generator_loss_wants_its_pairs_to_pass_for_true():
    fake = torch.tensor([-0.4, 0.9])
    expected = _bce(fake, 1) + 7 * _slow_pose_mask_loss(*_pictures())
    assert float(generator_loss(fake, *_pictures(), 7.0)) == pytest.approx(expected, rel=1e-5)


def test_chroma_loss_sees_hues_and_no_brightness():
    random = np.random.default_rng(0)
    one, other = (random.uniform(-1, 1, (2, 3, 4, 5)).astype(np.float32) for _ in range(2))
    expected = []
    for a, b in zip(one, other):
        for y in range(4):
            for x in range(5):
                r, g, blue = a[:, y, x].astype(float) - b[:, y, x]
                expected.append((abs(r - g) + abs((r + g) / 2 - blue)) / 2)
    found = chroma_loss(torch.from_numpy(one), torch.from_numpy(other))
    assert found.item() == pytest.approx(np.mean(expected), abs=1e-6)
    assert chroma_loss(torch.from_numpy(one), torch.from_numpy(one) + 0.3).item() < 1e-6
