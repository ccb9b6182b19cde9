"""The losses of ADGAN beside the plain L1: least squares against a discriminator, VGG features, contextual."""

import torch
from torch import Tensor
from torch.nn.functional import l1_loss, normalize

from primerka.networks.vgg import Vgg

# The features that each loss compares.
PERCEPTUAL, CONTEXTUAL = ("1_2",), ("3_2", "4_2")


def least_squares(scores: Tensor, real: bool) -> Tensor:
    """Mean squared distance of a discriminator's scores from 1 (real) or 0 (generated).

    Source: Mao et al. 2017, "Least squares generative adversarial networks" (arXiv 1611.04076), equation 2 with a = 0,
    b = c = 1. ADGAN's published training has it; its paper writes the logarithmic form.
    """
    return (scores - float(real)).square().mean()


def contextual(features: Tensor, target: Tensor, bandwidth: float = 0.5, eps: float = 1e-5) -> Tensor:
    """How little the features of a picture look like the target's, wherever they are.

    features, target  (B, C, N) float32, N positions; a number for each sample, averaged

    Source: Mechrez et al. 2018, "The contextual loss" (arXiv 1803.02077), equations 1 to 5: cosine distances d of features
    minus the target's mean, d~_ij = d_ij / (min_k d_ik + eps), CX_ij = softmax_j((1 - d~_ij) / h), and
    -log mean_j max_i CX_ij.
    """
    mean = target.mean(2, keepdim=True)
    features, target = normalize(features - mean, dim=1), normalize(target - mean, dim=1)
    distances = (1 - features.transpose(1, 2) @ target).clamp(min=0)
    relative = distances / (distances.amin(2, keepdim=True) + eps)
    similarity = ((1 - relative) / bandwidth).softmax(2)
    return -similarity.amax(1).mean(1).log().mean()


class PerceptualLosses:
    """The perceptual and the contextual loss of pictures in [-1, 1] on the features of one fixed trunk.

    trunk: taps PERCEPTUAL, or PERCEPTUAL + CONTEXTUAL; without the latter, whose layers lie deep, the contextual loss is 0.
    positions: the contextual loss compares each position with each other, so that memory grows with the square; of a larger
    map it takes this many, drawn anew each time, the same ones of both pictures.
    """

    def __init__(self, trunk: Vgg, positions: int):
        self.trunk, self.positions = trunk, positions

    def __call__(self, picture: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """(perceptual, contextual) of two (B, 3, H, W)."""
        with torch.no_grad():
            theirs = self.trunk(target)
        ours = self.trunk(picture)
        features = [(a.float(), b.float()) for a, b in zip(ours, theirs)]
        near, deep = features[: len(PERCEPTUAL)], features[len(PERCEPTUAL) :]
        perceptual = sum(l1_loss(a, b) for a, b in near)
        return perceptual, sum((contextual(*self._some(a, b)) for a, b in deep), start=picture.new_zeros(()))

    def _some(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        a, b = a.flatten(2), b.flatten(2)
        if a.shape[2] <= self.positions:
            return a, b
        chosen = torch.randperm(a.shape[2])[: self.positions].to(a.device)
        return a[:, :, chosen], b[:, :, chosen]
