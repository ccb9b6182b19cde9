"""Who asks, and how often they may.

What is not yours does not exist: a wrong token and a wrong id get the same 404, so that nothing can be found out by trying.
"""

import hmac
import time
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select

from primerka.service.api.service import Service, service_of
from primerka.service.database.models import Buyer, Shop
from primerka.service.problems import Problem, not_found
from primerka.service.settings import Settings
from primerka.service.tokens import hash_token, keyed_hash

_bearer = HTTPBearer(auto_error=False, description="A buyer's token, or a shop's key for administration.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Limiter:
    """Counted in Redis where the queue is, so that all servers count together; else in this process."""

    def __init__(self, settings: Settings):
        storage = storage_from_string(settings.queue_url if settings.queue_url.startswith("redis") else "memory://")
        self._limits = FixedWindowRateLimiter(storage)
        self._secret = settings.secret
        self._items = {
            "address": RateLimitItemPerHour(settings.buyers_per_hour),
            "shop_buyers": RateLimitItemPerHour(settings.shop_buyers_per_hour),
            "buyer": RateLimitItemPerMinute(settings.buyer_requests_per_minute),
            "shop": RateLimitItemPerMinute(settings.shop_requests_per_minute),
        }

    def hit(self, kind: str, who: str) -> None:
        """Raises Problem rate_limited. Who it is is not kept, only a keyed hash."""
        item, name = self._items[kind], keyed_hash(self._secret, kind.encode(), who.encode())
        if not self._limits.hit(item, name):
            wait = max(1, round(self._limits.get_window_stats(item, name).reset_time - time.time()))
            raise Problem(429, "rate_limited", "That was too much in a short time; wait a little.", {"Retry-After": str(wait)})


def _token(credentials: HTTPAuthorizationCredentials | None) -> str:
    if credentials is None:
        raise Problem(401, "no_token", "Send the token as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"})
    return credentials.credentials


def find_shop(shop: str, service: Annotated[Service, Depends(service_of)]) -> Shop:
    with service.database.read() as session:
        row = session.scalar(select(Shop).where(Shop.slug == shop))
    if row is None:
        raise not_found()
    return row


def own_shop(
    shop: Annotated[Shop, Depends(find_shop)], credentials: Credentials, service: Annotated[Service, Depends(service_of)]
) -> Shop:
    """The shop whose key was sent."""
    if not hmac.compare_digest(shop.key_hash, hash_token(_token(credentials))):
        raise not_found()
    service.limiter.hit("shop", shop.slug)
    return shop


def own_buyer(
    buyer: str, credentials: Credentials, request: Request, service: Annotated[Service, Depends(service_of)]
) -> Buyer:
    """The buyer whose token was sent, while their time lasts."""
    token = _token(credentials)
    with service.database.read() as session:
        row = session.get(Buyer, buyer)
    if row is None or not hmac.compare_digest(row.token_hash, hash_token(token)) or row.expires_at <= time.time():
        raise not_found()
    service.limiter.hit("buyer", row.id)
    return row


AnyShop = Annotated[Shop, Depends(find_shop)]
OwnShop = Annotated[Shop, Depends(own_shop)]
OwnBuyer = Annotated[Buyer, Depends(own_buyer)]
