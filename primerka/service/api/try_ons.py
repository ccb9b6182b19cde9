"""Try-ons: one to four products together, in the buyer's pose or in the model's."""

import time
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from primerka.service import looks
from primerka.service.api import documents, render
from primerka.service.api.access import OwnBuyer
from primerka.service.api.problems import documented
from primerka.service.api.service import Service
from primerka.service.api.shops import TheService
from primerka.service.database.models import Buyer, Look, Product
from primerka.service.idempotency import Repeat
from primerka.service.jobs.claims import ASKED_FOR, places
from primerka.service.problems import Problem, not_found

router = APIRouter(prefix="/v1/buyers/{buyer}", tags=["try-ons"])
Pose = Literal["buyer", "product"]


@router.post(
    "/try-ons",
    status_code=202,
    response_model=documents.TryOn,
    responses={
        200: {"model": documents.TryOn, "description": "It was made before."},
        **documented(401, 404, 409, 413, 422, 429),
    },
)
def create_try_on(wanted: documents.TryOnRequest, request: Request, response: Response, buyer: OwnBuyer, service: TheService):
    """Ask for a look. Asking again for the same one gives the same one."""
    skus = list(dict.fromkeys(wanted.products))
    repeat = Repeat(request, service.settings.secret, wanted.pose.encode(), *(sku.encode() for sku in skus))
    if buyer.status == "refused":
        raise Problem(422, buyer.code, buyer.detail)
    try:
        look, order = _want(service, buyer, skus, wanted.pose, repeat)
    except IntegrityError:  # the same request at the same moment was first
        look, order = _want(service, buyer, skus, wanted.pose, repeat)
    service.queue.wake("hands")
    response.status_code = 200 if look.status in ("ready", "refused") else 202
    response.headers["Location"] = f"/v1/buyers/{buyer.id}/try-ons/{look.id}"
    return render.try_on(look, skus, render.card(look, order, service.links))


def _want(service: Service, buyer: Buyer, skus: list[str], pose: str, repeat: Repeat):
    """The look, and the places in the queue."""
    with service.database.write() as session:
        if repeat.find(session) is None:
            repeat.remember(session, buyer.id, buyer=buyer.id)
        products = _products(session, buyer, skus)
        priority = ASKED_FOR + time.time()
        found = looks.want(session, buyer, [products], pose, service.settings.looks_per_buyer, priority)
        return found[looks.key(products)], places(session, buyer.id)


def _products(session, buyer: Buyer, skus: list[str]) -> list[Product]:
    """Raises Problem unknown_product, same_category, or the code of a refused garment."""
    query = select(Product).where(Product.shop_id == buyer.shop_id, Product.sku.in_(skus), ~Product.removed)
    rows = {row.sku: row for row in session.scalars(query)}
    for sku in skus:
        if sku not in rows:
            raise Problem(422, "unknown_product", "One of these products is not in the catalogue (any more).")
        if rows[sku].garment == "refused":
            raise Problem(422, rows[sku].code, rows[sku].detail)
    categories = [row.category for row in rows.values() if row.category]
    if len(set(categories)) < len(categories):
        raise Problem(422, "same_category", "Two garments of one kind cannot be worn together; choose one of them.")
    return [rows[sku] for sku in skus]


@router.get("/try-ons/{try_on}", response_model=documents.TryOn, responses=documented(401, 404, 422, 429))
def read_try_on(try_on: str, buyer: OwnBuyer, service: TheService):
    document = try_on_document(service, buyer.id, try_on)
    if document is None:
        raise not_found()
    return document


def try_on_document(service: Service, buyer: str, look_id: str) -> dict | None:
    with service.database.read() as session:
        look = session.get(Look, look_id)
        if look is None or look.buyer_id != buyer:
            return None
        skus = [product.sku for product in looks.products_of(session, look)]
        order = places(session, buyer) if look.status == "queued" else {}
    return render.try_on(look, skus, render.card(look, order, service.links))
