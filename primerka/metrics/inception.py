"""Inception Score: are single pictures clear, and all of them together varied?"""

import numpy as np
from scipy.special import rel_entr

SPLITS = 10


def inception_score(probabilities: np.ndarray, splits: int = SPLITS) -> float:
    """exp of the mean KL divergence of each picture's classes from the mean classes, averaged over the splits.

    probabilities  (N, C), each row sums to 1; cut into `splits` runs in the given order, so N must be at least that
    returns        between 1 (all rows alike) and C (every row certain, every class equally often)

    Source: Salimans et al. 2016, "Improved techniques for training GANs" (arXiv 1606.03498), section 4, with the
    splits of the authors' program. The classifier is the caller's, and belongs in the number's name. Of masked
    pictures (similarity.apply_mask) it is the mask-IS of PG2 (Ma et al. 2017, arXiv 1705.09368, section 4.2).
    """
    if probabilities.ndim != 2 or len(probabilities) < splits:
        raise ValueError(f"probabilities must be (N, C) with N at least {splits}, got {probabilities.shape}")
    count, scores = len(probabilities), []
    for split in range(splits):
        rows = probabilities[split * count // splits : (split + 1) * count // splits].astype(np.float64)
        scores.append(np.exp(rel_entr(rows, rows.mean(0)).sum(1).mean()))
    return float(np.mean(scores))
