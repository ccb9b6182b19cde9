"""On held-out photos of the data set: what people labelled by hand against what is seen, and a card for each."""

from itertools import islice

import numpy as np
import pytest

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.parsing import CLASSES
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import read_photo
from primerka.tryon.engine import load_engine


@pytest.fixture(scope="module")
def seen(data_root, pose_models):
    samples = (s for s in read_clothing_co_parsing(data_root) if s.held_out and s.label_path)
    return [(sample, analyse(read_photo(sample.path))) for sample in islice(samples, 2)]


def test_the_person_is_where_people_labelled_one(seen):
    overlaps = []
    for sample, person in seen:
        true, found = sample.classes() > 0, person.parsing.labels > 0
        overlaps.append((true & found).sum() / (true | found).sum())
    assert min(overlaps) > 0.85, overlaps


def test_hair_is_on_hair(seen):
    for sample, person in seen:
        true = sample.classes() == CLASSES.index("hair")
        found = person.parsing.mask("hair")
        if true.sum() > 500:
            assert (true & found).sum() / (true | found).sum() > 0.4, sample.number


def test_everybody_can_wear_the_next_ones_clothes(seen):
    engine = load_engine()
    people = [person for _, person in seen]
    for person, model in zip(people, [*people[1:], people[0]]):
        look = engine.dress(engine.prepare_buyer(person), [engine.prepare_garment(find_garment(model))])
        kept = ~look.changed | person.parsing.mask("face")
        np.testing.assert_array_equal(look.rgb[kept], person.photo.rgb[kept])
        assert look.changed.any()
