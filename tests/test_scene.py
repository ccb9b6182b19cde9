"""What is said of a picture is what is true of it in the end."""

import numpy as np

from primerka.tryon.surface.scene import Scene, smooth_edge


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


def test_an_edge_is_a_line_and_no_stairs():
    """A steep edge crosses a column of pixels every ten rows."""
    rows, columns = np.indices((120, 80)).astype(float)
    from_edge = (columns - 40 - 0.1 * (rows - 60)) / np.hypot(1, 0.1)  # pixels
    smooth = smooth_edge(from_edge > 0, unit=200)
    within = np.s_[10:-10]
    assert (np.abs(smooth - np.clip(0.5 + from_edge / 2.5, 0, 1))[within] < 0.2).all()  # stairs are off by half a pixel
    assert (smooth[within][from_edge[within] > 3] == 1).all() and (smooth[within][from_edge[within] < -3] == 0).all()
    assert not smooth_edge(np.zeros((20, 20), bool), unit=200).any()
