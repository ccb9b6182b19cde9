"""The cutting table in a browser, on the real service: look through, put right, save."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("fastapi", reason="fastapi is not installed")

from browsing import CHROMIUM, DESKTOP, PHONE, faults_of, until
from fake_shop import Served
from shop_rig import migrated_sqlite, offers, open_rig, picture
from test_shop_garments import cut_out, garment, give, set_certainties, white

from primerka.service.api.app import create_app
from primerka.service.importing import import_here

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
READY = ".editor__board[aria-busy=false]"


@pytest.fixture
def shop(tmp_path):
    with open_rig(tmp_path, migrated_sqlite(tmp_path)) as rig:
        rig.work()
        yield rig


@pytest.fixture
def address(shop):
    with Served(SimpleNamespace(app=create_app(shop.settings))) as address:
        yield address


@pytest.fixture
def open_table(open_page, shop):
    def open_table(viewport=DESKTOP, language="en", **more):
        page = open_page("/cutting-table?shop=atelier", viewport, language, **more)
        page.fill("#key", shop.shop_key)
        page.press("#key", "Enter")
        page.wait_for_selector(".cut")
        return page

    return open_table


def two_colours(shop) -> None:
    """SKU-1 gets a picture whose left half is red and whose right half is blue."""
    pixels = np.zeros((400, 300, 3), np.uint8)
    pixels[:, :150], pixels[:, 150:] = (200, 30, 30), (30, 30, 200)
    Image.fromarray(pixels).save(shop.folder / "1.jpg", quality=95, subsampling=0)
    import_here(shop.database, shop.files, 1, offers(3), shop.folder)
    shop.work()


def drag(page, x0: float, y0: float, x1: float, y1: float) -> None:
    """Over the board, in shares of its width and height."""
    box = page.locator(".editor__veil").bounding_box()
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((x0, y0), (x1, y1))]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=12)
    page.mouse.up()


def edit(page, title: str) -> None:
    page.locator(".cut", has_text=title).click()
    page.wait_for_selector(READY)


def save(page) -> None:
    page.click(".editor__actions .button--tape")
    page.wait_for_selector(".editor:not([open])", state="attached")


def test_the_key_opens_the_table_and_stays_for_the_tab(open_page, shop):
    page = open_page("/cutting-table?shop=atelier", PHONE, "ru")
    page.fill("#key", "another")
    page.press("#key", "Enter")
    page.wait_for_selector(".problem:not([hidden])")
    assert page.inner_text(".problem") == "Это не ключ этого магазина." and not page.query_selector(".cut")
    page.fill("#key", shop.shop_key)
    page.press("#key", "Enter")
    page.wait_for_selector(".cut")
    page.reload()
    page.wait_for_selector(".cut")
    assert shop.shop_key not in page.url and page.evaluate("Object.keys(localStorage).length") == 0
    page.click("text=Выйти")
    page.wait_for_selector("#key")


def test_the_least_certain_stand_first_and_are_marked(open_table, shop):
    set_certainties(shop, SKU_0=0.9, SKU_1=0.74, SKU_2=0.31)
    page = open_table()
    assert page.eval_on_selector_all(".cut__title", "titles => titles.map((title) => title.textContent)") == [
        "Product 2",
        "Product 1",
        "Product 0",
    ]
    assert page.locator(".cut.is-doubtful").count() == 2 and "31% certain" in page.inner_text(".cut >> nth=0")
    assert page.inner_text(".table__bar .small") == "3 pieces"
    page.fill(".table__search", "Product 0")
    page.press(".table__search", "Enter")
    until(page, "document.querySelectorAll('.cut').length === 1")


def test_what_is_painted_is_saved(open_table, shop):
    """Without edges a stroke is as wide as the brush; taken away is taken away, and undone is undone."""
    page = open_table()
    edit(page, "Product 1")
    page.uncheck(".editor__follow input")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    drag(page, 0.5, 0.1, 0.5, 0.9)
    page.keyboard.press("Control+z")
    save(page)
    assert "being prepared" in page.locator(".cut", has_text="Product 1").inner_text()
    shop.work()
    until(page, "[...document.querySelectorAll('.cut')].some((cut) => cut.textContent.includes('cut out by hand'))")
    mask = white(shop, garment(shop)["cut_out"])
    assert mask.shape == (400, 300) and not mask[195:205, 70:230].any()
    assert mask[:170].all() and mask[230:].all() and mask[:, :40].all()


def test_a_brush_that_follows_edges_stays_within_its_colour(open_table, shop):
    two_colours(shop)
    page = open_table()
    edit(page, "Product 1")
    drag(page, 0.49, 0.1, 0.49, 0.9)  # red, three pixels beside the blue half
    save(page)
    shop.work()
    mask = white(shop, garment(shop)["cut_out"])
    assert not mask[60:340, 140:146].any() and mask[:, 153:].all()


def test_cloth_is_added_with_the_keyboard(open_table, shop):
    give(shop, data=cut_out(box=(0, 0, 40, 40)))
    shop.work()
    page = open_table()
    edit(page, "Product 1")
    page.focus(".editor__veil")
    page.keyboard.press("x")
    page.uncheck(".editor__follow input")
    page.focus(".editor__veil")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    save(page)
    shop.work()
    mask = white(shop, garment(shop)["cut_out"])
    assert mask[200, 155] and mask[:40, :40].all() and mask[300:].sum() == 0


def test_another_picture_and_a_file_and_back(open_table, shop):
    (shop.folder / "second.jpg").write_bytes(picture(seed=5))
    rows = offers(3)
    rows[1] = rows[1].__class__(**{**rows[1].__dict__, "pictures": ("1.jpg", "second.jpg")})
    import_here(shop.database, shop.files, 1, rows, shop.folder)
    shop.work()
    page = open_table()
    edit(page, "Product 1")
    page.click("[aria-label='Photo 2']")
    page.wait_for_selector("[aria-label='Photo 2'][aria-pressed=true]")
    page.wait_for_selector(READY)
    assert page.is_disabled(".editor__actions .button--tape")  # nothing is cut out of this one yet
    page.set_input_files("#cut-file", {"name": "no.png", "mimeType": "image/png", "buffer": b"nothing"})
    page.wait_for_selector(".editor .problem:not([hidden])")
    page.set_input_files("#cut-file", {"name": "cut.png", "mimeType": "image/png", "buffer": cut_out()})
    page.wait_for_selector(".editor:not([open])", state="attached")
    shop.work()
    assert (garment(shop)["picture"], garment(shop)["by_hand"]) == (1, True)
    until(page, "[...document.querySelectorAll('.cut')].some((cut) => cut.textContent.includes('cut out by hand'))")
    edit(page, "Product 1")
    page.click("text=Find it again")
    page.wait_for_selector(".editor:not([open])", state="attached")
    shop.work()
    assert (garment(shop)["picture"], garment(shop)["by_hand"]) == (0, False)


def test_what_is_refused_loses_no_stroke(open_table, shop):
    page = open_table()
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    (shop.folder / "1.jpg").write_bytes(picture(seed=77))
    with shop.database.write() as session:  # another import is at it
        from sqlalchemy import update

        from primerka.service.database.models import Product

        session.execute(update(Product).where(Product.sku == "SKU-1").values(pictures=["products/none-1.jpg"]))
    page.click(".editor__actions .button--tape")
    page.wait_for_selector(".editor .problem:not([hidden])")
    assert "have changed" in page.inner_text(".editor .problem") and page.is_enabled(".editor__actions .button--tape")


@pytest.mark.parametrize("viewport, scheme", [(PHONE, "light"), (DESKTOP, "dark")], ids=("phone-light", "desktop-dark"))
def test_axe_finds_no_serious_fault(open_page, shop, viewport, scheme):
    page = open_page("/cutting-table?shop=atelier", viewport, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page.wait_for_selector("#key")
    faults = {"key": faults_of(page)}
    page.fill("#key", shop.shop_key)
    page.press("#key", "Enter")
    page.wait_for_selector(".cut")
    faults["table"] = faults_of(page)
    edit(page, "Product 1")
    faults["editor"] = faults_of(page)
    assert not {place: found for place, found in faults.items() if found}
    tools, board = (page.locator(name).bounding_box() for name in (".editor__tools", ".editor__board"))
    beside = board["x"] + board["width"] <= tools["x"] + 1 or board["y"] + board["height"] <= tools["y"] + 1
    assert beside and board["x"] >= 0 and board["x"] + board["width"] <= viewport["width"]


def test_no_other_page_may_lay_itself_around_it(shop):
    policies = shop.client.get("/cutting-table").headers.get_list("content-security-policy")
    assert any("frame-ancestors 'none'" in policy for policy in policies)
    assert "'none'" not in shop.client.get("/").headers["content-security-policy"].rpartition("frame-ancestors")[2]
