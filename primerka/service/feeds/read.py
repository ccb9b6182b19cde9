"""One door for all formats: a binary stream to offers."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from primerka.service.feeds import google_merchant, shopify_csv, yandex_yml
from primerka.service.feeds.delimited import head_columns
from primerka.service.feeds.offer import BadRow, FeedRejected, Offer
from primerka.service.feeds.source import AHEAD, MOST_BYTES, open_feed
from primerka.service.feeds.variants import merge_variants
from primerka.service.feeds.xml_elements import root_name

FORMATS = ("auto", "google", "yandex", "shopify")


def read_feed(stream: BinaryIO, format: str = "auto", most_bytes: int = MOST_BYTES) -> Iterator[Offer | BadRow]:
    """Offers and bad rows of a feed, plain or gzipped, in the memory of one offer.

    Raises FeedRejected where the feed as a whole cannot be read on (`feed_empty`, `feed_truncated`, `feed_damaged`, `feed_broken`,
    `feed_too_large`, `feed_too_deep`, `feed_entities`, `feed_of_another_format`, `unknown_feed_format`): also after good offers. Whoever
    takes products away that a feed no longer names must not do so then.
    """
    if format not in FORMATS:
        raise FeedRejected("unknown_feed_format", f"There is no feed format {format}; there are {', '.join(FORMATS)}.")
    return merge_variants(_rows(stream, format, most_bytes))


def _rows(stream: BinaryIO, format: str, most_bytes: int) -> Iterator[Offer | BadRow]:
    feed = open_feed(stream, most_bytes)
    yield from _reader(feed.peek(AHEAD)[:AHEAD], format)(feed)


def _reader(head: bytes, format: str) -> Callable[[io.BufferedReader], Iterator[Offer | BadRow]]:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FeedRejected("feed_empty", "The feed is empty.")
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        root = root_name(head)
        known = {
            "google": (google_merchant.read_google_xml, google_merchant.ROOTS),
            "yandex": (yandex_yml.read_yandex, yandex_yml.ROOTS),
        }
        for name, (reader, roots) in known.items():
            if format == name or (format == "auto" and root in roots):
                return reader
    else:
        columns = head_columns(head)
        named = {google_merchant.text_column(column) for column in columns}
        if format == "shopify" or (format == "auto" and shopify_csv.is_shopify(columns)):
            return shopify_csv.read_shopify
        if format == "google" or (format == "auto" and {"id", "title", "image_link"} <= named):
            return google_merchant.read_google_text
    raise FeedRejected(
        "feed_of_another_format", "The feed is none of Google Merchant XML or TSV, Yandex Market YML, Shopify CSV."
    )
