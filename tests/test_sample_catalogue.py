"""The sample catalogue: a feed in two languages, a picture for each product, of the category that it says."""

from collections import Counter

import pytest
from PIL import Image

from primerka.parsing import GARMENTS
from primerka.samples import product_category, sample_feed
from primerka.service.feeds.offer import Offer
from primerka.service.feeds.picture_path import picture_file
from primerka.service.feeds.read import read_feed


@pytest.fixture(scope="module", params=["ru", "en"])
def catalogue(request) -> list[Offer]:
    return _read(request.param)


def _read(language: str) -> list[Offer]:
    with open(sample_feed(language), "rb") as stream:
        return list(read_feed(stream))


def test_every_product_is_read_and_its_category_is_what_its_picture_is_named_for(catalogue):
    assert all(isinstance(row, Offer) for row in catalogue) and len(catalogue) >= 24
    for offer in catalogue:
        picture = picture_file(sample_feed().parent, offer.pictures[0])
        assert offer.category == product_category(picture), offer.title
        assert offer.price and offer.currency and offer.sizes and offer.colour and offer.description and offer.available
    assert set(Counter(offer.category for offer in catalogue)) == set(GARMENTS)
    assert {offer.gender for offer in catalogue} == {"female", "male"}


def test_each_picture_is_there_small_and_used():
    pictures = sorted(sample_feed().parent.glob("*.jpg"))
    assert sorted(offer.pictures[0] for offer in _read("ru")) == [path.name for path in pictures]
    assert sum(path.stat().st_size for path in pictures) < 2_000_000
    for path in pictures:
        assert Image.open(path).size == (640, 960) and not Image.open(path).getexif()


def test_both_languages_sell_the_same():
    ru, en = ({offer.sku: offer for offer in _read(language)} for language in ("ru", "en"))
    assert ru.keys() == en.keys()
    for sku, offer in ru.items():
        other = en[sku]
        assert (offer.category, offer.gender, offer.pictures, offer.sizes) == (
            other.category,
            other.gender,
            other.pictures,
            other.sizes,
        )
        assert offer.title != other.title and (offer.currency, other.currency) == ("RUB", "EUR")
