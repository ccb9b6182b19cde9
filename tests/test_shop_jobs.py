"""Jobs: claimed by one, lost by none, stopped by no photo."""

import threading
import time
from dataclasses import replace

import pytest
from label_tailor import LabelTailor, labelling_worker
from shop_rig import offers, open_rig, picture
from sqlalchemy import delete, select, update

from primerka.service.database.models import Buyer, Job, Look, Product, WorkerSeen
from primerka.service.importing import import_here
from primerka.service.jobs.claims import HANDS, ask, claim, holds, places, release
from primerka.service.jobs.worker import Supervisor, Worker
from primerka.service.kept import Seal


def wait_until(condition, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def claim_one(shop, worker: str, lease: float = 10):
    with shop.database.write() as session:
        return claim(session, worker, HANDS, lease)


def test_each_job_is_claimed_once(shop):
    shop.work()
    with shop.database.write() as session:
        for number in range(40):
            ask(session, "garment", str(1000 + number))
    claims = [[] for _ in range(4)]

    def work(mine):
        while found := claim_one(shop, f"worker {id(mine)}"):
            mine.append(found.subject)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(subject) for mine in claims for subject in mine) == list(range(1000, 1040))


def test_a_lease_that_ran_out_goes_to_the_next(shop):
    shop.work()
    with shop.database.write() as session:
        ask(session, "garment", "1")
    first = claim_one(shop, "a", lease=-1)
    second = claim_one(shop, "b")
    assert (second.job, second.attempts) == (first.job, 2) and claim_one(shop, "c") is None
    with shop.database.write() as session:
        assert not holds(session, first, "a") and holds(session, second, "b")
        release(session, "b")
    assert claim_one(shop, "c").attempts == 3


def test_asking_twice_only_brings_forward(shop):
    shop.work()
    with shop.database.write() as session:
        ask(session, "garment", "1", 5.0)
        ask(session, "garment", "2", 7.0)
        ask(session, "garment", "1", 9.0)
        ask(session, "garment", "1", 3.0)
        assert session.scalars(select(Job.priority).order_by(Job.subject)).all() == [9.0, 7.0]


def test_buyers_take_turns(shop):
    (one, headers_one), (two, headers_two) = shop.buyer(), shop.buyer(picture(seed=1))
    shop.work()
    shop.client.get(f"/v1/buyers/{one['id']}/catalogue", headers=headers_one)
    shop.client.get(f"/v1/buyers/{two['id']}/catalogue", headers=headers_two)
    with shop.database.read() as session:
        assert sorted(places(session, one["id"]).values()) == [2, 4, 6]
    turns = []
    while found := claim_one(shop, "a"):
        with shop.database.read() as session:
            turns.append(session.get(Look, found.subject).buyer_id)
    assert [turn == turns[0] for turn in turns] == [True, False] * 3


def test_a_card_waits_for_its_garment_and_brings_it_forward(tmp_path, database_url):
    with open_rig(tmp_path, database_url, products=5) as rig:
        buyer, headers = rig.buyer()
        rig.client.get(f"/v1/buyers/{buyer['id']}/catalogue?search=SKU-3", headers=headers)
        order = []
        do = rig.worker.workshop._make_garment, rig.worker.workshop._make_look
        object.__setattr__(
            rig.worker.workshop, "_make_garment", lambda *a: (order.append(("garment", a[0].subject)), do[0](*a))
        )
        object.__setattr__(rig.worker.workshop, "_make_look", lambda *a: (order.append(("look", a[0].subject)), do[1](*a)))
        rig.work()
        with rig.database.read() as session:
            wanted = session.scalar(select(Product.id).where(Product.sku == "SKU-3"))
        assert order[0] == ("garment", str(wanted)) and order[1][0] == "look" and len(order) == 6


def note_what_is_made(rig) -> list[str]:
    """Garments' ids and looks' ids, as they are done from now on."""
    made = []
    for name in ("_make_garment", "_make_look"):
        do = getattr(rig.worker.workshop, name)
        object.__setattr__(
            rig.worker.workshop, name, lambda claimed, *a, do=do: (made.append(claimed.subject), do(claimed, *a))
        )
    return made


@pytest.mark.parametrize("prepared", [True, False], ids=["prepared", "unprepared"])
def test_a_try_on_goes_before_cards_and_what_it_needs_too(tmp_path, database_url, prepared):
    """Before the cards of all buyers, also before those that are looked at after it was asked for."""
    with open_rig(tmp_path, database_url, products=6) as rig:
        if prepared:
            rig.work()
        (one, headers_one), (two, headers_two) = rig.buyer(), rig.buyer(picture(seed=1))
        with rig.database.write() as session:  # all that the cards need is there, what the try-ons need perhaps not
            session.execute(update(Product).where(Product.sku.in_(["SKU-0", "SKU-1"])).values(garment="ready"))
            session.execute(delete(Job).where(Job.kind == "garment", Job.subject.in_(["1", "2"])))

        def look_at_cards():
            for buyer, headers in ((one, headers_one), (two, headers_two)):
                rig.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=2", headers=headers)

        def ask_for(buyer, headers, *skus):
            url = f"/v1/buyers/{buyer['id']}/try-ons"
            return rig.client.post(url, headers=headers, json={"products": skus}).json()

        look_at_cards()
        outfit, single = ask_for(one, headers_one, "SKU-3", "SKU-4"), ask_for(two, headers_two, "SKU-5")
        look_at_cards()
        with rig.database.read() as session:
            mine = places(session, one["id"])
        assert sorted(mine.values()) == [2, 4, 6] and mine[outfit["id"]] == 2
        made = note_what_is_made(rig)
        rig.work()
        looks = [subject for subject in made if not subject.isdigit()]
        assert set(looks[:2]) == {outfit["id"], single["id"]} and len(looks) == 6
        first = made[: made.index(looks[1]) + 1]
        assert set(first) == {outfit["id"], single["id"], *([] if prepared else ["4", "5", "6"])}


def test_a_try_on_brings_forward_the_pictures_of_its_product(tmp_path, database_url, monkeypatch):
    import primerka.service.fetch as fetching

    monkeypatch.setattr(fetching, "fetch_picture", lambda link, **_: picture(seed=len(link)))
    with open_rig(tmp_path, database_url) as rig:
        rows = [replace(row, sku=f"N{row.sku}") for row in offers(4, pictures="https://example.org/{}.jpg")]
        import_here(rig.database, rig.files, 1, rows, rig.folder)
        buyer, headers = rig.buyer()
        for number in (3, 2):
            url = f"/v1/buyers/{buyer['id']}/try-ons"
            look = rig.client.post(url, headers=headers, json={"products": [f"NSKU-{number}"]}).json()["id"]
        made = note_what_is_made(rig)
        rig.work()
        assert made[:3] == ["6", look, "7"]


def test_a_bug_is_tried_again_and_then_given_up(shop):
    calls = []

    def break_down(*arguments):
        calls.append(1)
        raise RuntimeError("a bug")

    buyer, headers = shop.buyer()
    shop.worker.workshop.tailor.dress = break_down
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers)
    shop.work()
    card = shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers).json()["items"][0]["card"]
    assert (card["status"], card["code"], len(calls)) == ("refused", "card_failed", 3)


def test_a_refused_garment_refuses_its_cards(tmp_path, database_url):
    with open_rig(tmp_path, database_url) as rig:
        with rig.database.write() as session:
            product = session.scalar(select(Product).where(Product.sku == "SKU-0"))
            product.pictures = [rig.files.put("products/dark.jpg", picture((3, 3, 3)))]
        buyer, headers = rig.buyer()
        asked = rig.client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-0", "SKU-1"]})
        rig.work()
        look = rig.client.get(asked.headers["location"], headers=headers).json()
        assert (look["status"], look["code"]) == ("refused", "no_garment")
        product = rig.client.get("/v1/shops/atelier/products/SKU-0").json()
        assert (product["garment"], product["code"]) == ("refused", "no_garment")


def test_photos_that_kill_or_hold_a_worker_stop_nobody_else(tmp_path, database_url):
    """One photo crashes the process, one never ends; both are given up, and the buyer after them is served."""
    with open_rig(tmp_path, database_url, job_seconds=2, attempts=2) as rig:
        crash, hang, good = (rig.buyer(picture(colour))[0]["id"] for colour in ((255, 10, 10), (10, 10, 255), (200, 180, 160)))
        supervisor = Supervisor(rig.settings, labelling_worker)
        supervisor.start()

        def state():
            with rig.database.read() as session:
                return {row.id: (row.status, row.code) for row in session.scalars(select(Buyer))}

        try:
            wait_until(lambda: all(status != "preparing" for status, _ in state().values()))
        finally:
            supervisor.stop()
        assert state() == {crash: ("refused", "card_failed"), hang: ("refused", "card_failed"), good: ("ready", None)}
        assert {key.split("/")[1] for key in rig.files.keys("buyers/")} == {good}


def test_killed_workers_lose_nothing(tmp_path, database_url):
    """Three times SIGKILL in the middle of a catalogue; `tools/bench_service.py kills` does it twenty times with the real tailor."""
    with open_rig(tmp_path, database_url, products=30) as rig:
        rig.work()
        buyer, headers = rig.buyer()
        rig.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=30", headers=headers)
        supervisor = Supervisor(rig.settings, labelling_worker)
        supervisor.start()

        def ready() -> int:
            with rig.database.read() as session:
                return len(session.scalars(select(Look.id).where(Look.status == "ready")).all())

        try:
            for step in (3, 10, 20):
                wait_until(lambda step=step: ready() >= step)
                supervisor.kill()
            wait_until(lambda: ready() == 30)
        finally:
            supervisor.stop()
        with rig.database.read() as session:
            looks = session.scalars(select(Look)).all()
            assert [look.made for look in looks] == [1] * 30 and len({look.picture for look in looks}) == 30
            assert not session.scalars(select(Job)).all()
        pictures = [key for key in rig.files.keys(f"buyers/{buyer['id']}/looks/")]
        assert len(pictures) <= 60 + 2 * 3


def test_idle_workers_share_one_buyers_cards(tmp_path, database_url):
    with open_rig(tmp_path, database_url, products=30, workers=2) as rig:
        rig.work()
        supervisor = Supervisor(rig.settings, labelling_worker)
        supervisor.start()

        def count(table, *where) -> int:
            with rig.database.read() as session:
                return len(session.scalars(select(table.id).where(*where)).all())

        try:
            wait_until(lambda: count(WorkerSeen) == 2)
            buyer, headers = rig.buyer()
            wait_until(lambda: count(Buyer, Buyer.status == "ready") == 1)
            rig.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=30", headers=headers)
            wait_until(lambda: count(Look, Look.status == "ready") == 30)
        finally:
            supervisor.stop()
        with rig.database.read() as session:
            previews = session.scalars(select(Look.preview)).all()
        assert len({rig.files.get(key).split()[0] for key in previews}) == 2


def test_what_another_version_prepared_is_prepared_anew_and_kept(shop):
    buyer, headers = shop.buyer()
    shop.work()
    with shop.database.read() as session:
        old = session.get(Product, 1).prepared
    newer = Worker(shop.settings, "newer", LabelTailor())
    object.__setattr__(newer.workshop, "seal", Seal(shop.settings.secret, "another version"))
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue?limit=1", headers=headers)
    newer.handle("hands")
    newer.database.close()
    with shop.database.read() as session:
        new = session.get(Product, 1).prepared
        assert session.scalar(select(Look.status)) == "ready" and new != old
    assert newer.workshop.seal.open(shop.files.get(new)) and old not in shop.files.keys("garments/")
