"""The numbers of benchmarks/service.md, against a shop that this script starts and ends, on this machine alone.

    python tools/bench_service.py first-card|catalogue|pictures|hostile|kills [--products 100] [--count 20] [--workers 1]
                                  [--seconds 60] [--rate 0]

first-card  seconds from sending a photo to having the first card's picture, with the time of each stage; median of --count buyers
catalogue   seconds until a new buyer has every card of --products
pictures    requests a second for cards that are made, one server process, and the server's memory before and after; --rate
            asks so many a second, without it as many as are answered
hostile     --count hostile uploads and made-up requests: answers by status, memory before and after
kills       SIGKILL to the workers --count times during a catalogue: every card there at the end, none twice
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from decimal import Decimal
from itertools import count, islice
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from primerka.photo import read_photo  # noqa: E402
from primerka.pictures import write_picture  # noqa: E402
from primerka.samples import product_category, sample_buyers, sample_products  # noqa: E402
from primerka.service.database.migrate import migrate  # noqa: E402
from primerka.service.database.models import Job, Look  # noqa: E402
from primerka.service.database.session import Database  # noqa: E402
from primerka.service.feeds.offer import Offer  # noqa: E402
from primerka.service.files import Files  # noqa: E402
from primerka.service.importing import import_here, open_shop  # noqa: E402
from primerka.service.settings import Settings, from_environment  # noqa: E402

SHOP = "bench"
CONNECTIONS = 16  # that ask for pictures


class RunningShop:
    """A shop of so many products in a temporary folder, served by `primerka serve` with so many workers."""

    def __init__(self, products: int, workers: int, home: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        limits = ("BUYERS_PER_HOUR", "SHOP_BUYERS_PER_HOUR", "BUYER_REQUESTS_PER_MINUTE", "SHOP_REQUESTS_PER_MINUTE")
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PRIMERKA_HOME": str(home),
            "PRIMERKA_SECRET": secrets.token_urlsafe(32),
            "PRIMERKA_PORT": str(port),
            "PRIMERKA_WORKERS": str(workers),
            **{f"PRIMERKA_{name}": "10000000" for name in limits},
        }
        self.settings: Settings = from_environment(self.environment)
        self.database, self.url = Database(self.settings.database_url), f"http://127.0.0.1:{port}"
        migrate(self.database)
        shop, self.key = open_shop(self.database, SHOP)
        import_here(self.database, Files(self.settings.files_url), shop, _offers(products, home), home)
        self.log = (home / "log").open("wb")
        command = [sys.executable, "-m", "primerka", "serve"]
        self.process = subprocess.Popen(command, env=self.environment, stderr=self.log, stdout=self.log, start_new_session=True)
        self.client = httpx.Client(base_url=self.url, timeout=120)

    def wait_ready(self, prepared: bool = True) -> None:
        """Until a worker is there and, if wanted, every garment is prepared."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                ready = self.client.get("/readyz").status_code == 200
                with self.database.read() as session:
                    waiting = session.query(Job).count()
                if ready and not (prepared and waiting):
                    return
            time.sleep(0.5)

    def upload(self, photo: bytes) -> tuple[str, dict[str, str]]:
        answer = self.client.post(f"/v1/shops/{SHOP}/buyers", data={"consent": "true"}, files={"photo": ("me.jpg", photo)})
        answer.raise_for_status()
        return answer.json()["id"], {"Authorization": f"Bearer {answer.json()['token']}"}

    def first_page(self, buyer: str, headers: dict[str, str], limit: int = 24) -> list[dict]:
        return (
            self.client.get(f"/v1/buyers/{buyer}/catalogue?limit={limit}", headers=headers).raise_for_status().json()["items"]
        )

    def server_mb(self) -> float:
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024

    def server_cpu_s(self) -> float:
        ticks = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        every = [int(pid) for path in children.parents[1].glob("*/children") for pid in path.read_text().split()]
        return [pid for pid in every if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def _offers(count: int, home: Path):
    """The sample products, each cut a little differently, so that no two pictures are the same."""
    paths = sample_products()
    for number in range(count):
        path, cut = paths[number % len(paths)], 1 + number // len(paths)
        write_picture(home / f"{number}.jpg", read_photo(path).rgb[cut:, cut:])
        category = product_category(path)
        yield Offer(
            number + 1, f"SKU-{number}", f"{path.stem} {number}", (f"{number}.jpg",), category=category, price=Decimal(10)
        )


def _photos(count: int):
    """Photos of the sample buyers, no two the same."""
    paths = sample_buyers()
    for number in range(count):
        rgb = read_photo(paths[number % len(paths)]).rgb
        file = io.BytesIO()
        Image.fromarray(np.roll(rgb, number // len(paths), axis=1)).save(file, "JPEG", quality=92)
        yield file.getvalue()


def first_card(shop: RunningShop, options) -> dict:
    """As the storefront does: upload, watch the events, ask for the page, fetch the first picture that is ready."""
    shop.wait_ready()
    seconds = []
    for photo in _photos(options.count + 2):
        start = time.perf_counter()
        buyer, headers = shop.upload(photo)
        with shop.client.stream("GET", f"/v1/buyers/{buyer}/events", headers=headers) as events:
            threading.Thread(target=shop.first_page, args=(buyer, headers), daemon=True).start()
            kind = ""
            for line in events.iter_lines():
                kind = line[7:] if line.startswith("event: ") else kind
                if line.startswith("data: ") and kind == "card" and (card := json.loads(line[6:])["card"])["status"] == "ready":
                    shop.client.get(card["preview"]).raise_for_status()
                    seconds.append(time.perf_counter() - start)
                    break
        shop.client.delete(f"/v1/buyers/{buyer}", headers=headers)
    seconds = seconds[2:]  # the first ones warm the server up
    return {"median_s": statistics.median(seconds), "worst_s": max(seconds), "buyers": len(seconds), "stages": _stages(shop)}


def _stages(shop: RunningShop) -> dict[str, float]:
    """Mean milliseconds of each stage of the work, of all that the workers did."""
    text = shop.client.get("/metrics").text
    found = dict(re.findall(r'primerka_stage_seconds_sum\{stage="(\w+)"\} (\S+)', text))
    counts = dict(re.findall(r'primerka_stage_seconds_count\{stage="(\w+)"\} (\S+)', text))
    return {name: round(1000 * float(found[name]) / float(counts[name])) for name in found}


def catalogue(shop: RunningShop, options) -> dict:
    shop.wait_ready()
    buyer, headers = shop.upload(next(_photos(1)))
    start = time.perf_counter()
    _every_page(shop, buyer, headers)
    while _ready(shop) != options.products:
        time.sleep(0.2)
    whole = time.perf_counter() - start
    return {"products": options.products, "whole_s": whole, "per_card_s": whole / options.products, "stages": _stages(shop)}


def _every_page(shop: RunningShop, buyer: str, headers: dict[str, str]) -> None:
    cursor = ""
    while cursor is not None:
        parameters = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        cursor = shop.client.get(f"/v1/buyers/{buyer}/catalogue", params=parameters, headers=headers).json()["next"]


def _ready(shop: RunningShop) -> int:
    with shop.database.read() as session:
        return session.query(Look).filter(Look.status.in_(("ready", "refused"))).count()


def pictures(shop: RunningShop, options) -> dict:
    """CONNECTIONS, each asking for one picture after the other, from another process than the server."""
    shop.wait_ready(prepared=False)
    buyer, headers = shop.upload(next(_photos(1)))
    items = shop.first_page(buyer, headers)
    while not all(item["card"]["status"] == "ready" for item in items):
        time.sleep(1)
        items = shop.first_page(buyer, headers)
    links = [item["card"]["preview"] for item in items]
    before, cpu = shop.server_mb(), shop.server_cpu_s()
    times: list[float] = []
    host, port = "127.0.0.1", shop.settings.port

    async def ask(number: int) -> None:
        """By hand, so that asking costs less than answering."""
        reader, writer = await asyncio.open_connection(host, port)
        begun = time.perf_counter()
        for turn in count():
            start = time.perf_counter()
            if options.rate:  # counted from when it was due, so that an answer that holds up the next question counts for both
                start = begun + (number + turn * CONNECTIONS) / options.rate
                await asyncio.sleep(start - time.perf_counter())
            if start > begun + options.seconds:
                break
            writer.write(f"GET {links[(number + turn) % len(links)]} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
            times.append(time.perf_counter() - start)
        writer.close()

    async def all_at_once() -> None:
        await asyncio.gather(*(ask(number) for number in range(CONNECTIONS)))

    asyncio.run(all_at_once())
    times.sort()
    return {
        "requests_per_s": len(times) / options.seconds,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[int(0.99 * len(times))],
        "server_cpu_ms_per_request": 1000 * (shop.server_cpu_s() - cpu) / len(times),
        "memory_mb": [before, shop.server_mb()],
    }


def hostile(shop: RunningShop, options) -> dict:
    from hostile_uploads import hostile_bodies
    from made_up_requests import from_url, send_made_up_requests

    shop.wait_ready()
    answers: Counter[int] = Counter()

    def send(body: bytes, kind: str) -> None:
        headers = {"Content-Type": kind} if kind else {}
        try:
            answers[shop.client.post(f"/v1/shops/{SHOP}/buyers", content=body, headers=headers).status_code] += 1
        except httpx.TransportError:  # a server may hang up on who sends too much
            answers[0] += 1

    for _, body, kind in islice(hostile_bodies(seed=1), 50):  # libraries load what they need at first use
        send(body, kind)
    before = shop.server_mb()
    for _, body, kind in islice(hostile_bodies(), options.count):
        send(body, kind)
    for _ in range(5):
        send(bytes(100_000_000), "multipart/form-data; boundary=b")
    buyer, headers = shop.upload(next(_photos(1)))
    there = {"shop": SHOP, "buyer": buyer, "sku": "SKU-0"}
    sent = send_made_up_requests(from_url(shop.url), there, [headers["Authorization"].split()[1], shop.key], 50, seed=0)
    alive = shop.client.get("/healthz").status_code == 200
    return {"uploads": dict(answers), "made_up_requests": sent, "alive": alive, "memory_mb": [before, shop.server_mb()]}


def kills(shop: RunningShop, options) -> dict:
    shop.wait_ready()
    buyer, headers = shop.upload(next(_photos(1)))
    _every_page(shop, buyer, headers)
    killed = 0
    random = np.random.default_rng(0)
    while _ready(shop) < options.products:
        time.sleep(float(random.uniform(0.3, 1.5)))
        if killed < options.count and shop.workers() and _ready(shop) > killed * options.products // (options.count + 1):
            for pid in shop.workers():
                os.kill(pid, signal.SIGKILL)
            killed += 1
    with shop.database.read() as session:
        looks = session.query(Look).all()
        left = session.query(Job).count()
    states = Counter(look.status for look in looks)
    return {"killed": killed, "looks": dict(states), "made": dict(Counter(look.made for look in looks)), "jobs_left": left}


def main() -> None:
    parser = argparse.ArgumentParser()
    runs = {"first-card": first_card, "catalogue": catalogue, "pictures": pictures, "hostile": hostile, "kills": kills}
    parser.add_argument("what", choices=runs)
    parser.add_argument("--products", type=int, default=24)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primerka-bench-") as home:
        shop = RunningShop(options.products, options.workers, Path(home))
        try:
            print(json.dumps(runs[options.what](shop, options), indent=1))
        finally:
            shop.stop()
            errors = [line for line in Path(home, "log").read_text().splitlines() if '"level": "error"' in line]
            print("\n".join(errors[:5]) or "no errors in the log", file=sys.stderr)


if __name__ == "__main__":
    main()
