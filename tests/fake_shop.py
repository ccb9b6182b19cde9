"""A small shop server with made-up try-ons: the pages are developed and tested against it.

It speaks the HTTP of docs/service.md and draws no look: a card is the buyer's photo with the product's garment pasted from
the folder that `primerka demo` writes, or, without that folder, the product's own picture. `python tests/fake_shop.py --looks demo`
serves it at http://127.0.0.1:8001.
"""

import argparse
import asyncio
import io
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from PIL import Image, UnidentifiedImageError

from primerka.samples import product_category, sample_buyers, sample_products

PAGES = Path(__file__).parents[1] / "primerka" / "service"
# SKU → (title, description, price in roubles)
GOODS = {
    "dress-floral": (
        "Платье миди «Луг»",
        "Платье с коротким рукавом и тонким поясом. Вискоза, мелкий цветочный рисунок на тёмно-синем.",
        6490,
    ),
    "outerwear-herringbone": (
        "Жакет «Ёлочка»",
        "Свободный жакет с накладными карманами. Шерсть с хлопком, узор «ёлочка».",
        8990,
    ),
    "skirt-tartan": ("Юбка в шотландскую клетку", "Расклёшенная юбка до колена, складки по кругу.", 4290),
    "top-breton": ("Тельняшка «Бретань»", "Плотный хлопок, короткий рукав, 21 полоса, как положено.", 2490),
    "top-flannel": ("Рубашка фланелевая", "Мягкая фланель с начёсом, прямой крой.", 3590),
    "trousers-houndstooth": ("Брюки «Гусиная лапка»", "Прямые брюки с высокой посадкой, 7/8.", 5190),
}
CATEGORIES = ("top", "outerwear", "dress", "skirt", "trousers", "shorts")


@dataclass
class Buyer:
    id: str
    token: str
    photo: Image.Image
    sample: str
    photos: int = 1
    status: str = "preparing"
    code: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    cards: dict[str, dict] = field(default_factory=dict)
    try_ons: dict[str, dict] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)
    events: list[tuple[str, dict]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, name: str, data: dict) -> None:
        self.events.append((name, data))
        self.changed.set()


def _problem(status: int, code: str, detail: str, **headers: str) -> JSONResponse:
    body = {"type": f"/problems/{code}", "title": code, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, headers, "application/problem+json")


class FakeShop:
    """The state of the shop; `app` serves it.

    delay_s  how long one card takes; a photo is looked at for twice as long
    looks    the folder that `primerka demo` writes, or None
    copies   every sample product is offered so many times
    """

    def __init__(self, delay_s: float = 0.6, looks: Path | None = None, copies: int = 1):
        self.delay_s, self.looks = delay_s, looks
        self.buyers: dict[str, Buyer] = {}
        self.products: dict[str, dict] = {}
        self.pictures: dict[str, bytes] = {}
        for copy in range(copies):
            for path in sample_products():
                sku = path.stem if not copy else f"{path.stem}-{copy}"
                self.pictures[sku] = path.read_bytes()
                title, description, price = GOODS[path.stem]
                self.products[sku] = {
                    "sku": sku,
                    "title": title,
                    "description": description,
                    "category": product_category(path),
                    "price": {"amount": f"{price}.00", "currency": "RUB"},
                    "brand": "Примерка",
                    "link": f"https://shop.example/{sku}",
                    "picture": f"/v1/pictures/{sku}",
                    "pictures": [f"/v1/pictures/{sku}"],
                    "available": True,
                    "garment": "ready",
                    "code": None,
                    "detail": None,
                }
        hidden = {"sku": "top-hidden", "title": "Топ, закрытый сумкой", "garment": "refused", "code": "garment_hidden"}
        self.products["top-hidden"] = self.products["top-breton"] | hidden | {"detail": "Too much of the top is hidden."}
        self.fail_next: tuple[int, str] | None = None  # the next call under /v1/shops is answered with this problem
        self.cut_streams = False  # an event stream ends after each event
        self.app = self._routes()

    # --- the made-up work ---------------------------------------------------------------------------------------------

    def _base(self, sku: str) -> str:
        return next(stem for stem in GOODS if sku.startswith(stem))

    def _picture(self, image: Image.Image) -> str:
        name, data = secrets.token_urlsafe(12), io.BytesIO()
        image.save(data, "JPEG", quality=88)
        self.pictures[name] = data.getvalue()
        return f"/v1/pictures/{name}"

    def _dress(self, buyer: Buyer, skus: list[str], pose: str) -> Image.Image:
        if self.looks is None or pose == "product":
            return Image.open(io.BytesIO(self.pictures[skus[0]])).convert("RGB")
        photo = np.array(buyer.photo.resize((640, 960)))
        result = photo.copy()
        for sku in skus:
            look = Image.open(self.looks / f"look-{buyer.sample}-{self._base(sku)}.jpg").convert("RGB")
            look = np.array(look.resize((640, 960)))
            changed = np.abs(look.astype(int) - photo).max(axis=2) > 24
            result[changed] = look[changed]
        return Image.fromarray(result)

    async def _work(self, buyer: Buyer) -> None:
        await asyncio.sleep(2 * self.delay_s)
        dark = np.asarray(buyer.photo).mean() < 12  # a black picture stands for a photo without a person
        buyer.status, buyer.code = ("refused", "no_person") if dark else ("ready", None)
        buyer.tell("buyer", self._buyer(buyer))
        while not dark and buyer.id in self.buyers:
            if not buyer.queue:
                await asyncio.sleep(0.02)
                continue
            await self._render(buyer, buyer.queue.pop(0))
            for key in buyer.queue:
                self._tell(buyer, key)

    async def _render(self, buyer: Buyer, key: str) -> None:
        state = buyer.try_ons.get(key) or buyer.cards[key]
        state |= {"status": "rendering", "place": None}
        self._tell(buyer, key)
        await asyncio.sleep(self.delay_s)
        skus, pose = (state["products"], state["pose"]) if key in buyer.try_ons else ([key], "buyer")
        picture = self._picture(self._dress(buyer, skus, pose))
        state |= {"status": "ready", "picture": picture, "preview": picture}
        if "skirt-tartan" in skus:
            state["warnings"] = ["skin that the old garment covered is invented"]
        self._tell(buyer, key)

    def _tell(self, buyer: Buyer, key: str) -> None:
        state = buyer.try_ons.get(key) or buyer.cards[key]
        if state["status"] == "queued":
            state["place"] = buyer.queue.index(key) + 1
        buyer.tell(*(("try_on", dict(state)) if key in buyer.try_ons else ("card", {"sku": key, "card": dict(state)})))

    def _card(self, buyer: Buyer, sku: str) -> dict:
        refused = self.products[sku]["garment"] == "refused"
        if sku not in buyer.cards:
            buyer.cards[sku] = _waiting() | ({"status": "refused", "code": "garment_hidden"} if refused else {})
        return buyer.cards[sku]

    def _buyer(self, buyer: Buyer) -> dict:
        return {
            "id": buyer.id,
            "shop": "demo",
            "status": buyer.status,
            "code": buyer.code,
            "detail": None,
            "created_at": buyer.created_at.isoformat(),
            "expires_at": (buyer.created_at + timedelta(hours=72)).isoformat(),
            "photo": f"/v1/pictures/{buyer.id}",
        }

    def _found(self, id: str, request: Request) -> Buyer | None:
        buyer = self.buyers.get(id)
        return buyer if buyer and request.headers.get("authorization") == f"Bearer {buyer.token}" else None

    def _page(self, request: Request) -> tuple[list[dict], str | None, int]:
        query = request.query_params
        words, category = query.get("search", "").casefold(), query.get("category", "")
        chosen = [
            product
            for product in self.products.values()
            if words in product["title"].casefold() and category in ("", product["category"])
        ]
        start, limit = int(query.get("cursor") or 0), int(query.get("limit") or 24)
        follows = str(start + limit) if start + limit < len(chosen) else None
        return chosen[start : start + limit], follows, len(chosen)

    # --- HTTP ---------------------------------------------------------------------------------------------------------

    def _routes(self) -> FastAPI:
        app = FastAPI()
        for name in ("storefront", "widget"):
            app.mount(f"/{name}", StaticFiles(directory=PAGES / name))
        app.mount("/brand", StaticFiles(directory=PAGES / "storefront" / "brand"))

        @app.middleware("http")
        async def fail(request: Request, call_next):
            if self.fail_next and request.url.path.startswith("/v1/shops"):
                (status, code), self.fail_next = self.fail_next, None
                return _problem(status, code, "A made-up failure.", **{"Retry-After": "1"})
            return await call_next(request)

        @app.get("/")
        @app.get("/p/{sku}")
        def page(sku: str = ""):
            return HTMLResponse((PAGES / "storefront" / "index.html").read_text())

        @app.get("/widget.js")
        def widget():
            return FileResponse(PAGES / "widget" / "widget.js")

        @app.get("/widget-demo")
        def widget_demo():
            return FileResponse(PAGES / "widget" / "demo.html")

        @app.get("/v1/shops/{shop}")
        def shop(shop: str):
            if shop != "demo":
                return _problem(404, "not_found", "There is no such shop.")
            held = [product["category"] for product in self.products.values()]
            categories = [{"id": name, "count": held.count(name)} for name in CATEGORIES if name in held]
            return {"id": "demo", "name": "Примерка", "currency": "RUB", "categories": categories, "products": len(held)}

        @app.get("/v1/shops/{shop}/products")
        def products(request: Request):
            items, follows, total = self._page(request)
            return {"items": items, "next": follows, "total": total}

        @app.get("/v1/shops/{shop}/products/{sku}")
        def product(sku: str):
            return self.products.get(sku) or _problem(404, "not_found", "There is no such product.")

        @app.post("/v1/shops/{shop}/buyers")
        async def create(request: Request):
            form = await request.form()
            if form.get("consent") != "true":
                return _problem(422, "consent_missing", "Consent is missing.")
            try:
                photos = [Image.open(io.BytesIO(await file.read())).convert("RGB") for file in form.getlist("photo")]
            except UnidentifiedImageError:
                return _problem(422, "not_a_picture", "This is not a picture.")
            if not 1 <= len(photos) <= 3:
                return _problem(422, "invalid_request", "Send 1 to 3 files as `photo`.")
            photo = photos[0]
            buyer = Buyer(secrets.token_urlsafe(12), secrets.token_urlsafe(24), photo, _nearest_sample(photo), len(photos))
            self.buyers[buyer.id], self.loop = buyer, asyncio.get_running_loop()
            data = io.BytesIO()
            photo.save(data, "JPEG")
            self.pictures[buyer.id] = data.getvalue()
            self.loop.create_task(self._work(buyer))
            return JSONResponse(self._buyer(buyer) | {"token": buyer.token}, 201)

        @app.get("/v1/buyers/{id}")
        def read(id: str, request: Request):
            buyer = self._found(id, request)
            return self._buyer(buyer) if buyer else _problem(404, "not_found", "There is no such buyer.")

        @app.delete("/v1/buyers/{id}")
        def delete(id: str, request: Request):
            if not self._found(id, request):
                return _problem(404, "not_found", "There is no such buyer.")
            del self.buyers[id], self.pictures[id]
            return Response(status_code=204)

        @app.get("/v1/buyers/{id}/catalogue")
        async def catalogue(id: str, request: Request):
            buyer = self._found(id, request)
            if not buyer:
                return _problem(404, "not_found", "There is no such buyer.")
            items, follows, total = self._page(request)
            skus = [item["sku"] for item in items]
            fresh = [sku for sku in skus if self._card(buyer, sku)["status"] == "queued"]
            buyer.queue = fresh + [key for key in buyer.queue if key not in fresh]
            for place, sku in enumerate(fresh, 1):
                buyer.cards[sku]["place"] = place
            cards = [{"product": self.products[sku], "card": dict(buyer.cards[sku])} for sku in skus]
            return {"items": cards, "next": follows, "total": total}

        @app.post("/v1/buyers/{id}/try-ons")
        async def try_on(id: str, request: Request):
            buyer, body = self._found(id, request), await request.json()
            if not buyer:
                return _problem(404, "not_found", "There is no such buyer.")
            for kept in buyer.try_ons.values():
                if (kept["products"], kept["pose"]) == (body["products"], body["pose"]):
                    return kept
            new = _waiting() | {"id": secrets.token_urlsafe(9), "products": body["products"], "pose": body["pose"], "place": 1}
            buyer.try_ons[new["id"]] = new
            buyer.queue.insert(0, new["id"])
            return JSONResponse(new, 202)

        @app.get("/v1/buyers/{id}/try-ons/{key}")
        def read_try_on(id: str, key: str, request: Request):
            buyer = self._found(id, request)
            return (buyer and buyer.try_ons.get(key)) or _problem(404, "not_found", "There is no such try-on.")

        @app.get("/v1/buyers/{id}/events")
        async def events(id: str, request: Request):
            buyer = self._found(id, request)
            if not buyer:
                return _problem(404, "not_found", "There is no such buyer.")
            last = request.headers.get("last-event-id")
            start = int(last) + 1 if last else len(buyer.events)
            return StreamingResponse(self._stream(buyer, start), media_type="text/event-stream")

        @app.get("/v1/pictures/{name}")
        def picture(name: str):
            if name not in self.pictures:
                return _problem(404, "not_found", "The link has expired.")
            return Response(self.pictures[name], media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

        return app

    async def _stream(self, buyer: Buyer, sent: int):
        yield ": hello\n\n"
        while buyer.id in self.buyers:
            while sent < len(buyer.events):
                name, data = buyer.events[sent]
                yield f"id: {sent}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
                sent += 1
                if self.cut_streams:
                    return
            buyer.changed.clear()
            try:
                await asyncio.wait_for(buyer.changed.wait(), 0.5)
            except TimeoutError:
                yield ": still here\n\n"


def _waiting() -> dict:
    nothing = dict.fromkeys(("place", "picture", "preview", "code", "detail"))
    return {"status": "queued", **nothing, "warnings": []}


def _nearest_sample(photo: Image.Image) -> str:
    small = np.asarray(photo.resize((32, 48)), int)
    distance = {
        path.stem: np.abs(np.asarray(Image.open(path).convert("RGB").resize((32, 48)), int) - small).mean()
        for path in sample_buyers()
    }
    return min(distance, key=distance.get)


class Served:
    """The fake shop on a free port of 127.0.0.1, in a thread; a context manager that gives the shop's address."""

    def __init__(self, shop: FakeShop, port: int = 0):
        config = uvicorn.Config(shop.app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *exc) -> None:
        self.server.should_exit = True
        self.thread.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve the pages over a shop with made-up try-ons.")
    parser.add_argument("--looks", type=Path, help="folder that `primerka demo` wrote")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--delay", type=float, default=0.6, help="seconds per card")
    parser.add_argument("--copies", type=int, default=1, help="how many times every product is offered")
    given = parser.parse_args()
    uvicorn.run(FakeShop(given.delay, given.looks, given.copies).app, host="127.0.0.1", port=given.port, log_level="warning")
