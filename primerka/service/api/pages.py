"""The files of the storefront, the widget and the cutting table."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from primerka.service.settings import Settings

HERE = Path(__file__).parents[1]
UNFRAMED = {"Content-Security-Policy": "frame-ancestors 'none'"}


def mount_pages(app: FastAPI, settings: Settings) -> None:
    storefront, widget, table = HERE / "storefront", HERE / "widget", HERE / "cutting_table"
    # Nobody else's page may lay itself around the one that knows the shop's key.
    pages = (("/", storefront, {}), ("/p/{sku:path}", storefront, {}), ("/cutting-table", table, UNFRAMED))
    for path, folder, headers in pages:
        app.add_api_route(path, _page(folder, settings.default_shop, headers), methods=["GET"], include_in_schema=False)
    for path, file in {"/widget.js": widget / "widget.js", "/widget-demo": widget / "demo.html"}.items():
        app.add_api_route(path, lambda file=file: FileResponse(file), methods=["GET"], include_in_schema=False)
    app.mount("/brand", StaticFiles(directory=settings.brand or storefront / "brand"))
    app.mount("/storefront", StaticFiles(directory=storefront))
    app.mount("/widget", StaticFiles(directory=widget))
    for part in ("css", "js", "texts"):  # and not the page, which is framed by nobody, under another name
        app.mount(f"/cutting-table/{part}", StaticFiles(directory=table / part))


def _page(folder: Path, shop: str, more: dict[str, str]):
    """The folder's page, told which shop it shows if its address names none. more: headers."""
    index = (folder / "index.html").read_text(encoding="utf-8")
    index = index.replace('name="primerka-shop" content="demo"', f'name="primerka-shop" content="{shop}"')

    headers = {"Cache-Control": "no-cache", **more}

    def page() -> HTMLResponse:
        return HTMLResponse(index, headers=headers)

    return page
