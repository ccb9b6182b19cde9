"""Idempotency keys: a request that is sent again gets what the first one made."""

import re
import time

from sqlalchemy.orm import Session
from starlette.requests import Request

from primerka.service.database.models import Idempotency
from primerka.service.problems import Problem
from primerka.service.tokens import keyed_hash

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Repeat:
    """The Idempotency-Key of a request, with what it covers: the path, who asks, and the body.

    `find` gives the subject of an earlier request; `remember` notes this one's, in the transaction that makes it, where a
    second one of the same moment fails on the key.
    """

    def __init__(self, request: Request, secret: str, *body: bytes):
        key = request.headers.get("idempotency-key")
        if key is not None and not _KEY.fullmatch(key):
            raise Problem(422, "invalid_request", "An Idempotency-Key has 1 to 200 visible ASCII characters.")
        scope = [request.url.path.encode(), request.headers.get("authorization", "").encode()]
        self._key = keyed_hash(secret, key.encode(), *scope) if key else None
        self._body = keyed_hash(secret, *body)

    def find(self, session: Session) -> str | None:
        """Raises Problem idempotency_conflict."""
        row = session.get(Idempotency, self._key) if self._key else None
        if row is None:
            return None
        if row.body_hash != self._body:
            raise Problem(409, "idempotency_conflict", "This Idempotency-Key was used with another request.")
        return row.subject

    def remember(self, session: Session, subject: str, buyer: str | None = None) -> None:
        if self._key:
            row = Idempotency(key_hash=self._key, body_hash=self._body, subject=subject, buyer_id=buyer, created_at=time.time())
            session.add(row)
            session.flush()
