"""How alike two pictures are."""

import cv2
import numpy as np


def psnr(one: np.ndarray, other: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Peak signal-to-noise ratio in dB of two (H, W, 3) uint8 pictures, inside the mask where one is given."""
    square = (one.astype(float) - other) ** 2
    mean = square[mask].mean() if mask is not None else square.mean()
    return float("inf") if mean == 0 else float(10 * np.log10(255**2 / mean))


def ssim_map(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) float64 structural similarity at each pixel, the mean over the channels of (H, W, 3) uint8 pictures.

    Source: Wang et al. 2004, "Image quality assessment", IEEE TIP 13(4), equation 13: Gaussian window of 11 pixels,
    sigma 1.5, K1 = 0.01, K2 = 0.03. Equals scikit-image's with gaussian_weights and use_sample_covariance=False.
    """
    x, y = one.astype(float), other.astype(float)

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(values, (11, 11), 1.5, borderType=cv2.BORDER_REFLECT)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    similarity = ((2 * mx * my + c1) * (2 * vxy + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return similarity.mean(2)


def ssim(one: np.ndarray, other: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Mean of ssim_map, inside the mask where one is given."""
    values = ssim_map(one, other)
    return float(values[mask].mean() if mask is not None else values.mean())


def apply_mask(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 with black where the (H, W) bool mask is False, as the masked metrics of PG2 see it."""
    return picture * mask[:, :, None]


def mask_ssim(one: np.ndarray, other: np.ndarray, mask: np.ndarray) -> float:
    """SSIM of two (H, W, 3) uint8 pictures after both were blackened outside the (H, W) bool mask of the target's person.

    The mean is taken over the whole picture: all that is black in both counts as alike, so the number also grows as
    the person gets smaller. `ssim` with a mask is something else, the mean inside the mask of the unmasked pictures.

    Source: PG2 (Ma et al. 2017, arXiv 1705.09368, section 4.2). The authors' programs differ from each other and from
    this one, so only numbers made by the same program should be compared:
    PG2   a flat 7-pixel window with the sample covariance; the mask is drawn around the keypoints.
    PATN  the Gaussian window used here, but instead of 255 the range of the generated picture as the range of values;
          the mask is drawn around the keypoints. On DeepFashion it measures no mask-SSIM, and its plain SSIM is that
          of pictures with 40 white columns on either side.
    Both leave out of the mean a border of half a window, which stays in here.
    """
    return ssim(apply_mask(one, mask), apply_mask(other, mask))
