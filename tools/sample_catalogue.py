"""Who wears what in the pictures of the sample catalogue; what is for sale is the part of a name before the first "-"."""

from sample_wardrobe import (
    AFRICA,
    ASIA,
    BLACK_JEANS,
    BLUE_JEANS,
    BROWN,
    DARK,
    DARK_MAN,
    DARK_SOCKS,
    EUROPE,
    FAIR_MAN,
    LIGHT,
    MAN,
    OLIVE,
    TAN,
    WHITE_SOCKS,
    WOMAN,
    Cut,
    Face,
    Piece,
    Scene,
    arms,
)  # fmt: skip

OLIVE_MAN = Face((196, 148, 116), (166, 92, 84), (44, 34, 28), (70, 50, 36), 0.35)
ASIAN_MAN = Face((208, 164, 130), (176, 104, 94), (34, 28, 26), (58, 42, 34))

# name: body, face, hair, colour of hair
EVA = (WOMAN | EUROPE | {"height": 0.46, "weight": 0.38}, LIGHT, "long01", (150, 112, 70))
ILZE = (WOMAN | EUROPE | {"height": 0.5, "weight": 0.34}, OLIVE, "ponytail01", (64, 46, 34))
NOA = (WOMAN | AFRICA | {"height": 0.42}, BROWN, "afro01", (28, 22, 20))
ADA = (WOMAN | AFRICA | {"height": 0.46, "weight": 0.36}, DARK, "braid01", (24, 19, 17))
YUKI = (WOMAN | ASIA | {"height": 0.5, "weight": 0.38}, TAN, "long01", (32, 26, 24))
LIN = (WOMAN | ASIA | {"height": 0.48, "weight": 0.4}, TAN, "ponytail01", (30, 24, 22))
RITA = (WOMAN | EUROPE | {"height": 0.42, "weight": 0.56}, LIGHT, "long01", (120, 66, 40))
TOM = (MAN | EUROPE | {"height": 0.38}, FAIR_MAN, "short02", (92, 66, 46))
LUCA = (MAN | EUROPE | {"height": 0.36, "weight": 0.42}, OLIVE_MAN, "short01", (40, 30, 25))
KOFI = (MAN | AFRICA | {"height": 0.33, "weight": 0.4}, DARK_MAN, "short01", (24, 19, 17))
JUN = (MAN | ASIA | {"height": 0.4, "weight": 0.4}, ASIAN_MAN, "short02", (28, 23, 21))

SNEAKERS = [Piece("shoes03", "leather:dcdad5", [5, 11]), Piece("shoes03", "jersey:c9c6c2", [1, 2, 3, 4, 7, 8, 9, 10])]


def sneakers(socks: str = WHITE_SOCKS) -> list[Piece]:
    return [*SNEAKERS, Piece("shoes03", socks, [0, 6])]


def boots(colour: str) -> list[Piece]:
    return [Piece("shoes02", f"leather:{colour}", [0, 1]), Piece("shoes03", DARK_SOCKS, [0, 6])]


def flats(colour: str) -> list[Piece]:
    return [Piece("shoes05", f"leather:{colour}", [0, 1])]


def tee(cloth: str, **more) -> Piece:
    return Piece("female_casualsuit01", cloth, [0], **({"wrinkles": 0.8, "ease": 0.007, "laid": "trunk"} | more))


def jumper(cloth: str, **more) -> Piece:
    return Piece("male_casualsuit03", cloth, [0], **({"wrinkles": 0.9, "ease": 0.006, "laid": "trunk"} | more))


def shirt(cloth: str, **more) -> Piece:
    return Piece("male_casualsuit02", cloth, [1], **({"wrinkles": 1.0, "ease": 0.006, "laid": "trunk"} | more))


def jacket(cloth: str, **more) -> Piece:
    return Piece("male_casualsuit05", cloth, [1], **({"wrinkles": 0.9, "ease": 0.006, "laid": "trunk"} | more))


def womens_trousers(cloth: str, **more) -> Piece:
    return Piece("female_casualsuit01", cloth, [1], **({"wrinkles": 0.9, "ease": 0.004, "laid": "legs"} | more))


def mens_trousers(cloth: str, **more) -> Piece:
    return Piece("male_casualsuit04", cloth, [1], **({"wrinkles": 1.0, "ease": 0.004, "laid": "legs"} | more))


def skirt(cloth: str, length: float, flare: float, folds: float = 0.010, waist: float = 0.195, **more) -> Piece:
    shape = {"waist": waist, "length": length, "flare": flare, "folds": folds, "ease": 0.004} | more
    return Piece("", cloth, skirt=shape)


def tucked(cloth: str, **cut) -> Piece:
    """A top that ends inside a skirt."""
    return tee(cloth, wrinkles=0.5, ease=0.0, cut=Cut(bottom=("spine03", 0.0), **cut))


def dress(cloth: str, length: float, flare: float, folds: float = 0.012, **cut) -> list[Piece]:
    """A top that ends in a skirt of the same cloth."""
    top = tee(cloth, wrinkles=0.4, ease=0.0, cut=Cut(bottom=("spine03", -0.02), **cut))
    return [top, skirt(cloth, length, flare, folds, 0.215, ease=0.003)]


def scene(who: tuple, wear: list[Piece], seed: int, out: float = 0.40, yaw: float = 0.0) -> Scene:
    return Scene(*who, wear, arms(out), yaw, "studio", seed)


CATALOGUE = {
    "top-blue-longsleeve": scene(TOM, [shirt("melange:a9c0d2,8fa9bf"), mens_trousers("plain:a08a6b"), *boots("5a3c28")], 31, 0.42),
    "top-green-tee": scene(
        LUCA, [Piece("male_casualsuit06", "jersey:2f5a46", [0], 0.8, 0.006, "trunk"), mens_trousers(BLACK_JEANS), *sneakers()], 32,
    ),
    "top-navy-shirt": scene(JUN, [jumper("linen:24324f"), mens_trousers("plain:6d6a5e"), *boots("2a2422")], 33, 0.42, 8),
    "top-tee-mustard": scene(
        KOFI, [Piece("male_casualsuit04", "melange:d6a53a,b8862a", [0], 0.9, 0.006, "trunk"), mens_trousers(BLUE_JEANS), *sneakers()], 34,
    ),
    "top-dots-blouse": scene(
        YUKI, [Piece("female_elegantsuit01", "dots:f1ede4,22304f", [1], 0.7, 0.004, "trunk"), womens_trousers(BLACK_JEANS), *flats("2b2524")], 35,
    ),
    "top-coral-v-neck": scene(
        ADA, [tee("jersey:d9634f", cut=Cut(neck=0.15, pointed=True)), womens_trousers("plain:e6e0d4"), *flats("b98f68")], 36,
    ),
    "top-burgundy-blouse": scene(EVA, [jumper("plain:6a2233", ease=0.002), womens_trousers(BLUE_JEANS), *boots("2a2422")], 37, 0.42),
    "top-gingham": scene(
        RITA, [tee("gingham:f4f1ea,3f6fa8", cut=Cut(sleeve=0.42, neck=0.09)), womens_trousers("denim:6d87a6"), *sneakers()], 38,
    ),
    "outerwear-denim-jacket": scene(
        ILZE, [jacket("denim:4d6a8c", ease=0.012, cut=Cut(bottom=("spine04", -0.02))), tee("plain:eae7e1", ease=0.006, wrinkles=0.4), womens_trousers(BLACK_JEANS), *sneakers()], 39, 0.44,
    ),
    "outerwear-camel-jacket": scene(
        EVA, [
            jacket("melange:bf935f,a67b49", wrinkles=0.6), Piece("male_casualsuit05", "plain:e2e0dc", [0, 2], 0.4, 0.006, "trunk"),
            womens_trousers(BLACK_JEANS), *boots("2a2422"),
        ], 40, 0.44,
    ),
    "outerwear-pinstripe-blazer": scene(
        LUCA, [Piece("male_elegantsuit01", "pinstripe:26304a,8b96b4", [1], 0.6, 0.004, "trunk"), mens_trousers("plain:8b867c"), *boots("3a2a20")], 41, 0.42,
    ),
    "outerwear-grey-cardigan": scene(
        NOA, [jumper("rib:9a9c9f", ease=0.014, cut=Cut(open=0.05)), tee("plain:f0ede8", ease=0.002), womens_trousers(BLUE_JEANS), *flats("d8c2a8")], 42, 0.44,
    ),
    "outerwear-leather-jacket": scene(
        JUN, [jacket("leather:26242a", wrinkles=0.8), Piece("male_casualsuit05", "jersey:b8b6b2", [0, 2], 0.4, 0.006, "trunk"), mens_trousers(BLUE_JEANS), *boots("2a2422")], 43, 0.44,
    ),
    "dress-linen-midi": scene(ILZE, [*dress("linen:d3bd97", 0.80, 0.12, 0.010, sleeve=0.06, neck=0.10), *flats("b98f68")], 44, 0.44),
    "dress-red-dots": scene(YUKI, [*dress("dots:b5232f,f4ece0", 0.62, 0.26, 0.016, neck=0.13, pointed=True), *flats("2b2524")], 45, 0.44),
    "dress-yellow-floral": scene(
        ADA, [*dress("floral:f0d27a,d9694f,fbf3df,6f8f4f", 0.52, 0.24, 0.016, sleeve=0.30), *flats("e6dccb")], 46, 0.44,
    ),
    "dress-pine": scene(
        EVA, [
            jumper("plain:2c5650", wrinkles=0.4, ease=0.0, cut=Cut(bottom=("spine03", 0.02))), skirt("plain:2c5650", 0.62, 0.10, 0.010, 0.215, ease=0.003), *flats("2b2524"),
        ], 47, 0.44,
    ),
    "dress-denim": scene(LIN, [*dress("denim:3e5a80", 0.56, 0.16, 0.010, sleeve=0.55), *sneakers()[:2]], 48, 0.44),
    "skirt-denim-mini": scene(LIN, [tucked("stripes:f0ece3,b3383c"), skirt("denim:34496a", 0.42, 0.10, 0.004), *sneakers()[:2]], 49, 0.44),
    "skirt-emerald-satin": scene(EVA, [tucked("jersey:efe9df"), skirt("satin:12614c", 0.76, 0.14, 0.014), *flats("2b2524")], 50, 0.44),
    "skirt-pink-pleated": scene(
        NOA, [tucked("jersey:f3f0ea", neck=0.06), skirt("plain:d58fa0", 0.66, 0.20, 0.010, pleats=34), *flats("d8c2a8")], 51, 0.44,
    ),
    "skirt-pencil-check": scene(
        ADA, [tucked("jersey:22252c"), skirt("houndstooth:cfc6b6,3a3431", 0.58, 0.0, 0.002), *flats("2b2524")], 52, 0.44,
    ),
    "trousers-blue-jeans": scene(RITA, [tee("jersey:f2efe9"), womens_trousers("denim:3a5a8c", flare=0.018), *sneakers()], 53),
    "trousers-wide-linen": scene(
        NOA, [tee("jersey:3a3d45", ease=0.002, cut=Cut(neck=0.09)), womens_trousers("linen:e0d3ba", flare=0.055, ease=0.010), *flats("b98f68")], 54,
    ),
    "trousers-olive-chinos": scene(
        KOFI, [Piece("male_casualsuit04", "jersey:ece9e3", [0], 0.9, 0.006, "trunk"), mens_trousers("plain:6b6a45"), *sneakers()], 55,
    ),
    "trousers-brown-corduroy": scene(
        LUCA, [jumper("rib:ddd3c0"), mens_trousers("corduroy:7a4f31"), *boots("3a2a20")], 56, 0.42,
    ),
    "shorts-denim": scene(
        ILZE, [tee("jersey:f4f1ec", ease=0.010), Piece("female_casualsuit02", "denim:6f93bd", [0], 0.5, 0.001, "legs"), *sneakers()[:2]], 57,
    ),
    "shorts-navy-chino": scene(
        TOM, [Piece("male_casualsuit04", "stripes:efece5,4f7d8f", [0], 0.9, 0.006, "trunk"), mens_trousers("plain:2b3a57", ease=0.012, cut=Cut(leg=0.88)), *sneakers()[:2]], 58,
    ),
    "shorts-linen-bermuda": scene(
        YUKI, [tee("jersey:8fb0a3", cut=Cut(neck=0.08)), womens_trousers("linen:d8c7a6", ease=0.014, cut=Cut(leg=0.80)), *flats("b98f68")], 59,
    ),
    "shorts-sport-red": scene(
        KOFI, [Piece("male_casualsuit04", "jersey:23262c", [0], 0.9, 0.006, "trunk"), mens_trousers("jersey:b8322f", ease=0.020, cut=Cut(leg=0.62)), *sneakers()[:2]], 60,
    ),
}  # fmt: skip
