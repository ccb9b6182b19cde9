"""Rows → the API's documents."""

from datetime import UTC, datetime

from primerka.service.database import models
from primerka.service.garments import edition
from primerka.service.links import Links

GARMENTS = {"waiting": "preparing", "ready": "ready", "refused": "refused"}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def product(row: models.Product, links: Links) -> dict:
    pictures = [links.to(key) for key in row.pictures]
    return {
        "sku": row.sku,
        "title": row.title,
        "description": row.description,
        "category": row.category,
        "price": {"amount": row.amount, "currency": row.currency} if row.amount else None,
        "brand": row.brand,
        "link": row.link,
        "picture": pictures[0] if pictures else None,
        "pictures": pictures,
        "available": row.available,
        "garment": GARMENTS[row.garment],
        "code": row.code,
        "detail": row.detail,
    }


def garment(row: models.Product, links: Links) -> dict:
    return {
        "sku": row.sku,
        "title": row.title,
        "category": row.category,
        "status": GARMENTS[row.garment],
        "code": row.code,
        "detail": row.detail,
        "pictures": [links.to(key) for key in row.pictures],
        "picture": row.cut_from,
        "cut_out": links.to(row.cut_out),
        "certainty": row.certainty,
        "by_hand": row.by_hand,
        "edition": edition(row),
    }


def buyer(row: models.Buyer, shop: str, links: Links) -> dict:
    return {
        "id": row.id,
        "shop": shop,
        "status": row.status,
        "code": row.code,
        "detail": row.detail,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "photo": links.to(row.photo or (row.photos[0] if row.photos else None)),
    }


def refused_card(code: str | None, detail: str | None) -> dict:
    nothing = {"place": None, "picture": None, "preview": None, "warnings": []}
    return {"status": "refused", **nothing, "code": code, "detail": detail}


def card(look: models.Look, places: dict[str, int], links: Links) -> dict:
    """places: of claims.places."""
    return {
        "status": look.status,
        "place": places.get(look.id) if look.status == "queued" else None,
        "picture": links.to(look.picture),
        "preview": links.to(look.preview),
        "code": look.code,
        "detail": look.detail,
        "warnings": look.warnings,
    }


def try_on(look: models.Look, skus: list[str], card: dict) -> dict:
    return {"id": look.id, "products": skus, "pose": look.pose, **card}


def an_import(row: models.Import) -> dict:
    numbers = ("seen", "added", "changed", "unchanged", "removed")
    return {
        "id": row.id,
        "status": row.status,
        **{name: getattr(row, name) for name in numbers},
        "bad": row.bad,
        "bad_count": row.bad_count,
        "detail": row.detail,
    }
