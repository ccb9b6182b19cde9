"""Yandex Market Language: a shop, its tree of categories, its offers, simple ones and of the type vendor.model.

Source: yandex.ru/support/marketplace, "YML".
"""

import io
from collections.abc import Iterator

from primerka.service.feeds.category import find_category, find_gender
from primerka.service.feeds.offer import BadRow, FeedRejected, Offer
from primerka.service.feeds.price import currency_code, read_price
from primerka.service.feeds.text import one_line, page_link, picture_links, plain_text, split_list, unique
from primerka.service.feeds.xml_elements import Element, read_elements

ROOTS = frozenset(("yml_catalog",))
MOST_CATEGORIES = 100_000


def read_yandex(stream: io.BufferedReader) -> Iterator[Offer | BadRow]:
    """Each offer; see `xml_elements.read_elements` for what is refused. Categories come before offers, as the format says."""
    categories: dict[str, tuple[str, str]] = {}
    for element in read_elements(stream, frozenset(("category", "offer")), ROOTS):
        if element.name == "category":
            number = element.attributes.get("id", "").strip()
            categories[number] = one_line(element.text), element.attributes.get("parentId", "").strip()
            if len(categories) > MOST_CATEGORIES:
                raise FeedRejected("feed_too_large", f"The feed has more than {MOST_CATEGORIES} categories.")
        elif element.too_long:
            yield BadRow(element.line, element.attributes.get("id", ""), "The offer is longer than a million characters.")
        else:
            yield _offer(element, categories)


def _offer(element: Element, categories: dict[str, tuple[str, str]]) -> Offer | BadRow:
    line, sku = element.line, one_line(element.attributes.get("id", ""))
    fields: dict[str, list[str]] = {}
    parameters: dict[str, list[str]] = {}
    for name, attributes, text in element.children:
        if name == "param":
            parameters.setdefault(attributes.get("name", "").strip().casefold(), []).append(one_line(text))
        elif text.strip():
            fields.setdefault(name, []).append(text.strip())
    if not sku:
        return BadRow(line, "", "The offer has no id.")
    title = _title(fields)
    if not title:
        return BadRow(line, sku, "The offer has no name, and no typePrefix, vendor and model.")
    pictures = picture_links(fields.get("picture", []))
    if not pictures:
        return BadRow(line, sku, "The offer has no picture that can be used.")
    try:
        price = read_price(_first(fields, "price"))[0] if _first(fields, "price") else None
        currency = currency_code(_first(fields, "currencyId"))
    except ValueError as error:
        return BadRow(line, sku, f"The offer's price cannot be read: {error}.")
    category_text = _path(_first(fields, "categoryId"), categories)
    market = one_line(_first(fields, "market_category"))
    sizes = unique(size for name in ("размер", "size") for text in parameters.get(name, []) for size in split_list(text))
    return Offer(
        line=line,
        sku=sku,
        title=title,
        pictures=pictures,
        description=plain_text(_first(fields, "description")),
        category=find_category(title, category_text, market, _first(parameters, "возраст")),
        category_text=category_text,
        taxonomy=market,
        price=price,
        currency=currency,
        link=page_link(_first(fields, "url")),
        brand=one_line(_first(fields, "vendor")),
        gender=find_gender(_first(parameters, "пол"), f"{title} {category_text}"),
        colour=_first(parameters, "цвет") or _first(parameters, "color"),
        sizes=sizes,
        available=_available(element, fields),
        group=one_line(element.attributes.get("group_id", "")),
        variants=(sku,),
    )


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _title(fields: dict[str, list[str]]) -> str:
    """The name; of a vendor.model offer what the format makes its name of."""
    if name := one_line(_first(fields, "name")):
        return name
    if not _first(fields, "model"):
        return ""
    return one_line(" ".join(_first(fields, part) for part in ("typePrefix", "vendor", "model")))


def _path(number: str, categories: dict[str, tuple[str, str]]) -> str:
    """Names from the root down, " > " between them; a circle of parents is cut."""
    names: list[str] = []
    seen = set()
    while number in categories and number not in seen:
        seen.add(number)
        name, number = categories[number]
        names.append(name)
    return " > ".join(reversed(names))


def _available(element: Element, fields: dict[str, list[str]]) -> bool:
    told = element.attributes.get("available", "true").strip().casefold()
    return told != "false" and _first(fields, "disabled").casefold() != "true" and _first(fields, "count") != "0"
