"""Commands on the basics of controlled generation: sample, style."""

import json
from pathlib import Path

import click

from primerka.cli.group import json_option, main


@main.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--grid", required=True, type=click.Path(path_type=Path), help="The picture to write: .png, .jpg or .webp.")
@click.option(
    "--vary",
    multiple=True,
    metavar="CODE=FIRST..LAST",
    help="Walk a code: k is the category, c1, c2 … are continuous, z1, z2 … noise. The first goes from left to right, a "
    "second one from top to bottom.",
)
@click.option("--count", default=10, show_default=True, type=click.IntRange(2, 50), help="Pictures along a code, and rows.")
@click.option("--seed", default=0, show_default=True, help="Of all codes that are not walked.")
@json_option
def sample(run, grid, vary, count, seed, as_json):
    """Draw pictures with the generator of a RUN of `train gan` or `train infogan`, and see what its codes control."""
    from primerka.pictures import check_picture_path, write_picture
    from primerka.training.loop import one_picture
    from primerka.training.sampling import load_run, read_walk, walk_grid

    check_picture_path(grid)
    if len(vary) > 2:
        raise click.UsageError("a picture has two directions: give --vary twice at most")
    model = load_run(run)
    walks = [read_walk(words, model, count) for words in vary]
    pictures = walk_grid(model, walks, count, seed)
    write_picture(grid, one_picture(pictures))
    if as_json:
        click.echo(json.dumps({
            "status": "ok", "code": None, "out": str(grid), "rows": len(pictures), "columns": len(pictures[0]),
            "walks": {walk.name: walk.values for walk in walks},
        }))  # fmt: skip
    else:
        click.echo(f"{grid}: {len(pictures)} rows of {len(pictures[0])}")


@main.command()
@click.argument("content", type=click.Path(path_type=Path))
@click.argument("style_picture", metavar="STYLE", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The picture to write: .png, .jpg or .webp.")
@click.option("--only", type=click.Choice(["clothes"]), help="Restyle what the person wears and leave all other pixels.")
@click.option(
    "--engine",
    default="adain",
    show_default=True,
    type=click.Choice(["adain", "gatys"]),
    help="One pass through a network, or the optimisation of every pixel.",
)
@click.option("--strength", default=1.0, show_default=True, type=click.FloatRange(0, 1), help="Of the style.")
@click.option(
    "--side",
    default=512,
    show_default=True,
    type=click.IntRange(64, 2048),
    help="The result's longer side; larger pictures are reduced to it.",
)
@click.option("--weights", type=click.Path(path_type=Path), help="A file of `train style` instead of the one that ships.")
@json_option
def style(content, style_picture, out, only, engine, strength, side, weights, as_json):
    """Draw the picture CONTENT in the style of the picture STYLE."""
    import sys

    from primerka.photo import read_photo
    from primerka.pictures import check_picture_path, write_picture
    from primerka.stages import Stages
    from primerka.tryon.restyle import FastStyler, blend, clothes_weights

    check_picture_path(out)
    if weights and engine != "adain":
        raise click.UsageError("--weights is for --engine adain: the optimisation has none")
    noisy = sys.stderr.isatty() and not as_json
    stages = Stages(lambda name: click.echo(f"{name} ...", err=True) if noisy else None)
    with stages("decode"):
        photo, pattern = read_photo(content, side), read_photo(style_picture, side)
    with stages("load"):
        if engine == "adain":
            styler = FastStyler(weights)
        else:
            from primerka.training.gatys import Optimiser

            styler = Optimiser()
    places = None
    if only:
        from primerka.perception.analyse import analyse

        places = clothes_weights(analyse(photo, stages))
    with stages("restyle"):
        styled = styler.restyle(photo.rgb, pattern.rgb, strength, places)
    result = {"status": "ok", "code": None, "out": str(out)}
    if engine == "gatys":
        result |= {"loss_of_content": round(styled.loss_of_content, 4), "loss": round(styled.loss, 4)}
        styled = styled.rgb
    write_picture(out, styled if places is None else blend(photo.rgb, styled, places))
    if as_json:
        result["stages_ms"] = {name: round(value, 1) for name, value in stages.ms.items()}
        click.echo(json.dumps(result))
    else:
        click.echo(f"{out}: restyled in {stages.ms['restyle'] / 1000:.1f} s")
