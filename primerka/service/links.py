"""Links to pictures: signed, so that nobody can make one up, and good for a time."""

import math
import time

from itsdangerous import BadSignature, URLSafeSerializer

BUYER_SECONDS = 6 * 3600
PRODUCT_SECONDS = 7 * 24 * 3600
# Ends of links fall on whole hours or days: the same picture has the same link for a while, and browsers keep it.
BUYER_STEP, PRODUCT_STEP = 3600, 24 * 3600


class Links:
    def __init__(self, secret: str):
        self._serializer = URLSafeSerializer(secret, salt="picture")

    def to(self, key: str | None, now: float | None = None) -> str | None:
        """The path of a picture's link, None for no picture."""
        if key is None:
            return None
        ours = key.startswith("buyers/")
        seconds, step = (BUYER_SECONDS, BUYER_STEP) if ours else (PRODUCT_SECONDS, PRODUCT_STEP)
        ends = step * math.ceil(((now or time.time()) + seconds) / step)
        return f"/v1/pictures/{self._serializer.dumps([key, ends])}"

    def read(self, signed: str, now: float | None = None) -> tuple[str, int] | None:
        """(key, seconds left), or None for a forged or expired link."""
        try:
            key, ends = self._serializer.loads(signed)
        except BadSignature:
            return None
        left = int(ends - (now or time.time()))
        return (key, left) if left > 0 else None
