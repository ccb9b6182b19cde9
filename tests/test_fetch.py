"""Pictures by link: what is fetched, what is never connected to. A server of our own, a resolver of our own, no network."""

import contextlib
import ipaddress
import ssl
import subprocess
import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

httpx = pytest.importorskip("httpx", reason="pictures by link need the extra `service`")

from primerka.service import fetch  # noqa: E402
from primerka.service.fetch import Limits, PictureNotFetched, fetch_picture, is_public  # noqa: E402

HERE = ipaddress.ip_network("127.0.0.1/32")
OURS = Limits(allowed=(HERE,), attempts=3, read_s=1.0, connect_s=1.0)
PICTURE = bytes(range(256)) * 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Host"), dict(self.headers)))
        # The other side may have had enough, which is what some tests are about.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.server.answer(self)

    def send(self, status=200, body=PICTURE, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """A server on this machine; `server.answer` is what it does with a request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.seen, server.answer = [], lambda request: request.send()
    server.link = f"http://pictures.example:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Names:
    """A resolver: pictures.example is this machine, other names as told; every question is kept."""

    def __init__(self, **more):
        self.known = {"pictures.example": ["127.0.0.1"]} | more
        self.asked = []

    def __call__(self, host, port):
        self.asked.append(host)
        if host not in self.known:
            raise OSError("unknown")
        return self.known[host]


def no_sleep(_):
    raise AssertionError("nothing to wait for")


def get(url, names=None, limits=OURS, sleep=no_sleep) -> bytes:
    return fetch_picture(url, limits=limits, resolve=names or Names(), sleep=sleep)


def code(url, names=None, limits=OURS, sleep=no_sleep) -> str:
    with pytest.raises(PictureNotFetched) as caught:
        get(url, names, limits, sleep)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    return caught.value.code


# --------------------------------------------------------------------------------------------------------------- the way


def test_a_picture_comes_from_the_checked_address_under_its_own_name(server):
    names = Names()
    assert get(f"{server.link}/a.jpg?w=1#x", names) == PICTURE
    path, host, headers = server.seen[0]
    assert path == "/a.jpg?w=1" and host == f"pictures.example:{server.server_port}"
    assert headers["Accept-Encoding"] == "identity" and "Primerka" in headers["User-Agent"]
    assert names.asked == ["pictures.example"]  # asked once: a second answer cannot lead elsewhere


def test_another_answer_of_the_name_server_changes_nothing(server):
    """DNS rebinding: the first answer is harmless, the next one is not, and nobody asks for it."""

    class Rebinding(Names):
        def __call__(self, host, port):
            super().__call__(host, port)
            return ["127.0.0.1"] if len(self.asked) == 1 else ["169.254.169.254"]

    assert get(f"{server.link}/a.jpg", Rebinding()) == PICTURE


def test_a_proxy_of_the_environment_is_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert get(f"{server.link}/a.jpg") == PICTURE


def test_tls_is_checked_against_the_name_not_the_address(tmp_path, monkeypatch):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=pictures.example", "-addext", "subjectAltName=DNS:pictures.example"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    told = []
    context.sni_callback = lambda _, name, __: told.append(name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen, server.answer = [], lambda r: r.send()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    trusted = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(fetch, "_certificates", lambda: trusted)
    try:
        names = Names(**{"other.example": ["127.0.0.1"]})
        assert get(f"https://pictures.example:{server.server_port}/a.jpg", names) == PICTURE
        assert told == ["pictures.example"] and server.seen[0][1] == f"pictures.example:{server.server_port}"
        other = f"https://other.example:{server.server_port}/a.jpg"
        assert code(other, names, sleep=lambda _: None) == "picture_unreachable"
        assert len(server.seen) == 1
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ------------------------------------------------------------------------------------------------------------- addresses

PRIVATE = """127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
    192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.5 224.0.0.1 224.0.1.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ff0e::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 ::127.0.0.1
    2001:0:7f00:1::""".split()
PUBLIC = "8.8.8.8 93.184.216.34 1.1.1.1 2606:4700::1111 2a00:1450:4001:80b::200e ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(address)


def test_every_address_of_a_name_is_checked_before_any_is_connected_to(server):
    names = Names(mixed=["93.184.216.34", "10.0.0.7"], inside=["192.168.0.4"], odd=["no address"])
    for host in ("mixed", "inside", "odd"):
        assert code(f"http://{host}:{server.server_port}/", names) == "picture_address"
    assert not server.seen


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]"]
)
def test_this_machine_under_any_of_its_names(server, host):
    with pytest.raises(PictureNotFetched) as caught:
        fetch_picture(f"http://{host}:{server.server_port}/", sleep=no_sleep)  # the system's own resolver
    assert caught.value.code in ("picture_address", "picture_host_unknown") and not server.seen


def test_a_network_of_the_shops_own_may_be_allowed_and_no_other(server):
    assert get(f"{server.link}/") == PICTURE
    assert code(f"{server.link}/", limits=Limits()) == "picture_address"
    assert code(f"{server.link}/", limits=Limits(allowed=(ipaddress.ip_network("10.0.0.0/8"),))) == "picture_address"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://pictures.example/a", "gopher://pictures.example/", "a.jpg", "", "http://", "http://[", "http://a:99999/",
     "http://user:secret@pictures.example/a.jpg", "data:image/png;base64,AA"],
)  # fmt: skip
def test_other_links_are_refused(url):
    names = Names()
    assert code(url, names) == "picture_link" and not names.asked


def test_an_unknown_name():
    assert code("http://nowhere.example/a.jpg") == "picture_host_unknown"


# ------------------------------------------------------------------------------------------------------------- redirects


def test_redirects_are_followed_and_each_is_checked(server):
    def answer(request):
        if request.path == "/a":
            request.send(302, b"", Location="/b")
        elif request.path == "/b":
            request.send(301, b"", Location=f"{server.link.replace('pictures', 'other')}/c")
        else:
            request.send()

    server.answer = answer
    names = Names(**{"other.example": ["127.0.0.1"]})
    assert get(f"{server.link}/a", names) == PICTURE
    assert [path for path, *_ in server.seen] == ["/a", "/b", "/c"] and names.asked == ["pictures.example"] * 2 + [
        "other.example"
    ]


@pytest.mark.parametrize(
    ("location", "expected"),
    [("http://169.254.169.254/latest/meta-data/", "picture_address"), ("http://inside/x", "picture_address"), ("file:///etc/passwd", "picture_link"),
     ("//user@inside/", "picture_link"), ("http://[", "picture_link")],
)  # fmt: skip
def test_a_redirect_does_not_lead_inside(server, location, expected):
    server.answer = lambda request: request.send(302, b"", Location=location)
    names = Names(inside=["10.0.0.1"], **{"169.254.169.254": ["169.254.169.254"]})
    assert code(f"{server.link}/a", names) == expected and len(server.seen) == 1


def test_redirects_in_a_circle_end(server):
    server.answer = lambda request: request.send(302, b"", Location="/again")
    assert code(f"{server.link}/a") == "picture_redirects" and len(server.seen) == OURS.redirects + 1


# ---------------------------------------------------------------------------------------------------------- size and time


def test_a_picture_that_is_too_large_is_not_read_to_its_end(server):
    sent = []

    def endless(request):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for _ in range(4000):
            request.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            sent.append(0x10000)

    limits = Limits(allowed=(HERE,), most_bytes=1 << 20)
    server.answer = endless
    assert code(f"{server.link}/a", limits=limits) == "picture_too_large"
    assert sum(sent) < 64 << 20
    server.answer = lambda request: request.send(200, bytes(2 << 20))
    assert code(f"{server.link}/a", limits=limits) == "picture_too_large"


def test_the_told_length_is_not_trusted(server):
    def liar(request):
        request.send_response(200)
        request.send_header("Content-Length", "10")
        request.end_headers()
        request.wfile.write(bytes(1 << 16))
        request.close_connection = True

    server.answer = liar
    assert len(get(f"{server.link}/a")) == 10  # what came after belongs to no picture


def test_a_server_that_drips_is_given_up_on(server):
    def drip(request):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        for _ in range(80):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.05)

    server.answer = drip
    start = time.monotonic()
    assert code(f"{server.link}/a", limits=Limits(allowed=(HERE,), whole_s=0.3)) == "picture_timeout"
    assert time.monotonic() - start < 3


def test_a_server_that_drips_its_headers_is_given_up_on(server):
    def drip(request):
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(80):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.05)

    server.answer = drip
    start = time.monotonic()
    assert code(f"{server.link}/a", limits=Limits(allowed=(HERE,), whole_s=0.3)) == "picture_timeout"
    assert time.monotonic() - start < 3


def test_a_server_that_says_nothing_is_tried_again_and_given_up_on(server):
    server.answer = lambda request: time.sleep(0.4)
    waits = []
    limits = Limits(allowed=(HERE,), read_s=0.1, attempts=2)
    assert code(f"{server.link}/a", limits=limits, sleep=waits.append) == "picture_timeout" and len(waits) == 1


def test_a_connection_that_breaks_and_one_that_is_not_there(server):
    def breaks(request):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"half")
        request.close_connection = True

    server.answer = breaks
    waits = []
    assert code(f"{server.link}/a", sleep=waits.append) == "picture_unreachable" and len(waits) == 2
    assert code("http://pictures.example:1/", sleep=lambda _: None) == "picture_unreachable"


def _send_without_length(request, chunk: bytes, count: int) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for _ in range(count):
        request.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    request.wfile.write(b"0\r\n\r\n")


def test_a_large_file_takes_little_memory(server, tmp_path):
    chunk, count = bytes(1 << 16), 320  # 20 MiB
    server.answer = lambda request: _send_without_length(request, chunk, count)
    get(f"{server.link}/a")  # what is loaded once does not count
    with (tmp_path / "feed").open("w+b") as file:
        tracemalloc.start()
        fetch.fetch(f"{server.link}/feed", file, limits=OURS, resolve=Names(), sleep=no_sleep)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert file.tell() == count * len(chunk) and most < 2_000_000


def test_a_file_that_broke_off_is_written_anew(server, tmp_path):
    def breaks(request):
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        request.wfile.write(b"x" * 100_000)
        request.close_connection = True
        server.answer = lambda request: request.send()

    server.answer = breaks
    with (tmp_path / "feed").open("w+b") as file:
        fetch.fetch(f"{server.link}/feed", file, limits=OURS, resolve=Names(), sleep=lambda _: None)
    assert (tmp_path / "feed").read_bytes() == PICTURE


def test_a_feed_by_link_is_read_from_a_file_and_never_beyond_its_limit(server, tmp_path, monkeypatch):
    from primerka.service.feeds.offer import FeedRejected
    from primerka.service.importing import Importer
    from primerka.service.settings import Settings

    monkeypatch.setattr(fetch, "is_public", lambda address: True)
    importer = Importer("a worker", None, None, Settings(import_mb=1))
    link = f"http://127.0.0.1:{server.server_port}/feed.xml"
    with importer._fetch_feed(link) as stream:
        assert stream.read() == PICTURE and stream.fileno() > 0
    sent = []
    server.answer = lambda request: (_send_without_length(request, bytes(1 << 16), 400), sent.append("all of it"))
    with pytest.raises(FeedRejected, match="too_large"), importer._fetch_feed(link):
        pass
    assert not sent


# ------------------------------------------------------------------------------------------------------- answers, retries


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, "picture_missing"), (410, "picture_missing"), (403, "picture_forbidden"), (401, "picture_forbidden"), (500, "picture_unreachable"),
     (204, "picture_unreachable"), (304, "picture_unreachable")],
)  # fmt: skip
def test_answers_that_are_no_picture(server, status, expected):
    server.answer = lambda request: request.send(status, b"" if status in (204, 304) else b"no")
    assert code(f"{server.link}/a") == expected and len(server.seen) == 1


def test_an_empty_picture(server):
    server.answer = lambda request: request.send(200, b"")
    assert code(f"{server.link}/a") == "picture_empty"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_what_it_says(server, status):
    server.answer = lambda request: request.send(status, b"", Retry_After="7") if len(server.seen) == 1 else request.send()
    waits = []
    assert get(f"{server.link}/a", sleep=waits.append) == PICTURE and waits == [7.0]


def test_a_busy_server_that_names_a_date(server):
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    server.answer = lambda request: request.send(503, b"", Retry_After=when) if len(server.seen) == 1 else request.send()
    waits = []
    assert get(f"{server.link}/a", sleep=waits.append) == PICTURE and 6 < waits[0] <= 9


def test_waits_grow_and_end(server):
    server.answer = lambda request: request.send(503, b"", Retry_After="soon")
    waits = []
    limits = Limits(allowed=(HERE,), attempts=4)
    assert code(f"{server.link}/a", limits=limits, sleep=waits.append) == "picture_busy"
    assert len(server.seen) == 4 and len(waits) == 3
    assert all(low <= wait <= high for wait, low, high in zip(waits, (0.8, 1.6, 3.2), (1.2, 2.4, 4.8)))


def test_nobody_waits_longer_than_the_limit(server):
    server.answer = lambda request: request.send(429, b"", Retry_After="3600")
    assert code(f"{server.link}/a") == "picture_busy" and len(server.seen) == 1


def test_one_host_gets_no_more_than_so_many_requests_at_a_time(server):
    lock, together, most = threading.Lock(), [], []

    def slow(request):
        with lock:
            together.append(request)
            most.append(len(together))
        time.sleep(0.05)
        with lock:  # before the answer: whoever has it may ask again at once
            together.remove(request)
        request.send()

    server.answer = slow
    threads = [threading.Thread(target=get, args=(f"{server.link}/{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.seen) == 8 and 1 <= max(most) <= OURS.per_host
    assert not fetch._HOSTS.busy  # nothing is kept of hosts that nobody fetches from
