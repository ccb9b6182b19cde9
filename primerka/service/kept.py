"""Prepared buyers and garments, kept between processes: pickled, and sealed with the installation's secret.

A pickle runs code when it is read; the seal makes sure that it is one of ours, wherever the files lie.
"""

import hashlib
import hmac
import pickle
import zlib
from typing import Any

SEAL = 32


class Seal:
    def __init__(self, secret: str, maker: str):
        """maker: what made the things, engine and version; what another maker left is not read."""
        self._key = hashlib.blake2b(f"{maker}\n{secret}".encode(), digest_size=64).digest()

    def close(self, thing: Any, small: bool) -> tuple[bytes, int]:
        """The sealed bytes, and about how much memory the thing takes. small: compressed, for what is kept for long."""
        plain = pickle.dumps(thing, protocol=5)
        data = b"z" + zlib.compress(plain, 1) if small else b"p" + plain
        return self._sign(data) + data, len(plain)

    def open(self, sealed: bytes) -> tuple[Any, int] | None:
        """The thing and its size; None for what was not sealed by us, or by another maker."""
        data = memoryview(sealed)[SEAL:]
        if not hmac.compare_digest(self._sign(data), sealed[:SEAL]):
            return None
        plain = zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:]
        return pickle.loads(plain), len(plain)

    def _sign(self, data) -> bytes:
        return hashlib.blake2b(data, key=self._key, digest_size=SEAL).digest()
