"""Restyle a photo by adaptive instance normalisation, or only the clothes in it, and leave the person."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from primerka.errors import PhotoRejected
from primerka.parsing import GARMENTS
from primerka.person import Person
from primerka.tryon.network_files import load_network
from primerka.weights import weights_path

MARGIN = 16  # pixels of the mirrored picture around it
SOFT = 2.0  # pixels over which the style sets in at the clothes' rim, inside it
LEAST = 0.002  # of the photo: fewer pixels of cloth cannot be told a style of


class FastStyler:
    """Huang and Belongie 2017; weights: a file of `primerka train style` instead of the one that ships."""

    name = "adain"

    def __init__(self, weights: Path | None = None):
        from primerka.networks.style import FastStyle

        self.decoder, _ = load_network(FastStyle, weights or weights_path("style"))
        self.trunk = style_trunk()

    def restyle(
        self, content: np.ndarray, style: np.ndarray, strength: float = 1.0, weights: np.ndarray | None = None
    ) -> np.ndarray:
        """(H, W, 3) uint8: the content in the style of another picture of any size.

        strength  from 0, the content as the decoder draws it, to 1
        weights   (H, W) float32: whose place in the content counts when its own style is taken off; all without them
        """
        import torch

        from primerka.networks.pictures import to_picture, to_tensor
        from primerka.networks.style import stylise

        height, width = content.shape[:2]
        # The trunk halves twice, and sees a frame of zeros around the picture, which must not be restyled with it.
        beyond = tuple((MARGIN, MARGIN + -length % 4) for length in (height, width))
        padded = to_tensor(np.pad(content, (*beyond, (0, 0)), mode="symmetric"))[None]
        places = None if weights is None else torch.from_numpy(np.pad(weights, beyond))[None, None]
        with torch.inference_mode():
            drawn = stylise(self.decoder, self.trunk, padded, to_tensor(style)[None], strength, places)
        return to_picture(drawn)[0, MARGIN : MARGIN + height, MARGIN : MARGIN + width]


@cache
def style_trunk():
    """The fixed trunk as deep as fast style transfer looks. Raises WeightsMissing where it is not in the cache."""
    from primerka.networks.style import TAPS, TRUNK
    from primerka.networks.vgg import Vgg, load_trunk
    from primerka.weights.hed_vgg16 import read_hed_vgg16

    trunk = Vgg(TRUNK, TAPS)
    load_trunk(trunk, read_hed_vgg16())
    return trunk


def clothes_weights(person: Person) -> np.ndarray:
    """(H, W) float32 in [0, 1]: how far each pixel is cloth; 0 wherever the parsing names no garment.

    Raises PhotoRejected no_garment where too little is.
    """
    mask = person.parsing.mask(*GARMENTS)
    if mask.mean() < LEAST:
        raise PhotoRejected("no_garment", "The photo shows no clothes that can be told apart.")
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return np.minimum(inside / SOFT, 1).astype(np.float32) * person.parsing.alpha


def blend(photo: np.ndarray, styled: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: styled where the weights are 1, and bit for bit the photo where they are 0."""
    mixed = photo + weights[..., None] * (styled.astype(np.float32) - photo)
    return np.where(weights[..., None] > 0, np.rint(mixed).clip(0, 255), photo).astype(np.uint8)
