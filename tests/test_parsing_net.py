"""The parsing network: shapes, gradients everywhere, and able to learn one batch by heart."""

import torch
from torch.nn.functional import cross_entropy

from primerka.networks.parsing_net import ParsingNet


def _batch(classes: int):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(2, 22, 64, 64, generator=generator)
    target = torch.zeros(2, 32, 32, dtype=torch.int64)
    target[0, 8:24, 4:12], target[1, 2:20, 16:30] = 1, 2
    return inputs, target % classes


def test_half_the_size_and_one_presence_for_each_class():
    with torch.inference_mode():
        logits, presence = ParsingNet(5).eval()(torch.zeros(2, 22, 64, 96))
    assert logits.shape == (2, 5, 32, 48) and presence.shape == (2, 5)


def test_every_parameter_gets_a_gradient():
    torch.manual_seed(0)
    network = ParsingNet(4)
    inputs, target = _batch(4)
    logits, presence = network(inputs)
    (cross_entropy(logits, target) + presence.square().sum()).backward()
    without = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not without


def test_a_class_that_is_absent_is_taken_out_of_every_pixel():
    torch.manual_seed(0)
    network = ParsingNet(4).eval()
    x = torch.randn(1, 22, 64, 64)
    with torch.inference_mode():
        before, _ = network(x)
        network.presence[2].weight.zero_()
        network.presence[2].bias.copy_(torch.tensor([50.0, 50.0, 50.0, -50.0]))
        after, _ = network(x)
        assert (after.argmax(1) != 3).all() and (before - after)[:, 3].min() > 40


def test_overfits_one_batch():
    torch.manual_seed(0)
    network = ParsingNet(3).train()
    inputs, target = _batch(3)
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3)
    for _ in range(30):
        optimizer.zero_grad()
        logits, _ = network(inputs)
        loss = cross_entropy(logits, target)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.15
    assert (logits.argmax(1) == target).float().mean() > 0.97
