"""Fréchet distance between two sets of pictures, each described by the mean and covariance of its features."""

import numpy as np


class FeatureStatistics:
    """Mean and covariance of features that come in batches; memory does not grow with their number."""

    def __init__(self, dimensions: int):
        self.count = 0
        self._sum = np.zeros(dimensions)
        self._outer = np.zeros((dimensions, dimensions))

    def add(self, features: np.ndarray) -> None:
        """features: (N, dimensions)."""
        features = features.astype(np.float64)
        self.count += len(features)
        self._sum += features.sum(0)
        self._outer += features.T @ features

    @property
    def mean(self) -> np.ndarray:
        """(dimensions,) float64."""
        return self._sum / self.count

    @property
    def covariance(self) -> np.ndarray:
        """(dimensions, dimensions) float64, over count - 1; at least two features must have come."""
        if self.count < 2:
            raise ValueError(f"a covariance needs two features, got {self.count}")
        return (self._outer - np.outer(self._sum, self.mean)) / (self.count - 1)


def frechet_distance(one: FeatureStatistics, other: FeatureStatistics) -> float:
    """Squared distance of the means, plus tr(A + B - 2 (A B)^(1/2)) of the covariances A and B.

    Sets of fewer pictures than dimensions give too large a distance: compare only numbers of equally many pictures.

    Source: Heusel et al. 2017, "GANs trained by a two time-scale update rule" (arXiv 1706.08500), equation 6. With
    A = F F' and B = G G' the trace of (A B)^(1/2) is the sum of the singular values of F' G, which stays exact and real
    where A and B have no full rank; a matrix square root of A B becomes complex there.
    """
    a, b = one.covariance, other.covariance
    shared = np.linalg.svd(_factor(a).T @ _factor(b), compute_uv=False).sum()
    distance = ((one.mean - other.mean) ** 2).sum() + np.trace(a) + np.trace(b) - 2 * shared
    return max(float(distance), 0.0)  # rounding alone takes it below


def _factor(covariance: np.ndarray) -> np.ndarray:
    """F with covariance = F F'."""
    values, vectors = np.linalg.eigh(covariance)
    # Rounding alone makes an eigenvalue of a covariance negative.
    return vectors * np.sqrt(np.maximum(values, 0))
