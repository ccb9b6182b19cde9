"""Colours of this very photo: a garment is mostly one fabric, and its colours say which pixels belong to it."""

import cv2
import numpy as np
from scipy.ndimage import convolve1d

BINS = (12, 24, 24)  # of L, a and b
RANGE = np.float32([(0, 100), (-64, 64), (-64, 64)])  # stronger colours count as the strongest
ROUNDS = 2
SEEN = 0.3  # of a person: below it a pixel says nothing about a class
FLOOR = 1e-4  # likelihood of a colour that a class has not shown yet
MIN_PIXELS = 20.0


def weigh_by_colour(probabilities: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """Class probabilities once each class has a colour model, learned from this photo alone.

    probabilities (H, W, C) float32, class 0 the background, whose probability stays; rgb (H, W, 3) uint8
    returns (H, W, C) float32

    Colour histograms of soft assignments take turns with the assignments, as the colour models of GrabCut do (Rother,
    Kolmogorov, Blake 2004, ACM TOG 23(3)), for many classes and without the cut.
    """
    person = 1 - probabilities[:, :, 0]
    seen = person > SEEN
    bins = _bin_numbers(rgb)[seen]
    network, person = probabilities[seen][:, 1:], person[seen][:, None]
    assigned = network
    for _ in range(ROUNDS):
        histograms = np.stack([np.bincount(bins, plane, np.prod(BINS)) for plane in assigned.T], 1).reshape(*BINS, -1)
        for axis in range(3):
            histograms = convolve1d(histograms, [0.25, 0.5, 0.25], axis, mode="nearest")
        histograms = histograms.reshape(-1, histograms.shape[-1])
        total = histograms.sum(0)
        likelihood = histograms[bins] / np.maximum(total, 1) + FLOOR
        assigned = network * likelihood * (total > MIN_PIXELS)
        assigned *= person / np.maximum(assigned.sum(1, keepdims=True), 1e-12)
    weighed = probabilities.copy()
    weighed[seen, 1:] = assigned
    return weighed


def _bin_numbers(rgb: np.ndarray) -> np.ndarray:
    """(H, W) int: the number of each pixel's bin in Lab."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    unit = (lab - RANGE[:, 0]) / (RANGE[:, 1] - RANGE[:, 0])
    light, a, b = np.moveaxis(np.clip((unit * BINS).astype(int), 0, np.array(BINS) - 1), 2, 0)
    return (light * BINS[1] + a) * BINS[2] + b
