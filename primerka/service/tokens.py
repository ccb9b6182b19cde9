"""Secrets that people hold: a shop's key, a buyer's token. The database has only their hashes."""

import hashlib
import hmac
import secrets


def new_shop_key() -> str:
    return f"shop_{secrets.token_urlsafe(32)}"


def buyer_token(secret: str, buyer: str) -> str:
    """Unguessable without the installation's secret, and never stored: a repeated request gets the same one."""
    return f"buyer_{hmac.new(secret.encode(), b'token ' + buyer.encode(), hashlib.sha256).hexdigest()}"


def hash_token(token: str) -> str:
    """Tokens are random and long: a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(secret: str, *parts: bytes) -> str:
    """Of what must not be recognised without the secret."""
    digest = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
