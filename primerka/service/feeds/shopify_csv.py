"""Shopify's product CSV: rows of one Handle are one product, its variants and its pictures.

Source: help.shopify.com, "Using CSV files to import and export products"; both the old and the new names of columns.
"""

import io
import re
from collections.abc import Iterator

from primerka.service.feeds.category import find_category, find_gender
from primerka.service.feeds.delimited import read_rows
from primerka.service.feeds.offer import BadRow, Offer
from primerka.service.feeds.price import read_price
from primerka.service.feeds.text import one_line, picture_links, plain_text, unique

MOST_ROWS = 5000  # of one product: Shopify allows 2,048 variants and 250 pictures
# The new names of columns → the old ones.
_OLD_NAME = {
    "url handle": "handle",
    "description": "body (html)",
    "product image url": "image src",
    "variant image url": "variant image",
    "sku": "variant sku",
    "price": "variant price",
    "inventory quantity": "variant inventory qty",
    "published on online store": "published",
    "continue selling when out of stock": "variant inventory policy",
}
_COLOUR = ("color", "colour", "цвет")
_SIZE = ("size", "размер")

Row = tuple[int, dict[str, str]]


def read_shopify(stream: io.BufferedReader) -> Iterator[Offer | BadRow]:
    """An offer for each product, or for each colour of it where colours have pictures of their own."""
    rows: list[Row] = []
    for row in read_rows(stream):
        if isinstance(row, BadRow):
            yield row
            continue
        line, values = row
        values = {_OLD_NAME.get(name, name): value for name, value in values.items()}
        if not values.get("handle"):
            yield BadRow(line, "", "The row has no Handle.")
            continue
        if rows and rows[0][1]["handle"] != values["handle"]:
            yield from _product(rows)
            rows = []
        if len(rows) < MOST_ROWS:
            rows.append((line, values))
        else:
            yield BadRow(line, values["handle"], f"The product has more than {MOST_ROWS} rows.")
    if rows:
        yield from _product(rows)


def is_shopify(columns: list[str]) -> bool:
    return "handle" in columns or "url handle" in columns


def _product(rows: list[Row]) -> Iterator[Offer | BadRow]:
    line, head = rows[0]
    handle, title = head["handle"], one_line(head.get("title", ""))
    if not title:
        yield BadRow(line, handle, "The product has no Title in its first row.")
        return
    places = {head.get(f"option{number} name", "").casefold(): f"option{number} value" for number in (1, 2, 3)}
    colour_column = next((places[name] for name in _COLOUR if name in places), None)
    size_column = next((places[name] for name in _SIZE if name in places), None)
    variants = [row for row in rows if row[1].get("variant price") or row[1].get("variant sku") or row[1].get("option1 value")]
    pictures = picture_links(values.get("image src", "") for _, values in sorted(rows, key=_position))
    looks: dict[str, list[Row]] = {}
    for row in variants or rows[:1]:
        own = colour_column and row[1].get("variant image")
        looks.setdefault(row[1].get(colour_column, "") if own else "", []).append(row)
    for colour, look in looks.items():
        yield _offer(
            look, head, colour, handle if len(looks) == 1 else f"{handle}-{_slug(colour)}", pictures, colour_column, size_column
        )


def _offer(
    look: list[Row],
    head: dict[str, str],
    colour: str,
    sku: str,
    pictures: tuple[str, ...],
    colour_column: str | None,
    size_column: str | None,
) -> Offer | BadRow:
    line, title = look[0][0], one_line(head["title"])
    own = picture_links(values.get("variant image", "") for _, values in look) if colour else ()
    if not (pictures or own):
        return BadRow(line, sku, "The product has no Image Src that can be used.")
    try:
        prices = [read_price(values["variant price"])[0] for _, values in look if values.get("variant price")]
    except ValueError as error:
        return BadRow(line, sku, f"The product's price cannot be read: {error}.")
    category_text, taxonomy = one_line(head.get("type", "")), one_line(head.get("product category", ""))
    taxonomy = one_line(head.get("google shopping / google product category", "")) or taxonomy
    colours = unique(values.get(colour_column, "") for _, values in look) if colour_column else ()
    age = head.get("google shopping / age group", "")
    return Offer(
        line=line,
        sku=sku,
        title=title,
        pictures=unique([*own, *(() if colour else pictures)]),
        description=plain_text(head.get("body (html)", "")),
        category=find_category(title, category_text, taxonomy, age),
        category_text=category_text,
        taxonomy=taxonomy,
        price=min(prices, default=None),
        brand=one_line(head.get("vendor", "")),
        gender=find_gender(head.get("google shopping / gender", ""), f"{title} {category_text}", head.get("tags", "")),
        colour=colour or (colours[0] if len(colours) == 1 else ""),
        sizes=unique(values.get(size_column, "") for _, values in look) if size_column else (),
        available=_published(head) and any(_in_stock(values) for _, values in look),
        group=head["handle"],
        variants=unique([sku, *(values.get("variant sku", "") for _, values in look)]),
    )


def _position(row: Row) -> int:
    place = row[1].get("image position", "")
    return int(place) if place.isdecimal() and len(place) < 9 else MOST_ROWS


def _slug(colour: str) -> str:
    return re.sub(r"[\W_]+", "-", colour.casefold()).strip("-") or "other"


def _published(head: dict[str, str]) -> bool:
    return head.get("published", "true").casefold() != "false" and head.get("status", "active").casefold() in ("active", "")


def _in_stock(values: dict[str, str]) -> bool:
    """Sold on without stock, not counted at all, or some left."""
    if values.get("variant inventory policy", "").casefold() in ("continue", "true"):
        return True
    left = values.get("variant inventory qty", "")
    return not left or not re.fullmatch(r"-?\d+", left) or int(left) > 0
