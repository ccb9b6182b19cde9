"""The demo: every sample product on every sample buyer, and a page to look at."""

import html
import time
from pathlib import Path

import numpy as np

from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import read_photo
from primerka.pictures import write_picture
from primerka.samples import product_category, sample_buyers, sample_products
from primerka.tryon.engine import load_engine

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Primerka: before, product, after</title>
<style>
 :root {{ color-scheme: light dark; --ink: #1d1b1a; --paper: #f6f3ee; }}
 @media (prefers-color-scheme: dark) {{ :root {{ --ink: #eee8e0; --paper: #1d1b1a; }} }}
 body {{ margin: 0 auto; padding: 2rem 1rem; max-width: 68rem; background: var(--paper); color: var(--ink);
         font: 1rem/1.5 Georgia, serif; }}
 section {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; margin: 2rem 0; }}
 figure {{ margin: 0; }} img {{ width: 100%; border-radius: .5rem; display: block; }}
 figcaption {{ font-size: .85rem; opacity: .75; padding-top: .25rem; }}
</style>
<h1>Before, product, after</h1>
<p>{count} looks in {seconds:.1f} s on this machine, buyers and products analysed included. All people here are rendered.</p>
{sections}
</html>
"""
_SECTION = """<section>
<figure><img src="{buyer}" alt="the buyer's photo"><figcaption>buyer</figcaption></figure>
<figure><img src="{product}" alt="the product on its model"><figcaption>{category}</figcaption></figure>
<figure><img src="{look}" alt="the buyer wearing the product"><figcaption>{note}</figcaption></figure>
</section>"""


def make_demo(folder: Path) -> Path:
    """Write the looks, the pictures they are made of and index.html into the folder; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    tailor = load_engine()
    products = []
    for path in sample_products():
        category = product_category(path)
        model = analyse(read_photo(path), worn=category)
        products.append((f"product-{path.stem}.jpg", category, tailor.prepare_garment(find_garment(model, category))))
        write_picture(folder / products[-1][0], model.photo.rgb)
    sections = []
    for path in sample_buyers():
        person = analyse(read_photo(path))
        buyer, name = tailor.prepare_buyer(person), f"buyer-{path.stem}.jpg"
        write_picture(folder / name, person.photo.rgb)
        for product, category, cloth in products:
            begin = time.perf_counter()
            look = tailor.dress(buyer, [cloth])
            note = f"{1000 * (time.perf_counter() - begin):.0f} ms; {np.mean(look.changed):.0%} of the pixels changed"
            if look.warnings:
                note += "; " + "; ".join(look.warnings)
            picture = f"look-{path.stem}-{Path(product).stem.removeprefix('product-')}.jpg"
            write_picture(folder / picture, look.rgb)
            section = {"buyer": name, "product": product, "look": picture, "category": category, "note": note}
            sections.append(_SECTION.format(**{key: html.escape(value) for key, value in section.items()}))
    page = folder / "index.html"
    seconds = time.perf_counter() - start
    page.write_text(_PAGE.format(count=len(sections), seconds=seconds, sections="\n".join(sections)), encoding="utf-8")
    return page
