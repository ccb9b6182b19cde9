"""The application: routes, limits, headers and logs around one Service."""

import asyncio
import re
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from primerka import __version__
from primerka.service.api import buyers, events, garments, operation, pages, pictures, problems, shops, try_ons
from primerka.service.api.access import Limiter
from primerka.service.api.bodies import BodyLimit
from primerka.service.api.hub import Hub
from primerka.service.api.service import Service
from primerka.service.database.session import Database
from primerka.service.files import Files
from primerka.service.jobs.queue import Queue
from primerka.service.links import Links
from primerka.service.logs import log
from primerka.service.metrics import Metrics
from primerka.service.settings import Settings

ABOUT = "A shop's catalogue on its buyers. What goes wrong is told as problem documents (RFC 9457)."
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(self), microphone=(), geolocation=()",
}


def create_app(settings: Settings) -> FastAPI:
    database = Database(settings.database_url)
    service = Service(
        settings,
        database,
        Files(settings.files_url),
        Links(settings.secret),
        Queue(settings),
        Hub(database),
        Limiter(settings),
        Metrics(database),
    )

    @asynccontextmanager
    async def life(app: FastAPI):
        await service.hub.start()
        yield
        await service.hub.stop()

    app = FastAPI(
        title="Primerka",
        version=__version__,
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.state.service = service
    app.state.uploads = asyncio.Semaphore(settings.uploads_at_once)
    problems.install(app)
    for part in (pictures, shops, garments, buyers, try_ons, events, operation):
        app.include_router(part.router)
    pages.mount_pages(app, settings)
    app.add_middleware(BodyLimit, import_bytes=settings.import_mb * 1_000_000)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origin_list,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Idempotency-Key", "Last-Event-ID", "Content-Type"],
        expose_headers=["Location", "Retry-After"],
        max_age=3600,
    )
    app.add_middleware(_Watched, service=service)
    return app


class _Watched:
    """Counts and logs each request by its route, never by its address, and adds the headers that browsers heed."""

    def __init__(self, app: ASGIApp, service: Service):
        self._app, self._service = app, service
        # Pages are framed by the shops that use the widget.
        frames = "*" if service.settings.origin_list == ["*"] else " ".join(service.settings.origin_list)
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; media-src 'self' blob:; "
            f"font-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' {frames}"
        )
        self._headers = [*_HEADERS.items(), (b"content-security-policy", re.sub(r"\s+", " ", policy).encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - start
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"  # made-up ones would fill the memory
            self._service.metrics.requests.labels(method, route, status).inc()
            self._service.metrics.seconds.labels(route).observe(seconds)
            if route != "/v1/pictures/{signed}":  # there are hundreds in a second, and nothing to say about them
                code = scope.get("state", {}).get("code")
                log("request", method=scope["method"], route=route, status=status, ms=round(1000 * seconds, 1), code=code)
