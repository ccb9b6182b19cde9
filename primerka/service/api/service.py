"""What every route works with, made once for the application."""

from dataclasses import dataclass

from fastapi import Request

from primerka.service.api.hub import Hub
from primerka.service.database.session import Database
from primerka.service.files import Files
from primerka.service.jobs.queue import Queue
from primerka.service.links import Links
from primerka.service.metrics import Metrics
from primerka.service.settings import Settings


@dataclass(frozen=True)
class Service:
    settings: Settings
    database: Database
    files: Files
    links: Links
    queue: Queue
    hub: Hub
    limiter: "Limiter"  # noqa: F821
    metrics: Metrics


async def service_of(request: Request) -> Service:
    # async: what is not would go through a thread, for each request.
    return request.app.state.service
