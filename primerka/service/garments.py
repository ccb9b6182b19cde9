"""What is made of a product's pictures: its garment, cut out by us or by the shop, and the looks with it."""

import secrets

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from primerka.errors import Refused
from primerka.service.database.models import Job, Look, LookProduct, Product
from primerka.service.database.session import Database
from primerka.service.files import Files
from primerka.service.jobs.claims import ask, waited_for
from primerka.service.problems import Problem


def cut_out_key(product: int) -> str:
    """Of a new file, whose bytes never change."""
    return f"cut-outs/{product}-{secrets.token_hex(8)}.webp"


def refuse_garment(product: Product, refusal: Refused) -> None:
    product.garment, product.code, product.detail, product.certainty = "refused", refusal.code, str(refusal), None


def forget_made(session: Session, product: Product) -> list[str]:
    """Forget the garment and the looks with it; of cut-outs that which the shop made stays. Returns the files."""
    stale = _forget_looks(session, product.id)
    if product.prepared:
        stale.append(product.prepared)
        product.prepared = None
    product.certainty = None
    if not product.by_hand:
        stale += forget_cut_out(product)
    session.execute(delete(Job).where(Job.kind == "garment", Job.subject == str(product.id)))
    return stale


def forget_cut_out(product: Product) -> list[str]:
    """Returns its file."""
    stale = [product.cut_out] if product.cut_out else []
    product.cut_out = product.cut_from = product.certainty = None
    product.by_hand = False
    return stale


def _forget_looks(session: Session, product: int) -> list[str]:
    looks = session.scalars(select(Look).join(LookProduct).where(LookProduct.product_id == product)).all()
    names = [look.id for look in looks]
    session.execute(delete(Job).where(Job.kind == "look", Job.subject.in_(names)))
    session.execute(delete(LookProduct).where(LookProduct.look_id.in_(names)))
    session.execute(delete(Look).where(Look.id.in_(names)))
    return [key for look in looks for key in (look.picture, look.preview) if key]


def cut_anew(database: Database, files: Files, product: Product, by_hand: tuple[int, bytes] | None) -> Product:
    """Have a garment prepared again, by the shop's own cut-out, (number of the picture, file), or without one.

    Raises Problem pictures_changed if the product's pictures are others than `product` says.
    """
    key = files.put(cut_out_key(product.id), by_hand[1]) if by_hand else None
    try:
        with database.write() as session:
            row = session.get(Product, product.id, with_for_update=True)
            if row.pictures != product.pictures or not row.pictures:
                raise Problem(409, "pictures_changed", "The product's pictures have changed meanwhile; look at it again.")
            stale = forget_made(session, row) + forget_cut_out(row)
            if by_hand:
                row.cut_out, row.cut_from, row.by_hand = key, by_hand[0], True
            row.garment, row.code, row.detail = "waiting", None, None
            ask(session, "garment", str(row.id), waited_for(session, row.id))
    except BaseException:
        files.delete(*([key] if key else []))
        raise
    files.delete(*stale)
    return row


def least_certain(
    session: Session, conditions: list[ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[Product], str | None, int]:
    """Garments that are ready or refused, the least certain first; the next page's cursor, and how many there are in all.

    conditions: which products. What was refused is least certain of all.
    """
    doubt = func.coalesce(Product.certainty, -1.0)
    conditions = [*conditions, Product.category.is_not(None), Product.garment != "waiting"]
    query = select(Product).where(*conditions).order_by(doubt, Product.id).limit(limit + 1)
    if cursor:
        certainty, after = _after(cursor)
        query = query.where((doubt > certainty) | ((doubt == certainty) & (Product.id > after)))
    rows = list(session.scalars(query))
    total = session.scalar(select(func.count()).select_from(Product).where(*conditions))
    last = rows[limit - 1] if len(rows) > limit else None
    following = last and f"{-1.0 if last.certainty is None else last.certainty}_{last.id}"
    return rows[:limit], following, total


def _after(cursor: str) -> tuple[float, int]:
    certainty, _, number = cursor.partition("_")
    try:
        return float(certainty), int(number) if len(number) < 16 else 0
    except ValueError:
        raise Problem(422, "invalid_request", "The cursor is not one that was given out.") from None
