"""The whole shop as people start it: one command, a real server, real workers with the real tailor, the pages."""

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from PIL import Image

from primerka.errors import GarmentRejected, PhotoRejected
from primerka.samples import product_category, sample_buyers, sample_products
from primerka.service import serve as serving
from primerka.service.pictures import encode_cut_out
from primerka.service.settings import Settings
from primerka.stages import Stages

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tailor(pose_models):
    from primerka.service.jobs.tailor import Tailor
    from primerka.service.moderation import Moderator

    return Tailor("surface", Moderator(0.8))


def test_the_real_tailor(tailor):
    """Of two photos the one that shows more is taken; the card changes the garment and nothing around the person."""
    whole = sample_buyers()[0].read_bytes()
    picture = Image.open(io.BytesIO(whole))
    file = io.BytesIO()
    picture.crop((0, 0, picture.width, picture.height // 2)).save(file, "JPEG", quality=95)
    stages = Stages()
    buyer = tailor.prepare_buyer([file.getvalue(), whole], stages)
    assert buyer.index == 1 and "feet" not in buyer.person.missing
    path = sample_products()[-1]
    garment = tailor.prepare_garment([whole[:500], path.read_bytes()], product_category(path), stages)
    assert (garment.index, garment.category) == (1, product_category(path))
    card = tailor.dress(buyer, [garment], "buyer", stages)
    look = np.asarray(Image.open(io.BytesIO(card.picture)).convert("RGB")).astype(int)
    change = np.abs(look - buyer.person.photo.rgb).max(2)
    assert np.mean(change > 60) > 0.02 and np.median(change) < 12
    assert Image.open(io.BytesIO(card.preview)).width == 360
    assert {"decode", "moderation", "analysis", "prepare_buyer", "prepare_garment", "dress", "encode"} == set(stages.ms)


def test_the_real_tailor_cuts_out_what_the_shop_says(tailor):
    """Of the picture that the shop cut, and neither more nor less than it; what is no cut-out is the garment's fault."""
    path = next(path for path in sample_products() if product_category(path) == "top")
    data = path.read_bytes()
    found = tailor.prepare_garment([data], "top", Stages())
    mask = np.asarray(Image.open(io.BytesIO(found.cut_out)).convert("L")) > 127
    assert 0.5 < found.certainty < 1 and 0.02 < mask.mean() < 0.3
    rows = np.nonzero(mask)[0]
    shorter = mask & (np.arange(len(mask))[:, None] < np.percentile(rows, 80))
    given = tailor.prepare_garment([b"unread", data], "top", Stages(), (1, encode_cut_out(shorter)))
    assert (given.index, given.category, given.certainty) == (1, "top", 1.0)
    assert ((np.asarray(Image.open(io.BytesIO(given.cut_out)).convert("L")) > 127) == shorter).all()
    nothing = np.zeros_like(mask)
    nothing[:40, :40] = True
    for wrong, code in ((nothing, "cut_out_empty"), (mask.T, "cut_out_of_another_photo")):
        with pytest.raises(GarmentRejected) as refused:
            tailor.prepare_garment([data], "top", Stages(), (0, encode_cut_out(wrong)))
        assert refused.value.code == code


def test_the_real_tailor_refuses(tailor):
    file = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(file, "PNG")
    with pytest.raises(PhotoRejected):
        tailor.prepare_buyer([file.getvalue()], Stages())
    with pytest.raises(GarmentRejected):
        tailor.prepare_garment([file.getvalue()], "top", Stages())


@pytest.fixture(scope="module")
def demo(pose_models, tmp_path_factory):
    log = tmp_path_factory.mktemp("demo") / "log"
    (log.parent / "temporary").mkdir()
    command = [sys.executable, "-m", "primerka", "serve", "--demo", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(log.parent / "temporary")},
        )
        try:
            while not (found := re.search(r'"address": "(http://[\d.:]+)"', log.read_text())):
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            with httpx.Client(base_url=found[1], timeout=60) as client:
                yield client
        finally:
            process.terminate()
            process.wait(60)
    assert process.returncode == 0 and not list((log.parent / "temporary").iterdir())  # nothing of anybody stays
    lines = [line for line in log.read_text().splitlines() if line.startswith("{")]
    assert lines and all(json.loads(line)["level"] == "info" for line in lines)


def test_who_connects_when_it_says_that_it_listens_is_not_refused(monkeypatch):
    """Though the server itself begins only after that."""
    said = []

    def connect(message, address):
        said.append(message)
        host, port = address.removeprefix("http://").split(":")
        socket.create_connection((host, int(port)), timeout=5).close()

    for name in ("check_migrated", "Database", "create_app", "start_logs", "Supervisor"):
        monkeypatch.setattr(serving, name, lambda *_: SimpleNamespace(start=lambda: None, stop=lambda: None))
    monkeypatch.setattr(serving, "log", connect)
    monkeypatch.setattr(serving.uvicorn.Server, "run", lambda *_: None)
    monkeypatch.setattr(serving.signal, "signal", lambda *_: None)
    serving.serve(replace(Settings(), host="127.0.0.1", port=0))
    assert said == ["listening"]


def test_pages_and_their_parts(demo):
    for page in ("/", "/p/some-sku", "/widget-demo"):
        answer = demo.get(page)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        for link in re.findall(r'(?:src|href)="(/[^"#?]+)"', answer.text):
            assert demo.get(link).status_code == 200, link
    assert demo.get("/widget.js").headers["content-type"].startswith("text/javascript")
    assert demo.get("/brand/brand.json").status_code == 200
    assert demo.get("/storefront/../settings.py").status_code == 404 and demo.get("/nothing").status_code == 404


def test_a_buyer_watches_their_first_card_come(demo):
    photo = sample_buyers()[0].read_bytes()
    buyer = demo.post("/v1/shops/demo/buyers", data={"consent": "true"}, files={"photo": ("me.jpg", photo)}).json()
    headers = {"Authorization": f"Bearer {buyer['token']}"}
    first = demo.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers).json()
    assert first["total"] >= 6
    seen = []
    with demo.stream("GET", f"/v1/buyers/{buyer['id']}/events", headers={**headers, "Last-Event-ID": "0"}) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        for line in events.iter_lines():
            seen += [line[7:]] if line.startswith("event: ") else []
            if line.startswith("data: ") and seen[-1] == "card" and json.loads(line[6:])["card"]["status"] == "ready":
                card = json.loads(line[6:])
                break
    assert "buyer" in seen and card["sku"] == first["items"][0]["product"]["sku"]
    picture = Image.open(io.BytesIO(demo.get(card["card"]["picture"]).content))
    assert picture.size == Image.open(io.BytesIO(photo)).size
    with demo.stream("GET", f"/v1/buyers/{buyer['id']}/events", headers=headers) as events:
        assert demo.delete(f"/v1/buyers/{buyer['id']}", headers=headers).status_code == 204
        assert not [line for line in events.iter_lines() if line.startswith("data")]  # and it ends
    assert demo.get(card["card"]["picture"]).status_code == 404
