"""Buyers: a photo in, a catalogue of looks out, and everything gone on request."""

import secrets
import time

from fastapi import APIRouter, Request, Response
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from primerka.errors import PhotoRejected
from primerka.photo import decode_photo
from primerka.service import catalogue, looks
from primerka.service.api import documents, render
from primerka.service.api.access import AnyShop, OwnBuyer
from primerka.service.api.bodies import MAX_PHOTOS, photo_form
from primerka.service.api.problems import documented
from primerka.service.api.service import Service
from primerka.service.api.shops import Category, Cursor, Limit, Search, TheService
from primerka.service.database.models import Buyer, Product, Shop
from primerka.service.idempotency import Repeat
from primerka.service.jobs.claims import ask, places
from primerka.service.pictures import encode_photo
from primerka.service.privacy import buyer_folder, delete_buyer
from primerka.service.problems import Problem
from primerka.service.tally import count
from primerka.service.tokens import buyer_token, hash_token

router = APIRouter(prefix="/v1", tags=["buyers"])

_FORM = {
    "type": "object",
    "required": ["photo", "consent"],
    "properties": {
        "photo": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_PHOTOS,
            "items": {"type": "string", "format": "binary"},
            "description": "JPEG, PNG, WebP, AVIF or HEIC. Of several, the one that shows the most is used.",
        },
        "consent": {
            "type": "string",
            "enum": ["true"],
            "description": "The buyer agrees that the photo is kept and used for a time.",
        },
        "language": {"type": "string", "enum": ["ru", "en"]},
    },
}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


@router.post(
    "/shops/{shop}/buyers",
    status_code=201,
    response_model=documents.NewBuyer,
    responses=documented(404, 409, 413, 415, 422, 429, 503),
    openapi_extra=_BODY,
)
async def create_buyer(request: Request, response: Response, shop: AnyShop, service: TheService):
    """Take a buyer's photo. The answer's token is shown only here."""
    settings = service.settings
    await run_in_threadpool(service.limiter.hit, "address", request.client.host if request.client else "unknown")
    await run_in_threadpool(service.limiter.hit, "shop_buyers", shop.slug)
    async with request.app.state.uploads:
        form = await photo_form(request)
        photos, language = form.getlist("photo"), form.get("language", "en")
        if form.get("consent") != "true":
            raise Problem(422, "consent_missing", "Please agree to the use of your photo first.")
        if not photos or not all(isinstance(photo, UploadFile) for photo in photos):
            raise Problem(422, "invalid_request", f"Send 1 to {MAX_PHOTOS} files as `photo`.")
        if language not in ("ru", "en"):
            raise Problem(422, "invalid_request", "The language is ru or en.")
        data = [await photo.read() for photo in photos]
        repeat = Repeat(request, settings.secret, language.encode(), *data)
        buyer = await run_in_threadpool(_take_photos, service, shop, language, data, repeat)
    response.headers["Location"] = f"/v1/buyers/{buyer.id}"
    response.headers["Cache-Control"] = "no-store"
    return {**render.buyer(buyer, shop.slug, service.links), "token": buyer_token(settings.secret, buyer.id)}


def _take_photos(service: Service, shop: Shop, language: str, data: list[bytes], repeat: Repeat) -> Buyer:
    """Raises PhotoRejected, or Problem idempotency_conflict."""
    with service.database.read() as session:
        earlier = repeat.find(session)
        if earlier and (buyer := session.get(Buyer, earlier)):
            return buyer
    try:
        pictures = [encode_photo(decode_photo(photo)) for photo in data]
    except PhotoRejected as refusal:
        with service.database.write() as session:
            count(session, "refusals", refusal.code)
        raise
    now, name = time.time(), secrets.token_urlsafe(16)
    row = {
        "id": name,
        "shop_id": shop.id,
        "token_hash": hash_token(buyer_token(service.settings.secret, name)),
        "status": "preparing",
        "language": language,
        "consent_at": now,
        "created_at": now,
        "expires_at": now + 3600 * service.settings.keep_hours,
        "photos": [],
        "served_at": 0.0,
    }
    try:  # the consent first, then the photo
        with service.database.write() as session:
            session.execute(insert(Buyer).values(row))
            repeat.remember(session, name, buyer=name)
    except IntegrityError:  # the same request at the same moment was first
        return _take_photos(service, shop, language, data, repeat)
    try:
        keys = [service.files.put(f"{buyer_folder(name)}photo-{index}.jpg", data) for index, data in enumerate(pictures)]
        with service.database.write() as session:
            buyer = session.get(Buyer, name)
            buyer.photos = keys
            ask(session, "buyer", name, now, buyer=name)
            count(session, "buyers", "taken")
    except Exception:
        delete_buyer(service.database, service.files, name)
        raise
    service.queue.wake("hands")
    return buyer


def _slug(service: Service, buyer: Buyer) -> str:
    with service.database.read() as session:
        return session.get(Shop, buyer.shop_id).slug


@router.get("/buyers/{buyer}", response_model=documents.Buyer, responses=documented(401, 404, 422, 429))
def read_buyer(buyer: OwnBuyer, service: TheService):
    return render.buyer(buyer, _slug(service, buyer), service.links)


@router.delete("/buyers/{buyer}", status_code=204, responses=documented(401, 404, 422, 429))
def forget_buyer(buyer: OwnBuyer, service: TheService):
    """Delete the photos and everything that was made of them, at once."""
    delete_buyer(service.database, service.files, buyer.id)
    service.hub.end(buyer.id)
    service.queue.wake("hands")  # workers forget what they remember


@router.get("/buyers/{buyer}/catalogue", response_model=documents.CataloguePage, responses=documented(401, 404, 422, 429))
def read_buyers_catalogue(
    buyer: OwnBuyer,
    service: TheService,
    search: Search = None,
    category: Category = None,
    cursor: Cursor = None,
    limit: Limit = 24,
):
    """A page of the catalogue on the buyer. Cards that are not there yet are made next."""
    with service.database.read() as session:
        rows, following, total = catalogue.page(session, buyer.shop_id, search, category, cursor, limit)
    cards = cards_of(service, buyer, rows)
    items = [{"product": render.product(row, service.links), "card": cards[row.id]} for row in rows]
    return {"items": items, "next": following, "total": total}


def cards_of(service: Service, buyer: Buyer, rows: list[Product]) -> dict[int, dict]:
    """Product id → card; what is missing is queued."""
    if buyer.status == "refused":
        return {row.id: render.refused_card(buyer.code, buyer.detail) for row in rows}
    possible = [row for row in rows if row.garment != "refused"]
    with service.database.read() as session:
        found = looks.find(session, buyer.id, [str(row.id) for row in possible], "buyer")
        unfinished = len(found) < len(possible) or any(look.status in ("queued", "rendering") for look in found.values())
    order: dict[str, int] = {}
    if unfinished:
        with service.database.write() as session:
            most = service.settings.looks_per_buyer
            found = looks.want(session, buyer, [[row] for row in possible], "buyer", most, time.time())
            order = places(session, buyer.id)
        service.queue.wake("hands")
    cards = {}
    for row in rows:
        look = found.get(str(row.id))
        cards[row.id] = render.card(look, order, service.links) if look else render.refused_card(row.code, row.detail)
    return cards
