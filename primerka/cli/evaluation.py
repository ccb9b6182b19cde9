"""Commands that measure."""

from pathlib import Path

import click

from primerka.cli.data import clothing_co_parsing
from primerka.cli.group import json_option, main, report


@main.group("eval")
def evaluate():
    """Measure on photos that were never trained on."""


@evaluate.command("parsing")
@click.argument("data", type=click.Path(path_type=Path))
@json_option
def eval_parsing(data, as_json):
    """Overlap with the labels of the held-out photos."""
    from primerka.evaluation.parsing import evaluate_parsing

    report(evaluate_parsing(clothing_co_parsing(data)), as_json)


@evaluate.command("body")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Every photo, not the held-out ones only: how many are accepted.")
@json_option
def eval_body(data, everything, as_json):
    """How well the fitted body meets joints and outline."""
    from primerka.evaluation.body import evaluate_body

    report(evaluate_body(clothing_co_parsing(data), everything), as_json)


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
@click.option("--processes", default=1, show_default=True, type=click.IntRange(min=1), help="How many try on.")
@json_option
def eval_tryon(data, pairs, engine, sheet, seed, processes, as_json):
    """Random pairs, and each held-out photo's garment put back from its mirror image."""
    from primerka.evaluation.contact_sheet import contact_sheet
    from primerka.evaluation.tryon import evaluate_tryon

    if sheet:
        pages = contact_sheet(clothing_co_parsing(data), sheet, engine=engine, seed=seed)
        report({"pages": [str(page) for page in pages]}, as_json)
        return
    report(evaluate_tryon(clothing_co_parsing(data), pairs, engine, processes), as_json)


@evaluate.command("repose")
@click.option("--engine", default="surface", show_default=True, help="Whose pictures are measured.")
@click.option("--weights", type=click.Path(path_type=Path), help="A file for a network engine instead of the one that ships.")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="The folder of the set.")
@click.option("--set", "name", default="synthetic", show_default=True, help="Which set of pairs it is.")
@click.option("--pairs", "count", type=click.IntRange(min=1), help="Only so many, evenly spread over the split.")
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Other rendered pairs than the reported ones (0), to develop on.",
)
@click.option("--sheet", type=click.Path(path_type=Path), help="A picture of eight of them: source, target, result.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(min=1), help="How many make pictures.")
@json_option
def eval_repose(engine, weights, data, name, count, seed, sheet, processes, as_json):
    """Pose transfer on a set's test pairs, in the published metrics."""
    from primerka.datasets.open_pairs import open_pairs
    from primerka.evaluation.pair_reposers import pair_reposer
    from primerka.evaluation.repose import draw_sheet, evaluate_repose, spread
    from primerka.pictures import check_picture_path

    if sheet:
        check_picture_path(sheet)
    pairs, reposer = spread(open_pairs(name, data, "test", seed=seed), count), pair_reposer(engine, weights)
    if sheet:
        draw_sheet(pairs, reposer, sheet)
    report({"seed": seed, **evaluate_repose(pairs, reposer, processes=processes)}, as_json)


@evaluate.command("gan")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="What it was trained on: `mixture`, `digits`, or the folder.")
@json_option
def eval_gan(run, data, as_json):
    """Modes of the mixture, or FID against held-out pictures, before and after training."""
    from primerka.evaluation.generation import evaluate_gan

    report(evaluate_gan(run, data), as_json)


@evaluate.command("infogan")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="What it was trained on: `digits`, or the folder.")
@json_option
def eval_infogan(run, data, as_json):
    """FID against held-out pictures; of digits, how well the category tells which digit it is."""
    from primerka.evaluation.generation import evaluate_infogan

    report(evaluate_infogan(run, data), as_json)


@evaluate.command("style")
@click.argument("fabrics", type=click.Path(path_type=Path))
@click.option("--engine", default="adain", show_default=True, type=click.Choice(["adain", "gatys"]))
@click.option("--weights", type=click.Path(path_type=Path), help="A file of `train style` instead of the one that ships.")
@click.option("--pairs", default=12, show_default=True, type=click.IntRange(min=1), help="How many pairs.")
@click.option("--side", default=512, show_default=True, type=click.IntRange(64, 2048), help="Of the pictures, in pixels.")
@json_option
def eval_style(fabrics, engine, weights, pairs, side, as_json):
    """Sample photos in the style of FABRICS that were held out (Clothing Dataset): distance to the style, and time."""
    from primerka.evaluation.style import evaluate_style

    report(evaluate_style(fabrics, engine, weights, pairs, side), as_json)


@evaluate.command("photos")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--engine", default="surface", show_default=True, help="Whose pictures are measured.")
@click.option("--weights", type=click.Path(path_type=Path), help="A file for a network engine instead of the one that ships.")
@click.option("--pairs", default=50, show_default=True, type=click.IntRange(min=1), help="How many seeded pairs to re-pose.")
@click.option("--seed", default=0, show_default=True)
@click.option("--sheet", type=click.Path(path_type=Path, file_okay=False), help="A folder for pages of all pairs.")
@json_option
def eval_photos(data, engine, weights, pairs, seed, sheet, as_json):
    """Re-posing of held-out street photos: the own pose back, another's pose, and pages to look at."""
    from primerka.evaluation.repose_photos import evaluate_photos
    from primerka.pictures import check_folder_path
    from primerka.tryon.repose import load_reposer

    if sheet:
        check_folder_path(sheet)
    report(evaluate_photos(clothing_co_parsing(data), load_reposer(engine, weights), pairs, seed, sheet), as_json)
