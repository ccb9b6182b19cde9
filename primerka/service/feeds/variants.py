"""Rows that are the same look in several sizes become one offer."""

from collections.abc import Iterator
from dataclasses import replace

from primerka.service.feeds.offer import BadRow, Offer
from primerka.service.feeds.text import unique


def merge_variants(rows: Iterator[Offer | BadRow]) -> Iterator[Offer | BadRow]:
    """Merge neighbouring rows of one group and one colour; of one picture too, where no colour is given.

    Only neighbours: so a feed of any length is read in the memory of one offer. A group whose rows lie apart gives several
    offers of the same `group` and `colour`.
    """
    current: list[Offer] = []
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif current and _same_look(current[0], row):
            current.append(row)
        else:
            if current:
                yield merge(current)
            current = [row]
    if current:
        yield merge(current)


def merge(offers: list[Offer]) -> Offer:
    """The first one, with the sizes, pictures and names of all, available if any is, at the lowest price."""
    priced = [offer for offer in offers if offer.price is not None and offer.currency == offers[0].currency]
    return replace(
        offers[0],
        price=min((offer.price for offer in priced), default=None),
        pictures=unique(picture for offer in offers for picture in offer.pictures),
        sizes=unique(size for offer in offers for size in offer.sizes),
        variants=unique(name for offer in offers for name in (offer.sku, *offer.variants)),
        available=any(offer.available for offer in offers),
    )


def _same_look(one: Offer, other: Offer) -> bool:
    if not one.group or one.group != other.group or one.colour.casefold() != other.colour.casefold():
        return False
    return bool(one.colour) or one.pictures[0] == other.pictures[0]
