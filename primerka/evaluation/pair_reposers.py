"""Every way from a pair's source to its target's pose that `eval repose` can measure."""

from pathlib import Path

import cv2
import numpy as np

from primerka.datasets.pose_pair import PosePair
from primerka.errors import DataMissing
from primerka.perception.analyse import analyse
from primerka.perception.small_pictures import enlarged
from primerka.photo import Photo
from primerka.tryon.framed import NetworkReposer
from primerka.tryon.repose import Reposer, load_reposer
from primerka.tryon.surface.buyer import prepare_buyer


class CopySource:
    """Leaves the person as they stand: the baseline that every re-poser has to beat."""

    name = "copy"

    def repose_pair(self, pair: PosePair) -> np.ndarray:
        height, width = pair.target.shape[:2]
        return cv2.resize(pair.source, (width, height), interpolation=cv2.INTER_AREA)


class Target:
    """Shows the target itself: what the metrics say of a perfect picture."""

    name = "target"

    def repose_pair(self, pair: PosePair) -> np.ndarray:
        return pair.target


class ByPhotos:
    """An engine as it is used: both pictures are analysed, and only the pose is taken from the target's.

    The person is put before the source's background, themselves taken out of it.
    """

    def __init__(self, engine: Reposer):
        self.name, self._engine = engine.name, engine

    def repose_pair(self, pair: PosePair) -> np.ndarray:
        source, target = (analyse(Photo(enlarged(picture))) for picture in (pair.source, pair.target))
        height, width = target.photo.rgb.shape[:2]
        background = cv2.resize(prepare_buyer(source).background, (width, height), interpolation=cv2.INTER_AREA)
        picture = self._engine.repose(source, target).on(background)
        return cv2.resize(picture, pair.target.shape[1::-1], interpolation=cv2.INTER_AREA)


class ByNetwork:
    """A network, as its paper measures it: the pair's own keypoints and parsing. Raises DataMissing no_parsing."""

    def __init__(self, engine: NetworkReposer):
        self.name, self._engine = engine.name, engine

    def repose_pair(self, pair: PosePair) -> np.ndarray:
        regions = pair.source_parsing
        if regions is None:
            if self._engine.reads_regions:
                raise DataMissing("no_parsing", f"The pair {pair.name} has no parsing of its source, which {self.name} reads.")
            regions = np.zeros(pair.source.shape[:2], np.uint8)
        return self._engine.draw(pair.source, regions, pair.target_keypoints)


def pair_reposer(name: str, weights: Path | None = None) -> CopySource | Target | ByPhotos | ByNetwork:
    """By the name of an engine, or of a yardstick: copy, target."""
    for yardstick in (CopySource, Target):
        if yardstick.name == name:
            return yardstick()
    engine = load_reposer(name, weights)
    return ByNetwork(engine) if isinstance(engine, NetworkReposer) else ByPhotos(engine)
