"""Reading a shop's products, page by page."""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from primerka.service.database.models import Product
from primerka.service.problems import Problem


def filtered(shop: int, search: str | None, category: str | None) -> list[ColumnElement[bool]]:
    conditions = [Product.shop_id == shop, ~Product.removed]
    if category:
        conditions.append(Product.category == category)
    conditions += [Product.search.contains(word, autoescape=True) for word in (search or "").lower().split()[:8]]
    return conditions


def page(
    session: Session, shop: int, search: str | None, category: str | None, cursor: str | None, limit: int
) -> tuple[list[Product], str | None, int]:
    """A page's products in the order of the feed, the next page's cursor, and how many there are in all."""
    conditions = filtered(shop, search, category)
    query: Select = select(Product).where(*conditions).order_by(Product.id).limit(limit + 1)
    if cursor:
        query = query.where(Product.id > _after(cursor))
    rows = list(session.scalars(query))
    total = session.scalar(select(func.count()).select_from(Product).where(*conditions))
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None, total


def _after(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise Problem(422, "invalid_request", "The cursor is not one that was given out.")
    return int(cursor)


def counts(session: Session, shop: int) -> dict[str, int]:
    """Category → how many products."""
    query = select(Product.category, func.count()).where(*filtered(shop, None, None)).group_by(Product.category)
    return {category: count for category, count in session.execute(query) if category}
