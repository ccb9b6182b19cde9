"""Jobs are rows: asked for once, claimed by one worker for a time, gone when done."""

import time
from dataclasses import dataclass

from sqlalchemy import and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from primerka.service.database.models import Buyer, Job, Look, LookProduct, Product
from primerka.service.events import tell_look

HANDS = ("buyer", "look", "garment")
ERRANDS = ("import", "pictures")
# Added to the priority, a time, of what a buyer asked for by itself: no card, however late it is looked at, comes before it.
ASKED_FOR = 1e10


@dataclass(frozen=True)
class Claim:
    """attempts counts this one too."""

    job: int
    kind: str
    subject: str
    attempts: int


def ask(session: Session, kind: str, subject: str, priority: float = 0.0, buyer: str | None = None) -> None:
    """There is one job for a subject; asking again can only bring it forward."""
    found = session.execute(
        update(Job)
        .where(Job.kind == kind, Job.subject == subject)
        .values(priority=case((Job.priority < priority, priority), else_=Job.priority))
    )
    if found.rowcount:
        return
    row = {"kind": kind, "subject": subject, "priority": priority, "buyer_id": buyer}
    try:
        with session.begin_nested():
            session.execute(insert(Job).values(**row, attempts=0, lease_until=0.0))
    except IntegrityError:
        return  # somebody else asked at the same moment


def claim(session: Session, worker: str, kinds: tuple[str, ...], lease_seconds: float) -> Claim | None:
    """The job to do next, if there is one, claimed.

    First come photos, then try-ons that were asked for, then cards of the catalogue, then all else. Each time those whose garments
    are prepared come before the garments that others wait for. Buyers take turns; of one buyer's, what they wanted last comes first.
    """
    now = time.time()
    waits = exists(
        select(literal(1))
        .select_from(LookProduct)
        .join(Product, Product.id == LookProduct.product_id)
        .where(LookProduct.look_id == Job.subject, Product.garment == "waiting")
    )
    asked_for, look = Job.priority >= ASKED_FOR, Job.kind == "look"
    lane = case((Job.kind == "buyer", 0), (and_(asked_for, look), 1), (asked_for, 2), (look, 3), (Job.priority > 0, 4), else_=5)
    job = session.scalars(
        select(Job)
        .outerjoin(Buyer, Buyer.id == Job.buyer_id)
        .where(
            Job.kind.in_(kinds),
            or_(Job.worker.is_(None), Job.lease_until < now),
            or_(Job.kind != "look", and_(Buyer.status == "ready", ~waits)),
        )
        .order_by(lane, func.coalesce(Buyer.served_at, 0.0), Job.priority.desc(), Job.id)
        .limit(1)
        .with_for_update(of=Job, skip_locked=True)
    ).first()
    if job is None:
        return None
    job.worker, job.lease_until, job.attempts = worker, now + lease_seconds, job.attempts + 1
    if job.buyer_id:
        session.execute(update(Buyer).where(Buyer.id == job.buyer_id).values(served_at=now))
    if job.kind == "look":
        look = session.get(Look, job.subject)
        look.status = "rendering"
        tell_look(session, look)
    return Claim(job.id, job.kind, job.subject, job.attempts)


def holds(session: Session, claimed: Claim, worker: str) -> bool:
    """Whether the claim still holds; the row stays locked until the transaction ends.

    It does not when the buyer was deleted, or the lease ran out and another worker took over.
    """
    query = select(Job.id).where(Job.id == claimed.job, Job.worker == worker).with_for_update()
    return session.scalar(query) is not None


def finish(session: Session, claimed: Claim) -> None:
    session.execute(Job.__table__.delete().where(Job.id == claimed.job))


def renew(session: Session, worker: str, lease_seconds: float) -> None:
    """A worker that lives keeps its claims."""
    session.execute(update(Job).where(Job.worker == worker).values(lease_until=time.time() + lease_seconds))


def release(session: Session, worker: str) -> None:
    """What a worker had claimed can be claimed by others at once."""
    session.execute(update(Job).where(Job.worker == worker).values(worker=None, lease_until=0.0))


def places(session: Session, buyer: str) -> dict[str, int]:
    """Look id → how many cards are made until it is there, itself counted, if buyers take turns."""
    found, before = {}, 0
    for lane in (Job.priority >= ASKED_FOR, Job.priority < ASKED_FOR):
        mine = select(Job.subject).where(Job.kind == "look", lane, Job.buyer_id == buyer)
        own = session.scalars(mine.order_by(Job.priority.desc(), Job.id)).all()
        theirs = select(func.count()).where(Job.kind == "look", lane, Job.buyer_id != buyer)
        others = session.scalars(theirs.group_by(Job.buyer_id)).all()
        found |= {look: before + rank + sum(min(rank, count) for count in others) for rank, look in enumerate(own, 1)}
        before += len(own) + sum(others)
    return found


def waited_for(session: Session, product: int) -> float:
    """The highest priority of the looks that wait for a product's garment; 0 if none does."""
    query = select(func.max(Job.priority)).join(LookProduct, LookProduct.look_id == Job.subject)
    return session.scalar(query.where(Job.kind == "look", LookProduct.product_id == product)) or 0.0
