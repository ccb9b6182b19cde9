"""Draw docs/pictures/pose_mask.png: a sample buyer's skeleton, the pose mask, and what it covers.

python tools/draw_pose_mask.py docs/pictures/pose_mask.png
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from primerka.keypoints import LIMBS
from primerka.perception.blazepose import find_pose
from primerka.photo import read_photo
from primerka.pictures import write_picture
from primerka.pose_mask import pose_mask
from primerka.samples import sample_buyers
from primerka.training.pose_batches import fit

HEIGHT, WIDTH = 320, 220

photo = read_photo(next(path for path in sample_buyers() if path.stem == "marcus"), 640)
rgb, keypoints, _ = fit(photo.rgb, find_pose(photo)[0].keypoints, None, HEIGHT, WIDTH)
mask = pose_mask(keypoints, HEIGHT, WIDTH)
skeleton, visible = rgb.copy(), keypoints.visible(HEIGHT, WIDTH)
points = np.round(keypoints.xy).astype(int).tolist()
for a, b in LIMBS:
    if visible[a] and visible[b]:
        cv2.line(skeleton, points[a], points[b], (255, 60, 60), 2, cv2.LINE_AA)
white = np.repeat((255 * mask).astype(np.uint8)[:, :, None], 3, 2)
covered = np.where(mask[:, :, None] > 0, rgb, rgb // 4 + 170)
write_picture(Path(sys.argv[1]), np.hstack([skeleton, white, covered]))
