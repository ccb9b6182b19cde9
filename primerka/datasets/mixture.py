"""A mixture of eight Gaussians on a circle: whether a generator finds all modes can be counted.

Source: the toy set of Metz, Poole, Pfau, Sohl-Dickstein 2017, "Unrolled generative adversarial networks" (arXiv 1611.02163),
appendix A: circle of radius 2, standard deviation 0.02.
"""

import numpy as np

MIXTURE = "mixture"
MODES, RADIUS, DEVIATION = 8, 2.0, 0.02


def mode_centres() -> np.ndarray:
    """(MODES, 2) float64."""
    angles = 2 * np.pi * np.arange(MODES) / MODES
    return RADIUS * np.stack([np.cos(angles), np.sin(angles)], 1)


def draw_mixture(count: int, seed: int) -> np.ndarray:
    """(count, 2) float32."""
    random = np.random.default_rng(seed)
    centres = mode_centres()[random.integers(MODES, size=count)]
    return (centres + random.normal(0, DEVIATION, (count, 2))).astype(np.float32)
