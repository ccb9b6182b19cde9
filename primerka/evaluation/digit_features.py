"""What a small classifier of digits sees in them: the features under the digits' FID.

Networks of photos know nothing of 8x8 digits. This one is trained on the digits that are not held out, within seconds and
always to the same weights; numbers that rest on it carry NETWORK in their name, and compare with each other alone.
"""

from functools import cache

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy

from primerka.datasets.open_pictures import open_digits
from primerka.networks.pictures import to_tensor

NETWORK = "digit_perceptron"
FEATURES = 64
SIDE = 8
EPOCHS = 40


def digit_features(pictures: np.ndarray) -> np.ndarray:
    """(N, FEATURES) float32 of (N, side, side, C) uint8, brought to 8x8: what the classifier's last hidden layer says."""
    with torch.no_grad():
        return classifier()[:-1](_small(pictures)).numpy()


@cache
def classifier() -> nn.Sequential:
    """64 pixels → 128 → FEATURES → 10, with leaky ReLU: behind ReLU some features would be silent."""
    digits = open_digits(SIDE)
    pictures, labels = _small(digits.pictures), torch.from_numpy(digits.labels)
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE**2, 128), nn.LeakyReLU(0.1), nn.Linear(128, FEATURES), nn.LeakyReLU(0.1),
            nn.Linear(FEATURES, 10),
        )  # fmt: skip
        optimizer = torch.optim.Adam(network.parameters(), 1e-3)
        for _ in range(EPOCHS):
            for chosen in torch.randperm(len(pictures)).split(64):
                loss = cross_entropy(network(pictures[chosen]), labels[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return network


def _small(pictures: np.ndarray) -> torch.Tensor:
    """(N, 1, SIDE, SIDE) in [-1, 1]: grey, averaged over squares."""
    grey = pictures.mean(3).round().astype(np.uint8)
    small = [np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX)) for picture in grey]
    return to_tensor(np.stack(small)[..., None])
