"""Live progress: server-sent events (HTML Living Standard, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from primerka.service.api.access import OwnBuyer
from primerka.service.api.buyers import read_buyer
from primerka.service.api.problems import documented
from primerka.service.api.service import Service
from primerka.service.api.shops import TheService
from primerka.service.api.try_ons import try_on_document
from primerka.service.database.models import Buyer

router = APIRouter(prefix="/v1/buyers/{buyer}", tags=["buyers"])
COMMENT_SECONDS = 15
_STREAM = {
    200: {
        "description": "Events `buyer`, `card` and `try_on`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/events", response_class=StreamingResponse, responses={**_STREAM, **documented(401, 404, 422, 429)})
async def watch(buyer: OwnBuyer, service: TheService, last_event_id: Annotated[str | None, Header(max_length=20)] = None):
    """What changes from now on, or since `Last-Event-ID`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(service, buyer, last_event_id), headers=headers, media_type="text/event-stream")


async def _stream(service: Service, buyer: Buyer, last: str | None) -> AsyncIterator[str]:
    queue = service.hub.watch(buyer.id)
    sent = set()
    try:
        yield ": watching\n\n"
        if last and last.isascii() and last.isdigit():
            missed = await run_in_threadpool(service.hub.since, buyer.id, min(int(last), 2**62))
            newest = {subject: number for number, _, subject in missed}  # of one subject, only its last change is news
            for told in missed:
                sent.add(told[0])
                if newest[told[2]] == told[0]:
                    yield await run_in_threadpool(_messages, service, buyer, told)
        while True:
            try:
                told = await asyncio.wait_for(queue.get(), COMMENT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if told is None:
                return
            if told[0] not in sent:
                yield await run_in_threadpool(_messages, service, buyer, told)
    finally:
        service.hub.leave(buyer.id, queue)


def _messages(service: Service, buyer: Buyer, told: tuple[int, str, str]) -> str:
    """As things stand now: nothing of it was kept with the event."""
    number, kind, subject = told
    if kind == "buyer":
        with service.database.read() as session:
            row = session.get(Buyer, buyer.id)
        return _message("buyer", number, read_buyer(row, service)) if row else ""
    look = try_on_document(service, buyer.id, subject)
    if look is None:
        return ""
    text = ""
    if look["pose"] == "buyer" and len(look["products"]) == 1:
        card = {name: look[name] for name in ("status", "place", "picture", "preview", "code", "detail", "warnings")}
        text = _message("card", number, {"sku": look["products"][0], "card": card})
    return text + _message("try_on", number, look)


def _message(kind: str, number: int, document: dict) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n"
