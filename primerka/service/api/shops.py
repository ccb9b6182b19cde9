"""The catalogue, which everybody may read, and its imports, for whom the shop's key is needed."""

import hashlib
import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from primerka.service import catalogue
from primerka.service.api import documents, render
from primerka.service.api.access import AnyShop, OwnShop
from primerka.service.api.bodies import feed_form
from primerka.service.api.problems import documented
from primerka.service.api.service import Service, service_of
from primerka.service.database.models import Import, Product
from primerka.service.feeds.read import FORMATS
from primerka.service.idempotency import Repeat
from primerka.service.importing import start_import
from primerka.service.problems import Problem, not_found

router = APIRouter(prefix="/v1/shops/{shop}", tags=["catalogue"])
TheService = Annotated[Service, Depends(service_of)]
Search = Annotated[str | None, Query(max_length=200)]
Category = Annotated[Literal["top", "outerwear", "dress", "skirt", "trousers", "shorts"] | None, Query()]
Cursor = Annotated[str | None, Query(max_length=20, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", response_model=documents.Shop, responses=documented(404, 422))
def read_shop(shop: AnyShop, service: TheService):
    with service.database.read() as session:
        found = catalogue.counts(session, shop.id)
        _, _, total = catalogue.page(session, shop.id, None, None, None, 1)
    categories = [{"id": name, "count": found[name]} for name in sorted(found)]
    return {"id": shop.slug, "name": shop.name, "currency": shop.currency, "categories": categories, "products": total}


@router.get("/products", response_model=documents.ProductPage, responses=documented(404, 422))
def list_products(
    shop: AnyShop,
    service: TheService,
    search: Search = None,
    category: Category = None,
    cursor: Cursor = None,
    limit: Limit = 24,
):
    with service.database.read() as session:
        rows, following, total = catalogue.page(session, shop.id, search, category, cursor, limit)
    return {"items": [render.product(row, service.links) for row in rows], "next": following, "total": total}


@router.get("/products/{sku:path}", response_model=documents.Product, responses=documented(404, 422))
def read_product(sku: str, shop: AnyShop, service: TheService):
    return render.product(find_product(service, shop.id, sku), service.links)


def find_product(service: Service, shop: int, sku: str) -> Product:
    with service.database.read() as session:
        row = session.scalar(select(Product).where(Product.shop_id == shop, Product.sku == sku, ~Product.removed))
    if row is None:
        raise not_found()
    return row


_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}, "format": {"type": "string", "enum": list(FORMATS)}},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": documents.ImportRequest.model_json_schema()},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}


@router.post(
    "/imports",
    status_code=202,
    response_model=documents.Import,
    responses=documented(401, 404, 409, 413, 415, 422, 429),
    openapi_extra=_BODY,
    tags=["administration"],
)
async def create_import(request: Request, response: Response, shop: OwnShop, service: TheService):
    """Import a feed: a file, or the address of one."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json":
        try:
            wanted = documents.ImportRequest.model_validate(await request.json())
        except (ValidationError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            raise Problem(422, "invalid_request", 'Send {"url": …, "format": …}.') from None
        source, kind, body = wanted.url, wanted.format, (wanted.url.encode(), wanted.format.encode())
    else:
        form = await feed_form(request)
        source, kind = form.get("file"), form.get("format", "auto")
        if not isinstance(source, UploadFile) or kind not in FORMATS:
            raise Problem(422, "invalid_request", f"Send the feed as `file`, and `format` as one of {', '.join(FORMATS)}.")
        body = None

    def start() -> Import:
        parts = body or (hashlib.file_digest(source.file, "sha256").digest(), kind.encode())
        repeat = Repeat(request, service.settings.secret, *parts)
        with service.database.read() as session:
            earlier = repeat.find(session)
            if earlier:
                return session.get(Import, earlier)
        if isinstance(source, UploadFile):
            source.file.seek(0)
        feed = source.file if isinstance(source, UploadFile) else source
        return start_import(service.database, service.files, shop.id, feed, kind, repeat)

    row = await run_in_threadpool(start)
    await run_in_threadpool(service.queue.wake, "errands")
    response.headers["Location"] = f"/v1/shops/{shop.slug}/imports/{row.id}"
    return render.an_import(row)


@router.get(
    "/imports/{import_id}", response_model=documents.Import, responses=documented(401, 404, 422, 429), tags=["administration"]
)
def read_import(import_id: str, shop: OwnShop, service: TheService):
    with service.database.read() as session:
        row = session.get(Import, import_id)
    if row is None or row.shop_id != shop.id:
        raise not_found()
    return render.an_import(row)
