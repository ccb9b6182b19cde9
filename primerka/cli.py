"""The commands. Each imports what it needs when it runs, so that `--help` is instant."""

import json
import sys
from pathlib import Path

import click

from primerka import __version__
from primerka.errors import DataMissing, Refused

CATEGORIES = ("top", "outerwear", "dress", "skirt", "trousers", "shorts")
DATASETS = ("deepfashion", "market1501", "dukemtmc", "coco", "densepose-coco")


def _remember(context: click.Context, _, as_json: bool) -> bool:
    if as_json:
        context.find_root().obj = "json"  # for a refusal, which is printed when the command is over
    return as_json


_json = click.option("--json", "as_json", is_flag=True, callback=_remember, help="Print one JSON object on standard output.")


class _Commands(click.Group):
    """Turns a refusal into one sentence on standard error and exit status 2."""

    def invoke(self, context: click.Context):
        try:
            return super().invoke(context)
        except Refused as refusal:
            if context.obj == "json":
                click.echo(json.dumps({"status": "refused", "code": refusal.code, "message": str(refusal)}))
            click.echo(f"{refusal} ({refusal.code})", err=True)
            sys.exit(2)


@click.group(cls=_Commands)
@click.version_option(__version__)
def main():
    """Primerka: a fitting room for online clothing shops."""


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
@click.option("--engine", default="surface", show_default=True)
@click.option("--explain", type=click.Path(path_type=Path, file_okay=False), help="A folder for every intermediate picture.")
@_json
def try_on(buyer, products, out, categories, engine, explain, as_json):
    """Dress the person of the photo BUYER in the garments of the photos PRODUCTS, worn in layers."""
    from primerka.errors import GarmentRejected, PhotoRejected
    from primerka.perception.analyse import analyse
    from primerka.perception.find_garment import find_garment
    from primerka.perception.overlay import draw_garment, draw_person
    from primerka.photo import read_photo
    from primerka.pictures import check_folder_path, check_picture_path, write_picture
    from primerka.tryon.engine import load_engine

    check_picture_path(out)
    if explain:
        check_folder_path(explain)
    if categories and len(categories) != len(products):
        raise click.UsageError("give --category once for each product, or not at all")
    stages = _stages(as_json)
    tailor = load_engine(engine)
    with stages("decode"):
        photo = read_photo(buyer)
    person = analyse(photo, stages)
    with stages("prepare_buyer"):
        prepared = tailor.prepare_buyer(person)
    garments, clothes = [], []
    for product, category in zip(products, categories or [None] * len(products)):
        try:
            model = analyse(read_photo(product), stages, worn=category)
        except PhotoRejected as refusal:  # the same fault in a product photo is the shop's to mend
            raise GarmentRejected(refusal.code, f"product {product.name}: {refusal}") from None
        with stages("prepare_garment"):
            garments.append(find_garment(model, category))
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


@main.command()
@click.argument("product", type=click.Path(path_type=Path))
@click.option("--pose", required=True, type=click.Path(path_type=Path), help="The photo that the pose is taken from.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The picture to write: .png, .jpg or .webp.")
@click.option("--engine", default="surface", show_default=True)
@click.option("--background", type=click.Path(path_type=Path), help="A picture to put behind the person instead of plain grey.")
@click.option("--explain", type=click.Path(path_type=Path, file_okay=False), help="A folder for every intermediate picture.")
@_json
def repose(product, pose, out, engine, background, explain, as_json):
    """Show the model of the photo PRODUCT in the pose of another photo."""
    from primerka.errors import GarmentRejected, PhotoRejected
    from primerka.perception.analyse import analyse
    from primerka.perception.overlay import draw_person
    from primerka.photo import read_photo
    from primerka.pictures import check_folder_path, check_picture_path, fit_picture, write_picture
    from primerka.tryon.repose import load_reposer

    check_picture_path(out)
    if explain:
        check_folder_path(explain)
    stages = _stages(as_json)
    reposer = load_reposer(engine)
    with stages("decode"):
        target_photo = read_photo(pose)
        behind = fit_picture(read_photo(background).rgb, *target_photo.rgb.shape[:2]) if background else None
    target = analyse(target_photo, stages)
    try:
        source = analyse(read_photo(product), stages)
    except PhotoRejected as refusal:  # the same fault in a product photo is the shop's to mend
        raise GarmentRejected(refusal.code, f"product {product.name}: {refusal}") from None
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
    warnings = [*_people_warnings(target), *reposed.warnings]
    if as_json:
        result = {"status": "ok", "code": None, "stages_ms": _rounded(stages.ms), "warnings": warnings, "out": str(out)}
        click.echo(json.dumps(result))
    else:
        for warning in warnings:
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{out}: re-posed in {sum(stages.ms.values()) / 1000:.1f} s")


def _people_warnings(person) -> list[str]:
    warnings = []
    if person.pose.people > 1:
        warnings.append(f"{person.pose.people} people are in the photo: the main one is dressed")
    if person.missing:
        warnings.append(f"the photo does not show the {', '.join(person.missing)}")
    return warnings


def _rounded(milliseconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in milliseconds.items()}


@main.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The overlay to write: pose, parsing, body side by side."
)
@_json
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


@main.group()
def train():
    """Train what ships."""


@train.command("parsing")
@click.option(
    "--data",
    required=True,
    envvar="PRIMERKA_DATA",
    type=click.Path(path_type=Path),
    help="Clothing Co-Parsing, or the folder that holds it [PRIMERKA_DATA].",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for checkpoints and weights; the prepared data lies beside it.",
)
@click.option("--recipe", default="recipes/parsing-labelled.toml", show_default=True, type=click.Path(path_type=Path))
@click.option("--resume", is_flag=True, help="Go on from the folder's checkpoint.")
@click.option("--minutes", type=float, help="Stop cleanly after so long.")
def train_parsing(data, out, recipe, resume, minutes):
    """Train the parsing network by a recipe."""
    from primerka.training.parsing import Recipe
    from primerka.training.parsing import train_parsing as run
    from primerka.training.recipe import read_recipe

    done = run(_clothing_co_parsing(data), out, read_recipe(recipe, Recipe), resume, minutes)
    click.echo(f"{out}: {'done' if done else 'stopped on time; go on with --resume'}")


@train.command("body")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
def train_body(out):
    """Distil the parametric body from Anny."""
    from primerka.training.body_model import distil_body

    click.echo(distil_body(out))


@main.group()
def datasets():
    """Published data sets, for training and evaluation."""


@datasets.command("prepare")
@click.argument("name", type=click.Choice(DATASETS))
@click.option("--root", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder that holds the set.")
@_json
def prepare_dataset(name, root, as_json):
    """Check that a set is whole, and make what is missing and can be made: pictures, keypoints, pairs, label maps."""
    from primerka.datasets.prepare import prepare

    summary = prepare(name, root)
    if as_json:
        click.echo(json.dumps({"status": "ok", "code": None, **summary.as_dict()}))
        return
    for note in summary.notes:
        click.echo(f"note: {note}", err=True)
    for sentence in summary.made:
        click.echo(f"made {sentence}")
    for split, numbers in summary.counts.items():
        click.echo(f"{split}: {', '.join(f'{number:,} {what}' for what, number in numbers.items())}")


@main.group("eval")
def evaluate():
    """Measure on photos that were never trained on."""


@evaluate.command("parsing")
@click.argument("data", type=click.Path(path_type=Path))
@_json
def eval_parsing(data, as_json):
    """Overlap with the labels of the held-out photos."""
    from primerka.evaluation.parsing import evaluate_parsing

    _report(evaluate_parsing(_clothing_co_parsing(data)), as_json)


@evaluate.command("body")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Every photo, not the held-out ones only: how many are accepted.")
@_json
def eval_body(data, everything, as_json):
    """How well the fitted body meets joints and outline."""
    from primerka.evaluation.body import evaluate_body

    _report(evaluate_body(_clothing_co_parsing(data), everything), as_json)


@evaluate.command("tryon")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--pairs", default=500, show_default=True, help="How many seeded random pairs to try on.")
@click.option("--engine", default="surface", show_default=True)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write 60 looks to look at into this folder, and measure nothing.",
)
@click.option("--seed", default=0, show_default=True, help="Of the sheet's choice.")
@_json
def eval_tryon(data, pairs, engine, sheet, seed, as_json):
    """Random pairs, and each held-out photo's garment put back from its mirror image."""
    from primerka.evaluation.contact_sheet import contact_sheet
    from primerka.evaluation.tryon import evaluate_tryon

    if sheet:
        pages = contact_sheet(_clothing_co_parsing(data), sheet, engine=engine, seed=seed)
        _report({"pages": [str(page) for page in pages]}, as_json)
        return
    _report(evaluate_tryon(_clothing_co_parsing(data), pairs, engine), as_json)


@main.command()
@click.option("--photo", type=click.Path(path_type=Path), help="A photo of your own instead of the samples.")
@click.option("--repeats", default=5, show_default=True)
@_json
def bench(photo, repeats, as_json):
    """Where the time and the memory go, stage by stage."""
    from primerka.evaluation.bench import measure

    _report(measure(photo, repeats), as_json)


@main.group()
def weights():
    """The model files."""


@weights.command("fetch")
@click.option("--eval", "for_evaluation", is_flag=True, help="Also what only `primerka eval` uses.")
def fetch_weights(for_evaluation):
    """Bring the third-party model files into the cache."""
    from primerka.weights import fetch_third_party

    for path in fetch_third_party(for_evaluation):
        click.echo(path)


@weights.command("list")
def list_weights():
    """Every model file with its licence and what it is."""
    from primerka.weights import table

    for name, row in table().items():
        click.echo(f"{name:16} {row['licence']:14} {row['what']}")


def _clothing_co_parsing(data: Path) -> Path:
    root = data if (data / "photos").is_dir() else data / "clothing-co-parsing"
    if not root.is_dir():
        raise DataMissing(
            "data_missing", f"{data} holds no clothing-co-parsing/photos; get it from github.com/bearpaw/clothing-co-parsing."
        )
    return root


def _report(numbers: dict, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(numbers))
        return
    for name, value in numbers.items():
        if isinstance(value, dict):
            click.echo(name)
            for key, entry in value.items():
                click.echo(f"  {key:24} {entry}")
        else:
            click.echo(f"{name:26} {value}")
