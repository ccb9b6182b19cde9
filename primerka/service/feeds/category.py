"""From a shop's words to Primerka's categories: what a product is, told by its title and its category, in English and Russian.

The noun that names the thing decides. In English it is the last one of its phrase ("denim shirt dress" is a dress, "dress shirt" a
shirt), in Russian the first ("платье-рубашка", "брюки с ремнём"). What cannot be put on is known by name too, so that "belt for jeans"
is no pair of jeans.
"""

import re
from functools import cache

# Said of anything that is not put on, and of sets, which are several things.
OTHER, SEVERAL = "other", "several"

# Singulars; plurals are made. What only occurs in the plural is written so.
_ENGLISH = {
    "top": "top shirt t-shirt tshirt tee tee-shirt blouse sweater jumper pullover hoodie hoody sweatshirt polo tank camisole cami tunic "
    "turtleneck rollneck longsleeve henley bodysuit knitwear crewneck halter corset sweatervest tanktop croptop",
    "outerwear": "outerwear coat jacket parka blazer cardigan anorak trench trenchcoat windbreaker raincoat overcoat vest waistcoat "
    "gilet poncho cape bomber puffer bolero shacket overshirt peacoat topcoat sportcoat",
    "dress": "dress gown sundress minidress shirtdress frock pinafore",
    "skirt": "skirt miniskirt skort",
    "trousers": "trouser pants jeans chino legging jegging jogger slacks culotte sweatpants trackpants cargos khakis corduroys pant",
    "shorts": "shorts bermuda",
    OTHER: "shoe boot bootie sneaker trainer sandal heel pump loafer slipper mule clog footwear espadrille bag handbag backpack tote "
    "clutch purse wallet belt scarf shawl hat cap beanie beret glove mitten sock tights stocking hosiery bra bralette brief panties "
    "boxer thong lingerie underwear undershirt shapewear swimsuit bikini swimwear trunks pajamas pyjamas pajama pyjama nightgown "
    "nightdress nightie sleepwear robe bathrobe jumpsuit romper playsuit overall dungarees coverall sunglasses glasses necklace "
    "earring bracelet ring watch tie necktie umbrella jewelry jewellery accessory accessories costume uniform",
    SEVERAL: "suit tuxedo set pack bundle outfit two-piece co-ord twinset",
}  # fmt: skip
# Stems, to which an ending of a noun is added: "юбочная" and "джинсовая" are adjectives and say nothing here.
_RUSSIAN = {
    "top": "футболк футболок рубашк рубашек рубашечк сорочк сорочек блуз блузк блузок топ топик майк маек свитер джемпер пуловер худи "
    "толстовк толстовок свитшот водолазк водолазок поло лонгслив туник кофт кофточк кофточек бадлон боди косоворотк "
    "тельняшк тельняшек реглан фуфайк фуфаек корсет безрукавк безрукавок",
    "outerwear": "куртк курток курточк пальто полупальто плащ пуховик парк парок ветровк ветровок бомбер тренч тренчкот кардиган "
    "пиджак жакет блейзер блазер жилет жилетк жилеток дубленк дубленок шуб анорак косух пончо кейп джинсовк дождевик накидк накидок "
    "болеро шакет овершот рубашка-куртк олимпийк олимпиек",
    "dress": "плать платьев платьиц сарафан",
    "skirt": "юбк юбок юбочк",
    "trousers": "брюк джинс штан леггинс легинс лосин чинос джоггер слакс кюлот палаццо джеггинс",
    "shorts": "шорт бермуд",
    OTHER: "туфл ботинк ботинок ботильон сапог сапожк сапожек кроссовк кроссовок кед сандал сандали босоножк босоножек балетк балеток "
    "лофер мокасин тапочк тапочек тапк шлепанц слипон мюл обув сумк сумок сумочк рюкзак клатч кошелек кошельк ремен ремешк ремн пояс "
    "шарф платок платк палантин шапк шапок кепк кепок бейсболк бейсболок шляп панам берет перчатк перчаток варежк варежек носк носок "
    "колготк колготок чулк чулок гольф трус бюстгальтер бра лиф лифчик бель термобель купальник плавк плавок пижам халат комбинезон "
    "полукомбинезон очк очков украшен украшени серьг серег кольц браслет брош галстук зонт аксессуар часы шоппер шопер",
    SEVERAL: "костюм комплект набор двойк тройк",
}  # fmt: skip
_ENDINGS = "|".join("а я и ы е у ю о й ь ой ей ом ем ью ю ями ами ям ам ях ах ов ев ей ия".split())
_RUSSIAN_NOUN = {
    category: re.compile(f"(?:{'|'.join(sorted(stems.split(), key=len, reverse=True))})(?:{_ENDINGS})?")
    for category, stems in _RUSSIAN.items()
}
_WORD = re.compile(r"[a-zа-я]+(?:-[a-zа-я]+)*")
_AFTER_THE_NOUN = re.compile(r"\b(?:with|without|for|in|to|over|from|by|of|and|w)\b|[,;:(|/&+–—]|\s-\s")
_NIGHT = re.compile(r"\bночн\w+|\bпижамн\w+|\bнижнее\b|\bsleep\b|\bnight\b|\bswim\b")
_CHILD = re.compile(
    r"\bдетск\w+|\bдетям\b|\bдля (?:девоч|мальчик|малыш|новорожд|подростк)\w*|\b(?:kids?|baby|babies|toddlers?|infants?|newborn|girls|boys|child\w*)\b"
)
_OUTER = re.compile(r"\bверхн\w+ одежд\w+")

# Google's product taxonomy of 2021-09-21, by number; branches that are not worn over underwear are named as a whole.
_GOOGLE = {
    "top": (212, 3455),
    "outerwear": (203, 5598, 1831, 6006),
    "dress": (2271, 5441, 5330, 5329),
    "skirt": (1581, 6229, 6228, 2331, 5344),
    "trousers": (204, 5514, 7003, 5552, 3951),
    "shorts": (207, 5378, 5379),
    OTHER: (
        187, 1933, 167, 168, 169, 170, 171, 173, 176, 177, 178, 179, 2020, 184, 5193, 188, 189, 191, 192, 194, 196, 200, 201, 6551, 6552,
        3032, 2668, 182, 5408, 5424, 5425, 5622, 5412, 5409, 5410, 5411, 208, 5713, 5513, 2580, 2302, 211, 213, 214, 215, 1772, 1807, 1578,
        209, 2745, 2562, 5834, 5182, 5250, 5490, 7132,
    ),
}  # fmt: skip
_GOOGLE_NUMBER = {number: category for category, numbers in _GOOGLE.items() for number in numbers}


def find_category(title: str, category_text: str = "", taxonomy: str = "", age: str = "") -> str | None:
    """One of parsing.GARMENTS; None for what cannot be put on (shoes, bags, underwear, swimwear, sets, children's clothes).

    category_text   levels from the widest to the narrowest, between ">", "/" or "|"
    taxonomy        Google's number or path
    age             as feeds give it: "adult", "kids", "Детский"
    A narrowest level that names nothing but shoes, say, is believed before the title; then the title, then the levels upward.
    """
    title, category_text, taxonomy, age = (_fold(text) for text in (title, category_text, taxonomy, age))
    if _CHILD.search(f"{title} . {category_text} . {age}"):
        return None
    number = _GOOGLE_NUMBER.get(int(taxonomy)) if taxonomy.isdecimal() and len(taxonomy) < 9 else None
    paths = (_levels(category_text), [] if taxonomy.isdecimal() else _levels(taxonomy))
    if number == OTHER or any(levels and _named(levels[-1]) == {OTHER} for levels in paths):
        return None
    named = _head_noun(title)
    if named:
        return None if named in (OTHER, SEVERAL) else named
    for levels in paths:
        for level in reversed(levels):
            garments = _named(level) - {OTHER, SEVERAL}
            if garments:
                return garments.pop() if len(garments) == 1 else None
    return number


def find_gender(*texts: str) -> str:
    """ "female", "male", "unisex" or "", of the first text that tells."""
    for text in map(_fold, texts):
        female = bool(re.search(r"\b(?:female|wom[ae]n\w*|ladies|lady|женск\w*|женщин\w*|ж|f)\b", text))
        male = bool(re.search(r"\b(?:male|m[ae]n|mens|мужск\w*|мужчин\w*|м|m)\b", text))
        if re.search(r"\b(?:unisex|унисекс)\b", text) or (female and male):
            return "unisex"
        if female or male:
            return "female" if female else "male"
    return ""


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").replace("’", "'").split())


def _levels(path: str) -> list[str]:
    return [level.strip() for level in re.split(r"[>/|→»\\]", path) if level.strip()]


def _named(text: str) -> set[str]:
    """Everything that the words of a category's level name."""
    if _NIGHT.search(text):
        return {OTHER}
    found = {_noun(word) for word in _WORD.findall(text)} - {None}
    return found | {"outerwear"} if _OUTER.search(text) else found


def _head_noun(title: str) -> str | None:
    if _NIGHT.search(title):
        return OTHER
    words = _WORD.findall(title)
    russian = next((found for word in words if re.search("[а-я]", word) and (found := _noun(word))), None)
    if russian:
        return russian
    for phrase in _AFTER_THE_NOUN.split(title):
        nouns = [found for word in _WORD.findall(phrase) if (found := _noun(word))]
        if nouns:
            return nouns[-1]
    return None


@cache
def _english() -> dict[str, str]:
    known = {}
    for category, words in _ENGLISH.items():
        for word in words.split():
            known[word] = category
            known.setdefault(f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s", category)
    known["shorts"], known["scarves"], known["hoodies"] = "shorts", OTHER, "top"
    return known


def _noun(word: str) -> str | None:
    """What one word names. Of English compounds the last part tells, of Russian ones the first."""
    if re.search("[а-я]", word):
        parts = [word, *word.split("-")] if "-" in word else [word]
        for part in parts:
            for category, noun in _RUSSIAN_NOUN.items():
                if noun.fullmatch(part):
                    return category
        return None
    known = _english()
    return known.get(word) or next((known[part] for part in reversed(word.split("-")) if part in known), None)
