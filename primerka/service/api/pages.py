"""The storefront's and the widget's files."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from primerka.service.settings import Settings

HERE = Path(__file__).parents[1]


def mount_pages(app: FastAPI, settings: Settings) -> None:
    storefront, widget = HERE / "storefront", HERE / "widget"
    index = (storefront / "index.html").read_text(encoding="utf-8")
    index = index.replace('name="primerka-shop" content="demo"', f'name="primerka-shop" content="{settings.default_shop}"')

    def page() -> HTMLResponse:
        return HTMLResponse(index, headers={"Cache-Control": "no-cache"})

    for path in ("/", "/p/{sku:path}"):
        app.add_api_route(path, page, methods=["GET"], include_in_schema=False)
    for path, file in {"/widget.js": widget / "widget.js", "/widget-demo": widget / "demo.html"}.items():
        app.add_api_route(path, lambda file=file: FileResponse(file), methods=["GET"], include_in_schema=False)
    app.mount("/brand", StaticFiles(directory=settings.brand or storefront / "brand"))
    app.mount("/storefront", StaticFiles(directory=storefront))
    app.mount("/widget", StaticFiles(directory=widget))
