"""Request bodies: how large they may be, and forms that never touch the disk."""

import re

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import ASGIApp, Receive, Scope, Send

from primerka.photo import MAX_BYTES
from primerka.service.api.problems import respond
from primerka.service.problems import Problem

MAX_PHOTOS = 3
_BUYERS = re.compile(r"/v1/shops/[^/]+/buyers")
_GARMENTS = re.compile(r"/v1/shops/[^/]+/garments/.+")
_IMPORTS = re.compile(r"/v1/shops/[^/]+/imports")


class BodyLimit:
    """Refuses a body that is too large: by its announced length, before a byte is read, or where it becomes too large."""

    def __init__(self, app: ASGIApp, import_bytes: int):
        self._app, self._import_bytes = app, import_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "GET":  # no GET of ours reads a body
            return await self._app(scope, receive, send)
        most = self._most(scope["path"])
        refusal = Problem(413, "body_too_large", f"The request is larger than {most // 1000} kB.", {"Connection": "close"})
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > most:
            return await respond(Request(scope), refusal)(scope, receive, send)
        read = 0

        async def counted() -> dict:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise refusal
            return message

        await self._app(scope, counted, send)

    def _most(self, path: str) -> int:
        if _BUYERS.fullmatch(path):
            return MAX_PHOTOS * MAX_BYTES + 100_000
        if _GARMENTS.fullmatch(path):
            return MAX_BYTES + 100_000
        return self._import_bytes if _IMPORTS.fullmatch(path) else 64_000


class _InMemory(MultiPartParser):
    """Parts stay in memory: what is never written needs no deleting. Their sizes are limited by BodyLimit."""

    spool_max_size = MAX_PHOTOS * MAX_BYTES + 100_000


async def photo_form(request: Request) -> FormData:
    """Raises Problem invalid_request."""
    return await _form(request, _InMemory, MAX_PHOTOS)


async def feed_form(request: Request) -> FormData:
    """A feed may be larger than memory: it goes to a temporary file. Raises Problem invalid_request."""
    return await _form(request, MultiPartParser, 1)


async def _form(request: Request, kind: type[MultiPartParser], files: int) -> FormData:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Problem(415, "not_a_form", "Send the request as multipart/form-data.")
    try:
        return await kind(request.headers, request.stream(), max_files=files, max_fields=8, max_part_size=1000).parse()
    except (MultiPartException, KeyError, UnicodeDecodeError, LookupError, AssertionError) as cause:
        reason = getattr(cause, "message", "it is cut short or malformed")
        raise Problem(422, "invalid_request", f"The form cannot be read: {reason}.") from None
