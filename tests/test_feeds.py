"""Catalogue feeds: each format's fields, variants, encodings, bad rows; compared with ElementTree and csv where those can tell."""

import csv
import gzip
import io
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primerka.service.feeds.offer import BadRow, FeedRejected, Offer
from primerka.service.feeds.picture_path import picture_file
from primerka.service.feeds.price import read_price
from primerka.service.feeds.read import read_feed
from primerka.service.feeds.text import page_link, picture_links, plain_text

GOOGLE = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<title>A shop</title><link>https://shop.example/</link>
{items}
</channel></rss>"""


def google(items: str) -> bytes:
    return GOOGLE.format(items=items).encode()


def item(sku="1", title="Linen dress", more="", picture="https://shop.example/1.jpg") -> str:
    return f"<item><g:id>{sku}</g:id><g:title>{title}</g:title><g:image_link>{picture}</g:image_link>{more}</item>"


def offers(data: bytes, format: str = "auto") -> list[Offer | BadRow]:
    return list(read_feed(io.BytesIO(data), format))


def only(data: bytes, format: str = "auto") -> Offer:
    (offer,) = offers(data, format)
    assert isinstance(offer, Offer), offer
    return offer


def refusal(data: bytes, format: str = "auto", **more) -> tuple[str, list]:
    """The code that a feed is refused with, and what came before."""
    rows = []
    with pytest.raises(FeedRejected) as caught:
        rows.extend(read_feed(io.BytesIO(data), format, **more))
    return caught.value.code, rows


# ------------------------------------------------------------------------------------------------------------------ Google


def test_google_xml_all_fields():
    offer = only(
        google(
            item(
                "D-1",
                "Linen dress &amp; belt",
                """<description>&lt;p&gt;Soft&nbsp;linen.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Washable&lt;/li&gt;&lt;/ul&gt;</description>
                <link>https://shop.example/d-1?a=1&amp;b=2</link>
                <g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>
                <g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>
                <g:price>1,990.00 RUB</g:price><g:availability>in stock</g:availability><g:brand>Len</g:brand>
                <g:shipping><g:price>300 RUB</g:price></g:shipping>
                <g:gender>female</g:gender><g:color>Sand</g:color><g:size>S</g:size><g:item_group_id>D</g:item_group_id>
                <g:google_product_category>2271</g:google_product_category><g:product_type>Women &gt; Dresses</g:product_type>""",
            )
        )
    )
    assert offer == Offer(
        line=4,
        sku="D-1",
        title="Linen dress & belt",
        pictures=("https://shop.example/1.jpg", "https://shop.example/2.jpg", "https://shop.example/3.jpg"),
        description="Soft linen.\nWashable",
        category="dress",
        category_text="Women > Dresses",
        taxonomy="2271",
        price=Decimal("1990.00"),
        currency="RUB",
        link="https://shop.example/d-1?a=1&b=2",
        brand="Len",
        gender="female",
        colour="Sand",
        sizes=("S",),
        available=True,
        group="D",
        variants=("D-1",),
    )


def test_google_atom():
    atom = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>x</title>
    <entry><id>urn:1</id><g:id>7</g:id><title>Wool skirt</title><link rel="alternate" href="https://shop.example/7"/>
    <summary>Warm.</summary><g:image_link>https://shop.example/7.jpg</g:image_link><g:availability>out_of_stock</g:availability></entry></feed>"""
    offer = only(atom.encode())
    assert (offer.sku, offer.title, offer.link, offer.description) == ("7", "Wool skirt", "https://shop.example/7", "Warm.")
    assert offer.category == "skirt" and not offer.available and offer.price is None


def test_google_text_of_every_encoding_is_the_same():
    text = (
        "id\tTitle\timage link\tadditional_image_link\tprice\tcolor\n"
        'A1\tПлатье "миди"\thttps://shop.example/1.jpg\thttps://shop.example/2.jpg,https://shop.example/3.jpg\t1990,00 RUB\tсиний\n'
    )
    results = [only(text.encode(encoding)) for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16")]
    assert results[0].title == 'Платье "миди"' and results[0].price == Decimal("1990.00") and results[0].line == 2
    assert len(results[0].pictures) == 3
    assert all(result == results[0] for result in results)


def test_a_sale_price_counts_while_the_sale_lasts():
    for interval, price in (
        ("", "900"),
        ("2020-01-01T00:00+0300/2099-01-01T00:00+0300", "900"),
        ("2020-01-01T00:00Z/2020-02-01T00:00Z", "1000"),
    ):
        more = f"<g:price>1000 RUB</g:price><g:sale_price>900 RUB</g:sale_price><g:sale_price_effective_date>{interval}</g:sale_price_effective_date>"
        assert only(google(item(more=more))).price == Decimal(price)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(lambda text: text.strip())


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_google_xml_reads_what_element_tree_reads(rows):
    items = "\n".join(item(escape(sku), escape(title), "<g:color>c</g:color>") for sku, title in rows)
    data = google(items)
    g = "{http://base.google.com/ns/1.0}"
    expected = [
        (" ".join(element.find(f"{g}id").text.split()), " ".join(plain_text(element.find(f"{g}title").text).split()))
        for element in ElementTree.fromstring(data).iter("item")
    ]
    found = [(row.sku, row.title) for row in offers(data) if isinstance(row, Offer)]
    assert found == [pair for pair in expected if all(pair)] or any(
        "<" in text or "&" in text for pair in rows for text in pair
    )


# ------------------------------------------------------------------------------------------------------------------ Yandex

YML = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-01-01 10:00"><shop><name>Лавка</name>
<currencies><currency id="RUR" rate="1"/></currencies>
<categories><category id="1">Женская одежда</category><category id="2" parentId="1">Платья</category>
<category id="8" parentId="9">Круг</category><category id="9" parentId="8">Круга</category></categories>
<offers>{offers}</offers></shop></yml_catalog>"""


def yandex(offers: str, encoding: str = "utf-8") -> bytes:
    return YML.format(offers=offers, encoding=encoding).encode(encoding)


SIMPLE = """<offer id="12" available="true" group_id="34"><url>https://shop.example/12</url><price>2490.5</price><oldprice>3000</oldprice>
<currencyId>RUR</currencyId><categoryId>2</categoryId><picture>https://shop.example/a.jpg</picture><picture>https://shop.example/b.jpg</picture>
<name>Платье «Лён»</name><vendor>Лавка</vendor><description><![CDATA[<p>Лёгкое<br>и тёплое</p>]]></description>
<param name="Размер" unit="RU">46</param><param name="Цвет">песочный</param><param name="Пол">Женский</param></offer>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_yandex_simple_offer(encoding):
    offer = only(yandex(SIMPLE, encoding))
    assert (offer.sku, offer.title, offer.category, offer.category_text) == (
        "12",
        "Платье «Лён»",
        "dress",
        "Женская одежда > Платья",
    )
    assert (offer.price, offer.currency, offer.gender, offer.colour, offer.sizes) == (
        Decimal("2490.5"), "RUB", "female", "песочный", ("46",),
    )  # fmt: skip
    assert offer.description == "Лёгкое\nи тёплое" and offer.group == "34" and len(offer.pictures) == 2 and offer.line == 7


def test_yandex_vendor_model_and_names_of_characters():
    offer = only(
        yandex(
            """<offer id="5" type="vendor.model" available="false"><price>990</price><currencyId>RUB</currencyId><categoryId>8</categoryId>
            <picture>https://shop.example/a.jpg</picture><typePrefix>Брюки</typePrefix><vendor>Лавка&nbsp;&amp;&nbsp;Ко</vendor><model>&laquo;Клёш&raquo;</model></offer>"""
        )
    )
    assert offer.title == "Брюки Лавка & Ко «Клёш»" and offer.category == "trousers" and not offer.available
    assert offer.category_text == "Круга > Круг"  # a circle of parents ends


# ----------------------------------------------------------------------------------------------------------------- Shopify

SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Image Position,Variant Image,Status
wool-coat,Wool coat,"<p>Warm,
long.</p>",Len,Coats,"women, winter",TRUE,Size,S,,,WC-S,0,deny,12000,https://shop.example/2.jpg,2,,active
wool-coat,,,,,,,,M,,,WC-M,3,deny,11000,https://shop.example/1.jpg,1,,
tee,Tee,,Len,T-shirts,,TRUE,Color,Red,Size,S,T-R-S,0,deny,900,https://shop.example/r.jpg,1,https://shop.example/r.jpg,active
tee,,,,,,,,Red,,M,T-R-M,0,deny,900,https://shop.example/b.jpg,2,https://shop.example/r.jpg,
tee,,,,,,,,Blue,,M,T-B-M,0,continue,950,,,https://shop.example/b.jpg,
draft,Draft skirt,,Len,Skirts,,FALSE,Title,Default Title,,,D,5,deny,100,https://shop.example/d.jpg,1,,draft
bare,No picture,,,,,TRUE,Title,Default Title,,,B,1,deny,5,,,,active
"""


def test_shopify():
    coat, red, blue, draft, bare = sorted(offers(SHOPIFY.encode()), key=lambda row: row.line)
    assert (coat.sku, coat.line, coat.category, coat.description) == ("wool-coat", 2, "outerwear", "Warm,\nlong.")
    assert coat.sizes == ("S", "M") and coat.price == Decimal(11000) and coat.available
    assert coat.pictures == ("https://shop.example/1.jpg", "https://shop.example/2.jpg")  # by Image Position
    assert coat.variants == ("wool-coat", "WC-S", "WC-M")
    assert (red.sku, red.colour, red.pictures, red.sizes, red.available) == (
        "tee-red", "Red", ("https://shop.example/r.jpg",), ("S", "M"), False,
    )  # fmt: skip
    assert (blue.sku, blue.pictures, blue.available, blue.group) == ("tee-blue", ("https://shop.example/b.jpg",), True, "tee")
    assert not draft.available
    assert isinstance(bare, BadRow) and bare.sku == "bare"


def test_shopify_of_the_new_names_and_of_semicolons():
    data = "URL handle;Title;Description;Product image URL;Price;SKU;Type\nsk;Юбка;Тёплая;https://shop.example/s.jpg;1 990,50;S1;Юбки\n"
    offer = only(data.encode("cp1251"))
    assert (offer.sku, offer.title, offer.price, offer.category) == ("sk", "Юбка", Decimal("1990.50"), "skirt")


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6, unique_by=lambda row: row[0].strip()))
def test_shopify_reads_what_csv_reads(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Handle", "Title", "Image Src"])
    writer.writerows([handle, title, "https://shop.example/1.jpg"] for handle, title in rows)
    expected = [row["Handle"].strip() for row in csv.DictReader(io.StringIO(out.getvalue()))]
    assert [row.sku for row in offers(out.getvalue().encode())] == expected


# ---------------------------------------------------------------------------------------------------------------- variants


def variant(sku, size, colour="", picture="https://shop.example/1.jpg", price="100 RUB", group="g", availability="in_stock"):
    more = f"<g:item_group_id>{group}</g:item_group_id><g:size>{size}</g:size><g:color>{colour}</g:color><g:price>{price}</g:price>"
    return item(sku, "Linen dress", f"{more}<g:availability>{availability}</g:availability>", picture)


def test_sizes_of_one_colour_are_one_offer_and_colours_are_several():
    red, blue = offers(
        google(
            variant("1", "S", "red", availability="out_of_stock")
            + variant("2", "M", "Red", price="90 RUB")
            + variant("3", "S", "blue", "https://shop.example/2.jpg")
        )
    )
    assert (red.sku, red.sizes, red.price, red.variants, red.available) == ("1", ("S", "M"), Decimal(90), ("1", "2"), True)
    assert (blue.sku, blue.group, blue.colour) == ("3", "g", "blue")


def test_without_a_colour_the_picture_tells_and_without_a_group_nothing_is_merged():
    two = offers(google(variant("1", "S") + variant("2", "M") + variant("3", "S", "", "https://shop.example/2.jpg")))
    assert [offer.sizes for offer in two] == [("S", "M"), ("S",)]
    assert len(offers(google(variant("1", "S", "red", group="") + variant("2", "M", "red", group="")))) == 2


# ---------------------------------------------------------------------------------------------------------------- bad rows


def test_a_bad_row_is_reported_with_its_line_and_does_not_stop_the_rest():
    items = [item("1"), "<item><g:title>no id</g:title></item>", item("3", ""), item("4", picture="file:///etc/passwd")]
    items += [item("5", more="<g:price>cheap</g:price>"), item("6", "x" * 1_000_001), item("7")]
    rows = sorted(offers(google("\n".join(items))), key=lambda row: row.line)
    assert [(row.line, row.sku) for row in rows] == [(4, "1"), (5, ""), (6, "3"), (7, "4"), (8, "5"), (9, "6"), (10, "7")]
    assert [isinstance(row, BadRow) for row in rows] == [False, True, True, True, True, True, False]
    assert all(row.reason.endswith(".") for row in rows if isinstance(row, BadRow))


def test_bad_rows_of_csv_have_the_line_of_the_file():
    data = 'id,title,image_link\n1,Dress,1.jpg\n\n2,Dress,2.jpg,too,many\n,Dress,3.jpg\n4,"Dress\nlong",4.jpg\n5,Dress,5.jpg\n'
    found = [(row.line, row.sku, isinstance(row, BadRow)) for row in sorted(offers(data.encode()), key=lambda row: row.line)]
    assert found == [(2, "1", False), (4, "", True), (5, "", True), (6, "4", False), (8, "5", False)]


def test_a_row_of_another_encoding_is_bad_alone():
    head = "id,title,image_link\n1,Платье,1.jpg\n".encode()
    rows = offers(head + "2,Юбка,2.jpg\n".encode("cp1251") + "3,Шорты,3.jpg\n".encode())
    assert {row.line: isinstance(row, BadRow) for row in rows} == {2: False, 3: True, 4: False}


def test_a_quote_that_does_not_end_spoils_no_more_than_it_must():
    rows = offers(
        (
            "id,title,image_link\n" + '1,"Dress,1.jpg\n' + "".join(f"{n},{'Dress ' * 40},{n}.jpg\n" for n in range(1_000))
        ).encode()
    )
    assert any(isinstance(row, BadRow) for row in rows) and sum(isinstance(row, Offer) for row in rows) > 300
    assert all(row.line == int(row.sku) + 3 for row in rows if isinstance(row, Offer))  # lines are counted on


# ------------------------------------------------------------------------------------------------------------ whole feeds


def test_gzip_is_unpacked():
    data = google(item())
    assert offers(gzip.compress(data)) == offers(data)


def test_a_truncated_feed_gives_the_good_rows_and_then_says_so():
    data = google(item("1") + item("2") + item("3"))
    for cut in (data.index(b"</item>", data.index(b"<g:id>3")), data.index(b"<g:id>3") + 9, len(data) - 3):
        code, rows = refusal(data[:cut])
        assert code == "feed_truncated" and [row.sku for row in rows][:1] == ["1"]
    packed = gzip.compress(google("".join(item(str(n)) for n in range(3_000))))
    code, rows = refusal(packed[: len(packed) // 2])
    assert code == "feed_truncated" and len(rows) > 500


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "feed_empty"),
        (b"\xef\xbb\xbf \n", "feed_empty"),
        (gzip.compress(b""), "feed_empty"),
        (b"<html><body>Not found</body></html>", "feed_of_another_format"),
        (b"hello, world", "feed_of_another_format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "feed_of_another_format"),
        (b"\x1f\x8b\x08\x00garbage that is no gzip", "feed_damaged"),
        (google(item() + "<item><g:id>1 & 2</g:id></item>"), "feed_broken"),
        (google("<a>" * 100), "feed_too_deep"),
    ],
)
def test_feeds_that_are_none_are_refused_with_a_code(data, code):
    assert refusal(data)[0] == code


def test_an_unknown_format_is_refused_and_a_wrong_one_too():
    assert refusal(google(item()), "ozon")[0] == "unknown_feed_format"
    assert refusal(google(item()), "yandex")[0] == "feed_of_another_format"
    assert refusal(google(item()), "shopify")[0] == "feed_of_another_format"


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'


@pytest.mark.parametrize("doctype", [BOMB, FILE, PARAMETER])
def test_a_feed_that_declares_entities_is_refused(doctype):
    data = google(item(title="&b;&x;")).replace(b"<rss", doctype.encode() + b"<rss", 1)
    assert refusal(data) == ("feed_entities", [])


def test_an_external_doctype_is_never_read(monkeypatch):
    opened = []
    monkeypatch.setattr("builtins.open", lambda *a, **k: opened.append(a))
    monkeypatch.setattr("socket.socket", lambda *a, **k: opened.append(a))
    data = google(item()).replace(b"<rss", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss', 1)
    assert only(data).sku == "1" and not opened


def test_what_is_packed_into_little_may_not_be_unpacked_into_much():
    packed = gzip.compress(google("<x>" + " " * 5_000_000 + "</x>"))
    assert len(packed) < 10_000
    assert refusal(packed, most_bytes=1_000_000)[0] == "feed_too_large"


def test_a_tag_without_end_is_not_collected_for_ever():
    data = GOOGLE.split("{items}")[0].encode() + b'<item x="' + b"a" * (4 << 20)
    code, rows = refusal(data)
    assert code == "feed_broken" and not rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", GOOGLE.split("{items}")[0].encode(), b"Handle,Title,Image Src\n", b"id\ttitle\timage_link\n"):
        try:
            rows = list(read_feed(io.BytesIO(start + data)))
        except FeedRejected as rejected:
            assert str(rejected).endswith(".")
        else:
            assert all(isinstance(row, Offer | BadRow) for row in rows)


# ------------------------------------------------------------------------------------------------------------ small things


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1990.00 RUB", "1990.00", "RUB"), ("RUB 1990", "1990", "RUB"), ("1 990,00 руб.", "1990.00", "RUB"), ("1 990 ₽", "1990", "RUB"),
        ("1,990.00 USD", "1990.00", "USD"), ("19,90 €", "19.90", "EUR"), ("1.234.567,8", "1234567.8", ""), ("2,490", "2490", ""),
        ("$0.500", "0.500", "USD"), ("1'990.00 CHF", "1990.00", "CHF"), ("12.5", "12.5", ""),
    ],
)  # fmt: skip
def test_prices(text, amount, currency):
    assert read_price(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "cheap", "-5 RUB", "1990 RUB 20 USD", "9" * 30, "5 bananas", "NaN", "1e5 RUB"])
def test_what_is_no_price(text):
    with pytest.raises(ValueError, match=r"is no (price|currency)"):
        read_price(text)


def test_links_that_could_do_harm_are_dropped():
    assert page_link("javascript:alert(1)") == page_link("//evil") == page_link("https://a b") == page_link("https://[") == ""
    assert page_link(" https://shop.example/x ") == "https://shop.example/x"
    links = picture_links(
        ["data:image/png;base64,x", "file:///x", "", "a/b.jpg", "https://s/1.jpg", "https://s/1.jpg", "//cdn/x.jpg"]
    )
    assert links == ("a/b.jpg", "https://s/1.jpg")


def test_html_becomes_text_and_scripts_disappear():
    html = "<style>p{}</style><p>One&nbsp;two</p><script>alert(1)</script><ul><li>a<li>b</ul> 3 &lt; 4"
    assert plain_text(html) == "One two\na\nb\n3 < 4"
    assert plain_text("5 < 6 & 7") == "5 < 6 & 7"


def test_a_picture_by_path_stays_in_the_folder(tmp_path):
    folder = tmp_path / "feed"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "a.jpg").write_bytes(b"a")
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "way-out").symlink_to(tmp_path / "secret")
    assert picture_file(folder, "pictures/a.jpg").read_bytes() == b"a"
    for path in ("../secret", "way-out", str(tmp_path / "secret"), "pictures", "nothing.jpg", "a\0b"):
        with pytest.raises(FeedRejected) as caught:
            picture_file(folder, path)
        assert caught.value.code == "picture_path"


def test_every_code_is_in_the_documents():
    import ast
    from pathlib import Path

    root = Path(__file__).parents[1]
    text, codes = (root / "docs" / "feeds.md").read_text(), set()
    for path in [*(root / "primerka" / "service" / "feeds").glob("*.py"), root / "primerka" / "service" / "fetch.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("FeedRejected", "PictureNotFetched"):
                codes.add(node.args[0].value)
    assert len(codes) > 15 and not sorted(code for code in codes if f"`{code}`" not in text)
