"""The reader of Clothing Co-Parsing, on a set made up in its layout and on the real one where it is."""

from itertools import islice

import numpy as np
import pytest
from PIL import Image

from primerka.datasets.clothing_co_parsing import CLASS_OF, classes_of, read_clothing_co_parsing, to_classes
from primerka.errors import DataMissing
from primerka.parsing import CLASSES

# label_names.txt of the repository bearpaw/clothing-co-parsing, in its order.
LABEL_NAMES = (
    "null accessories bag belt blazer blouse bodysuit boots bra bracelet cape cardigan clogs coat dress earrings flats "
    "glasses gloves hair hat heels hoodie intimate jacket jeans jumper leggings loafers necklace panties pants pumps purse "
    "ring romper sandals scarf shirt shoes shorts skin skirt sneakers socks stockings suit sunglasses sweater sweatshirt "
    "swimwear t-shirt tie tights top vest wallet watch wedges"
)
NAMES = LABEL_NAMES.split()


@pytest.fixture
def made_up(tmp_path):
    """Photo 1 labelled, photo 10 labelled and held out, photo 12 with tags only, photo 13 with nothing."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "label_names.txt").write_text("\n".join(NAMES))
    (tmp_path / "image_tags.csv").write_text("photo,tags\n12,null hair skin suit heels\n")
    for number in (10, 1, 13, 12):
        Image.new("RGB", (6, 4)).save(tmp_path / "photos" / f"{number:04}.jpg")
    labels = np.zeros((4, 6), np.uint8)
    labels[:, 0], labels[:, 1], labels[:, 2] = NAMES.index("suit"), NAMES.index("purse"), NAMES.index("t-shirt")
    for number in (1, 10):
        Image.fromarray(labels).save(tmp_path / "labels" / f"{number:04}.png")
    return tmp_path


def test_every_name_has_exactly_one_class():
    assert len(NAMES) == 59
    mapped = [name for names in CLASS_OF.values() for name in names]
    assert sorted(mapped) == sorted(NAMES)
    assert set(CLASS_OF) == set(CLASSES)


def test_samples_come_by_number(made_up):
    samples = list(read_clothing_co_parsing(made_up))
    assert [sample.number for sample in samples] == [1, 10, 12, 13]
    assert [sample.path.name for sample in samples] == ["0001.jpg", "0010.jpg", "0012.jpg", "0013.jpg"]
    assert [sample.label_path is not None for sample in samples] == [True, True, False, False]


def test_every_tenth_photo_is_held_out(made_up):
    assert [sample.held_out for sample in read_clothing_co_parsing(made_up)] == [False, True, False, False]


def test_what_occurs_comes_from_labels_or_tags(made_up):
    labelled, _, tagged, bare = read_clothing_co_parsing(made_up)
    assert labelled.present == {"background", "dress", "bag", "top"}
    assert tagged.present == {"background", "hair", "skin", "dress", "shoes"}
    assert bare.present == {"background"}


def label(*columns: str) -> np.ndarray:
    """(4, columns): each column has one name, or two, the second from halfway down."""
    halves = [name.split("/") for name in columns]
    return np.array([[NAMES.index(names[-1] if row > 1 else names[0]) for names in halves] for row in range(4)])


def named(raw: np.ndarray) -> list[list[str]]:
    return [[CLASSES[index] for index in row] for row in to_classes(raw, NAMES)]


def test_a_suit_is_its_jacket_down_to_the_hem():
    assert named(label("suit", "suit/pants")) == [["outerwear", "outerwear"]] * 2 + [["outerwear", "trousers"]] * 2
    assert to_classes(label("suit"), NAMES).dtype == np.uint8


@pytest.mark.parametrize("below", ["skirt", "jeans", "shorts", "dress", "romper", "stockings"])
def test_a_suit_with_anything_on_the_legs_is_a_jacket(below):
    assert classes_of(["suit", below])["suit"] == "outerwear"


def test_a_suit_with_nothing_else_on_the_legs_is_a_jumpsuit():
    assert named(label("suit/suit", "suit/shoes")) == [["dress", "dress"]] * 2 + [["dress", "shoes"]] * 2


def test_a_dress_that_begins_where_a_top_ends_is_a_skirt():
    assert named(label("blouse/dress", "blouse/dress")) == [["top", "top"]] * 2 + [["skirt", "skirt"]] * 2


@pytest.mark.parametrize(
    "columns",
    [
        ("blouse", "dress"),  # beside a top
        ("coat/dress", "coat/dress"),  # under a coat: who knows
        ("blouse/romper", "blouse/romper"),  # trousers, mostly
        ("blouse/dress", *["null/dress"] * 5),  # a collar
    ],
)
def test_other_dresses_are_dresses(columns):
    assert "dress" in {name for row in named(label(*columns)) for name in row}


@pytest.mark.parametrize("piece", ["photos", "labels", "label_names.txt", "image_tags.csv"])
def test_a_missing_piece_is_named(made_up, piece):
    (made_up / piece).rename(made_up / "elsewhere")
    with pytest.raises(DataMissing, match=piece):
        next(read_clothing_co_parsing(made_up))


def test_the_real_set(data_root):
    assert (data_root / "label_names.txt").read_text().split() == NAMES
    for sample in islice(read_clothing_co_parsing(data_root), 12):
        classes = sample.classes()
        assert classes.shape == Image.open(sample.path).size[::-1]
        assert {CLASSES[index] for index in np.unique(classes)} <= sample.present
