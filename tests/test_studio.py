"""People before plain walls, to train on."""

import numpy as np
import pytest

from primerka.training.studio import before_a_wall

PERSON = np.zeros((180, 120), bool)
PERSON[30:150, 40:80] = True


def _street() -> np.ndarray:
    """(180, 120, 3): a red person before a street of many colours."""
    rgb = np.random.default_rng(0).integers(0, 255, (*PERSON.shape, 3)).astype(np.uint8)
    rgb[PERSON] = (200, 30, 30)
    return rgb


@pytest.mark.parametrize("seed", range(6))
def test_the_person_stays_and_the_street_becomes_a_wall(seed):
    street = _street()
    studio = before_a_wall(street, PERSON, np.random.default_rng(seed))
    inside, outside = PERSON.copy(), ~PERSON
    for side in (inside, outside):
        side[20:160, 30:90] &= False
        side[45:135, 52:68] = side is inside
    assert studio.dtype == np.uint8 and (studio[inside] == street[inside]).all()
    wall = studio[outside].astype(float)
    assert wall.std(0).max() < 45 < street[outside].astype(float).std(0).min()
    steps = np.abs(np.diff(studio[:20].astype(float), axis=1))  # soft light, and grain
    assert np.percentile(steps, 90) < 14


def test_walls_differ_and_most_are_light():
    walls = [before_a_wall(_street(), PERSON, np.random.default_rng(seed))[5, 5].mean() for seed in range(60)]
    assert np.mean(np.array(walls) > 140) > 0.6 and np.min(walls) < 140 and np.ptp(walls) > 80


def test_the_persons_shadow_lies_on_the_wall_beside_them():
    beside, nobody = np.zeros_like(PERSON), np.zeros_like(PERSON)
    beside[60:120, 30:40] = beside[60:120, 80:90] = True
    shadows = []
    for seed in range(20):
        with_, without = (before_a_wall(_street(), who, np.random.default_rng(seed)).astype(float) for who in (PERSON, nobody))
        shadow = (with_ - without).mean(2)
        assert np.abs(shadow[:5, :5]).max() <= 1
        shadows.append(shadow[beside].mean())
    assert np.mean(shadows) < -4 and np.max(shadows) < 3
