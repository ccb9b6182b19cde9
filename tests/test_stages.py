"""Stages add up, say when they begin, and keep the time of what failed."""

import time

import pytest

from primerka.stages import Stages


def test_times_add_up_by_name():
    stages = Stages()
    for _ in range(2):
        with stages("nap"):
            time.sleep(0.02)
    with stages("blink"):
        pass
    assert 40 <= stages.ms["nap"] < 2000 and stages.ms["blink"] < stages.ms["nap"] and list(stages.ms) == ["nap", "blink"]


def test_beginnings_are_told_in_order():
    told = []
    stages = Stages(told.append)
    with stages("one"):
        assert told == ["one"]
    with stages("two"):
        pass
    assert told == ["one", "two"]


def test_a_stage_that_fails_is_timed_and_the_error_rises():
    stages = Stages()
    with pytest.raises(KeyError), stages("bad"):
        raise KeyError
    assert "bad" in stages.ms
