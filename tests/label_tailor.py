"""A tailor that only sews labels, and loads nothing: for tests of everything around it."""

import io
import os
import time
from dataclasses import dataclass

import numpy as np
from PIL import Image

from primerka.errors import GarmentRejected, PhotoRejected
from primerka.service.jobs.worker import Worker
from primerka.service.pictures import encode_cut_out


@dataclass
class LabelCard:
    picture: bytes
    preview: bytes
    warnings: tuple[str, ...]


@dataclass
class ReadyThing:
    """What the labelling tailor prepares: it has the bytes that it was made of, for those who look for them."""

    made_of: bytes
    category: str = "top"
    index: int = 0
    cut_out: bytes = b""
    certainty: float = 0.0


class LabelTailor:
    """Refuses dark photos as people do, and sews in no time. A photo that is red kills the process.

    A preview begins with the number of the process that made it.
    """

    def __init__(self, seconds: float = 0.0):
        self.seconds = seconds

    def prepare_buyer(self, photos, stages):
        with stages("analysis"):
            colour = np.asarray(Image.open(io.BytesIO(photos[0])))[:8, :8].mean((0, 1))
            if colour[0] > 200 and colour[1:].max() < 60:
                os.abort()
            if colour[2] > 200 and colour[:2].max() < 60:
                time.sleep(3600)
            if colour.max() < 30:
                raise PhotoRejected("no_person", "There is nobody in the photo.")
            return ReadyThing(photos[0])

    def prepare_garment(self, pictures, category, stages, by_hand=None):
        """All of the first picture but the lowest eighth, or what the shop cut out."""
        index, cut_out = by_hand or (0, encode_cut_out(np.repeat(np.arange(8) < 7, 30)[:, None].repeat(180, 1)))
        if np.asarray(Image.open(io.BytesIO(pictures[index]))).max() < 30:
            raise GarmentRejected("no_garment", "The product photo shows no garment that can be told apart.")
        return ReadyThing(pictures[index], category, index, cut_out, 1.0 if by_hand else 0.6 + len(pictures[0]) % 40 / 100)

    def dress(self, buyer, garments, pose, stages):
        with stages("dress"):
            time.sleep(self.seconds)
        return LabelCard(b"RIFF" + buyer.made_of, b"RIFF%d " % os.getpid() + buyer.made_of[:1000], ())


def labelling_worker(settings, name, tell):
    """What a worker process does, with this tailor."""
    Worker(settings, name, LabelTailor(0.02), tell).run()
