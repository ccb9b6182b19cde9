"""What is made of a product's pictures: its garment, cut out by us or by the shop, and the looks with it."""

import hashlib
import json
import secrets

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from primerka.errors import Refused
from primerka.service.database.models import Job, Look, LookProduct, Product
from primerka.service.database.session import Database
from primerka.service.events import tell_look
from primerka.service.files import Files
from primerka.service.jobs.claims import ask, waited_for
from primerka.service.problems import Problem

SOON = 1.0  # before all garments that nobody waits for
UNCLEAR = Refused(
    "garment_unclear", "Where the garment is in its picture is too uncertain to show it on anybody; look at how it is cut out."
)


def edition(product: Product) -> str:
    """Which pictures and which cut-out of the shop's a product has: another text as soon as others take their place."""
    told = [product.pictures, product.by_hand and product.cut_out]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def changed_meanwhile() -> Problem:
    return Problem(409, "garment_changed", "The product's pictures or its cut-out have changed meanwhile; look at it again.")


def cut_out_key(product: int) -> str:
    """Of a new file, whose bytes never change."""
    return f"cut-outs/{product}-{secrets.token_hex(8)}.webp"


def refuse_garment(product: Product, refusal: Refused) -> None:
    product.garment, product.code, product.detail, product.certainty = "refused", refusal.code, str(refusal), None


def forget_made(session: Session, product: Product) -> list[str]:
    """Forget the garment and the looks with it; of cut-outs that which the shop made stays. Returns the files."""
    stale = _make_looks_anew(session, product.id)
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


def _make_looks_anew(session: Session, product: int) -> list[str]:
    """A look that somebody waits for stays in the queue; the others are forgotten, and made when they are wanted again. Returns the files."""
    names = select(LookProduct.look_id).where(LookProduct.product_id == product)
    jobs = update(Job).where(Job.kind == "look", Job.subject.in_(names))
    # Whoever is at it begins again. The jobs come first: one that is just being finished is waited for, and its look is none of them.
    begun = jobs.values(worker=None, lease_until=0.0, attempts=0).returning(Job.subject)
    awaited = set(session.scalars(begun, execution_options={"synchronize_session": False}))
    looks = session.scalars(select(Look).where(Look.id.in_(names))).all()
    for look in looks:
        if look.id in awaited:
            look.status = "queued"
            tell_look(session, look)
    forgotten = [look.id for look in looks if look.id not in awaited]
    session.execute(delete(LookProduct).where(LookProduct.look_id.in_(forgotten)))
    session.execute(delete(Look).where(Look.id.in_(forgotten)))
    return [key for look in looks for key in (look.picture, look.preview) if key]


def cut_anew(database: Database, files: Files, product: Product, by_hand: tuple[int, bytes] | None) -> Product:
    """Have a garment prepared again, by the shop's own cut-out, (number of the picture, file), or without one.

    Raises Problem garment_changed if the product has another edition than `product`.
    """
    key = files.put(cut_out_key(product.id), by_hand[1]) if by_hand else None
    try:
        with database.write() as session:
            row = session.get(Product, product.id, with_for_update=True)
            if edition(row) != edition(product) or not row.pictures:
                raise changed_meanwhile()
            stale = forget_made(session, row) + forget_cut_out(row)
            if by_hand:
                row.cut_out, row.cut_from, row.by_hand = key, by_hand[0], True
            row.garment, row.code, row.detail = "waiting", None, None
            ask(session, "garment", str(row.id), max(waited_for(session, row.id), SOON))
    except BaseException:
        files.delete(*([key] if key else []))
        raise
    files.delete(*stale)
    return row


def hold_back(session: Session, below: float) -> None:
    """Garments that are less certain wait until the shop has looked at them; those that waited and are as certain as that wait no longer."""
    certain, held = Product.certainty >= below, Product.code == UNCLEAR.code
    released = session.scalars(select(Product.id).where(Product.garment == "refused", held, certain)).all()
    session.execute(update(Product).where(Product.id.in_(released)).values(garment="ready", code=None, detail=None))
    refused = select(Look.id).join(LookProduct).where(LookProduct.product_id.in_(released), Look.code == UNCLEAR.code)
    stale = session.scalars(refused).all()
    session.execute(delete(LookProduct).where(LookProduct.look_id.in_(stale)))
    session.execute(delete(Look).where(Look.id.in_(stale)))
    doubtful = (Product.garment == "ready", ~Product.by_hand, Product.certainty < below)
    verdict = {"garment": "refused", "code": UNCLEAR.code, "detail": str(UNCLEAR)}
    session.execute(update(Product).where(*doubtful).values(**verdict))


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
