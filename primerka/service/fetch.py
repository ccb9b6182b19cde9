"""A product picture, or a feed, by its link, from a server that nobody vouches for.

A feed's link must not make us fetch from inside the shop's own network. The name is resolved first, every address is checked, and
the connection goes to the checked address itself, so that a second answer of the name server changes nothing; redirects are
followed by hand, with the same check each time.
"""

import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from primerka.errors import Refused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]

# Addresses that are not private by the registries' lists and are no web servers either: Azure's host for virtual machines, the
# address of Oracle's metadata, IPv6 for sites (RFC 3879, withdrawn), translations that hold an IPv4 address in ways not looked into.
_REFUSED_NETWORKS = tuple(
    map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "64:ff9b:1::/48", "::/96"))
)
_NAT64 = ip_network("64:ff9b::/96")
_BUSY = (429, 502, 503, 504)


class PictureNotFetched(Refused):
    """The shop can act: mend the link or the server. `picture_busy` and `picture_timeout` may pass by themselves."""


@dataclass(frozen=True)
class Limits:
    """
    most_bytes  of a picture; redirects: how many are followed
    connect_s, read_s  seconds without an answer; whole_s: seconds for all of it, waiting between attempts left out
    attempts    how often it is tried where a server is busy or does not answer; longest_wait_s: seconds between two of them
    per_host    pictures fetched at the same time from one host, by this process
    allowed     networks of the shop's own, "10.1.0.0/16" for example, that pictures may come from all the same
    """

    most_bytes: int = 30 << 20
    redirects: int = 5
    connect_s: float = 5.0
    read_s: float = 10.0
    whole_s: float = 60.0
    attempts: int = 3
    longest_wait_s: float = 30.0
    per_host: int = 2
    allowed: tuple[IPv4Network | IPv6Network, ...] = ()


def fetch_picture(url: str, *, limits: Limits = Limits(), resolve: Resolve | None = None, sleep=time.sleep) -> bytes:
    """The bytes at a link, unread: `photo.decode_photo` says whether they are a picture. Parameters and errors are those of `fetch`."""
    file = io.BytesIO()
    fetch(url, file, limits=limits, resolve=resolve, sleep=sleep)
    return file.getvalue()


def fetch(url: str, file: BinaryIO, *, limits: Limits = Limits(), resolve: Resolve | None = None, sleep=time.sleep) -> None:
    """Write what is at a link into an empty file as it comes; a further attempt begins anew.

    resolve  (host, port) → addresses; the system's without it
    Raises PictureNotFetched: `picture_link`, `picture_host_unknown`, `picture_address`, `picture_redirects`, `picture_too_large`,
    `picture_timeout`, `picture_missing`, `picture_forbidden`, `picture_busy`, `picture_unreachable`, `picture_empty`.
    """
    attempt = 0
    while True:
        try:
            return _fetch(url, file, limits, resolve or resolve_name)
        except _TryLater as later:
            attempt += 1
            wait = later.wait_s if later.wait_s is not None else 0.5 * 2**attempt * random.uniform(0.8, 1.2)
            if attempt >= limits.attempts or wait > limits.longest_wait_s:
                raise later.refusal from None
            file.seek(0)
            file.truncate()
            sleep(wait)


def resolve_name(host: str, port: int) -> list[str]:
    """Every address of a name, as the system knows it. OSError if it has none."""
    return [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet: not private, not this machine, not a network's own, no metadata server."""
    plain = ip_address(address.partition("%")[0])
    return all(_is_public(inner) for inner in _with_embedded(plain))


def _with_embedded(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 addresses that it may be turned into on its way."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        yield address.ipv4_mapped  # only another way to write it
        return
    yield address
    if isinstance(address, IPv6Address):
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    if address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local:
        return False
    if any(address.version == network.version and address in network for network in _REFUSED_NETWORKS):
        return False
    if isinstance(address, IPv6Address) and address in _NAT64:
        return True  # what it stands for is looked at by itself
    return address.is_global and not address.is_reserved


class _TryLater(Exception):
    def __init__(self, refusal: PictureNotFetched, wait_s: float | None = None):
        super().__init__(str(refusal))
        self.refusal, self.wait_s = refusal, wait_s


@dataclass(frozen=True)
class _Place:
    """A link taken apart, and the address that is connected to."""

    url: str
    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def address_url(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _locate(url: str, limits: Limits, resolve: Resolve) -> _Place:
    """Take a link apart, resolve its name, and check every address that it has."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise PictureNotFetched("picture_link", "The picture's link cannot be read.") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.password is not None:
        raise PictureNotFetched("picture_link", "A picture's link must begin with http:// or https:// and hold no password.")
    port = port or _default_port(parts.scheme)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise PictureNotFetched("picture_host_unknown", f"The picture's server {host} is not known.")
    if not all(_allowed(address, limits) for address in addresses):
        raise PictureNotFetched("picture_address", f"The picture's server {host} lies in a private network.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Place(url, parts.scheme, host, port, addresses[0].partition("%")[0], path)


def _allowed(address: str, limits: Limits) -> bool:
    try:
        plain = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    own = any(plain.version == network.version and plain in network for network in limits.allowed)
    return own or is_public(address)


def _fetch(url: str, file: BinaryIO, limits: Limits, resolve: Resolve) -> None:
    import httpx

    deadline = time.monotonic() + limits.whole_s
    for _ in range(limits.redirects + 1):
        place = _locate(url, limits, resolve)
        try:
            with _HOSTS.turn(place.host, limits.per_host) as waited_s:
                deadline += waited_s
                with _answer(place, limits, deadline) as answer:
                    if answer.has_redirect_location:
                        url = urljoin(place.url, answer.headers["location"])
                        continue
                    _check_status(answer, place)
                    return _read(answer, file, limits)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if time.monotonic() > deadline:
                sentence = f"The picture takes longer than {limits.whole_s:.0f} seconds to come."
                raise PictureNotFetched("picture_timeout", sentence) from None
            if isinstance(error, httpx.TimeoutException):
                sentence = f"The picture's server {place.host} does not answer in time."
                raise _TryLater(PictureNotFetched("picture_timeout", sentence)) from None
            sentence = f"The picture cannot be fetched from {place.host}."
            raise _TryLater(PictureNotFetched("picture_unreachable", sentence)) from None
        except ValueError:  # urljoin of a link that is none
            raise PictureNotFetched(
                "picture_link", f"The server {place.host} sends on to a link that cannot be read."
            ) from None
    raise PictureNotFetched("picture_redirects", f"The picture's link leads on more than {limits.redirects} times.")


@contextmanager
def _answer(place: _Place, limits: Limits, deadline: float):
    """The server's answer, its body still to come. When the whole time is over the connection is closed, whatever it waits for."""
    import httpx

    timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
    extensions = {"timeout": timeout.as_dict()}
    if place.scheme == "https":
        extensions["sni_hostname"] = place.host  # the certificate is checked against the name, not against the address
    request = httpx.Request("GET", place.address_url, headers=_headers(place), extensions=extensions)
    # A transport of its own each time: a kept connection is known by its address, and many hosts share one.
    with httpx.HTTPTransport(verify=_certificates(), trust_env=False) as transport:
        alarm = threading.Timer(max(0.0, deadline - time.monotonic()), transport.close)
        alarm.daemon = True
        alarm.start()
        try:
            answer = transport.handle_request(request)
            with closing(answer):
                yield answer
        finally:
            alarm.cancel()


@cache
def _certificates():
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _headers(place: _Place) -> dict[str, str]:
    from primerka import __version__

    # Identity: what is read is what is counted, and nothing unpacks into more.
    return {
        "Host": place.host_header,
        "Accept": "image/*",
        "Accept-Encoding": "identity",
        "User-Agent": f"Primerka/{__version__}",
    }


def _check_status(answer, place: _Place) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status in _BUSY:
        refusal = PictureNotFetched("picture_busy", f"The picture's server {place.host} is busy ({status}); try again later.")
        raise _TryLater(refusal, _retry_after(answer.headers.get("retry-after", "")))
    if status in (404, 410):
        raise PictureNotFetched("picture_missing", "There is no picture at the link.")
    if status in (401, 403, 451):
        raise PictureNotFetched("picture_forbidden", f"The picture's server {place.host} does not give it out ({status}).")
    raise PictureNotFetched("picture_unreachable", f"The picture's server {place.host} answers {status}.")


def _retry_after(text: str) -> float | None:
    """Seconds, of seconds or of a date; None of anything else."""
    text = text.strip()
    if text.isdecimal() and len(text) < 9:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _read(answer, file: BinaryIO, limits: Limits) -> None:
    told = answer.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limits.most_bytes:
        raise _too_large(limits)
    read = 0
    for chunk in answer.iter_raw():
        read += len(chunk)
        if read > limits.most_bytes:
            raise _too_large(limits)
        file.write(chunk)
    if not read:
        raise PictureNotFetched("picture_empty", "The picture at the link is empty.")


def _too_large(limits: Limits) -> PictureNotFetched:
    return PictureNotFetched("picture_too_large", f"The picture is larger than {limits.most_bytes / (1 << 20):.0f} MB.")


class _Hosts:
    """Takes turns: so many at a time for each host."""

    def __init__(self):
        self.condition, self.busy = threading.Condition(), {}

    @contextmanager
    def turn(self, host: str, most: int) -> Iterator[float]:
        """Waits for a turn; gives the seconds that it waited."""
        asked = time.monotonic()
        with self.condition:
            self.condition.wait_for(lambda: self.busy.get(host, 0) < most)
            self.busy[host] = self.busy.get(host, 0) + 1
        try:
            yield time.monotonic() - asked
        finally:
            with self.condition:
                self.busy[host] -= 1
                if not self.busy[host]:
                    del self.busy[host]
                self.condition.notify_all()


_HOSTS = _Hosts()
