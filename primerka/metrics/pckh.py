"""PCKh: how many joints of the wanted pose stand where they should, measured in heads."""

import numpy as np

from primerka.keypoints import KEYPOINT, Keypoints

HEAD = [KEYPOINT[name] for name in ("nose", "neck", "right_eye", "left_eye", "right_ear", "left_ear")]
THRESHOLD = 0.5


def head_size(keypoints: Keypoints, height: int, width: int) -> np.ndarray | None:
    """(2,) float32 width and height of the box around the visible keypoints of the head and the neck.

    None where fewer than two of them are visible.
    """
    seen = [index for index in HEAD if keypoints.visible(height, width)[index]]
    return np.ptp(keypoints.xy[seen], axis=0) if len(seen) > 1 else None


def count_correct(found: Keypoints | None, target: Keypoints, height: int, width: int) -> tuple[int, int]:
    """How many keypoints of the target are right in the generated picture, and how many it has.

    found    the keypoints of the generated picture of that height and width; None where no person was found
    target   the keypoints that were asked for
    returns  (right, all); PCKh over many pictures is the sum of the first over the sum of the second

    All are the keypoints visible in the target. One is right if it is visible in the generated picture too, and off by
    less than half a head's width in x and less than half a head's height in y. A target whose head cannot be
    measured counts nothing, (0, 0).

    Source: Andriluka et al. 2014, "2D human pose estimation" (CVPR), in the form of the PATN authors
    (Zhu et al. 2019, arXiv 1904.03349), whose OpenPose keypoints carry no head box: there a head is the segment of an
    annotated box and the distance is Euclidean; here it is the box of nose, eyes, ears and neck, and each axis is
    measured by itself. A head seen from the side is therefore a narrow one, and strict.
    """
    head = head_size(target, height, width)
    if head is None or not head.all():  # a head without width or height measures nothing
        return 0, 0
    wanted = target.visible(height, width)
    if found is None:
        return 0, int(wanted.sum())
    close = (np.abs(found.xy - target.xy) < THRESHOLD * head).all(1)
    return int((wanted & close & found.visible(height, width)).sum()), int(wanted.sum())
