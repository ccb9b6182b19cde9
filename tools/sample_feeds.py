"""Write the sample catalogue's feeds, Google Merchant XML in Russian and in English, beside its pictures.

python tools/sample_feeds.py --out primerka/samples/catalogue
"""

import argparse
from pathlib import Path
from xml.sax.saxutils import escape

LETTERS, WAISTS = "S, M, L", "28, 30, 32, 34"
TYPES = {
    "top": (212, "Верх", "Tops"),
    "outerwear": (203, "Верхняя одежда", "Outerwear"),
    "dress": (2271, "Платья", "Dresses"),
    "skirt": (1581, "Юбки", "Skirts"),
    "trousers": (204, "Брюки и джинсы", "Trousers"),
    "shorts": (207, "Шорты", "Shorts"),
}
F, M = ("female", "Женщинам", "Women"), ("male", "Мужчинам", "Men")

# picture: whom for, roubles, euros, sizes, colour, title, one sentence; the last three in Russian and in English
PRODUCTS = {
    "top-green-tee": (M, 1490, 19, "S, M, L, XL", ("зелёный", "green"), ("Футболка «Лес»", "Forest T-shirt"),
        ("Плотный хлопок, прямой крой.", "Heavy cotton, straight cut.")),
    "top-blue-longsleeve": (M, 2290, 29, "M, L, XL", ("голубой меланж", "blue melange"), ("Лонгслив «Туман»", "Mist long-sleeve top"),
        ("Мягкий меланжевый трикотаж.", "Soft melange jersey.")),
    "top-navy-shirt": (M, 3490, 45, "M, L, XL", ("тёмно-синий", "navy"), ("Рубашка льняная с воротником-стойкой", "Stand-collar linen shirt"),
        ("Лён с фактурной нитью; носят навыпуск.", "Slubbed linen, worn untucked.")),
    "top-tee-mustard": (M, 1590, 21, "S, M, L", ("горчичный", "mustard"), ("Футболка «Горчица»", "Mustard T-shirt"),
        ("Короткий рукав, меланжевая пряжа.", "Short sleeves, melange yarn.")),
    "top-dots-blouse": (F, 2990, 39, LETTERS, ("белый в горошек", "white with dots"), ("Блузка в горошек", "Polka-dot blouse"),
        ("Приталенная блузка с вырезом.", "Fitted, with a notched neckline.")),
    "top-coral-v-neck": (F, 1690, 22, LETTERS, ("коралловый", "coral"), ("Футболка с V-образным вырезом", "V-neck tee"),
        ("Тонкий хлопок, глубокий вырез.", "Fine cotton, a deep neckline.")),
    "top-burgundy-blouse": (F, 2890, 37, LETTERS, ("бордовый", "burgundy"), ("Рубашка «Вишня»", "Cherry shirt"),
        ("Длинный рукав, воротник-стойка.", "Long sleeves, a stand collar.")),
    "top-gingham": (F, 1890, 25, LETTERS, ("голубая клетка", "blue check"), ("Топ в клетку виши", "Gingham top"),
        ("Хлопок в клетку, круглый вырез.", "Checked cotton, a round neckline.")),
    "outerwear-denim-jacket": (F, 4990, 65, LETTERS, ("синий деним", "blue denim"), ("Куртка джинсовая укороченная", "Cropped denim jacket"),
        ("Свободный крой, накладные карманы.", "Loose cut, patch pockets.")),
    "outerwear-camel-jacket": (F, 6990, 89, LETTERS, ("кэмел", "camel"), ("Куртка шерстяная «Кэмел»", "Camel wool jacket"),
        ("Тёплая, с накладными карманами; капюшон отстёгивается.", "Warm, with patch pockets; the hood comes off.")),
    "outerwear-pinstripe-blazer": (M, 7990, 99, "46, 48, 50, 52", ("синий в полоску", "navy pinstripe"), ("Жакет в тонкую полоску", "Pinstripe jacket"),
        ("Закрытый ворот, тонкая белая полоска.", "Closed neck, fine white stripes.")),
    "outerwear-grey-cardigan": (F, 3990, 52, LETTERS, ("серый", "grey"), ("Кардиган в рубчик", "Ribbed cardigan"),
        ("Носят нараспашку; воротник-стойка.", "Worn open; a stand collar.")),
    "outerwear-leather-jacket": (M, 12990, 165, "M, L, XL", ("чёрный", "black"), ("Куртка кожаная с капюшоном", "Leather jacket with a hood"),
        ("Мягкая кожа, светлый трикотажный капюшон.", "Soft leather, a light jersey hood.")),
    "dress-linen-midi": (F, 4490, 58, LETTERS, ("песочный", "sand"), ("Платье льняное миди", "Linen midi dress"),
        ("Короткий рукав, юбка ниже колена.", "Cap sleeves, a skirt below the knee.")),
    "dress-red-dots": (F, 3990, 52, LETTERS, ("красный в горошек", "red with dots"), ("Платье в горошек", "Polka-dot dress"),
        ("Расклешённая юбка, V-образный вырез.", "A flared skirt, a V-neck.")),
    "dress-yellow-floral": (F, 3790, 49, LETTERS, ("жёлтый", "yellow"), ("Платье мини с цветами", "Floral mini dress"),
        ("Летний хлопок с крупными цветами.", "Summer cotton with large flowers.")),
    "dress-pine": (F, 4290, 55, LETTERS, ("хвойный", "pine green"), ("Платье-рубашка «Хвоя»", "Pine shirt dress"),
        ("Длинный рукав, воротник-стойка.", "Long sleeves, a stand collar.")),
    "dress-denim": (F, 4190, 54, LETTERS, ("синий деним", "blue denim"), ("Платье из денима", "Denim dress"),
        ("Лёгкий деним, рукав до локтя.", "Light denim, short sleeves.")),
    "skirt-denim-mini": (F, 2490, 32, LETTERS, ("тёмный деним", "dark denim"), ("Юбка джинсовая мини", "Denim mini skirt"),
        ("Трапеция выше колена.", "A-line, above the knee.")),
    "skirt-emerald-satin": (F, 3490, 45, LETTERS, ("изумрудный", "emerald"), ("Юбка атласная миди", "Satin midi skirt"),
        ("Атлас с мягким блеском.", "Satin with a soft shine.")),
    "skirt-pink-pleated": (F, 3290, 42, LETTERS, ("розовый", "pink"), ("Юбка плиссе", "Pleated skirt"),
        ("Мелкая складка, длина ниже колена.", "Fine pleats, below the knee.")),
    "skirt-pencil-check": (F, 2990, 39, LETTERS, ("гусиная лапка", "houndstooth"), ("Юбка-карандаш «Гусиная лапка»", "Houndstooth pencil skirt"),
        ("Прямая юбка до колена.", "Straight, to the knee.")),
    "trousers-blue-jeans": (F, 3990, 52, WAISTS, ("синий", "blue"), ("Джинсы чуть клёш", "Slightly flared jeans"),
        ("Плотный деним без потёртостей.", "Firm denim, no fading.")),
    "trousers-wide-linen": (F, 3590, 46, LETTERS, ("льняной", "natural linen"), ("Брюки льняные широкие", "Wide linen trousers"),
        ("Широкие от бедра, неокрашенный лён.", "Wide from the hip, undyed linen.")),
    "trousers-olive-chinos": (M, 3690, 47, WAISTS, ("оливковый", "olive"), ("Чиносы оливковые", "Olive chinos"),
        ("Хлопковый твил, прямой крой.", "Cotton twill, straight cut.")),
    "trousers-brown-corduroy": (M, 4290, 55, WAISTS, ("коричневый", "brown"), ("Брюки вельветовые", "Corduroy trousers"),
        ("Тонкий рубчик, тёплые.", "Fine wale, warm.")),
    "shorts-denim": (F, 1990, 26, LETTERS, ("светлый деним", "light denim"), ("Шорты джинсовые", "Denim shorts"),
        ("Короткие, высокая посадка.", "Short, with a high waist.")),
    "shorts-navy-chino": (M, 2290, 29, WAISTS, ("тёмно-синий", "navy"), ("Шорты-чинос", "Chino shorts"),
        ("До колена, хлопковый твил.", "To the knee, cotton twill.")),
    "shorts-linen-bermuda": (F, 2190, 28, LETTERS, ("песочный", "sand"), ("Бермуды льняные", "Linen bermuda shorts"),
        ("Свободные, чуть выше колена.", "Loose, just above the knee.")),
    "shorts-sport-red": (M, 1490, 19, "S, M, L, XL", ("красный", "red"), ("Шорты спортивные", "Running shorts"),
        ("Лёгкие, с широкой штаниной.", "Light, with wide legs.")),
}  # fmt: skip


def feed(language: str) -> str:
    """The whole feed, "ru" in roubles or "en" in euros."""
    which = ("ru", "en").index(language)
    title = ("Primerka: образцы каталога", "Primerka: the sample catalogue")[which]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">',
        f"<channel><title>{title}</title>",
    ]
    for name, (whom, roubles, euros, sizes, colours, titles, sentences) in PRODUCTS.items():
        number, *types = TYPES[name.split("-", 1)[0]]
        values = {
            "id": name,
            "title": titles[which],
            "description": sentences[which],
            "image_link": f"{name}.jpg",
            "price": (f"{roubles}.00 RUB", f"{euros}.00 EUR")[which],
            "availability": "in_stock",
            "condition": "new",
            "brand": "Primerka",
            "google_product_category": str(number),
            "product_type": f"{whom[1 + which]} > {types[which]}",
            "gender": whom[0],
            "age_group": "adult",
            "color": colours[which],
            "size": sizes,
        }
        lines += ["<item>", *(f"  <g:{key}>{escape(value)}</g:{key}>" for key, value in values.items()), "</item>"]
    return "\n".join([*lines, "</channel>", "</rss>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    for language in ("ru", "en"):
        (out / f"feed.{language}.xml").write_text(feed(language), encoding="utf-8")


if __name__ == "__main__":
    main()
