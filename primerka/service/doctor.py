"""What is wrong with an installation."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import fields

from sqlalchemy import func, select

from primerka.errors import Refused
from primerka.service.database.migrate import check_migrated
from primerka.service.database.models import Shop, WorkerSeen
from primerka.service.database.session import Database
from primerka.service.files import Files
from primerka.service.jobs.queue import Queue
from primerka.service.metrics import WORKER_SECONDS
from primerka.service.settings import Settings, check_secrets, from_environment

ELSEWHERE = ("PRIMERKA_CACHE", "PRIMERKA_DATA")  # settings that are not the shop's


def examine(environment: Mapping[str, str] = os.environ) -> dict[str, str | None]:
    """Check → what is wrong, in one sentence, or None."""
    findings: dict[str, str | None] = {}

    def check(name: str, examination: Callable[[], str | None]) -> None:
        try:
            findings[name] = examination()
        except Refused as refusal:
            findings[name] = f"{refusal} ({refusal.code})"
        except Exception as cause:  # whatever a driver raises is a finding; its text may hold a password, its name does not
            findings[name] = f"It does not work: {type(cause).__name__}."

    check("names of settings", lambda: _unknown(environment))
    check("settings", lambda: _readable(environment))
    if findings["settings"]:
        return findings
    settings = from_environment(environment)
    check("secrets", lambda: check_secrets(settings))
    settings.home_path.mkdir(parents=True, exist_ok=True)
    check("database", lambda: check_migrated(Database(settings.database_url)))
    check("files", lambda: Files(settings.files_url).check())
    check("queue", lambda: _queue(settings))
    check("models", _models)
    check("shops", lambda: _shops(settings))
    check("workers", lambda: _workers(settings))
    return findings


def _unknown(environment: Mapping[str, str]) -> str | None:
    known = {entry.metadata.get("variable") for entry in fields(Settings)} | set(ELSEWHERE)
    unknown = sorted(name for name in environment if name.startswith("PRIMERKA_") and name not in known)
    return f"There are no settings {', '.join(unknown)}." if unknown else None


def _readable(environment: Mapping[str, str]) -> None:
    from_environment(environment)


def _queue(settings: Settings) -> None:
    Queue(settings).length()


def _models() -> None:
    from primerka.weights import weights_path

    for name in ("pose_detection", "pose_landmark", "parsing", "body"):
        weights_path(name)


def _shops(settings: Settings) -> str | None:
    with Database(settings.database_url).read() as session:
        there = session.scalar(select(func.count()).select_from(Shop))
    return None if there else "There is no shop yet; import a feed: primerka import FEED --shop NAME"


def _workers(settings: Settings) -> str | None:
    with Database(settings.database_url).read() as session:
        seen = session.scalar(select(func.max(WorkerSeen.seen_at))) or 0
    return None if seen > time.time() - WORKER_SECONDS else "No worker was seen in the last minute; run: primerka worker"
