"""Where garments are in their pictures: told by the worker, looked through by the shop, put right by hand."""

import io
import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from shop_rig import offers, open_rig, picture
from sqlalchemy import select, update
from test_shop_api import problem

from primerka.service.api import garments as api
from primerka.service.database.models import Job, Look, Product
from primerka.service.garments import hold_back
from primerka.service.importing import _hang, _write, import_here, keep_picture
from primerka.service.pictures import encode_cut_out

URL = "/v1/shops/atelier/garments"


def cut_out(size=(300, 400), box=(50, 60, 250, 300), file_format="PNG") -> bytes:
    """White in a box, black around it."""
    image = Image.new("L", size, 0)
    image.paste(255, box)
    file = io.BytesIO()
    image.save(file, file_format)
    return file.getvalue()


def give(shop, sku="SKU-1", data=None, **form):
    file = {"cut_out": ("cut.png", cut_out() if data is None else data, "image/png")}
    return shop.client.put(f"{URL}/{sku}", headers=key(shop), files=file, data=form)


def key(shop) -> dict:
    return {"Authorization": f"Bearer {shop.shop_key}"}


def garment(shop, sku="SKU-1") -> dict:
    return shop.client.get(f"{URL}/{sku}", headers=key(shop)).json()


def white(shop, link: str) -> np.ndarray:
    found = shop.client.get(link)
    assert found.headers["content-type"] == "image/webp"
    return np.asarray(Image.open(io.BytesIO(found.content)).convert("L")) > 127


def set_certainties(shop, **certainties: float) -> None:
    with shop.database.write() as session:
        for sku, certainty in certainties.items():
            session.execute(update(Product).where(Product.sku == sku.replace("_", "-")).values(certainty=certainty))


def test_what_was_cut_out_is_told(shop):
    assert garment(shop)["status"] == "preparing" and garment(shop)["cut_out"] is None
    shop.work()
    found = garment(shop)
    assert (found["status"], found["picture"], found["by_hand"], found["category"]) == ("ready", 0, False, "skirt")
    assert 0 <= found["certainty"] <= 1 and white(shop, found["cut_out"]).mean() == 7 / 8


def test_the_least_certain_comes_first(tmp_path, database_url):
    with open_rig(tmp_path, database_url, products=7) as rig:
        rig.work()
        set_certainties(rig, SKU_0=0.9, SKU_1=0.3, SKU_2=0.3, SKU_3=0.8, SKU_4=0.95, SKU_5=0.5)
        with rig.database.write() as session:
            refused = session.scalar(select(Product).where(Product.sku == "SKU-6"))
            refused.garment, refused.code, refused.detail, refused.certainty = "refused", "garment_hidden", "Hidden.", None
        seen, cursor = [], ""
        for _ in range(4):
            page = rig.client.get(f"{URL}?limit=2{cursor}", headers=key(rig)).json()
            assert page["total"] == 7
            seen += [item["sku"] for item in page["items"]]
            cursor = f"&cursor={page['next']}"
        assert page["next"] is None and seen == [f"SKU-{number}" for number in (6, 1, 2, 5, 3, 0, 4)]
        tops = rig.client.get(f"{URL}?category=top", headers=key(rig)).json()
        assert [item["sku"] for item in tops["items"]] == ["SKU-6", "SKU-0"] and tops["items"][0]["code"] == "garment_hidden"
        problem(rig.client.get(f"{URL}?cursor=none", headers=key(rig)), 422, "invalid_request")


def test_a_cut_out_of_the_shops_takes_the_place_of_ours(shop):
    shop.work()
    old = garment(shop)["cut_out"]
    given = give(shop)
    assert given.status_code == 202 and (given.json()["status"], given.json()["by_hand"]) == ("preparing", True)
    made, prepare = [], shop.worker.workshop.tailor.prepare_garment
    shop.worker.workshop.tailor.prepare_garment = lambda *a: (made.append(a[3]), prepare(*a))[1]
    shop.work()
    ((number, file),) = made
    sent = np.asarray(Image.open(io.BytesIO(file)).convert("L")) > 127
    assert number == 0 and sent[60:300, 50:250].all() and sent.sum() == 240 * 200
    found = garment(shop)
    assert (found["status"], found["by_hand"], found["certainty"]) == ("ready", True, 1.0)
    assert (white(shop, found["cut_out"]) == sent).all() and shop.client.get(old).status_code == 404
    assert len(shop.files.keys("cut-outs/")) == 3  # one for each product, and no more
    forgotten = shop.client.delete(f"{URL}/SKU-1", headers=key(shop))
    assert forgotten.status_code == 202 and not forgotten.json()["by_hand"]
    shop.work()
    assert made[1] is None and garment(shop)["by_hand"] is False and len(shop.files.keys("cut-outs/")) == 3


def test_looks_are_made_anew(shop):
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/catalogue"
    shop.client.get(url, headers=headers)
    shop.work()
    old = [item["card"]["picture"] for item in shop.client.get(url, headers=headers).json()["items"]]
    give(shop)
    page = shop.client.get(url, headers=headers).json()
    assert [item["card"]["status"] for item in page["items"]] == ["ready", "queued", "ready"]
    shop.work()
    new = [item["card"]["picture"] for item in shop.client.get(url, headers=headers).json()["items"]]
    assert [before == after for before, after in zip(old, new)] == [True, False, True]
    assert [shop.client.get(link).status_code for link in old] == [200, 404, 200]
    with shop.database.read() as session:
        assert session.scalars(select(Look.made)).all() == [1, 1, 1]


def test_a_refused_garment_can_be_cut_out(shop):
    with shop.database.write() as session:
        row = session.scalar(select(Product).where(Product.sku == "SKU-1"))
        row.garment, row.code, row.detail = "refused", "garment_hidden", "Hidden."
    give(shop)
    shop.work()
    assert garment(shop)["status"] == "ready" and garment(shop)["code"] is None


def test_a_cut_out_lives_as_long_as_its_picture(shop):
    """A new price, another category or another name of the same picture do not cost the shop its work."""
    shop.work()
    give(shop)
    shop.work()
    kept = garment(shop)["cut_out"]
    rows = offers(3)
    (shop.folder / "renamed.jpg").write_bytes((shop.folder / "1.jpg").read_bytes())
    rows[1] = rows[1].__class__(**{**rows[1].__dict__, "category": "dress", "pictures": ("renamed.jpg",)})
    import_here(shop.database, shop.files, 1, rows, shop.folder)
    shop.work()
    assert (garment(shop)["category"], garment(shop)["by_hand"], garment(shop)["cut_out"]) == ("dress", True, kept)
    (shop.folder / "renamed.jpg").write_bytes(picture(seed=77))
    import_here(shop.database, shop.files, 1, rows, shop.folder)
    assert not garment(shop)["by_hand"] and shop.client.get(kept).status_code == 404
    shop.work()
    assert garment(shop)["status"] == "ready" and len(shop.files.keys("cut-outs/")) == 3


def test_a_product_that_is_gone_takes_its_cut_out_along(shop):
    shop.work()
    give(shop)
    for _ in range(2):  # one feed that lacks it may be a mistake
        import_here(shop.database, shop.files, 1, [offers(3)[0]], shop.folder)
    assert len(shop.files.keys("cut-outs/")) == 1
    problem(shop.client.get(f"{URL}/SKU-1", headers=key(shop)), 404, "not_found")


def test_work_on_the_garment_of_before_is_thrown_away(shop):
    """The shop gives a cut-out while a worker prepares the garment without it."""
    tailor = shop.worker.workshop.tailor
    prepare, given = tailor.prepare_garment, []

    def slow(*arguments):
        ready = prepare(*arguments)
        if not given and arguments[1] == "skirt":
            given.append(give(shop))
        return ready

    tailor.prepare_garment = slow
    shop.work()
    found = garment(shop)
    assert (found["status"], found["by_hand"]) == ("ready", True) and white(shop, found["cut_out"]).sum() == 240 * 200
    assert len(shop.files.keys("cut-outs/")) == len(shop.files.keys("garments/")) == 3
    with shop.database.read() as session:
        assert not session.scalars(select(Job)).all()


def test_a_lost_garment_is_not_put_over_a_newer_one(shop):
    """A look finds its garment lost and prepares it again, while the shop gives a cut-out."""
    shop.work()
    tailor = shop.worker.workshop.tailor
    prepare, given = tailor.prepare_garment, []

    def slow(*arguments):
        ready = prepare(*arguments)
        if not given:
            given.append(give(shop))
        return ready

    tailor.prepare_garment = slow
    with shop.database.read() as session:
        lost = session.scalar(select(Product.prepared).where(Product.sku == "SKU-1"))
    shop.worker.workshop._discard(lost)
    buyer, headers = shop.buyer()
    shop.client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-1"]})
    shop.work()
    found = garment(shop)
    assert given and (found["status"], found["by_hand"], found["certainty"]) == ("ready", True, 1.0)
    assert white(shop, found["cut_out"]).sum() == 240 * 200
    assert len(shop.files.keys("cut-outs/")) == len(shop.files.keys("garments/")) == 3


def test_a_lost_garment_is_not_put_over_another_category(shop):
    """The same, while an import says that it is a dress."""
    shop.work()
    prepare, made = shop.worker.workshop.tailor.prepare_garment, []

    def slow(*arguments):
        ready = prepare(*arguments)
        made.append(arguments[1])
        if len(made) == 1:
            with shop.database.write() as session:
                row = session.scalar(select(Product).where(Product.sku == "SKU-1"))
                stale = _write(session, row, replace(offers(2)[1], category="dress"), None)
            shop.files.delete(*stale)
        return ready

    with shop.database.read() as session:
        lost = session.scalar(select(Product.prepared).where(Product.sku == "SKU-1"))
    shop.worker.workshop._discard(lost)
    buyer, headers = shop.buyer()
    shop.client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-1"]})
    shop.worker.workshop.tailor.prepare_garment = slow
    shop.work()
    assert made == ["skirt", "dress"] and (garment(shop)["category"], garment(shop)["status"]) == ("dress", "ready")
    assert len(shop.files.keys("cut-outs/")) == len(shop.files.keys("garments/")) == 3


def test_what_cannot_be_a_cut_out_changes_nothing(shop):
    shop.work()
    before = garment(shop)
    problem(give(shop, data=b"nothing"), 422, "not_a_picture")
    problem(give(shop, data=cut_out(size=(400, 300))), 422, "cut_out_of_another_photo")
    problem(give(shop, data=picture()), 422, "no_cut_out")
    for box in ((0, 0, 0, 0), (0, 0, 300, 400)):
        problem(give(shop, data=cut_out(box=box)), 422, "cut_out_empty")
    problem(give(shop, picture="1"), 422, "invalid_request")
    problem(give(shop, picture="-1"), 422, "invalid_request")
    problem(give(shop, sku="none"), 404, "not_found")
    problem(shop.client.put(f"{URL}/SKU-1", headers=key(shop), data={"cut_out": "text"}), 415, "not_a_form")
    large = shop.client.put(f"{URL}/SKU-1", headers=key(shop), files={"cut_out": b"x" * 31_000_000})
    problem(large, 413, "body_too_large")
    assert garment(shop) == before and len(shop.files.keys("cut-outs/")) == 3


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_the_shop_may(shop, method):
    call = getattr(shop.client, method)
    problem(call(f"{URL}/SKU-1"), 401, "no_token")
    problem(call(f"{URL}/SKU-1", headers={"Authorization": "Bearer another"}), 404, "not_found")
    _, headers = shop.buyer()
    problem(call(f"{URL}/SKU-1", headers=headers), 404, "not_found")


def test_what_is_no_garment_has_no_cut_out(tmp_path, database_url):
    with open_rig(tmp_path, database_url) as rig:
        import_here(rig.database, rig.files, 1, offers(1, category=None), rig.folder)
        problem(rig.client.get(f"{URL}/SKU-0", headers=key(rig)), 404, "not_found")
        assert give(rig, sku="SKU-0").status_code == 404


def test_a_cut_out_is_of_what_was_seen(shop):
    """A studio's next photo of the same size, or a colleague's cut-out, come between looking and saving."""
    shop.work()
    seen = garment(shop)["edition"]
    (shop.folder / "1.jpg").write_bytes(picture(seed=77))
    import_here(shop.database, shop.files, 1, offers(3), shop.folder)
    shop.work()
    before = garment(shop)
    assert before["edition"] != seen
    problem(give(shop, edition=seen), 409, "garment_changed")
    assert garment(shop) == before
    assert give(shop, edition=before["edition"]).status_code == 202
    problem(give(shop, edition=before["edition"]), 409, "garment_changed")
    shop.work()
    mine = garment(shop)
    problem(shop.client.delete(f"{URL}/SKU-1?edition={seen}", headers=key(shop)), 409, "garment_changed")
    assert garment(shop) == mine and mine["by_hand"]
    assert shop.client.delete(f"{URL}/SKU-1?edition={mine['edition']}", headers=key(shop)).status_code == 202


def test_an_edition_is_the_same_as_long_as_pictures_and_cut_out_are(shop):
    waiting = garment(shop)["edition"]
    shop.work()
    assert garment(shop)["edition"] == waiting
    rows = offers(3)
    rows[1] = rows[1].__class__(**{**rows[1].__dict__, "title": "Another name"})
    import_here(shop.database, shop.files, 1, rows, shop.folder)
    assert garment(shop)["edition"] == waiting


def test_pictures_that_change_while_a_cut_out_is_taken(shop, monkeypatch):
    """After its picture was read, and before the row is written."""
    shop.work()
    before = shop.files.keys("cut-outs/")

    def slow(*arguments):
        (shop.folder / "1.jpg").write_bytes(picture(seed=77))
        import_here(shop.database, shop.files, 1, offers(3), shop.folder)
        return encode_cut_out(*arguments)

    monkeypatch.setattr(api, "encode_cut_out", slow)
    problem(give(shop), 409, "garment_changed")
    shop.work()
    assert not garment(shop)["by_hand"] and len(shop.files.keys("cut-outs/")) == len(before) == 3


def test_a_look_that_somebody_waits_for_is_made_with_the_new_cut_out(shop):
    """It keeps its name: whoever asked for it looks for it by that. One that is being made is begun again."""
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/try-ons"
    asked = shop.client.post(url, headers=headers, json={"products": ["SKU-1"]}).json()
    give(shop)
    waits = shop.client.get(f"{url}/{asked['id']}", headers=headers)
    assert (waits.status_code, waits.json()["status"]) == (200, "queued")
    tailor = shop.worker.workshop.tailor
    dress, given, dressed = tailor.dress, [], []

    def slow(*arguments):
        dressed.append(arguments)
        if not given:
            given.append(give(shop, data=cut_out(box=(10, 10, 100, 100))))
            given.append(shop.client.get(f"{url}/{asked['id']}", headers=headers).json()["status"])
        return dress(*arguments)

    tailor.dress = slow
    shop.work()
    assert given[1] == "queued" and len(dressed) == 2
    made = shop.client.get(f"{url}/{asked['id']}", headers=headers).json()
    assert made["status"] == "ready" and white(shop, garment(shop)["cut_out"]).sum() == 90 * 90
    assert len(shop.files.keys(f"buyers/{buyer['id']}/looks/")) == 2  # the picture and its preview
    with shop.database.read() as session:
        assert session.scalars(select(Look.made)).all() == [1] and not session.scalars(select(Job)).all()


def test_a_cut_out_goes_on_with_its_picture_among_others(shop):
    """Another photo before it, or behind it, is none of its business."""
    shop.work()
    give(shop)
    shop.work()
    kept = garment(shop)["cut_out"]
    rows, places = offers(3), [("2.jpg", "1.jpg"), ("1.jpg", "2.jpg"), ("1.jpg",)]
    for pictures, number in zip(places, (1, 0, 0)):
        rows[1] = rows[1].__class__(**{**rows[1].__dict__, "pictures": pictures})
        import_here(shop.database, shop.files, 1, rows, shop.folder)
        shop.work()
        found = garment(shop)
        assert (found["picture"], found["by_hand"], found["cut_out"], found["status"]) == (number, True, kept, "ready")
    rows[1] = rows[1].__class__(**{**rows[1].__dict__, "pictures": ("2.jpg",)})
    import_here(shop.database, shop.files, 1, rows, shop.folder)
    assert not garment(shop)["by_hand"] and shop.client.get(kept).status_code == 404


def test_what_was_refused_with_the_old_picture_is_looked_for_in_the_new_one(shop):
    """A cut-out is refused while the new picture is on its way."""
    shop.work()
    with shop.database.write() as session:
        row = session.scalar(select(Product).where(Product.sku == "SKU-1"))
        row.garment, row.code, row.detail = "refused", "garment_hidden", "Hidden."
        _hang(session, row, [keep_picture(shop.files, picture(seed=78))])
    shop.work()
    assert garment(shop)["status"] == "ready" and garment(shop)["code"] is None


def test_what_the_shop_puts_right_is_made_before_the_rest_of_the_catalogue(shop):
    made, prepare = [], shop.worker.workshop.tailor.prepare_garment
    shop.worker.workshop.tailor.prepare_garment = lambda *a: (made.append(a[1]), prepare(*a))[1]
    give(shop)
    shop.work()
    assert made[0] == "skirt" and len(made) == 3


def test_what_is_too_uncertain_waits_for_the_shop(tmp_path, database_url):
    """Nobody sees it on themselves, and the shop what was found of it; saved as it is, it is there."""
    with open_rig(tmp_path, database_url, hold_below=1.0) as rig:
        buyer, headers = rig.buyer()
        url = f"/v1/buyers/{buyer['id']}"
        rig.client.get(f"{url}/catalogue", headers=headers)
        rig.work()
        held = garment(rig)
        assert (held["status"], held["code"], held["by_hand"]) == ("refused", "garment_unclear", False)
        assert 0.6 <= held["certainty"] < 1 and white(rig, held["cut_out"]).mean() == 7 / 8
        cards = [item["card"] for item in rig.client.get(f"{url}/catalogue", headers=headers).json()["items"]]
        assert [card["code"] for card in cards] == ["garment_unclear"] * 3 and not any(card["picture"] for card in cards)
        refused = rig.client.post(f"{url}/try-ons", headers=headers, json={"products": ["SKU-1"]})
        problem(refused, 422, "garment_unclear")
        give(rig, data=rig.client.get(held["cut_out"]).content, edition=held["edition"])
        rig.work()
        assert (garment(rig)["status"], garment(rig)["by_hand"]) == ("ready", True)
        rig.client.get(f"{url}/catalogue", headers=headers)
        rig.work()
        cards = [item["card"] for item in rig.client.get(f"{url}/catalogue", headers=headers).json()["items"]]
        assert sorted(card["status"] for card in cards) == ["ready", "refused", "refused"]
        assert len(rig.files.keys("cut-outs/")) == 3


def test_as_uncertain_as_the_shop_allows(tmp_path, database_url):
    with open_rig(tmp_path, database_url, hold_below=0.0) as rig:
        prepare = rig.worker.workshop.tailor.prepare_garment
        rig.worker.workshop.tailor.prepare_garment = lambda *a: replace(prepare(*a), certainty=0.0)
        rig.work()
        assert (garment(rig)["status"], garment(rig)["certainty"]) == ("ready", 0.0)


@pytest.mark.parametrize("certainty", [0.0, 0.9])
def test_what_an_earlier_version_prepared_is_measured_by_the_same(shop, certainty):
    """A look finds its garment lost, and it is prepared anew: if it is too uncertain now, it waits for the shop."""
    shop.work()
    with shop.database.read() as session:
        lost = session.scalar(select(Product.prepared).where(Product.sku == "SKU-1"))
    shop.worker.workshop._discard(lost)
    prepare = shop.worker.workshop.tailor.prepare_garment
    shop.worker.workshop.tailor.prepare_garment = lambda *a: replace(prepare(*a), certainty=certainty)
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/try-ons"
    look = shop.client.post(url, headers=headers, json={"products": ["SKU-1"]}).json()
    shop.work()
    found = shop.client.get(f"{url}/{look['id']}", headers=headers).json()
    wanted = ("ready", None) if certainty else ("refused", "garment_unclear")
    assert (found["status"], found["code"]) == (garment(shop)["status"], garment(shop)["code"]) == wanted


def test_another_threshold_holds_for_what_is_there(shop):
    """Raised, it holds back; lowered, it lets go, and looks that were refused for it are made."""
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/catalogue"
    shop.client.get(url, headers=headers)
    give(shop, sku="SKU-2")
    shop.work()
    set_certainties(shop, SKU_0=0.9, SKU_1=0.7)
    with shop.database.write() as session:
        hold_back(session, 0.8)
    assert [garment(shop, f"SKU-{number}")["code"] for number in range(3)] == [None, "garment_unclear", None]
    with shop.database.write() as session:
        for look in session.scalars(select(Look)):
            look.status, look.code = "refused", "garment_unclear"
        hold_back(session, 0.7)
    assert [garment(shop, f"SKU-{number}")["status"] for number in range(3)] == ["ready"] * 3
    with shop.database.read() as session:
        products = session.scalars(select(Look.products)).all()
    assert len(products) == 2  # that of SKU-1 will be made when it is wanted
    shop.client.get(url, headers=headers)
    shop.work()
    cards = [item["card"]["status"] for item in shop.client.get(url, headers=headers).json()["items"]]
    assert cards.count("ready") == 1


def test_a_worker_begins_with_its_threshold(shop, monkeypatch):
    shop.work()
    set_certainties(shop, SKU_1=0.3)
    monkeypatch.setattr(shop.worker.queue, "consume", lambda *handlers: None)
    monkeypatch.setattr(shop.worker, "_beat", lambda: None)  # which never ends
    shop.worker.run()
    assert garment(shop)["code"] == "garment_unclear" and garment(shop, "SKU-0")["code"] is None


def test_saving_while_a_look_is_made_costs_it_no_attempt(shop):
    """However often the shop saves: nothing has failed."""
    tailor = shop.worker.workshop.tailor
    dress, saved = tailor.dress, []

    def slow(*arguments):
        if len(saved) < 4:
            saved.append(give(shop, data=cut_out(box=(10, 10, 100 + len(saved), 100))))
        return dress(*arguments)

    tailor.dress = slow
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/try-ons"
    look = shop.client.post(url, headers=headers, json={"products": ["SKU-1"]}).json()
    shop.work()
    assert len(saved) == 4 and shop.client.get(f"{url}/{look['id']}", headers=headers).json()["status"] == "ready"


def test_a_look_that_is_finished_while_its_garment_is_saved_is_not_left_in_the_queue(shop):
    """The worker is about to commit when the shop's transaction looks for jobs."""
    buyer, headers = shop.buyer()
    look = shop.client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-1"]}).json()
    workshop, finished, saving = shop.worker.workshop, threading.Event(), []

    @contextmanager
    def slow():
        with write() as session:
            yield session
            if session.scalar(select(Look.made).where(Look.id == look["id"])) and not saving:
                saving.append(threading.Thread(target=lambda: (give(shop), finished.set())))
                saving[0].start()
                finished.wait(1.0)  # it waits for us, or, where nobody waits, is through

    write = workshop.database.write
    workshop.database.write = slow
    shop.work()
    saving[0].join()
    workshop.database.write = write
    shop.work()
    with shop.database.read() as session:
        queued = session.scalars(select(Look).where(Look.status == "queued")).all()
        jobs = session.scalars(select(Job.subject).where(Job.kind == "look")).all()
    assert {row.id for row in queued} == set(jobs)
