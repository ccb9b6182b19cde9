"""The way of a buyer through the API, over SQLite and PostgreSQL."""

import json
import threading

import pytest
from shop_rig import picture
from sqlalchemy import func, select

from primerka.service.database.models import Buyer, Idempotency, Job, Look


def problem(response, status: int, code: str) -> dict:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["type"] == f"/problems/{code}" and document["detail"].endswith(".")
    return document


def test_a_photo_becomes_a_dressed_catalogue(shop):
    buyer, headers = shop.buyer()
    assert buyer["status"] == "preparing"
    page = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers).json()
    assert [(item["card"]["status"], item["card"]["place"]) for item in page["items"]] == [
        ("queued", 1),
        ("queued", 2),
        ("queued", 3),
    ]
    shop.work()
    assert shop.client.get(f"/v1/buyers/{buyer['id']}", headers=headers).json()["status"] == "ready"
    page = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers).json()
    assert [item["card"]["status"] for item in page["items"]] == ["ready"] * 3 and page["total"] == 3 and page["next"] is None
    for item in page["items"]:
        for link in (item["card"]["picture"], item["card"]["preview"], item["product"]["picture"]):
            found = shop.client.get(link)
            assert found.status_code == 200
            whose = "public" if link == item["product"]["picture"] else "private"
            assert found.headers["cache-control"].startswith(f"{whose}, max-age=") and found.headers["cache-control"].endswith(
                ", immutable"
            )
            again = shop.client.get(link, headers={"If-None-Match": found.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


def test_a_card_is_made_once(shop):
    buyer, headers = shop.buyer()
    for _ in range(3):
        shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers)
        one = shop.client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-1"]})
        shop.work()
    assert one.status_code == 200 and one.json()["status"] == "ready"
    with shop.database.read() as session:
        assert session.scalars(select(Look.made)).all() == [1, 1, 1]
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_what_is_looked_at_last_comes_first(shop):
    buyer, headers = shop.buyer()
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers)
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?search=product+2", headers=headers)
    page = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers).json()
    assert page["items"][0]["card"]["place"] == 1
    page = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?search=SKU-1", headers=headers).json()
    assert page["items"][0]["product"]["sku"] == "SKU-1" and page["items"][0]["card"]["place"] == 1


def test_an_outfit_in_the_models_pose(shop):
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/try-ons"
    asked = shop.client.post(url, headers=headers, json={"products": ["SKU-1", "SKU-0"], "pose": "product"})
    assert asked.status_code == 202 and asked.json()["products"] == ["SKU-1", "SKU-0"]
    shop.work()
    look = shop.client.get(asked.headers["location"], headers=headers).json()
    assert look["status"] == "ready" and look["pose"] == "product" and look["id"] == asked.json()["id"]
    problem(shop.client.post(url, headers=headers, json={"products": ["SKU-0", "none"]}), 422, "unknown_product")
    problem(shop.client.post(url, headers=headers, json={"products": []}), 422, "invalid_request")


@pytest.mark.parametrize("skus", (["SKU-2", "SKU-0", "SKU-1"], ["SKU-1", "SKU-2"]), ids=",".join)
def test_garments_come_back_in_the_order_asked_for(shop, skus):
    """In answers, in events, and to the tailor, who takes the pose from the first one's model; the other way round is another look."""
    from primerka.service.api.events import _messages

    buyer, headers = shop.buyer()
    sewn, dress = [], shop.worker.workshop.tailor.dress
    shop.worker.workshop.tailor.dress = lambda buyer, garments, *more: (
        sewn.append([garment.category for garment in garments]),
        dress(buyer, garments, *more),
    )[1]
    for wanted in (skus, skus[::-1]):
        asked = shop.client.post(
            f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": wanted, "pose": "product"}
        )
        shop.work()
        look = shop.client.get(asked.headers["location"], headers=headers).json()
        assert look["status"] == "ready" and asked.json()["products"] == look["products"] == wanted
        categories = {item["sku"]: item["category"] for item in shop.client.get("/v1/shops/atelier/products").json()["items"]}
        assert sewn.pop() == [categories[sku] for sku in wanted]
        service = shop.client.app.state.service
        with shop.database.read() as session:
            row = session.get(Buyer, buyer["id"])
        told = _messages(service, row, service.hub.since(row.id, 0)[-1])
        assert json.dumps(wanted) in told


def test_consent_comes_first(shop):
    problem(shop.upload(form={"consent": "no"}), 422, "consent_missing")
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Buyer)) == 0
    assert not shop.files.keys("buyers/")


def test_a_refused_photo_is_told_kindly_and_not_kept(shop):
    problem(shop.upload(b"nothing"), 422, "not_a_picture")
    problem(shop.upload(b""), 422, "not_a_picture")
    buyer, headers = shop.buyer(picture((5, 5, 5)))
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers)
    shop.work()
    told = shop.client.get(f"/v1/buyers/{buyer['id']}", headers=headers).json()
    assert (told["status"], told["code"], told["photo"]) == ("refused", "no_person", None)
    assert not shop.files.keys("buyers/")
    page = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers).json()
    assert {item["card"]["code"] for item in page["items"]} == {"no_person"}


def test_the_same_key_gives_the_same_answer(shop):
    first = shop.upload(headers={"Idempotency-Key": "a"})
    again = shop.upload(headers={"Idempotency-Key": "a"})
    assert first.json() == again.json()
    assert shop.upload().json()["id"] != first.json()["id"]
    problem(shop.upload(picture(seed=1), headers={"Idempotency-Key": "a"}), 409, "idempotency_conflict")
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Buyer)) == 2


def test_the_same_key_at_the_same_moment(shop):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(shop.upload(headers={"Idempotency-Key": "b"}))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4 and len({answer.json()["id"] for answer in answers}) == 1
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Idempotency)) == 1


def test_the_same_look_asked_for_at_the_same_moment(shop):
    buyer, headers = shop.buyer()
    url, answers = f"/v1/buyers/{buyer['id']}/try-ons", []

    def ask():
        answers.append(
            shop.client.post(url, headers={**headers, "Idempotency-Key": "c"}, json={"products": ["SKU-0", "SKU-1"]})
        )

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 4 and len({answer.json()["id"] for answer in answers}) == 1
    other = shop.client.post(url, headers={**headers, "Idempotency-Key": "c"}, json={"products": ["SKU-0"]})
    problem(other, 409, "idempotency_conflict")
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "look")) == 1


def test_nobody_reaches_another_buyer(shop):
    (mine, my_headers), (yours, your_headers) = shop.buyer(), shop.buyer(picture(seed=1))
    shop.client.get(f"/v1/buyers/{yours['id']}/catalogue", headers=your_headers)
    look = shop.client.post(f"/v1/buyers/{yours['id']}/try-ons", headers=your_headers, json={"products": ["SKU-1"]}).json()
    for wrong in (my_headers, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {shop.shop_key}"}):
        for path in ("", "/catalogue", "/events", f"/try-ons/{look['id']}"):
            problem(shop.client.get(f"/v1/buyers/{yours['id']}{path}", headers=wrong), 404, "not_found")
        problem(shop.client.delete(f"/v1/buyers/{yours['id']}", headers=wrong), 404, "not_found")
    problem(shop.client.get(f"/v1/buyers/{mine['id']}/try-ons/{look['id']}", headers=my_headers), 404, "not_found")
    problem(shop.client.get("/v1/buyers/unknown", headers=my_headers), 404, "not_found")
    problem(shop.client.get(f"/v1/buyers/{yours['id']}"), 401, "no_token")


def test_forged_and_expired_links(shop):
    buyer, _ = shop.buyer()
    link = buyer["photo"]
    assert shop.client.get(link).status_code == 200
    signed, dot, signature = link.rpartition(".")  # of the last character's six bits two mean nothing
    problem(shop.client.get(signed + dot + ("b" if signature[0] == "a" else "a") + signature[1:]), 404, "not_found")
    links = shop.client.app.state.service.links
    old = links.to(f"buyers/{buyer['id']}/photo-0.jpg", now=1_000_000_000)
    problem(shop.client.get(old), 404, "not_found")


def test_catalogue_search_categories_and_pages(shop):
    about = shop.client.get("/v1/shops/atelier").json()
    assert about == {"id": "atelier", "name": "Atelier", "currency": "RUB", "products": 3, "categories": about["categories"]}
    assert about["categories"] == [{"id": kind, "count": 1} for kind in ("skirt", "top", "trousers")]
    seen, cursor = [], ""
    while cursor is not None:
        page = shop.client.get(
            "/v1/shops/atelier/products", params={"limit": 2, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [item["sku"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["SKU-0", "SKU-1", "SKU-2"]
    found = shop.client.get("/v1/shops/atelier/products", params={"search": "PRODUCT 1"}).json()
    assert [item["sku"] for item in found["items"]] == ["SKU-1"]
    assert shop.client.get("/v1/shops/atelier/products", params={"search": "%"}).json()["total"] == 0
    assert shop.client.get("/v1/shops/atelier/products", params={"category": "skirt"}).json()["total"] == 1
    assert shop.client.get("/v1/shops/atelier/products/SKU-2").json()["title"] == "Product 2"
    problem(shop.client.get("/v1/shops/atelier/products/none"), 404, "not_found")
    problem(shop.client.get("/v1/shops/none/products"), 404, "not_found")
    problem(shop.client.get("/v1/shops/atelier/products", params={"cursor": "-1"}), 422, "invalid_request")


def test_only_the_shops_key_opens_imports(shop):
    url = "/v1/shops/atelier/imports"
    feed = {"file": ("feed.xml", b"<rss/>")}
    problem(shop.client.post(url, files=feed), 401, "no_token")
    problem(shop.client.post(url, files=feed, headers={"Authorization": "Bearer shop_x"}), 404, "not_found")
    _, headers = shop.buyer()
    problem(shop.client.get(f"{url}/x", headers=headers), 404, "not_found")


def test_too_many_requests(tmp_path, database_url):
    from shop_rig import open_rig

    with open_rig(tmp_path, database_url, buyers_per_hour=2, buyer_requests_per_minute=3) as rig:
        _, headers = rig.buyer()
        buyer, headers = rig.buyer()
        refused = rig.upload()
        problem(refused, 429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        answers = [rig.client.get(f"/v1/buyers/{buyer['id']}", headers=headers).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]


def test_events_tell_what_happens(shop):
    """The stream itself is tested with a real server; here: what is noted, and how it is told."""
    from primerka.service.api.events import _messages

    buyer, headers = shop.buyer()
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers)
    shop.work()
    service = shop.client.app.state.service
    with shop.database.read() as session:
        row = session.get(Buyer, buyer["id"])
    told = service.hub.since(row.id, 0)
    assert [kind for _, kind, _ in told] == ["buyer", "look", "look"]
    first, last = _messages(service, row, told[0]), _messages(service, row, told[2])
    assert first.startswith(f"id: {told[0][0]}\nevent: buyer\ndata: {{") and '"status": "ready"' in first
    assert "event: card\n" in last and '"sku": "SKU-0"' in last and "event: try_on\n" in last and '"status": "ready"' in last
    assert service.hub.since(row.id, told[1][0]) == told[2:]


@pytest.mark.parametrize("size", [100_000, 95_000_000])
def test_large_bodies_are_refused_before_they_are_read(shop, size):
    path = "/v1/shops/atelier/buyers" if size > 1_000_000 else "/v1/buyers/x/try-ons"
    read = []

    def body():
        read.append(1)
        yield b"x" * 1000

    problem(shop.client.post(path, content=body(), headers={"Content-Length": str(size)}), 413, "body_too_large")


def test_operation(shop):
    assert shop.client.get("/healthz").json() == {"status": "ok"}
    problem(shop.client.get("/readyz"), 503, "no_worker")
    shop.upload(b"nothing")
    shop.buyer()
    numbers = shop.client.get("/metrics").text
    assert (
        'primerka_queue_length{kind="buyer"} 1.0' in numbers and 'primerka_refusals_total{code="not_a_picture"} 1.0' in numbers
    )
    shop.work()
    numbers = shop.client.get("/metrics").text
    assert 'primerka_stage_seconds_count{stage="analysis"} 1.0' in numbers and "primerka_buyers 1.0" in numbers
    document = shop.client.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1") and "/v1/buyers/{buyer}/catalogue" in document["paths"]
