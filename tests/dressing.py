"""Small steps that tests of dressing share."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.scene import start_scene


def dressed(buyer, cloth):
    """The scene after one garment."""
    scene = start_scene(buyer)
    dress(scene, buyer, cloth)
    return scene


def widened(mask):
    """(H, W) bool: four pixels further to every side."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0


def no_cloth(buyer):
    """A new garment without any cloth."""
    shape = buyer.arms.shape
    rgb, alpha = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.float32)
    return Drape(rgb, alpha, rgb, alpha, rgb, alpha, ())


def touching(mask):
    """(H, W) bool: the mask and the pixels beside it."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def relabelled(buyer, labels):
    """A buyer of whom the parsing says something else, (H, W) int."""
    parsing = buyer.person.parsing
    return replace(buyer, person=replace(buyer.person, parsing=replace(parsing, labels=labels.astype(np.uint8))))
