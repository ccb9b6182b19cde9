"""Things of one photo before the person of another."""

import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.pose import LANDMARK, Pose
from primerka.training.copy_paste import Things, paste

SIZE = (336, 224)
BAG, TOP = CLASSES.index("bag"), CLASSES.index("top")
RED, GREEN = (220, 20, 20), (30, 160, 40)


def _pose(shift=0.0, scale=1.0):
    xy = np.zeros((33, 2), np.float32)
    for name, place in (
        ("nose", (112, 50)),
        ("left_shoulder", (142, 90)),
        ("right_shoulder", (82, 90)),
        ("left_hip", (132, 190)),
        ("right_hip", (92, 190)),
    ):
        xy[LANDMARK[name]] = np.array(place) * scale + shift
    return Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)


def _person(colour, pose, bag=None):
    rgb, mask, classes = np.full((*SIZE, 3), 128, np.uint8), np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    rgb[80:200, 80:145], mask[80:200, 80:145], classes[80:200, 80:145] = GREEN, 255, TOP
    if bag:
        rgb[bag], mask[bag], classes[bag] = colour, 255, BAG
    return rgb, mask, classes, pose


def test_a_bag_goes_where_it_was_on_the_body():
    donor = _person(RED, _pose(), np.s_[150:200, 140:180])
    onto = _person(RED, _pose(shift=10))
    rgb, mask, classes = paste(onto, donor, BAG, np.random.default_rng(0))
    bag = classes == BAG
    ys, xs = np.nonzero(bag)
    assert abs(ys.mean() - 184.5) < 15 and abs(xs.mean() - 169.5) < 15 and 0.7 < bag.sum() / 2000 < 1.4
    assert (rgb[bag][:, 0] > 2 * rgb[bag][:, 1].astype(int)).mean() > 0.9 and (mask[bag] > 128).mean() > 0.9
    assert not (onto[2] == BAG).any() and (classes[~bag] == onto[2][~bag]).all()


def test_a_person_of_another_size_gets_nothing():
    donor = _person(RED, _pose(), np.s_[150:200, 140:180])
    onto = _person(RED, _pose(scale=0.3))
    assert all(a is b for a, b in zip(paste(onto, donor, BAG, np.random.default_rng(0)), onto))


@pytest.mark.parametrize("usable", [[], [0], [1], [0, 1]])
def test_things_come_from_usable_photos_that_have_them(usable):
    classes = np.stack([_person(RED, _pose(), bag)[2] for bag in (None, np.s_[150:200, 140:180])])
    thing = Things(classes, np.array(usable, int)).draw(np.random.default_rng(0))
    assert thing == ((1, BAG) if 1 in usable else None)
