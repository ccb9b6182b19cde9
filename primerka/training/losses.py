"""Losses that PyTorch does not have."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


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


def pose_mask_loss(predicted: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean of |predicted - target| · (1 + mask): the body counts twice.

    predicted, target  (B, 3, H, W) float32
    mask               (B, 1, H, W) float32, 1 on the body and 0 elsewhere

    Source: PG2, Ma et al. 2017 (arXiv 1705.09368), equation 1, with the mean in place of the sum, as their code has it.
    """
    return ((predicted - target).abs() * (1 + mask)).mean()


def chroma_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean distance of two pictures (B, 3, H, W) in their opponent colours red - green and yellow - blue, brightness aside.

    Most differences between people are differences of brightness: a network learns those first, and hues long after.
    """
    off = predicted - target
    red, green, blue = off.unbind(1)
    return ((red - green).abs() + ((red + green) / 2 - blue).abs()).mean() / 2


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Binary cross-entropy of the logits (B,) of true pairs against 1 and of generated pairs against 0.

    Source: PG2, equation 2.
    """
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    return binary_cross_entropy_with_logits(real, ones) + binary_cross_entropy_with_logits(fake, zeros)


def generator_loss(fake: Tensor, predicted: Tensor, target: Tensor, mask: Tensor, l1_weight: float) -> Tensor:
    """How little the discriminator is fooled, plus l1_weight times the pose mask loss.

    fake  (B,) logits of the generated pairs; the rest as in pose_mask_loss

    Source: PG2, equation 3 and the lambda of section 3.2.
    """
    fooled = binary_cross_entropy_with_logits(fake, torch.ones_like(fake))
    return fooled + l1_weight * pose_mask_loss(predicted, target, mask)
