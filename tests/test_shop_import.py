"""Feeds become products: what changed is updated, what is bad is told, what is gone is removed."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from shop_rig import offers, picture
from sqlalchemy import select

from primerka.service.database.models import Job, Look, Product
from primerka.service.feeds.offer import BadRow, FeedRejected
from primerka.service.importing import import_here

FEED = b"""<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<item><g:id>A</g:id><g:title>Blue shirt</g:title><g:image_link>https://example.org/a.jpg</g:image_link><g:price>1990 RUB</g:price>
<g:google_product_category>Apparel &amp; Accessories &gt; Clothing &gt; Shirts &amp; Tops</g:google_product_category></item>
<item><g:id>B</g:id><g:title>No picture</g:title></item>
</channel></rss>"""


def numbers(row) -> tuple[int, ...]:
    return row.seen, row.added, row.changed, row.unchanged, row.removed, row.bad_count


def again(shop, rows):
    return import_here(shop.database, shop.files, 1, rows, shop.folder)


def product(shop, sku: str) -> Product:
    with shop.database.read() as session:
        return session.scalar(select(Product).where(Product.sku == sku))


def test_importing_again_updates_what_changed(shop):
    shop.work()
    first = product(shop, "SKU-0")
    assert first.garment == "ready" and numbers(again(shop, offers(3))) == (3, 0, 0, 3, 0, 0)
    rows = offers(3)
    rows[0] = replace(rows[0], price=Decimal("1990"), title="Dearer")
    (shop.folder / "1.jpg").write_bytes(picture(seed=77))
    assert numbers(again(shop, [*rows[:2], replace(rows[2], sku="NEW")])) == (3, 1, 2, 0, 1, 0)
    dearer, new_picture = product(shop, "SKU-0"), product(shop, "SKU-1")
    assert (dearer.title, dearer.amount, dearer.garment, dearer.prepared) == ("Dearer", "1990.00", "ready", first.prepared)
    assert (new_picture.garment, new_picture.prepared) == ("waiting", None)
    shop.work()
    assert product(shop, "SKU-1").garment == "ready"
    listed = shop.client.get("/v1/shops/atelier/products").json()
    assert [item["sku"] for item in listed["items"]] == ["SKU-0", "SKU-1", "NEW"]
    assert numbers(again(shop, offers(3)))[1:5] == (0, 2, 1, 1) and product(shop, "SKU-2").garment == "ready"


def test_a_new_picture_makes_looks_anew(shop):
    buyer, headers = shop.buyer()
    url = f"/v1/buyers/{buyer['id']}/catalogue"
    shop.client.get(url, headers=headers)
    shop.work()
    old = [item["card"]["picture"] for item in shop.client.get(url, headers=headers).json()["items"]]
    (shop.folder / "1.jpg").write_bytes(picture(seed=77))
    again(shop, offers(3))
    assert shop.client.get(old[1]).status_code == 404
    page = shop.client.get(url, headers=headers).json()
    assert [item["card"]["status"] for item in page["items"]] == ["ready", "queued", "ready"]
    shop.work()
    new = [item["card"]["picture"] for item in shop.client.get(url, headers=headers).json()["items"]]
    assert [before == after for before, after in zip(old, new)] == [True, False, True]
    with shop.database.read() as session:
        assert session.scalars(select(Look.made)).all() == [1, 1, 1]


def kept_pictures(shop) -> set[str]:
    return set(shop.files.keys("products/"))


def named_pictures(shop) -> set[str]:
    with shop.database.read() as session:
        return {key for pictures in session.scalars(select(Product.pictures)) for key in pictures}


def test_pictures_that_nothing_refers_to_are_deleted(shop):
    """Two products have the same picture: when one of them gets another, the other keeps its own."""
    (shop.folder / "1.jpg").write_bytes((shop.folder / "0.jpg").read_bytes())
    again(shop, offers(3))
    shop.work()
    again(shop, offers(3))  # nothing new
    assert len(kept_pictures(shop)) == 3 and kept_pictures(shop) == named_pictures(shop)
    old, other = product(shop, "SKU-0").pictures, product(shop, "SKU-1").pictures
    (shop.folder / "0.jpg").write_bytes(picture(seed=77))
    again(shop, offers(3))
    assert not set(old) & kept_pictures(shop) and product(shop, "SKU-1").pictures == other
    assert kept_pictures(shop) == named_pictures(shop)
    rows = offers(3)
    (shop.folder / "good.jpg").write_bytes(picture(seed=8))
    (shop.folder / "bad.jpg").write_bytes(b"no picture")
    rows[0] = replace(rows[0], pictures=("good.jpg", "bad.jpg"))
    assert again(shop, [*rows, rows[1]]).bad_count == 2 and kept_pictures(shop) == named_pictures(shop)
    older = shop.files.put("products/0123.jpg", picture(seed=9))  # as older versions kept it, for all products that had it
    with shop.database.write() as session:
        session.scalar(select(Product).where(Product.sku == "SKU-2")).pictures = [older]
    (shop.folder / "2.jpg").write_bytes(picture(seed=78))
    again(shop, offers(3))
    assert older in kept_pictures(shop) and older not in named_pictures(shop)


def test_a_product_that_two_feeds_do_not_name_is_forgotten(shop):
    buyer, headers = shop.buyer()
    shop.work()
    before, prepared = product(shop, "SKU-2").pictures, product(shop, "SKU-2").prepared
    url = f"/v1/buyers/{buyer['id']}/try-ons"
    look = shop.client.post(url, headers=headers, json={"products": ["SKU-2"]}).headers["location"]
    again(shop, offers(2))
    assert product(shop, "SKU-2").removed and set(before) <= kept_pictures(shop)  # the feed may be wrong once
    assert numbers(again(shop, offers(2)))[4] == 0
    assert not set(before) & kept_pictures(shop) and prepared not in shop.files.keys("garments/")
    assert kept_pictures(shop) == named_pictures(shop) and len(kept_pictures(shop)) == 2
    shop.work()
    told = shop.client.get(look, headers=headers).json()
    assert (told["status"], told["code"]) == ("refused", "unknown_product")
    assert numbers(again(shop, offers(3)))[1:5] == (0, 1, 2, 0)
    shop.work()
    assert product(shop, "SKU-2").garment == "ready" and len(kept_pictures(shop)) == 3
    assert shop.client.post(url, headers=headers, json={"products": ["SKU-2"]}).json()["status"] == "queued"


def test_fetched_pictures_take_the_place_of_the_old_ones(shop, monkeypatch):
    """Also where the garment was made of the old ones while the new ones were on their way."""
    import primerka.service.fetch as fetching

    shown = {"https://example.org/0-a.jpg": 5, "https://example.org/0-b.jpg": 6, "https://example.org/0-c.jpg": 6}
    monkeypatch.setattr(fetching, "fetch_picture", lambda link, **_: picture(seed=shown[link]))

    def bring(*names):
        links = tuple(f"https://example.org/0-{name}.jpg" for name in names)
        again(shop, [replace(offers(1)[0], pictures=links)])

    bring("a", "a")
    shop.work()
    old = product(shop, "SKU-0")
    assert old.garment == "ready" and len(old.pictures) == 1
    bring("b", "c")  # one picture at two links
    shop.worker.handle("hands")
    with shop.database.write() as session:
        session.scalar(select(Product).where(Product.sku == "SKU-0")).garment = "ready"
    shop.work()
    new = product(shop, "SKU-0")
    assert len(new.pictures) == 1 and new.pictures != old.pictures and new.garment == "ready"
    assert shop.worker.workshop._kept(new.prepared).made_of == shop.files.get(new.pictures[0])
    assert not set(old.pictures) & kept_pictures(shop) and set(new.pictures) <= kept_pictures(shop)
    bring("c")  # the same picture at another link
    shop.work()
    assert product(shop, "SKU-0").pictures == new.pictures and kept_pictures(shop) == named_pictures(shop)


def test_bad_rows_are_told_and_stop_nothing(shop):
    rows = offers(4)
    (shop.folder / "broken.jpg").write_bytes(b"no picture")
    (shop.folder / "3.jpg").write_bytes(picture(seed=3))
    rows[0] = replace(rows[0], pictures=("broken.jpg",))
    rows[1] = replace(rows[1], pictures=("../../etc/passwd",))
    rows.insert(2, BadRow(9, "X", "The price is no number."))
    rows.append(replace(rows[-1], title="Twice"))
    row = again(shop, rows)
    assert numbers(row) == (6, 1, 0, 1, 0, 4)
    assert {(bad["line"], bad["sku"]) for bad in row.bad} == {(1, "SKU-0"), (2, "SKU-1"), (9, "X"), (4, "SKU-3")}
    assert "broken.jpg" in row.bad[2]["reason"] or any("broken.jpg" in bad["reason"] for bad in row.bad)


def test_a_feed_that_breaks_off_removes_nothing(shop):
    def rows():
        yield replace(offers(1)[0], title="Before the break")
        raise FeedRejected("feed_truncated", "The feed breaks off.")

    row = again(shop, rows())
    assert (row.status, row.detail, row.removed) == ("failed", "The feed breaks off.", 0)
    assert product(shop, "SKU-0").title == "Before the break" and not product(shop, "SKU-2").removed


def test_what_is_no_garment_is_listed_and_not_prepared(shop):
    again(shop, offers(1, category=None))
    listed = shop.client.get("/v1/shops/atelier/products/SKU-0").json()
    assert (listed["garment"], listed["code"], listed["category"]) == ("refused", "not_a_garment", None)
    shop.work()
    assert product(shop, "SKU-0").garment == "refused"


def test_import_over_the_api(shop, monkeypatch):
    import primerka.service.fetch as fetching

    fetched = []
    monkeypatch.setattr(fetching, "fetch_picture", lambda link, **_: (fetched.append(link), picture(seed=5))[1])
    admin = {"Authorization": f"Bearer {shop.shop_key}"}
    send = {"files": {"file": ("feed.xml", FEED)}, "headers": {**admin, "Idempotency-Key": "i"}}
    asked = shop.client.post("/v1/shops/atelier/imports", **send)
    assert asked.status_code == 202 and asked.json()["status"] == "running"
    assert shop.client.post("/v1/shops/atelier/imports", **send).json()["id"] == asked.json()["id"]
    shop.work()
    told = shop.client.get(asked.headers["location"], headers=admin).json()
    assert (told["status"], told["seen"], told["added"], told["removed"], told["bad_count"]) == ("done", 2, 1, 3, 1)
    assert told["bad"][0]["sku"] == "B" and told["bad"][0]["line"] == 4
    shop.work()
    listed = shop.client.get("/v1/shops/atelier/products").json()["items"]
    assert [(item["sku"], item["garment"], item["price"]["amount"]) for item in listed] == [("A", "ready", "1990.00")]
    assert fetched == ["https://example.org/a.jpg"] and shop.client.get(listed[0]["picture"]).status_code == 200
    assert not shop.files.keys("imports/")
    with shop.database.read() as session:
        assert not session.scalars(select(Job)).all()


def test_noise_for_a_feed_is_told(shop):
    admin = {"Authorization": f"Bearer {shop.shop_key}"}
    for noise in (b"\x00\x01\x02", b"a\rb,c\x00\n", b'"' * 200_000, b"<", b"\x1f\x8b\x08", bytes(range(256))):
        asked = shop.client.post("/v1/shops/atelier/imports", files={"file": ("feed", noise)}, headers=admin)
        shop.work()
        told = shop.client.get(asked.headers["location"], headers=admin).json()
        assert told["status"] == "failed" and told["detail"].startswith("The ") and "often" not in told["detail"], noise[:20]
    assert not shop.files.keys("imports/")


def test_a_feed_by_link_is_fetched_with_caution(shop):
    admin = {"Authorization": f"Bearer {shop.shop_key}"}
    asked = shop.client.post("/v1/shops/atelier/imports", json={"url": "http://127.0.0.1:9/feed.xml"}, headers=admin)
    shop.work()
    told = shop.client.get(asked.headers["location"], headers=admin).json()
    assert told["status"] == "failed" and "address" in told["detail"]


def test_an_import_goes_on_after_a_killed_worker(shop):
    """What the first attempt did is not counted again, and nothing is removed that it had taken."""
    from primerka.service.importing import import_offers, new_import

    with shop.database.write() as session:
        session.add(new_import("half", 1, "", "auto"))
    rows = [replace(offer, sku=f"N{offer.sku}") for offer in offers(3)]

    def killed():
        yield from rows[:2]
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        import_offers(shop.database, shop.files, "half", killed(), folder=shop.folder)
    row = import_offers(shop.database, shop.files, "half", iter(rows), folder=shop.folder)
    assert numbers(row) == (3, 3, 0, 0, 3, 0)
