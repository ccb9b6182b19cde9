"""Asking for looks: each buyer × products × pose is there once, and in the queue once."""

import secrets
from collections.abc import Iterable

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from primerka.service.database.models import Buyer, Look, LookProduct, Product
from primerka.service.jobs.claims import ask
from primerka.service.problems import Problem


def key(products: Iterable[Product]) -> str:
    """In the order asked for: it is shown, and the model of the first one gives the pose "product"."""
    return ",".join(str(product.id) for product in products)


def products_of(session: Session, look: Look) -> list[Product]:
    """A look's products in the order in which they were asked for."""
    order = [int(number) for number in look.products.split(",")]
    return sorted(session.scalars(select(Product).where(Product.id.in_(order))), key=lambda product: order.index(product.id))


def find(session: Session, buyer: str, keys: Iterable[str], pose: str) -> dict[str, Look]:
    """Key → look, for those that are there."""
    query = select(Look).where(Look.buyer_id == buyer, Look.products.in_(list(keys)), Look.pose == pose)
    return {look.products: look for look in session.scalars(query)}


def want(session: Session, buyer: Buyer, wanted: list[list[Product]], pose: str, most: int, priority: float) -> dict[str, Look]:
    """Key → look, made and queued where they are missing, in this order.

    most: how many looks a buyer may have. priority: the time, so that they go before what was wanted earlier, or more; see
    claims.ASKED_FOR. Raises Problem too_many_looks.
    """
    keys = [key(products) for products in wanted]
    there = find(session, buyer.id, keys, pose)
    missing = [(name, products) for name, products in zip(keys, wanted) if name not in there]
    if missing and most < len(missing) + session.scalar(
        select(func.count()).select_from(Look).where(Look.buyer_id == buyer.id)
    ):
        raise Problem(429, "too_many_looks", "You have tried on as much as one photo may; delete it and start again.")
    for name, products in missing:
        there[name] = _insert(session, buyer, name, products, pose)
    for index, (name, products) in enumerate(zip(keys, wanted)):
        if there[name].status in ("queued", "rendering"):
            turn = priority - index * 1e-4
            ask(session, "look", there[name].id, turn, buyer.id)
            for product in products:
                if product.garment == "waiting":
                    ask(session, "garment" if product.pictures else "pictures", str(product.id), turn)
    return there


def _insert(session: Session, buyer: Buyer, name: str, products: list[Product], pose: str) -> Look:
    look = secrets.token_urlsafe(12)
    try:
        with session.begin_nested():
            session.execute(
                insert(Look).values(id=look, buyer_id=buyer.id, products=name, pose=pose, status="queued", warnings=[], made=0)
            )
            session.execute(insert(LookProduct), [{"look_id": look, "product_id": product.id} for product in products])
    except IntegrityError:  # somebody else wanted it at the same moment
        return find(session, buyer.id, [name], pose)[name]
    return session.get(Look, look)
