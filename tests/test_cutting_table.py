"""The cutting table in a browser, on the real service: look through, put right, save."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("fastapi", reason="fastapi is not installed")

from browsing import CHROMIUM, DESKTOP, PHONE, faults_of, until
from fake_shop import Served
from shop_rig import migrated_sqlite, offers, open_rig, picture
from test_shop_garments import cut_out, garment, give, set_certainties, white

from primerka.service.api.app import create_app
from primerka.service.database.models import Product
from primerka.service.importing import import_here, open_shop

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
    page.click("text=Save >> nth=-1")
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
    assert mask[:170].all() and mask[230:345].all() and mask[:345, :40].all() and not mask[355:].any()


def test_a_brush_that_follows_edges_stays_within_its_colour(open_table, shop):
    two_colours(shop)
    page = open_table()
    edit(page, "Product 1")
    drag(page, 0.49, 0.1, 0.49, 0.9)  # red, three pixels beside the blue half
    save(page)
    shop.work()
    mask = white(shop, garment(shop)["cut_out"])
    assert not mask[60:340, 140:146].any() and mask[:345, 153:].all()


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
    assert page.is_disabled("text=Save >> nth=-1")  # nothing is cut out of this one yet
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
    page.uncheck(".editor__follow input")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    refusal = {"status": 429, "content_type": "application/problem+json", "body": '{"code": "rate_limited"}'}
    page.route("**/v1/shops/atelier/garments/SKU-1", lambda route: route.fulfill(**refusal))
    page.click("text=Save >> nth=-1")
    page.wait_for_selector(".editor .problem:not([hidden])")
    assert "Wait a minute" in page.inner_text(".editor .problem")
    page.unroute("**/v1/shops/atelier/garments/SKU-1")
    save(page)
    shop.work()
    assert not white(shop, garment(shop)["cut_out"])[195:205, 70:230].any()


def test_a_photo_that_has_changed_since_it_was_opened(open_table, shop):
    """The stroke is on the old photo: it is refused, and the garment opens with the new one."""
    page = open_table()
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    two_colours(shop)
    page.click("text=Save >> nth=-1")
    page.wait_for_selector(".editor .problem:not([hidden])")
    assert "changed meanwhile" in page.inner_text(".editor .problem") and not garment(shop)["by_hand"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.click(".editor__close")
    edit(page, "Product 1")
    middle = "[...document.querySelector('.editor__photo').getContext('2d').getImageData(10, 200, 1, 1).data]"
    red, green, blue, _ = page.evaluate(middle)
    assert red > 150 and green < 80 and blue < 80


def test_strokes_are_not_thrown_away_unasked(open_table, shop):
    page, asked = open_table(), []

    def answer(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", answer)
    edit(page, "Product 1")
    page.click(".editor__close")
    page.wait_for_selector(".editor:not([open])", state="attached")
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    page.click(".editor__close")
    for _ in range(4):
        page.keyboard.press("Escape")
    page.set_input_files("#cut-file", {"name": "cut.png", "mimeType": "image/png", "buffer": cut_out()})
    assert len(asked) == 6 and "not been saved" in asked[0] and page.is_visible(".editor")
    page.click("text=Undo")
    page.keyboard.press("Escape")
    page.wait_for_selector(".editor:not([open])", state="attached")
    assert len(asked) == 6 and not garment(shop)["by_hand"]


def test_what_is_found_again_asks_for_strokes_too(open_table, shop):
    give(shop)
    shop.work()
    page, asked = open_table(), []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    page.click("text=Find it again")
    assert len(asked) == 1 and page.is_visible(".editor") and garment(shop)["by_hand"]


def test_a_late_answer_is_of_its_own_garment(open_table, shop):
    """Somebody closes while it is being saved, and paints on the next one."""
    page, held = open_table(), []
    page.on("dialog", lambda dialog: dialog.accept())
    edit(page, "Product 1")
    page.uncheck(".editor__follow input")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    hold = lambda route: held.append(route) if route.request.method == "PUT" else route.continue_()  # noqa: E731
    page.route("**/v1/shops/atelier/garments/SKU-1", hold)
    page.click("text=Save >> nth=-1")
    page.wait_for_selector(".editor__board[aria-busy=true]")
    drag(page, 0.2, 0.2, 0.8, 0.2)  # nothing is painted meanwhile
    page.click(".editor__close")
    edit(page, "Product 2")
    drag(page, 0.2, 0.7, 0.8, 0.7)
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    until(page, "[...document.querySelectorAll('.cut')].some((cut) => cut.dataset.status === 'preparing')")
    assert page.is_visible(".editor") and page.inner_text(".editor__title") == "Product 2"
    save(page)
    shop.work()
    first, second = (white(shop, garment(shop, sku)["cut_out"]) for sku in ("SKU-1", "SKU-2"))
    assert not first[195:205, 70:230].any() and first[60:100].all() and first[270:345].all()
    assert not second[275:285, 70:230].any() and second[:250].all()


def test_a_late_refusal_is_seen_before_the_next_garment(open_table, shop):
    page, held = open_table(), []
    page.on("dialog", lambda dialog: dialog.accept())
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)
    page.route(
        "**/v1/shops/atelier/garments/SKU-1",
        lambda route: held.append(route) if route.request.method == "PUT" else route.continue_(),
    )
    page.click("text=Save >> nth=-1")
    page.click(".editor__close")
    edit(page, "Product 2")
    while not held:
        page.wait_for_timeout(20)
    held[0].fulfill(status=409, content_type="application/problem+json", body='{"code": "garment_changed"}')
    page.wait_for_selector(".editor .problem:not([hidden])")
    assert page.inner_text(".editor .problem").startswith("Product 1: ") and page.is_enabled("text=Save >> nth=-1")


def test_the_next_one_comes_too_late_for_whoever_has_chosen_another(open_table, shop):
    set_certainties(shop, SKU_0=0.3, SKU_1=0.5, SKU_2=0.9)
    page, held = open_table(), []
    edit(page, "Product 0")
    drag(page, 0.1, 0.5, 0.9, 0.5)
    page.route("**/v1/shops/atelier/garments/SKU-1", lambda route: held.append(route))
    page.click("text=Save, and the next one")
    while not held:
        page.wait_for_timeout(20)
    edit(page, "Product 2")
    drag(page, 0.1, 0.3, 0.9, 0.3)
    held[0].continue_()
    page.wait_for_timeout(500)
    assert page.inner_text(".editor__title") == "Product 2" and page.is_enabled("text=Undo")


def test_a_search_while_garments_are_prepared(open_table, shop):
    """An answer about a card that is not on the page any more ends nothing."""
    page, held = open_table(), []
    edit(page, "Product 1")
    drag(page, 0.1, 0.5, 0.9, 0.5)
    save(page)
    page.route("**/v1/shops/atelier/garments/SKU-1", lambda route: held.append(route))
    while not held:
        page.wait_for_timeout(20)
    page.fill(".table__search", "Product 2")
    page.press(".table__search", "Enter")
    until(page, "document.querySelectorAll('.cut').length === 1")
    held[0].fulfill(status=404, content_type="application/problem+json", body='{"code": "not_found"}')
    edit(page, "Product 2")
    drag(page, 0.1, 0.5, 0.9, 0.5)
    save(page)
    shop.work()
    until(page, "document.querySelector('.cut').textContent.includes('cut out by hand')")


def test_an_answer_that_is_none_is_not_asked_for_again_at_once(open_table, shop):
    page, asked = open_table(), []
    edit(page, "Product 1")
    drag(page, 0.1, 0.5, 0.9, 0.5)
    save(page)
    broken = {"status": 200, "content_type": "text/html", "body": "<p>a proxy's page"}
    page.route("**/garments/SKU-*", lambda route: (asked.append(route), route.fulfill(**broken)))
    page.wait_for_timeout(5000)
    assert len(asked) == 1


def test_another_key_does_not_empty_the_table(open_table, shop):
    page = open_table()
    open_shop(shop.database, "atelier", new_key=True)
    page.locator(".cut", has_text="Product 1").click()
    page.wait_for_selector(".note")
    assert "key is another one" in page.inner_text(".note") and page.locator(".cut").count() == 3


def test_one_after_another(open_table, shop):
    """What is worth a look, in the order of the table; then it says that this was the last one."""
    set_certainties(shop, SKU_0=0.9, SKU_1=0.74, SKU_2=0.31)
    page = open_table()
    edit(page, "Product 2")
    page.uncheck(".editor__follow input")
    drag(page, 0.1, 0.5, 0.9, 0.5)
    page.click("text=Save, and the next one")
    until(page, "document.querySelector('.editor__title').textContent === 'Product 1'")
    page.wait_for_selector(READY)
    drag(page, 0.1, 0.3, 0.9, 0.3)
    page.click("text=Save, and the next one")
    page.wait_for_selector(".editor:not([open])", state="attached")
    page.wait_for_selector(".note")
    assert "the last one" in page.inner_text(".note")
    shop.work()
    assert [garment(shop, sku)["by_hand"] for sku in ("SKU-0", "SKU-1", "SKU-2")] == [False, True, True]


@pytest.mark.parametrize(("key", "z", "bracket"), [("ч", "я", "ъ"), ("X", "Z", "]")])
def test_shortcuts_in_another_alphabet_and_in_capitals(open_table, shop, key, z, bracket):
    page = open_table()
    edit(page, "Product 1")
    drag(page, 0.2, 0.5, 0.8, 0.5)

    def press(code: str, key: str, **more) -> None:
        page.evaluate(
            "(press) => document.querySelector('.editor__veil').dispatchEvent(new KeyboardEvent('keydown', press))",
            {"code": code, "key": key, "bubbles": True, "cancelable": True, **more},
        )

    assert page.is_enabled("text=Undo")
    press("KeyX", key)
    press("BracketRight", bracket)
    press("KeyZ", z)  # without Ctrl it is a letter
    assert page.is_checked("input[name=tool][value=add]") and page.input_value("#brush-size") == "30"
    assert page.is_enabled("text=Undo")
    press("KeyX", key, ctrlKey=True)  # which cuts text, and changes no brush
    press("KeyZ", "y", ctrlKey=True)  # on a German keyboard: what is undone is done again
    assert page.is_enabled("text=Undo")
    press("KeyZ", z, ctrlKey=True)
    assert page.is_checked("input[name=tool][value=add]") and page.is_disabled("text=Undo")


def test_a_key_that_is_held_is_one_stroke_and_a_second_finger_none(open_table, shop):
    page = open_table()
    edit(page, "Product 1")
    page.uncheck(".editor__follow input")
    painted = "document.querySelector('.editor__veil').getContext('2d').getImageData(0, 0, 300, 400).data.filter((value) => value).length"
    nothing = page.evaluate(painted)
    drag(page, 0.1, 0.1, 0.2, 0.1)
    before = page.evaluate(painted)
    assert before > nothing
    finger = """(at) => {
      const veil = document.querySelector(".editor__veil"), box = veil.getBoundingClientRect();
      const [clientX, clientY] = [box.left + at[0] * box.width, box.top + at[1] * box.height];
      for (const type of ["pointerdown", "pointermove"])
        veil.dispatchEvent(new PointerEvent(type, { pointerId: 1, isPrimary: false, clientX, clientY, bubbles: true }));
    }"""
    page.evaluate(finger, [0.8, 0.8])
    assert page.evaluate(painted) == before
    page.focus(".editor__veil")
    page.keyboard.down("Space")
    for _ in range(45):
        page.keyboard.down("Space")  # repeats
    page.keyboard.up("Space")
    page.click("text=Undo")
    page.click("text=Undo")
    assert page.is_disabled("text=Undo") and page.evaluate(painted) == nothing


def test_a_garment_that_leaves_the_catalogue_leaves_the_table(open_table, shop):
    page = open_table()
    for _ in range(2):
        import_here(shop.database, shop.files, 1, offers(3)[:1], shop.folder)
    page.locator(".cut", has_text="Product 1").click()
    page.wait_for_selector(".note")
    assert "not in the catalogue" in page.inner_text(".note") and page.locator(".cut").count() == 2


def test_garments_that_are_being_prepared_are_asked_for_one_at_a_time(open_table, shop):
    """However many there are: the shop's requests are counted."""
    page, asked = open_table(), []
    for title in ("Product 0", "Product 1", "Product 2"):
        edit(page, title)
        drag(page, 0.1, 0.5, 0.9, 0.5)
        save(page)
    page.on("request", lambda request: asked.append(request.url) if "/garments/" in request.url else None)
    page.wait_for_timeout(7000)
    assert 1 <= len(asked) <= 4
    shop.work()
    until(page, "document.querySelectorAll('.cut[data-status=ready]').length === 3")


def test_what_has_no_photo_yet_and_what_an_earlier_version_made(open_table, shop):
    with shop.database.write() as session:
        session.execute(update(Product).where(Product.sku == "SKU-1").values(certainty=None))
        missing = {"garment": "refused", "code": "picture_not_found", "pictures": [], "certainty": None}
        session.execute(update(Product).where(Product.sku == "SKU-2").values(**missing))
    page = open_table()
    assert "cannot be fetched" in page.locator(".cut", has_text="Product 2").inner_text()
    assert page.locator(".cut", has_text="Product 2").is_disabled()
    early = page.locator(".cut", has_text="Product 1")
    assert "being prepared" in early.inner_text() and "is-doubtful" not in early.get_attribute("class")


def test_a_long_word_widens_nothing(open_table, shop):
    with shop.database.write() as session:
        session.execute(update(Product).values(title="Longword" * 9))
    page = open_table({"width": 360, "height": 740})
    wide = "document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.cut')].some((cut) => cut.getBoundingClientRect().right > innerWidth)"
    assert not page.evaluate(wide)
    page.click(".cut >> nth=1")
    page.wait_for_selector(READY)
    assert not page.evaluate("document.querySelector('.editor').scrollWidth > innerWidth")


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
    assert shop.client.get("/cutting-table/index.html").status_code == 404  # which would be it, without the policy
    assert shop.client.get("/cutting-table/js/main.js").status_code == 200
