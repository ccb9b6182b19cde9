"""The pages in a browser: from the photo to the dressed catalogue, the outfit and the deletion, as a buyer goes."""

import io
import re

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("fastapi", reason="fastapi is not installed")

from browsing import CHROMIUM, DESKTOP, PHONE, faults_of, until
from fake_shop import FakeShop, Served
from fastapi.responses import HTMLResponse

from primerka.samples import sample_buyers

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")

WAYS = [(PHONE, "ru"), (DESKTOP, "ru"), (PHONE, "en"), (DESKTOP, "en")]
SAY = {
    "ru": {"delete": "Удалить моё фото", "nobody": "не нашли на фото человека", "title": "Примерьте весь магазин"},
    "en": {"delete": "Delete my photo", "nobody": "found nobody in the photo", "title": "Try on the whole shop"},
}


@pytest.fixture
def shop():
    return FakeShop(delay_s=0.05)


@pytest.fixture
def address(shop):
    with Served(shop) as address:
        yield address


def _give_photo(page, photo=None):
    page.set_input_files("#photo-file", photo or str(sample_buyers()[0]))
    _consent(page)


def _consent(page):
    page.check("#photo-consent")
    page.click(".photo__ways .button--tape")


def _dress_catalogue(page):
    page.click(".hero .button--tape")
    _give_photo(page)
    page.wait_for_selector(".measure.is-done")


def _picture(mode="RGB", colour=0) -> dict:
    data = io.BytesIO()
    Image.new(mode, (400, 600), colour).save(data, "PNG")
    return {"name": "photo.png", "mimeType": "image/png", "buffer": data.getvalue()}


@pytest.mark.parametrize("viewport, language", WAYS, ids=lambda way: way if isinstance(way, str) else str(way["width"]))
def test_upload_cards_outfit_delete(open_page, shop, viewport, language):
    page = open_page("/", viewport, language)
    until(page, f"document.documentElement?.lang === '{language}' && document.querySelector('h1')")
    assert page.inner_text("h1").replace("\n", " ") == SAY[language]["title"]
    page.wait_for_selector("primerka-card")

    page.click(".hero .button--tape")
    page.set_input_files("#photo-file", str(sample_buyers()[0]))
    page.wait_for_selector("#photo-consent")
    page.click(".photo__ways .button--tape")
    assert page.is_visible("#photo-missing") and not shop.buyers  # nothing is sent without consent
    _consent(page)
    page.wait_for_selector(".measure.is-done")
    states = page.eval_on_selector_all("primerka-card", "cards => cards.map((card) => card.dataset.status)")
    assert sorted(states) == ["ready"] * 6 + ["refused"]
    until(page, "document.querySelectorAll('.card__look').length === 6")

    page.click("primerka-card:nth-child(2) .card__link")
    page.wait_for_selector(".stage[data-state=ready]")
    slider = page.locator(".compare__range")
    before = int(slider.input_value())
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert int(slider.input_value()) == before + 1
    assert page.eval_on_selector("primerka-compare", "e => e.style.getPropertyValue('--cut')") == f"{before + 1}%"
    page.click(".choice label:has([value=product])")
    until(page, "document.querySelector('.compare__before').src.includes('outerwear-herringbone')")
    page.wait_for_selector(".stage[data-state=ready]")

    page.click(".nav [data-view=outfit]")
    page.click(".piece:has([value=skirt-tartan])")
    page.click(".piece:has([value=top-breton])")
    page.wait_for_selector(".stage[data-state=ready]")
    (buyer,) = shop.buyers.values()
    assert ["skirt-tartan", "top-breton"] in [kept["products"] for kept in buyer.try_ons.values()]
    page.click(".piece:has([value=dress-floral])")  # takes skirt and top off
    assert not page.is_checked("input[value=skirt-tartan]") and not page.is_checked("input[value=top-breton]")

    page.click(".nav [data-view=catalogue]")
    page.get_by_role("button", name=SAY[language]["delete"]).click()
    page.click(".button--danger")
    page.wait_for_selector(".hero")
    assert not shop.buyers and not page.query_selector(".card__look")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('primerka.buyer'))") == []


@pytest.mark.parametrize("viewport, scheme", [(PHONE, "light"), (DESKTOP, "dark")], ids=("phone-light", "desktop-dark"))
def test_axe_finds_no_serious_fault(open_page, address, viewport, scheme):
    # What moves is judged when it stands; axe is a script of the test, so the page's policy is put aside for it.
    page = open_page("/", viewport, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page.wait_for_selector("primerka-card")
    faults = {"home": faults_of(page)}
    page.click(".hero .button--tape")
    faults["dialog"] = faults_of(page)
    page.set_input_files("#photo-file", str(sample_buyers()[0]))
    page.wait_for_selector("#photo-consent")
    page.click(".photo__ways .button--tape")
    faults["consent"] = faults_of(page)
    _consent(page)
    page.wait_for_selector(".measure.is-done")
    faults["dressed"] = faults_of(page)
    page.click(".me__actions .link:nth-child(2)")
    faults["delete"] = faults_of(page)
    page.keyboard.press("Escape")
    page.click("primerka-card:nth-child(3) .card__link")
    page.wait_for_selector(".stage[data-state=ready]")
    faults["product"] = faults_of(page)
    page.click(".nav [data-view=outfit]")
    page.click(".piece:has([value=top-breton])")
    page.wait_for_selector(".stage[data-state=ready]")
    faults["outfit"] = faults_of(page)
    page.goto(address + "/p/nothing")
    page.wait_for_selector(".message")
    faults["missing"] = faults_of(page)
    page.goto(address + "/widget-demo")
    page.wait_for_selector("#picture[src]")
    faults["widget-demo"] = faults_of(page)
    assert not {place: found for place, found in faults.items() if found}


@pytest.mark.parametrize("language", ("ru", "en"))
def test_a_refused_photo_is_explained_and_another_one_works(open_page, shop, language):
    page = open_page("/", PHONE, language)
    page.click(".hero .button--tape")
    _give_photo(page, _picture())
    page.wait_for_selector(".problem[role=alert]")
    assert SAY[language]["nobody"] in page.inner_text(".problem")
    assert not shop.buyers  # the refused photo is not kept
    _give_photo(page)
    page.wait_for_selector(".measure.is-done")


def test_a_file_that_is_no_picture(open_page):
    page = open_page("/")
    page.click(".hero .button--tape")
    _give_photo(page, {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture at all"})
    page.wait_for_selector(".problem[role=alert]")
    assert "не похоже на фото" in page.inner_text(".problem")


MANY = {
    "ru": ("Трёх фото достаточно", "Фото 2 из 3", "эти фото"),
    "en": ("Three photos are enough", "Photo 2 of 3", "these photos"),
}


@pytest.mark.parametrize("viewport, language", [(PHONE, "ru"), (DESKTOP, "en")], ids=("phone-ru", "desktop-en"))
def test_up_to_three_photos_at_once(open_page, shop, viewport, language):
    page = open_page("/", viewport, language, reduced_motion="reduce", bypass_csp=True)  # axe judges what stands
    enough, second, consent = MANY[language]
    page.click(".hero .button--tape")
    page.wait_for_selector("#photo-file[multiple]", state="attached")
    described = page.get_attribute("#photo-file", "aria-describedby")
    assert page.is_visible(f"#{described}")
    page.set_input_files("#photo-file", [str(path) for path in sample_buyers()[:2]])
    until(page, "document.querySelectorAll('.photo__preview img').length === 2")
    assert not page.query_selector(".photo [role=alert]")
    page.click(".photo__ways .button--quiet")
    page.set_input_files("#photo-file", [*map(str, sample_buyers()[:2]), *map(str, sample_buyers()[:2])])
    until(page, "document.querySelectorAll('.photo__preview img').length === 3")
    assert enough in page.inner_text(".photo [role=alert]") and consent in page.inner_text(".consent")
    assert page.get_attribute(".photo__preview:nth-child(2) img", "alt") == second
    assert page.evaluate("document.activeElement.id") == "photo-title"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not faults_of(page)
    page.focus("#photo-consent")
    for key in ("Space", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector(".measure.is-done")
    assert [buyer.photos for buyer in shop.buyers.values()] == [3]


@pytest.mark.parametrize("place", ["primerka-mirror", "primerka-photo-dialog dialog"])
def test_photos_are_dropped(open_page, shop, place):
    page = open_page("/", DESKTOP)
    page.wait_for_selector(".hero .button--tape")
    if "dialog" in place:
        page.click(".hero .button--tape")
    drop = """async ([place, address]) => {
        const data = new DataTransfer();
        for (const name of ["a.png", "b.png"]) data.items.add(new File([await (await fetch(address)).blob()], name, { type: "image/png" }));
        document.querySelector(place).dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop, [place, "/v1/pictures/top-breton"])
    until(page, "document.querySelectorAll('.photo__preview img').length === 2")
    _consent(page)
    page.wait_for_selector(".me")
    assert [buyer.photos for buyer in shop.buyers.values()] == [2]


def test_a_photo_loses_size_and_metadata_before_it_is_sent(open_page, shop):
    noise = np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)
    image, data = Image.fromarray(noise).resize((4000, 3000), Image.Resampling.NEAREST), io.BytesIO()
    exif = image.getexif()
    exif[0x0112] = 6  # the camera lay on its side
    image.save(data, "JPEG", exif=exif)
    page = open_page("/")
    page.click(".hero .button--tape")
    _give_photo(page, {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()})
    page.wait_for_selector(".me")
    (buyer,) = shop.buyers.values()
    assert buyer.photo.size == (1536, 2048) and not buyer.photo.getexif()


def test_a_hidden_catalogue_asks_for_nothing(open_page, shop):
    """Asking would put its cards before the look that is waited for elsewhere."""
    page = open_page("/")
    _dress_catalogue(page)
    page.click("primerka-card:first-child .card__link")
    page.wait_for_selector(".stage[data-state=ready]")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/catalogue" in request.url else None)
    (buyer,) = shop.buyers.values()
    for status in ("preparing", "ready"):
        buyer.status = status
        shop.loop.call_soon_threadsafe(buyer.tell, "buyer", shop._buyer(buyer))
        page.wait_for_selector(f".stage[data-state={'idle' if status == 'preparing' else 'ready'}]")
    assert not asked


def test_a_late_picture_does_not_pass_for_the_look_asked_for_after_it(open_page):
    page = open_page("/")
    _dress_catalogue(page)
    page.click(".nav [data-view=outfit]")
    page.wait_for_selector(".piece:has([value=skirt-tartan])")
    page.wait_for_selector(".piece:has([value=top-breton])")
    held = []
    page.route("**/v1/pictures/*", lambda route: route.continue_() if held else held.append(route))
    page.click(".piece:has([value=skirt-tartan])")
    while not held:
        page.wait_for_timeout(20)
    page.click(".piece:has([value=top-breton])")
    held[0].continue_()
    page.wait_for_selector(".stage[data-state=ready]")
    assert "Юбка" in page.get_attribute(".compare__after", "alt") and "Тельняшка" in page.get_attribute(
        ".compare__after", "alt"
    )


def test_a_photo_from_the_camera(open_page):
    page = open_page("/")
    page.click(".hero .button--tape")
    page.click(".photo__ways .button--quiet")
    page.wait_for_selector("primerka-camera .is-mirrored")
    page.click("primerka-camera label:has([value='0'])")
    page.click("primerka-camera .button--tape")
    _consent(page)
    page.wait_for_selector(".measure.is-done")
    assert page.evaluate("document.querySelector('video')") is None  # the camera is off


def test_a_buyer_is_remembered_and_an_expired_one_is_told(open_page, shop):
    page = open_page("/")
    _dress_catalogue(page)
    page.reload()
    page.wait_for_selector(".measure.is-done")
    shop.buyers.clear()
    page.reload()
    page.wait_for_selector(".hero")
    assert "Срок хранения вышел" in page.inner_text(".note")


def test_a_look_that_is_gone_does_not_take_the_photo_along(open_page, shop):
    """The shop has cut out its garment anew meanwhile, and the event was missed."""
    page = open_page("/")
    _dress_catalogue(page)
    shop.delay_s = 60
    page.click("primerka-card:first-child .card__link")
    page.wait_for_selector(".stage[data-state=busy]")
    (buyer,) = shop.buyers.values()
    while not buyer.try_ons:
        page.wait_for_timeout(20)
    buyer.try_ons.clear()
    page.wait_for_selector(".stage[data-state=refused]")
    assert page.evaluate("Object.keys(localStorage).some((key) => key.includes('buyer'))")


def test_a_broken_event_stream_loses_no_card(open_page, shop):
    shop.cut_streams = True
    page = open_page("/")
    _dress_catalogue(page)
    assert page.locator("[data-status=ready]").count() == 6


def test_events_are_read_whole_however_the_bytes_are_cut(open_page):
    page = open_page("/")
    stream = ': hello\n\nid: 1\nevent: card\ndata: {"sku": "ж"}\n\n: awake\n\nid: 2\r\nevent: buyer\r\ndata: {}\r\n\r\n'
    read = """async ({stream, size}) => {
        const { parse } = await import("/storefront/js/events.js");
        const bytes = new TextEncoder().encode(stream);
        const body = new ReadableStream({ start(controller) {
            for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
            controller.close();
        }});
        const events = [];
        for await (const event of parse(body)) events.push(event);
        return events;
    }"""
    wanted = [{"id": "1", "name": "card", "data": '{"sku": "ж"}'}, {"id": "2", "name": "buyer", "data": "{}"}]
    for size in (1, 2, 3, 7, 1000):
        assert page.evaluate(read, {"stream": stream, "size": size}) == wanted


def test_a_failing_service_is_told_and_tried_again(open_page, shop):
    page = open_page("/")
    page.wait_for_selector("primerka-card")
    shop.fail_next = (503, "unavailable")
    page.fill("#search", "юбка")
    page.wait_for_selector(".message[role=alert]")
    page.click(".message .button")
    page.wait_for_selector("primerka-card")
    assert page.locator("primerka-card").count() == 1


def test_search_and_categories(open_page):
    page = open_page("/", DESKTOP)
    page.wait_for_selector("primerka-card")
    page.click(".choice label:has([value=skirt])")
    until(page, "document.querySelectorAll('primerka-card').length === 1")
    page.fill("#search", "такого нет")
    page.wait_for_selector(".message")
    page.click(".message .button")
    until(page, "document.querySelectorAll('primerka-card').length === 7")


def test_a_long_catalogue_comes_page_by_page(browser):
    shop = FakeShop(delay_s=0.01, copies=9)
    with Served(shop) as address:
        page = browser.new_page(viewport=PHONE, locale="ru-RU")
        page.goto(address)
        page.wait_for_selector("primerka-card")
        assert page.locator("primerka-card").count() == 24
        for count in (48, 55):
            page.mouse.wheel(0, 20_000)
            until(page, f"document.querySelectorAll('primerka-card').length === {count}")
        page.close()


def test_with_the_keyboard_alone(open_page):
    page = open_page("/", DESKTOP)
    page.wait_for_selector("primerka-card")
    page.focus(".hero .button--tape")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.id") == "photo-title"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.evaluate("document.activeElement.className").startswith("button button--tape")
    page.focus("primerka-card:first-child .card__link")
    page.keyboard.press("Enter")
    page.wait_for_selector(".product h1")
    page.go_back()
    page.wait_for_selector("primerka-card")


def test_language_and_theme_are_kept(open_page):
    page = open_page("/", DESKTOP, "ru")
    page.click(".text-button")
    until(page, "document.documentElement?.lang === 'en' && document.querySelector('h1')")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    page.click(".settings .icon-button")  # as in the system → light
    light = page.evaluate(background)
    page.click(".settings .icon-button")  # light → dark
    dark = page.evaluate(background)
    assert light != dark
    page.reload()
    page.wait_for_selector(".hero h1")
    assert page.inner_text(".hero h1").startswith("Try on") and page.evaluate(background) == dark


def test_the_foreign_shop_speaks_the_buyers_language(open_page):
    said = {"en": ("Add to basket", "Try it on me", "The Quiet Shop"), "ru": ("В корзину", "Примерить на себя", "Тихая лавка")}
    page = open_page("/widget-demo", DESKTOP, "en")

    def check(language):
        basket, label, shop = said[language]
        until(page, f"document.documentElement?.lang === '{language}' && Boolean(document.querySelector('#picture')?.src)")
        until(page, "Boolean(customElements.get('primerka-fitting'))")
        assert page.inner_text(".buy") == basket and page.title().startswith(shop) and page.inner_text(".shop") == shop
        assert page.evaluate("document.querySelector('primerka-fitting').shadowRoot.textContent").strip().startswith(label)

    check("en")
    page.click("#switch")
    check("ru")
    page.reload()
    check("ru")  # it is remembered, and the address goes before it
    page.goto(page.url + "?lang=en")
    check("en")
    page.click("primerka-fitting")
    until(page, "document.querySelector('primerka-fitting').frame.src.includes('lang=en')")


def test_the_widget_lives_on_a_foreign_page(open_page, shop, address):
    """Another origin: localhost embeds what 127.0.0.1 serves."""
    foreign = address.replace("127.0.0.1", "localhost")
    shop.app.add_api_route("/foreign", lambda: HTMLResponse(_FOREIGN.format(address=address)))
    page = open_page(foreign + "/foreign", DESKTOP)
    until(page, "Boolean(customElements.get('primerka-fitting'))")
    styles = page.eval_on_selector("primerka-fitting", "e => getComputedStyle(e.shadowRoot.querySelector('button')).color")
    assert styles != "rgb(255, 0, 0)"  # the page's red does not reach in
    page.click("primerka-fitting")
    until(page, "heard.includes('primerka:loaded')")
    frame = next(frame for frame in page.frames if frame.url.startswith(address + "/p/"))
    frame.click(".stage__try")
    _give_photo(frame)
    until(page, "heard.includes('primerka:ready')")
    frame.click(".product__actions .button--quiet")
    until(page, "heard.includes('primerka:outfit')")
    assert page.evaluate("document.querySelector('primerka-fitting').frame.contentDocument") is None
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    told = page.evaluate("JSON.stringify(details)")
    assert "token" not in told and "pictures" not in told
    frame.click(".settings .icon-button:last-child")
    until(page, "heard.includes('primerka:close')")


_FOREIGN = """<!doctype html><title>A shop</title><style>button {{ color: red !important }}</style>
<script>
  const heard = [], details = [];
  for (const name of ["open", "loaded", "photo", "ready", "refused", "outfit", "deleted", "close"])
    addEventListener("primerka:" + name, (event) => (heard.push(event.type), details.push(event.detail)));
</script>
<script src="{address}/widget.js" async></script>
<primerka-fitting shop="demo" product="dress-floral" lang="en" accent="#0a5"></primerka-fitting>"""


def test_reduced_motion_shows_the_result_at_once(open_page):
    page = open_page("/", PHONE, reduced_motion="reduce")
    _dress_catalogue(page)
    until(page, "document.querySelectorAll('.card__look').length === 6")
    assert page.locator(".is-turning").count() == 0
    assert re.search(r"уже на вас", page.inner_text(".me__progress"))
