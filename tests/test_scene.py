"""What is said of a picture is what is true of it in the end."""

import numpy as np

from primerka.tryon.surface.scene import Scene


def test_a_note_is_gone_once_too_little_of_it_shows():
    rows = np.arange(10)[:, None] * np.ones((1, 10), int)
    scene = Scene(np.zeros((10, 10, 3), np.uint8), np.zeros((10, 10), np.uint8), np.zeros((10, 10), bool))
    scene.note("skin", rows < 4, 20)
    scene.note("skirt", rows == 9)
    scene.warnings += ["sleeve", "sleeve"]
    assert scene.all_warnings() == ("skin", "skirt", "sleeve")
    scene.cover(rows >= 2)
    assert scene.all_warnings() == ("sleeve",)
    scene.note("skin", rows == 5, 20)
    assert scene.all_warnings() == ("skin", "sleeve")
    scene.note("skin", rows < 0)
    scene.cover(rows == 5)
    scene.note("skin", rows == 0)
    assert scene.all_warnings() == ("sleeve",)  # the larger of two thresholds holds
