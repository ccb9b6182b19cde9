"""Where the garments are in their pictures: for the shop to look through, the least certain first, and to put right."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from primerka.photo import decode_cut_out, decode_photo
from primerka.service import catalogue
from primerka.service.api import documents, render
from primerka.service.api.access import OwnShop
from primerka.service.api.bodies import photo_form
from primerka.service.api.problems import documented
from primerka.service.api.service import Service
from primerka.service.api.shops import Category, Cursor, Limit, Search, TheService, find_product
from primerka.service.database.models import Product
from primerka.service.garments import changed_meanwhile, cut_anew, edition, least_certain
from primerka.service.pictures import encode_cut_out
from primerka.service.problems import Problem, not_found

Edition = Annotated[str | None, Query(description="Of the garment as it was seen: another one changes nothing.")]
router = APIRouter(prefix="/v1/shops/{shop}/garments", tags=["administration"])

_FORM = {
    "type": "object",
    "required": ["cut_out"],
    "properties": {
        "cut_out": {
            "type": "string",
            "format": "binary",
            "description": "A picture of the product picture's shape that is opaque where the garment is, or white on black.",
        },
        "picture": {
            "type": "string",
            "pattern": "^[0-9]$",
            "default": "0",
            "description": "The number of the product picture.",
        },
        "edition": {
            "type": "string",
            "description": "That of the garment as it was seen. If it has another one meanwhile, nothing is changed.",
        },
    },
}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


@router.get("", response_model=documents.GarmentPage, responses=documented(401, 404, 422, 429))
def list_garments(
    shop: OwnShop,
    service: TheService,
    search: Search = None,
    category: Category = None,
    cursor: Cursor = None,
    limit: Limit = 24,
):
    """The least certain first. Those that are being prepared are not among them."""
    conditions = catalogue.filtered(shop.id, search, category)
    with service.database.read() as session:
        rows, following, total = least_certain(session, conditions, cursor, limit)
    return {"items": [render.garment(row, service.links) for row in rows], "next": following, "total": total}


@router.get("/{sku:path}", response_model=documents.Garment, responses=documented(401, 404, 422, 429))
def read_garment(sku: str, shop: OwnShop, service: TheService):
    return render.garment(_wearable(service, shop.id, sku), service.links)


@router.put(
    "/{sku:path}",
    status_code=202,
    response_model=documents.Garment,
    responses=documented(401, 404, 409, 413, 415, 422, 429),
    openapi_extra=_BODY,
)
async def give_cut_out(sku: str, request: Request, shop: OwnShop, service: TheService):
    """Say where the garment is. It is prepared anew, and the looks with it are made anew when they are wanted."""
    product = await run_in_threadpool(_wearable, service, shop.id, sku)
    async with request.app.state.uploads:
        form = await photo_form(request)
        file, number = form.get("cut_out"), form.get("picture", "0")
        if not isinstance(file, UploadFile) or number not in [str(index) for index in range(len(product.pictures))]:
            raise Problem(
                422, "invalid_request", "Send a file as `cut_out`, and as `picture` the number of one of the product's."
            )
        _check(product, form.get("edition"))
        row = await run_in_threadpool(_take, service, product, int(number), await file.read())
    return render.garment(row, service.links)


def _take(service: Service, product: Product, number: int, data: bytes) -> Product:
    """Raises PhotoRejected, or Problem garment_changed."""
    try:
        picture = service.files.get(product.pictures[number])
    except FileNotFoundError:
        raise changed_meanwhile() from None
    mask = decode_cut_out(data, decode_photo(picture))
    row = cut_anew(service.database, service.files, product, (number, encode_cut_out(mask)))
    service.queue.wake("hands")
    return row


@router.delete("/{sku:path}", status_code=202, response_model=documents.Garment, responses=documented(401, 404, 409, 422, 429))
def forget_cut_out(sku: str, shop: OwnShop, service: TheService, edition: Edition = None):
    """Let the garment be found again."""
    product = _wearable(service, shop.id, sku)
    _check(product, edition)
    row = cut_anew(service.database, service.files, product, None)
    service.queue.wake("hands")
    return render.garment(row, service.links)


def _check(product: Product, seen: str | None) -> None:
    """Raises Problem garment_changed if another edition than the product's was seen."""
    if seen not in (None, edition(product)):
        raise changed_meanwhile()


def _wearable(service: Service, shop: int, sku: str) -> Product:
    """Raises Problem not_found also for what is no garment."""
    product = find_product(service, shop, sku)
    if product.category is None:
        raise not_found()
    return product
