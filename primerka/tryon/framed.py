"""Networks that draw a person in a pose see small upright pictures: how photos go in, and how what they draw comes out."""

from abc import ABC, abstractmethod

import cv2
import numpy as np

from primerka.attributes import attributes, one_hot
from primerka.keypoints import Keypoints
from primerka.person import Person
from primerka.pose_mask import pose_mask
from primerka.tryon.repose import PLAIN, Reposed

MARGIN = 0.06  # of the frame's height, above and below the person
REACH = 0.13  # of the height, around the skeleton: a head, hair, a skirt
DIFFERENT = 24  # grey levels from the plain background


def frame(person: Person, height: int, width: int) -> np.ndarray:
    """(2, 3), as cv2.warpAffine takes it: photo → a picture of this size that the person fills from head to foot."""
    return frame_region(person.parsing.labels > 0, height, width)


def frame_region(region: np.ndarray, height: int, width: int) -> np.ndarray:
    """The same for the pixels of a person in a picture, (H, W) bool."""
    ys, xs = np.nonzero(region)
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    scale = min(height * (1 - 2 * MARGIN) / (bottom - top), width / (right - left))
    shift = (np.array([width, height]) - scale * np.array([left + right, top + bottom])) / 2
    shift += scale / 2 - 0.5  # from the corners of pixels to their centres
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])


def framed(picture: np.ndarray, matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8 of (H, W, 3) through a matrix of `frame`, plain grey outside; shrinking averages."""
    scale = matrix[0, 0]
    if scale < 1:  # warpAffine alone would skip pixels
        size = [round(scale * side) for side in picture.shape[1::-1]]
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        left = matrix[:, 2:] - (scale / 2 - 0.5)
        matrix = np.hstack([np.eye(2), left])
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(PLAIN,) * 3)


def fit(
    picture: np.ndarray, keypoints: Keypoints, parsing: np.ndarray | None, height: int, width: int
) -> tuple[np.ndarray, Keypoints, np.ndarray | None]:
    """A picture with its keypoints and parsing at this size: scaled by its height, then cut or continued left and right.

    Nobody grows thinner: a 256x256 picture becomes 256x176 by losing 40 columns on each side.
    """
    if picture.shape[:2] == (height, width):
        return picture, keypoints, parsing
    scale = height / picture.shape[0]
    scaled = max(round(scale * picture.shape[1]), 1)
    left = (scaled - width) // 2
    columns = np.clip(np.arange(width) + left, 0, scaled - 1)  # beyond the edge the edge goes on
    shrinks = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = cv2.resize(picture, (scaled, height), interpolation=shrinks)[:, columns]
    if parsing is not None:
        parsing = cv2.resize(parsing, (scaled, height), interpolation=cv2.INTER_NEAREST_EXACT)[:, columns]
    half = (scale - 1) / 2  # pixel centres, not corners, keep their place
    return picture, keypoints.moved(np.array([[scale, 0, half - left], [0, scale, half]])), parsing


class NetworkReposer(ABC):
    """A re-poser that is a network. Has `name`, `size` (height, width) that the network sees and draws, and `generate`.

    reads_regions: whether the network looks at the source's attributes
    """

    name: str
    size: tuple[int, int]
    reads_regions = True

    @abstractmethod
    def generate(self, source, regions, heatmaps):
        """(1, 3, H, W) in [-1, 1] of source (1, 3, H, W), its attributes (1, 8, H, W) and target heatmaps (1, 18, H, W)."""

    def draw(self, source: np.ndarray, regions: np.ndarray, wanted: Keypoints) -> np.ndarray:
        """The person of a picture in another pose: (H, W, 3) uint8, the size of the source.

        source (H, W, 3) uint8; regions (H, W) uint8, indices into ATTRIBUTES; wanted: in pixels of the picture to be drawn
        """
        import torch

        from primerka.networks.pictures import to_picture, to_tensor

        full, (height, width) = source.shape[:2], self.size
        small, wanted, regions = fit(source, wanted, regions, height, width)
        inputs = (to_tensor(small), torch.from_numpy(one_hot(regions)), torch.from_numpy(wanted.heatmaps(height, width)))
        with torch.inference_mode():
            drawn = to_picture(self.generate(*(tensor[None] for tensor in inputs))[0])
        return fit(drawn, wanted, None, *full)[0]

    def see(self, person: Person) -> tuple[np.ndarray, np.ndarray]:
        """A person as the network sees them: (H, W, 3) uint8 before plain grey, and (H, W) uint8 indices into ATTRIBUTES."""
        into = frame(person, *self.size)
        alpha = person.parsing.alpha[:, :, None]
        plain = np.rint(alpha * person.photo.rgb + (1 - alpha) * PLAIN).astype(np.uint8)
        regions = cv2.warpAffine(attributes(person.parsing), into, self.size[::-1], flags=cv2.INTER_NEAREST)
        return framed(plain, into, *self.size), regions

    def repose(self, source: Person, target: Person) -> Reposed:
        """All that the network draws is its own: no pixel is certain."""
        out = frame(target, *self.size)
        small, regions = self.see(source)
        wanted = target.pose.keypoints.moved(out)
        drawn = self.draw(small, regions, wanted)
        back, full = cv2.invertAffineTransform(out), target.photo.rgb.shape[1::-1]
        person = cv2.warpAffine(_drawn_person(drawn, wanted), back, full, flags=cv2.INTER_LINEAR)
        soft = cv2.GaussianBlur(person, (0, 0), 1 / out[0, 0])
        large = cv2.warpAffine(drawn, back, full, flags=cv2.INTER_CUBIC, borderValue=(PLAIN,) * 3)
        rgb = np.rint(soft[:, :, None] * large + (1 - soft[:, :, None]) * PLAIN).astype(np.uint8)
        warning = f"the whole picture is drawn by a network ({self.name})"
        return Reposed(rgb, soft, np.zeros(soft.shape, bool), (warning,), {"shown": small, "drawn": drawn})


def _drawn_person(drawn: np.ndarray, wanted: Keypoints) -> np.ndarray:
    """(H, W) float32, 0 or 1: the skeleton's mask, and what is not plain grey around it: hair, skirts, shoes."""
    height, width = drawn.shape[:2]
    bones = pose_mask(wanted, height, width)
    reach = round(REACH * height)
    around = cv2.dilate(bones, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    differs = np.abs(cv2.GaussianBlur(drawn, (0, 0), 1.0).astype(np.float32) - PLAIN).max(2) > DIFFERENT
    return np.maximum(bones, around * differs)
