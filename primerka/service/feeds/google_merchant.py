"""Google Merchant Center's product data: RSS 2.0 or Atom with the g: namespace, or a text file with a header.

Source: support.google.com/merchants, "Product data specification".
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from primerka.service.feeds.category import find_category, find_gender
from primerka.service.feeds.delimited import read_rows
from primerka.service.feeds.offer import BadRow, Offer
from primerka.service.feeds.price import read_price
from primerka.service.feeds.text import one_line, page_link, picture_links, plain_text, split_list, unique
from primerka.service.feeds.xml_elements import Element, read_elements

ROOTS = frozenset(("rss", "feed", "rdf:RDF"))
# What can be ordered; "out_of_stock" cannot, nor what we do not know.
_ORDERABLE = ("in_stock", "preorder", "backorder", "limited_availability", "available_for_order", "")


def read_google_xml(stream: io.BufferedReader) -> Iterator[Offer | BadRow]:
    """Each item or entry; see `xml_elements.read_elements` for what is refused."""
    for element in read_elements(stream, frozenset(("item", "entry")), ROOTS):
        fields = _fields(element)
        if element.too_long:
            yield BadRow(element.line, _first(fields, "id"), "The item is longer than a million characters.")
        else:
            yield google_offer(element.line, fields)


def read_google_text(stream: io.BufferedReader) -> Iterator[Offer | BadRow]:
    """Each row of a file with tabs (or commas, or semicolons) whose first line names the attributes."""
    for row in read_rows(stream):
        if isinstance(row, BadRow):
            yield row
            continue
        line, values = row
        fields = {text_column(name): [value] for name, value in values.items() if value}
        for name in ("additional_image_link", "size"):
            if name in fields:
                fields[name] = [part.strip() for part in fields[name][0].split(",")]
        yield google_offer(line, fields)


def text_column(name: str) -> str:
    """An attribute's name, of a column that may say "Image link" or "g:image_link"."""
    return name.casefold().strip().removeprefix("g:").replace(" ", "_").replace("-", "_")


def google_offer(line: int, fields: dict[str, list[str]]) -> Offer | BadRow:
    """An offer of attributes by their names without prefix."""
    sku, title = one_line(_first(fields, "id")), one_line(_first(fields, "title"))
    pictures = picture_links([*fields.get("image_link", [])[:1], *fields.get("additional_image_link", [])])
    if not sku:
        return BadRow(line, "", "The item has no id.")
    if not title:
        return BadRow(line, sku, "The item has no title.")
    if not pictures:
        return BadRow(line, sku, "The item has no image_link that can be used.")
    try:
        price, currency = _price(fields)
    except ValueError as error:
        return BadRow(line, sku, f"The item's price cannot be read: {error}.")
    taxonomy = one_line(_first(fields, "google_product_category"))
    category_text = one_line(_first(fields, "product_type"))
    age = _first(fields, "age_group")
    availability = _first(fields, "availability").strip().casefold().replace(" ", "_")
    return Offer(
        line=line,
        sku=sku,
        title=title,
        pictures=pictures,
        description=plain_text(_first(fields, "description") or _first(fields, "summary") or _first(fields, "content")),
        category=find_category(title, category_text, taxonomy, age),
        category_text=category_text,
        taxonomy=taxonomy,
        price=price,
        currency=currency,
        link=page_link(_first(fields, "link")),
        brand=one_line(_first(fields, "brand")),
        gender=find_gender(_first(fields, "gender"), f"{title} {category_text}"),
        colour=one_line(_first(fields, "color")),
        sizes=unique(size for text in fields.get("size", []) for size in split_list(text)),
        available=availability in _ORDERABLE,
        group=one_line(_first(fields, "item_group_id")),
        variants=(sku,),
    )


def _fields(element: Element) -> dict[str, list[str]]:
    """Values by name without prefix; where both "g:title" and "title" occur, those with the prefix."""
    plain: dict[str, list[str]] = {}
    prefixed: dict[str, list[str]] = {}
    for name, attributes, text in element.children:
        prefix, _, local = name.rpartition(":")
        if local == "link" and not text.strip() and attributes.get("rel", "alternate") == "alternate":
            text = attributes.get("href", "")  # Atom
        if text.strip():
            (prefixed if prefix else plain).setdefault(local, []).append(text.strip())
    return plain | prefixed


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _price(fields: dict[str, list[str]]):
    """The price of today: of a sale, while it lasts."""
    sale, regular = _first(fields, "sale_price"), _first(fields, "price")
    if sale and _lasts(_first(fields, "sale_price_effective_date"), datetime.now(UTC)):
        return read_price(sale)
    return read_price(regular) if regular else (None, "")


def _lasts(interval: str, now: datetime) -> bool:
    """Whether now lies in an ISO 8601 interval "start/end"; also if none is given. ValueError for what is none."""
    if not interval.strip():
        return True
    start, _, end = (part.strip() for part in interval.partition("/"))
    times = [datetime.fromisoformat(part) for part in (start, end)]
    first, last = (time if time.tzinfo else time.replace(tzinfo=UTC) for time in times)
    return first <= now <= last
