"""Numbers that all processes count together, for /metrics."""

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from primerka.service.database.models import Tally


def count(session: Session, name: str, label: str, value: float = 1.0) -> None:
    """Add to a number."""
    grown = update(Tally).where(Tally.name == name, Tally.label == label).values(value=Tally.value + value)
    if session.execute(grown).rowcount:
        return
    try:
        with session.begin_nested():
            session.execute(insert(Tally).values(name=name, label=label, value=value))
    except IntegrityError:
        session.execute(grown)


def count_stages(session: Session, milliseconds: dict[str, float]) -> None:
    for stage in sorted(milliseconds):  # always in one order: two workers then cannot wait for each other
        count(session, "stage_seconds_count", stage)
        count(session, "stage_seconds_sum", stage, milliseconds[stage] / 1000)
