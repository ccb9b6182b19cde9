"""The files of the storefront, the widget and the cutting table."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from primerka.service.settings import Settings

HERE = Path(__file__).parents[1]


def mount_pages(app: FastAPI, settings: Settings) -> None:
    storefront, widget, table = HERE / "storefront", HERE / "widget", HERE / "cutting_table"
    for path, folder in {"/": storefront, "/p/{sku:path}": storefront, "/cutting-table": table}.items():
        app.add_api_route(path, _page(folder, settings.default_shop), methods=["GET"], include_in_schema=False)
    for path, file in {"/widget.js": widget / "widget.js", "/widget-demo": widget / "demo.html"}.items():
        app.add_api_route(path, lambda file=file: FileResponse(file), methods=["GET"], include_in_schema=False)
    app.mount("/brand", StaticFiles(directory=settings.brand or storefront / "brand"))
    app.mount("/storefront", StaticFiles(directory=storefront))
    app.mount("/widget", StaticFiles(directory=widget))
    app.mount("/cutting-table", StaticFiles(directory=table))


def _page(folder: Path, shop: str):
    """The folder's page, told which shop it shows if its address names none."""
    index = (folder / "index.html").read_text(encoding="utf-8")
    index = index.replace('name="primerka-shop" content="demo"', f'name="primerka-shop" content="{shop}"')

    def page() -> HTMLResponse:
        return HTMLResponse(index, headers={"Cache-Control": "no-cache"})

    return page
