"""Forgetting: a buyer's row, and everything made of their photos, at once and without a trace."""

import time

from sqlalchemy import delete, select

from primerka.service.database.models import Buyer, Event, Idempotency, Job, Look, LookProduct, WorkerSeen
from primerka.service.database.session import Database
from primerka.service.files import Files

REMEMBER_KEYS_SECONDS = 24 * 3600
WORKER_FORGOTTEN_SECONDS = 3600


def buyer_folder(buyer: str) -> str:
    return f"buyers/{buyer}/"


def delete_buyer(database: Database, files: Files, buyer: str) -> None:
    """Rows first: no worker can then add anything; then the files; then what the database's own log still holds."""
    with database.write() as session:
        looks = select(Look.id).where(Look.buyer_id == buyer)
        session.execute(delete(LookProduct).where(LookProduct.look_id.in_(looks)))
        for table in (Look, Job, Event, Idempotency):
            session.execute(delete(table).where(table.buyer_id == buyer))
        session.execute(delete(Buyer).where(Buyer.id == buyer))
    files.delete_under(buyer_folder(buyer))
    database.forget_deleted()


def sweep(database: Database, files: Files, now: float | None = None) -> int:
    """Delete every buyer whose time is over, and files that a killed process left behind; returns how many buyers."""
    now = now or time.time()
    with database.read() as session:
        over = session.scalars(select(Buyer.id).where(Buyer.expires_at <= now)).all()
    for buyer in over:
        delete_buyer(database, files, buyer)
    # Listed before asked: a buyer whose folder is there has a row already, or never will.
    folders = files.folders("buyers")
    with database.read() as session:
        known = set(session.scalars(select(Buyer.id)).all())
    for buyer in folders:
        if buyer not in known:
            files.delete_under(buyer_folder(buyer))
    with database.write() as session:
        session.execute(delete(Idempotency).where(Idempotency.created_at < now - REMEMBER_KEYS_SECONDS))
        session.execute(delete(WorkerSeen).where(WorkerSeen.seen_at < now - WORKER_FORGOTTEN_SECONDS))
    return len(over)
