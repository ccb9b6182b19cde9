"""Pairs that are drawn once."""

import pytest

from primerka.datasets.kept_pairs import KeptPairs
from primerka.errors import DataMissing


class _Counted(list):
    asked = 0

    def __getitem__(self, index):
        self.asked += 1
        return super().__getitem__(index)


def test_each_pair_is_drawn_once_and_only_the_first_ones():
    pairs = _Counted("abcd")
    kept = KeptPairs(pairs, 3)
    assert [kept[index] for index in (2, 0, 2, 1, 0)] == list("cacba")
    assert pairs.asked == 3 and len(kept) == 3 and len(KeptPairs(pairs, 9)) == 4
    with pytest.raises(IndexError):
        kept[3]


@pytest.mark.parametrize("count", [0, -1])
def test_no_pairs_are_refused(count):
    with pytest.raises(DataMissing) as refusal:
        KeptPairs(["a"], count)
    assert refusal.value.code == "unusable_recipe"
