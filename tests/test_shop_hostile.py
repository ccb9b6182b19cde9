"""Hostile uploads and made-up requests: no 5xx. tools/hostile_shop.py does many more against a real server."""

from itertools import islice

import pytest
from hostile_uploads import form, hostile_bodies
from shop_rig import migrated_sqlite, open_rig


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    with open_rig(folder, migrated_sqlite(folder), buyers_per_hour=100_000, shop_requests_per_minute=100_000) as rig:
        yield rig


def test_hostile_uploads(shop):
    accepted = 0
    for what, body, kind in islice(hostile_bodies(), 85):
        answer = shop.client.post("/v1/shops/atelier/buyers", content=body, headers={"Content-Type": kind} if kind else {})
        assert answer.status_code < 500, what
        assert answer.status_code == 201 or answer.headers["content-type"] == "application/problem+json", what
        if what in ("picture and page", "picture and archive") and answer.status_code == 201:
            kept = shop.client.get(answer.json()["photo"]).content
            assert b"script" not in kept and b"PK\x03\x04" not in kept  # only what was decoded is kept
            accepted += 1
    assert accepted


def test_a_body_that_lies_about_its_length(shop):
    def endless():
        for _ in range(92):
            yield b"x" * 1_000_000

    answer = shop.client.post(
        "/v1/shops/atelier/buyers", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=b0undary"}
    )
    assert answer.status_code in (413, 422)
    small = shop.client.post("/v1/shops/atelier/buyers", content=form(b""), headers={"Content-Length": "-5"})
    assert small.status_code in (400, 413)


def test_requests_from_the_document(shop):
    from made_up_requests import from_app, send_made_up_requests

    shop.work()
    buyer, _ = shop.buyer()
    there = {"shop": "atelier", "buyer": buyer["id"], "sku": "SKU-1"}
    sent = send_made_up_requests(from_app(shop.client.app), there, [buyer["token"], shop.shop_key], examples=6)
    assert sent > 60
