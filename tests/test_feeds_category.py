"""What a product is, by the words of shops."""

import pytest

from primerka.service.feeds.category import find_category, find_gender

TITLES = {
    "top": """Футболка оверсайз | Рубашка джинсовая | Блузка с бантом под юбку | Топ на бретелях | Джемпер из мериноса | Худи с капюшоном |
        Свитшот | Водолазка | Поло мужское | Лонгслив | Туника пляжная длинная | Майка-алкоголичка | Толстовка на молнии |
        Denim shirt | Dress shirt, slim fit | T-shirt with skirt print | Tee | Women's blouses | Cashmere jumper | Zip hoodie |
        Polo Ralph Lauren Crewneck | Tank top | Breton top for jeans | Bodysuit | Levi's - Western shirt | Кроп-топ""",
    "outerwear": """Куртка джинсовая | Пальто шерстяное с поясом | Пуховик | Кожаная куртка | Плащ-тренч | Пиджак в клетку | Жакет твид |
        Кардиган | Парка зимняя | Жилет утеплённый | Бомбер | Шуба | Рубашка-куртка |
        Denim jacket | Trench coat | Wool-blend blazer | Puffer vest | Cardigan with pockets | Leather biker jackets | Top quality leather jacket""",
    "dress": """Платье миди | Платье-рубашка | Сарафан на лето | Вечернее платье с юбкой-солнцем | Джинсовое платье | Платья | Платье-пиджак |
        Shirt dress | Floral wrap dress with belt | Evening gown | Sundresses | Sweater-dress | Knitted jumper dress in navy""",
    "skirt": "Юбка плиссе | Юбка-шорты | Джинсовая юбка | Юбочка | Pleated midi skirt | Denim skirts | Tennis skort | Pencil-skirt",
    "trousers": """Брюки с ремнём | Джинсы клёш | Штаны спортивные | Чиносы | Леггинсы | Брюки-палаццо | Джоггеры | Слаксы |
        Wide-leg trousers | Blue jeans | Cargo pants | Chinos | High-waist leggings | Boyfriend jeans for women | Culottes""",
    "shorts": "Шорты джинсовые | Бермуды | Шорты из льна с поясом | Denim shorts | Bermuda shorts | Running shorts | Short shorts",
    None: """Ремень для джинсов | Туфли лодочки | Сумка-шоппер | Кроссовки | Купальник | Пижама с шортами | Ночная сорочка | Костюм: пиджак и брюки |
        Комбинезон джинсовый | Комплект: топ и юбка | Колготки | Трусы | Бюстгальтер | Шапка | Платок шёлковый | Халат | Платье для девочки |
        Детская куртка | Belt for jeans | Dress shoes | Ankle boots | Tote bag | Swim shorts | Bikini top set | Jumpsuit | Trouser suit |
        Night shirt | Silk scarf | Baby dress | Boys jeans | Model Anna, blue | Socks | Ремешок | Носки | Wedding ring""",
}


@pytest.mark.parametrize(
    ("category", "title"), [(category, title.strip()) for category, titles in TITLES.items() for title in titles.split("|")]
)
def test_titles(category, title):
    assert find_category(title) == category


@pytest.mark.parametrize(
    ("text", "taxonomy", "category"),
    [
        ("Женская одежда > Платья и сарафаны", "", "dress"), ("Одежда, обувь и аксессуары > Одежда > Юбки", "", "skirt"),
        ("Women > Clothing > Jeans", "", "trousers"), ("Dresses > Evening", "", "dress"), ("Верхняя одежда", "", "outerwear"),
        ("Shirts & Tops", "", "top"), ("Coats & Jackets", "", "outerwear"), ("Мужчинам/Шорты", "", "shorts"),
        ("Юбки и шорты", "", None), ("Обувь > Туфли", "", None), ("Новинки", "", None), ("Suits & Blazers", "", "outerwear"),
        ("", "2271", "dress"), ("", "212", "top"), ("", "5598", "outerwear"), ("", "1581", "skirt"), ("", "204", "trousers"),
        ("", "207", "shorts"), ("", "187", None), ("", "166", None), ("", "99999999999", None),
        ("", "Apparel & Accessories > Clothing > Skirts", "skirt"), ("", "Apparel & Accessories > Clothing > Shirts & Tops", "top"),
        ("", "Apparel & Accessories > Clothing", None), ("", "Apparel & Accessories > Shoes", None),
        ("", "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets", "outerwear"),
    ],
)  # fmt: skip
def test_categories_where_the_title_says_nothing(text, taxonomy, category):
    assert find_category("Модель Anna", text, taxonomy) == category


def test_a_level_that_names_only_other_things_is_believed_before_the_title():
    assert find_category("Топ бандо", "Купальники") is None
    assert find_category("Рубашка", "Одежда > Пижамы") is None
    assert find_category("Long shirt", "", "208") is None
    assert find_category("Платье", "Одежда", "", "kids") is None and find_category("Платье", "Одежда", "", "Детский") is None


def test_the_title_is_believed_before_a_wide_category():
    assert find_category("Пиджак", "Юбки и жакеты") == "outerwear"
    assert find_category("Cardigan", "Knitwear", "212") == "outerwear"
    assert find_category("Blazer", "Suits") == "outerwear"


def test_letter_case_and_yo_do_not_matter():
    assert (
        find_category("ПАЛЬТО ИЗ ШЕРСТИ") == "outerwear"
        and find_category("Дублёнка") == find_category("Дубленка") == "outerwear"
    )


@pytest.mark.parametrize(
    ("texts", "gender"),
    [
        (("female",), "female"), (("Женский",), "female"), (("", "Брюки мужские"), "male"), (("", "Women > Dresses"), "female"),
        (("unisex",), "unisex"), (("", "Men's & women's tees"), "unisex"), (("", "Платье"), ""), (("male", "Women"), "male"), (("М",), "male"),
    ],
)  # fmt: skip
def test_gender(texts, gender):
    assert find_gender(*texts) == gender
