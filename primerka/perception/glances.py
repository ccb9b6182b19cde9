"""What the parsing network sees of a person in two glances: at the crop of the photo, and at its mirror image."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from primerka.parsing import CLASSES
from primerka.perception.known_garment import expect
from primerka.perception.parsing_input import ASPECT, crop, network_input, person_crop
from primerka.photo import Photo
from primerka.pose import Pose

HEIGHT = 576  # of the network's input; what it returns has half of it


@dataclass(frozen=True)
class Glances:
    """rgb            (h, w, 3) uint8, the crop at the size of what the network returns
    probabilities  (2, h, w, classes) float32 over parsing.CLASSES: of the crop, and of its mirror image, mirrored back
    matrix         (2, 3) float64, from the photo's pixels to theirs
    """

    rgb: np.ndarray
    probabilities: np.ndarray
    matrix: np.ndarray

    def agreement(self, mask: np.ndarray, category: str, named: bool, torso_px: float) -> float:
        """How far each glance by itself sees the garment where all that is known together says that it is: the mean intersection over
        union, in [0, 1]. A network that doubts sees something else in the mirror.

        mask (H, W) bool, in the photo's pixels; named: somebody said what it is, which then holds for each glance; torso_px: in the photo
        """
        size = self.rgb.shape[1::-1]
        seen = cv2.warpAffine(mask.astype(np.float32), self.matrix, size, flags=cv2.INTER_AREA) > 0.5
        unit = torso_px * np.hypot(*self.matrix[0, :2])
        overlaps = []
        for glance in self.probabilities:
            alone = (expect(glance, category, unit) if named else glance).argmax(2) == CLASSES.index(category)
            overlaps.append((seen & alone).sum() / max((seen | alone).sum(), 1))
        return float(np.mean(overlaps))


def glance_twice(photo: Photo, pose: Pose, person_mask: np.ndarray) -> Glances:
    """person_mask: (H, W) float32, of find_pose."""
    import torch

    matrix = person_crop(pose, HEIGHT)
    rgb, mask, moved = crop(photo.rgb, matrix, HEIGHT), crop(person_mask, matrix, HEIGHT), pose.moved(matrix)
    straight = network_input(rgb, moved, mask)
    mirrored = network_input(rgb[:, ::-1], moved.mirrored(rgb.shape[1]), mask[:, ::-1])
    channels = torch.from_numpy(np.stack([straight, mirrored]))
    with torch.inference_mode():
        logits, _ = _network()(channels.contiguous(memory_format=torch.channels_last))
        one, other = logits.softmax(1)
        probabilities = torch.stack([one, other.flip(2)]).permute(0, 2, 3, 1).numpy()
    small = cv2.resize(rgb, (round(ASPECT * HEIGHT) // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    # Pixel centres of the half-size map lie at 2i + 0.5 of the crop.
    return Glances(small, probabilities, np.hstack([matrix[:, :2] / 2, (matrix[:, 2:] - 0.5) / 2]))


@cache
def _network():
    import torch

    from primerka.networks.parsing_net import ParsingNet
    from primerka.weights import load_weights

    network = ParsingNet(len(CLASSES))
    network.load_state_dict(load_weights("parsing"), strict=True)
    return network.eval().to(memory_format=torch.channels_last)
