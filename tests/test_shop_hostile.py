"""Hostile uploads and made-up requests: no 5xx. tools/hostile_shop.py does many more against a real server."""

from itertools import islice

import pytest
from hostile_uploads import form, hostile_bodies
from hypothesis import HealthCheck, given, settings
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
    """schemathesis makes up requests from the OpenAPI document; any answer but those it documents is a fault."""
    import schemathesis

    shop.work()
    _, headers = shop.buyer()
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", shop.client.app)
    from schemathesis.checks import CHECKS

    wanted = [
        check
        for check in CHECKS.get_all()
        if check.__name__ in ("not_a_server_error", "response_schema_conformance", "status_code_conformance")
    ]
    for operation in schema.get_all_operations():
        api = operation.ok()
        if api.path.endswith("/events"):  # a stream without end: test_shop_serve.py reads it
            continue
        tokens = (headers["Authorization"], f"Bearer {shop.shop_key}", "Bearer x")

        @settings(max_examples=8, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=api.as_strategy())
        def try_it(case, tokens=tokens):
            for token in tokens[:2]:
                case.headers = {**(case.headers or {}), "Authorization": token}
                case.call_and_validate(checks=wanted)

        try_it()
