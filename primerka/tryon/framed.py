"""Networks that draw a person in a pose see small upright pictures: how photos go in, and how what they draw comes out."""

import cv2
import numpy as np

from primerka.attributes import attributes, one_hot
from primerka.keypoints import Keypoints
from primerka.person import Person
from primerka.pose_mask import pose_mask
from primerka.tryon.repose import PLAIN, Reposed

MARGIN = 0.06  # of the frame's height, above and below the person


def frame(person: Person, height: int, width: int) -> np.ndarray:
    """(2, 3), as cv2.warpAffine takes it: photo → a picture of this size that the person fills from head to foot."""
    return frame_region(person.parsing.labels > 0, height, width)


def frame_region(region: np.ndarray, height: int, width: int) -> np.ndarray:
    """The same for the pixels of a person in a picture, (H, W) bool."""
    ys, xs = np.nonzero(region)
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    scale = min(height * (1 - 2 * MARGIN) / (bottom - top), width / (right - left))
    shift = (np.array([width, height]) - scale * np.array([left + right, top + bottom])) / 2
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])


class NetworkReposer:
    """A re-poser that is a network. Has `name`, `size` (height, width) that the network sees and draws, and `generate`."""

    name: str
    size: tuple[int, int]

    def generate(self, source, regions, heatmaps):
        """(1, 3, H, W) in [-1, 1] of source (1, 3, H, W), its attributes (1, 8, H, W) and target heatmaps (1, 18, H, W)."""
        raise NotImplementedError

    def draw(self, source: np.ndarray, regions: np.ndarray, wanted: Keypoints) -> np.ndarray:
        """The person of a picture in another pose: (H, W, 3) uint8, the size of the source.

        source (H, W, 3) uint8; regions (H, W) uint8, indices into ATTRIBUTES; wanted: in pixels of the picture to be drawn
        """
        import torch

        from primerka.networks.pictures import to_picture, to_tensor

        full, (height, width) = source.shape[:2], self.size
        small = cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA)
        regions = cv2.resize(regions, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
        heatmaps = wanted.resized(full, self.size).heatmaps(height, width)
        with torch.inference_mode():
            inputs = (to_tensor(small), torch.from_numpy(one_hot(regions)), torch.from_numpy(heatmaps))
            drawn = to_picture(self.generate(*(tensor[None] for tensor in inputs))[0])
        return cv2.resize(drawn, full[::-1], interpolation=cv2.INTER_CUBIC)

    def repose(self, source: Person, target: Person) -> Reposed:
        """The source is shown to the network before plain grey. All that it draws is its own: no pixel is certain."""
        height, width = self.size
        into, out = frame(source, height, width), frame(target, height, width)
        alpha = source.parsing.alpha[:, :, None]
        plain = (alpha * source.photo.rgb + (1 - alpha) * PLAIN).astype(np.uint8)
        small = cv2.warpAffine(plain, into, (width, height), flags=cv2.INTER_AREA, borderValue=(PLAIN,) * 3)
        regions = cv2.warpAffine(attributes(source.parsing), into, (width, height), flags=cv2.INTER_NEAREST)
        wanted = target.pose.keypoints.moved(out)
        drawn = self.draw(small, regions, wanted)
        body = cv2.dilate(pose_mask(wanted, height, width), np.ones((5, 5), np.uint8))
        back, full = cv2.invertAffineTransform(out), target.photo.rgb.shape[1::-1]
        soft = cv2.GaussianBlur(cv2.warpAffine(body, back, full, flags=cv2.INTER_LINEAR), (0, 0), 2 / out[0, 0])
        large = cv2.warpAffine(drawn, back, full, flags=cv2.INTER_CUBIC, borderValue=(PLAIN,) * 3)
        rgb = np.rint(soft[:, :, None] * large + (1 - soft[:, :, None]) * PLAIN).astype(np.uint8)
        warning = f"the whole picture is drawn by a network ({self.name})"
        return Reposed(rgb, soft, np.zeros(soft.shape, bool), (warning,), {"shown": small, "drawn": drawn})
