"""Pictures, by signed links. No database is asked: the link says what it opens, and a deleted file is gone."""

import hashlib

from fastapi import APIRouter, Request, Response

from primerka.service.api.problems import documented
from primerka.service.api.shops import TheService
from primerka.service.problems import not_found

router = APIRouter(prefix="/v1", tags=["pictures"])
_PICTURES = {
    200: {"description": "The picture.", "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/webp", "image/jpeg")}},
    304: {"description": "It is the one that you have."},
}  # fmt: skip


@router.get("/pictures/{signed}", response_class=Response, responses={**_PICTURES, **documented(404, 422)})
async def read_picture(signed: str, request: Request, service: TheService):
    opened = service.links.read(signed)
    if opened is None:
        raise not_found()
    key, seconds = opened
    # A key's bytes never change, so the key stands for them.
    tag = f'"{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"'
    whose = "private" if key.startswith("buyers/") else "public"
    headers = {"ETag": tag, "Cache-Control": f"{whose}, max-age={seconds}, immutable"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    try:
        data = await service.files.get_soon(key)
    except FileNotFoundError:
        raise not_found() from None
    return Response(data, headers=headers, media_type="image/webp" if key.endswith(".webp") else "image/jpeg")
