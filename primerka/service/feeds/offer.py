"""What a feed says about one product, and what is said about a row that is none."""

from dataclasses import dataclass
from decimal import Decimal

from primerka.errors import Refused
from primerka.parsing import GARMENTS

GENDERS = ("female", "male", "unisex", "")


class FeedRejected(Refused):
    """The shop can act: the feed as a whole cannot be read, or not to its end. Offers that came before it are good."""


@dataclass(frozen=True)
class Offer:
    """One look of a product: what looks the same on the buyer is one offer, its sizes included.

    line           where its first row begins in the feed, counted from 1
    sku            the shop's name for it: of several variants the first one's
    variants       the shop's names of all variants (sizes) in it, the sku among them
    group          what ties it to its other colours; "" if nothing does
    category       of parsing.GARMENTS; None if it is nothing that can be put on, or if nobody can tell
    category_text  the shop's own words for its category, " > " between levels
    taxonomy       Google's or Shopify's category, a number or a path; "" if not given
    price          of the cheapest variant; None if not given. currency: ISO 4217, "" if the feed does not say
    link           the product's page, http or https, or ""
    pictures       at least one http or https link, or a path relative to the feed; the main one first
    gender         "female", "male", "unisex" or ""
    available      whether any variant can be ordered
    """

    line: int
    sku: str
    title: str
    pictures: tuple[str, ...]
    description: str = ""
    category: str | None = None
    category_text: str = ""
    taxonomy: str = ""
    price: Decimal | None = None
    currency: str = ""
    link: str = ""
    brand: str = ""
    gender: str = ""
    colour: str = ""
    sizes: tuple[str, ...] = ()
    available: bool = True
    group: str = ""
    variants: tuple[str, ...] = ()

    def __post_init__(self):
        if not self.sku or not self.title or not self.pictures:
            raise ValueError("Offer needs a sku, a title and a picture")
        if self.category is not None and self.category not in GARMENTS:
            raise ValueError(f"Offer.category must be one of {GARMENTS} or None, got {self.category!r}")
        if self.gender not in GENDERS:
            raise ValueError(f"Offer.gender must be one of {GENDERS}, got {self.gender!r}")


@dataclass(frozen=True)
class BadRow:
    """A row that gives no offer: where it begins, the shop's name for it if it has one, and why, in one sentence."""

    line: int
    sku: str
    reason: str
