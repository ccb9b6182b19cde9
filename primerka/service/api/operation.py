"""Whether the service lives, whether it can work, and its numbers."""

import time

from fastapi import APIRouter, Response
from sqlalchemy import func, select

from primerka.errors import Refused
from primerka.service.api.problems import documented
from primerka.service.api.shops import TheService
from primerka.service.database.migrate import check_migrated
from primerka.service.database.models import WorkerSeen
from primerka.service.metrics import WORKER_SECONDS
from primerka.service.problems import Problem

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", responses=documented(503))
def readyz(service: TheService) -> dict[str, str]:
    """503 until tables, files and queue are there and a worker was seen in the last minute."""
    try:
        check_migrated(service.database)
        service.files.check()
        service.queue.length()
        with service.database.read() as session:
            seen = session.scalar(select(func.max(WorkerSeen.seen_at))) or 0
    except Refused as refusal:
        raise Problem(503, refusal.code, str(refusal)) from None
    except Exception:  # whatever a database, a store or a queue raises when it is away
        raise Problem(503, "unavailable", "Database, files or queue cannot be reached.") from None
    if seen < time.time() - WORKER_SECONDS:
        raise Problem(503, "no_worker", "No worker was seen in the last minute.")
    return {"status": "ready"}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}})
def metrics(service: TheService):
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
