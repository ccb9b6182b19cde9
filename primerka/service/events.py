"""What changed for a buyer, for those who watch."""

from sqlalchemy.orm import Session

from primerka.service.database.models import Event, Look


def tell_buyer(session: Session, buyer: str) -> None:
    session.add(Event(buyer_id=buyer, kind="buyer", subject=buyer))


def tell_look(session: Session, look: Look) -> None:
    session.add(Event(buyer_id=look.buyer_id, kind="look", subject=look.id))
