"""The table of labels that were put right by eye."""

import numpy as np
import pytest

from primerka.datasets.corrected_labels import UNSURE, read_corrected_labels
from primerka.errors import DataMissing
from primerka.parsing import CLASSES


def test_the_table_names_known_classes_on_photos_that_are_trained_on():
    regions = read_corrected_labels()
    assert len(regions) > 300
    assert not any(number % 10 == 0 for number in regions)  # every tenth photo is held out
    assert all(region.label == UNSURE or region.label < len(CLASSES) for found in regions.values() for region in found)


def test_what_an_odd_number_of_rings_is_around_is_painted(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text('photo,class,rings\n0012,bag,"2,2 8,2 8,8 2,8;4,4 6,4 6,6 4,6"\n0012,unsure,"0,0 1,0 1,1"\n')
    bag, unsure = read_corrected_labels(table)[12]
    assert (bag.label, unsure.label) == (CLASSES.index("bag"), UNSURE)
    classes = np.zeros((22, 22), np.uint8)
    bag.paint(classes, np.array([[2.0, 0, 0], [0, 2.0, 0]]))
    assert classes[10, 6] == bag.label and classes[10, 10] == 0 and classes[1, 1] == 0


@pytest.mark.parametrize("row", ['12,shawl,"1,1 2,2 3,1"', '12,bag,"1,1 2"', "12,bag", 'twelve,bag,"1,1 2,2 3,1"'])
def test_a_row_that_says_nothing_is_named(tmp_path, row):
    table = tmp_path / "table.csv"
    table.write_text(f'photo,class,rings\n11,bag,"1,1 2,2 3,1"\n{row}\n')
    with pytest.raises(DataMissing, match="line 3"):
        read_corrected_labels(table)


def test_without_the_table_it_is_named(tmp_path):
    with pytest.raises(DataMissing, match=r"nowhere\.csv"):
        read_corrected_labels(tmp_path / "nowhere.csv")
