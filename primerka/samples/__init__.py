"""Pictures that ship with Primerka: made-up people in made-up clothes, for the demo, the bench and first tries.

How they are made, and their licence: docs/samples.md.
"""

from pathlib import Path

HERE = Path(__file__).parent


def sample_buyers() -> list[Path]:
    """Photos of buyers, in the order of their names."""
    return sorted((HERE / "buyers").glob("*.jpg"))


def sample_products() -> list[Path]:
    """Photos of products on models, in the order of their names; `product_category` tells which garment is for sale."""
    return sorted((HERE / "products").glob("*.jpg"))


def product_category(path: Path) -> str:
    """The garment for sale in a sample product's photo: the part of its name before the first "-"."""
    return path.stem.split("-", 1)[0]


def sample_feed(language: str = "ru") -> Path:
    """The feed of the sample catalogue, Google Merchant XML in Russian ("ru") or English ("en"), its pictures beside it."""
    return HERE / "catalogue" / f"feed.{language}.xml"
