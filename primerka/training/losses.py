"""Losses that PyTorch does not have."""

import torch
from torch import Tensor


def lovasz_softmax(probabilities: Tensor, targets: Tensor) -> Tensor:
    """The Lovasz extension of the Jaccard loss, averaged over the classes that occur.

    probabilities  (N, C) float32, softmax over C
    targets        (N,) int64

    Source: Berman, Triki, Blaschko 2018, "The Lovasz-Softmax loss" (arXiv 1705.08790), equations 8 to 11.
    """
    losses = []
    for index in targets.unique():
        inside = (targets == index).float()
        errors, order = (inside - probabilities[:, index]).abs().sort(descending=True)
        inside = inside[order]
        left = inside.sum() - inside.cumsum(0)
        union = inside.sum() + (1 - inside).cumsum(0)
        jaccard = 1 - left / union
        gradient = torch.diff(jaccard, prepend=jaccard.new_zeros(1))
        losses.append(errors @ gradient)
    return torch.stack(losses).mean()
