"""Commands on photos: try, repose, analyse, demo, bench."""

import json
import sys
from pathlib import Path

import click

from primerka.cli.group import json_option, main, report

CATEGORIES = ("top", "outerwear", "dress", "skirt", "trousers", "shorts")


def _stages(as_json: bool):
    from primerka.stages import Stages

    progress = sys.stderr.isatty() and not as_json
    return Stages(lambda name: click.echo(f"{name} ...", err=True) if progress else None)


@main.command("try")
@click.argument("buyer", type=click.Path(path_type=Path))
@click.argument("products", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The look to write: .png, .jpg or .webp.")
@click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice(CATEGORIES),
    help="What each product is, in the products' order; found if not given.",
)
@click.option(
    "--cut-out",
    "cut_outs",
    multiple=True,
    metavar="PICTURE",
    help="Where the garment is in each product photo, in the products' order: opaque, or white on black; - where it is to be found.",
)
@click.option("--engine", default="surface", show_default=True)
@click.option("--explain", type=click.Path(path_type=Path, file_okay=False), help="A folder for every intermediate picture.")
@json_option
def try_on(buyer, products, out, categories, cut_outs, engine, explain, as_json):
    """Dress the person of the photo BUYER in the garments of the photos PRODUCTS, worn in layers."""
    from primerka.perception.analyse import analyse
    from primerka.perception.overlay import draw_garment, draw_person
    from primerka.photo import read_photo
    from primerka.pictures import check_folder_path, check_picture_path, write_picture
    from primerka.tryon.engine import load_engine

    check_picture_path(out)
    if explain:
        check_folder_path(explain)
    if categories and len(categories) != len(products):
        raise click.UsageError("give --category once for each product, or not at all")
    if cut_outs and len(cut_outs) != len(products):
        raise click.UsageError("give --cut-out once for each product, - where there is none, or not at all")
    stages = _stages(as_json)
    tailor = load_engine(engine)
    with stages("decode"):
        photo = read_photo(buyer)
    person = analyse(photo, stages)
    with stages("prepare_buyer"):
        prepared = tailor.prepare_buyer(person)
    garments, clothes = [], []
    nothing = [None] * len(products)
    for product, category, cut_out in zip(products, categories or nothing, cut_outs or nothing):
        garments.append(_garment(product, category, None if cut_out in (None, "-") else Path(cut_out), stages))
        with stages("prepare_garment"):
            clothes.append(tailor.prepare_garment(garments[-1]))
    with stages("dress"):
        look = tailor.dress(prepared, clothes)
    with stages("write"):
        if explain:
            explain.mkdir(parents=True, exist_ok=True)
            pictures = {"buyer": draw_person(person)}
            for index, garment in enumerate(garments, 1):
                pictures[f"product{index}"] = draw_person(garment.model)
                pictures[f"product{index}_{garment.category}"] = draw_garment(garment)
            for name, picture in (pictures | look.layers).items():
                write_picture(explain / f"{name}.png", picture)
        write_picture(out, look.rgb)
    warnings = [*_people_warnings(person), *look.warnings]
    if as_json:
        found = [garment.category for garment in garments]
        result = {
            "status": "ok",
            "code": None,
            "stages_ms": _rounded(stages.ms),
            "warnings": warnings,
            "out": str(out),
            "categories": found,
        }
        click.echo(json.dumps(result))
    else:
        for warning in warnings:
            click.echo(f"note: {warning}", err=True)
        click.echo(
            f"{out}: {', '.join(garment.category for garment in garments)} tried on in {sum(stages.ms.values()) / 1000:.1f} s"
        )


def _garment(product: Path, category: str | None, cut_out: Path | None, stages):
    """The Garment of a product photo, found or given."""
    from primerka.errors import GarmentRejected, PhotoRejected
    from primerka.perception.analyse import analyse
    from primerka.perception.find_garment import find_garment
    from primerka.perception.given_garment import given_garment
    from primerka.photo import read_cut_out, read_photo

    try:
        photo = read_photo(product)
        mask = read_cut_out(cut_out, photo) if cut_out else None
        model = analyse(photo, stages, worn=category)
    except PhotoRejected as refusal:  # the same fault in a product photo is the shop's to mend
        raise GarmentRejected(refusal.code, f"product {product.name}: {refusal}") from None
    with stages("prepare_garment"):
        return find_garment(model, category) if mask is None else given_garment(model, mask, category)


@main.command()
@click.argument("product", type=click.Path(path_type=Path))
@click.option("--category", type=click.Choice(CATEGORIES), help="What the product is; found if not given.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The cut-out to write: .png or .webp.")
@json_option
def cut(product, category, out, as_json):
    """Cut the garment out of the photo PRODUCT: to be looked at, put right in any paint program, and given to `try --cut-out`."""
    import numpy as np

    from primerka.errors import Refused
    from primerka.pictures import TRANSPARENT, check_picture_path, write_picture

    check_picture_path(out, TRANSPARENT)
    if out.resolve() == product.resolve():
        raise Refused("cannot_write", f"{out.name} is the product photo itself; give the cut-out another name.")
    stages = _stages(as_json)
    garment = _garment(product, category, None, stages)
    with stages("write"):
        write_picture(out, np.dstack([garment.model.photo.rgb, np.where(garment.mask, np.uint8(255), np.uint8(0))]))
    certainty = round(garment.certainty, 2)
    warnings = _people_warnings(garment.model, "product photo", "is taken")
    if as_json:
        result = {"status": "ok", "code": None, "stages_ms": _rounded(stages.ms), "warnings": warnings, "out": str(out)}
        click.echo(json.dumps(result | {"category": garment.category, "certainty": certainty}))
    else:
        for warning in warnings:
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{out}: {garment.category}, {certainty:.0%} certain")


@main.command()
@click.argument("product", type=click.Path(path_type=Path))
@click.option("--pose", required=True, type=click.Path(path_type=Path), help="The photo that the pose is taken from.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The picture to write: .png, .jpg or .webp.")
@click.option("--engine", default="surface", show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), help="A file for a network engine instead of the one that ships.")
@click.option(
    "--take",
    "takes",
    multiple=True,
    metavar="ATTRIBUTE=PHOTO[@SHARE]",
    help="Mix styles (adgan): hair, upper_clothes, pants ... from another person, by a share from 0 to 1.",
)
@click.option("--background", type=click.Path(path_type=Path), help="A picture to put behind the person instead of plain grey.")
@click.option("--explain", type=click.Path(path_type=Path, file_okay=False), help="A folder for every intermediate picture.")
@json_option
def repose(product, pose, out, engine, weights, takes, background, explain, as_json):
    """Show the model of the photo PRODUCT in the pose of another photo."""
    from primerka.errors import GarmentRejected, PhotoRejected, Refused
    from primerka.perception.analyse import analyse
    from primerka.perception.overlay import draw_person
    from primerka.photo import read_photo
    from primerka.pictures import check_folder_path, check_picture_path, fit_picture, write_picture
    from primerka.tryon.repose import load_reposer

    check_picture_path(out)
    if explain:
        check_folder_path(explain)
    mixed = [_take(word) for word in takes]
    stages = _stages(as_json)
    reposer = load_reposer(engine, weights)
    if mixed and not hasattr(reposer, "take"):
        raise Refused("cannot_mix", f"The engine {engine} cannot mix styles; adgan can.")
    with stages("decode"):
        target_photo = read_photo(pose)
        behind = fit_picture(read_photo(background).rgb, *target_photo.rgb.shape[:2]) if background else None
        others = [(attribute, read_photo(path), share) for attribute, path, share in mixed]
    target = analyse(target_photo, stages)
    try:
        source = analyse(read_photo(product), stages)
    except PhotoRejected as refusal:  # the same fault in a product photo is the shop's to mend
        raise GarmentRejected(refusal.code, f"product {product.name}: {refusal}") from None
    for attribute, other, share in others:
        reposer.take(attribute, analyse(other, stages), share)
    with stages("repose"):
        reposed = reposer.repose(source, target)
    rgb = reposed.rgb if behind is None else reposed.on(behind)
    with stages("write"):
        if explain:
            explain.mkdir(parents=True, exist_ok=True)
            marks = (255 * reposed.certain).astype("uint8")
            pictures = {"product": draw_person(source), "pose": draw_person(target), "certain": marks}
            for name, picture in (pictures | reposed.layers).items():
                write_picture(explain / f"{name}.png", picture)
        write_picture(out, rgb)
    warnings = [
        *_people_warnings(source, "product photo", "is shown"),
        *_people_warnings(target, "photo of the pose", "is followed"),
    ]
    warnings += reposed.warnings
    if as_json:
        result = {"status": "ok", "code": None, "stages_ms": _rounded(stages.ms), "warnings": warnings, "out": str(out)}
        click.echo(json.dumps(result))
    else:
        for warning in warnings:
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{out}: re-posed in {sum(stages.ms.values()) / 1000:.1f} s")


def _take(word: str) -> tuple[str, Path, float]:
    """ATTRIBUTE=PHOTO[@SHARE]; a file may have an @ in its name, if what follows is no number."""
    from primerka.attributes import ATTRIBUTES

    attribute, _, rest = word.partition("=")
    photo, at, share = rest.rpartition("@")
    try:
        share = float(share) if at else 1.0
    except ValueError:
        photo, at, share = rest, "", 1.0
    if attribute not in ATTRIBUTES or not rest or not 0 <= share <= 1:
        raise click.UsageError(
            f"--take {word}: write ATTRIBUTE=PHOTO or ATTRIBUTE=PHOTO@SHARE, with one of {', '.join(ATTRIBUTES)}, and a share from 0 to 1"
        )
    return attribute, Path(photo if at else rest), share


def _people_warnings(person, photo: str = "photo", use: str = "is dressed") -> list[str]:
    warnings = []
    if person.pose.people > 1:
        warnings.append(f"{person.pose.people} people are in the {photo}: the main one {use}")
    if person.missing:
        warnings.append(f"the {photo} does not show the {', '.join(person.missing)}")
    return warnings


def _rounded(milliseconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in milliseconds.items()}


@main.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The overlay to write: pose, parsing, body side by side."
)
@json_option
def analyse(photo, out, as_json):
    """Show what is understood of a PHOTO: pose, parsing, body."""
    from primerka.parsing import LABELS
    from primerka.perception.analyse import analyse as analyse_photo
    from primerka.perception.overlay import draw_person
    from primerka.photo import read_photo
    from primerka.pictures import check_picture_path, write_picture

    check_picture_path(out)
    stages = _stages(as_json)
    with stages("decode"):
        decoded = read_photo(photo)
    person = analyse_photo(decoded, stages)
    write_picture(out, draw_person(person))
    pixels = {name: int((person.parsing.labels == index).sum()) for index, name in enumerate(LABELS)}
    keypoints = person.pose.keypoints
    if as_json:
        click.echo(json.dumps({
            "status": "ok",
            "code": None,
            "people": person.pose.people,
            "missing": person.missing,
            "keypoints": [[round(float(x), 1), round(float(y), 1), round(float(v), 3)] for (x, y), v in zip(keypoints.xy, keypoints.visibility)],
            "label_pixels": {name: count for name, count in pixels.items() if count},
            "stages_ms": _rounded(stages.ms),
            "warnings": _people_warnings(person),
        }))  # fmt: skip
    else:
        for warning in _people_warnings(person):
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{out}: {', '.join(name for name, count in pixels.items() if count and name != 'background')}")


@main.command()
@click.option("--out", default="demo", show_default=True, type=click.Path(path_type=Path, file_okay=False))
def demo(out):
    """Try the sample products on the sample buyers; write a page to look at."""
    from primerka.demo import make_demo

    click.echo(f"open {make_demo(out)}")


@main.command()
@click.option("--photo", type=click.Path(path_type=Path), help="A photo of your own instead of the samples.")
@click.option("--height", default=768, show_default=True, type=click.IntRange(128, 4096), help="Of the photos, in pixels.")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(1))
@json_option
def bench(photo, height, repeats, as_json):
    """Where the time and the memory go, stage by stage."""
    from primerka.evaluation.bench import measure

    report(measure(photo, height, repeats), as_json)
