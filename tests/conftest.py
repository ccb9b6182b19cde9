"""What many tests share: sample persons, analysed once a session, and made-up bodies."""

import os

# One thread: the networks here are tiny, and the same sums come in the same order. Before NumPy and torch are loaded.
os.environ["OMP_NUM_THREADS"] = "1"

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from primerka.errors import WeightsMissing
from primerka.samples import sample_buyers, sample_products

# The same examples on every run: a red test stays red until somebody mends it.
settings.register_profile("primerka", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("primerka")

SAMPLE_SIDE = 640


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Clothing Co-Parsing, for the few tests that want real photos."""
    root = Path(os.environ.get("PRIMERKA_DATA", "/nowhere")) / "clothing-co-parsing"
    if not root.is_dir():
        pytest.skip("PRIMERKA_DATA does not name a folder that holds clothing-co-parsing")
    return root


@pytest.fixture(scope="session")
def pose_models() -> None:
    from primerka.weights import weights_path

    try:
        weights_path("pose_detection"), weights_path("pose_landmark")
    except WeightsMissing as refusal:
        pytest.skip(str(refusal))


@pytest.fixture(scope="session")
def buyer_paths() -> list[Path]:
    return sample_buyers()


@pytest.fixture(scope="session")
def product_paths() -> list[Path]:
    return sample_products()


@pytest.fixture(scope="session")
def buyer(pose_models, buyer_paths):
    """The first sample buyer, analysed."""
    return _analysed(buyer_paths[0])


@pytest.fixture(scope="session")
def product(pose_models, product_paths):
    """The first sample product on its model, analysed."""
    return _analysed(product_paths[0])


def _analysed(path: Path):
    from primerka.perception.analyse import analyse
    from primerka.photo import read_photo

    return analyse(read_photo(path, SAMPLE_SIDE))


@pytest.fixture(scope="session")
def model():
    from primerka.perception.body_model import body_model

    return body_model()


@pytest.fixture
def make_body(model):
    """(angles, shape, scale, shift) → Body in pixels; the mean body in its resting pose unless told."""
    from primerka.body import BONES, Body

    def make(angles=None, shape=None, scale=100.0, shift=(0.0, 0.0)) -> Body:
        angles = np.zeros((len(BONES), 3)) if angles is None else angles
        shape = np.zeros(len(model.shapes)) if shape is None else shape
        vertices, bones = model.pose_vertices(angles, shape)
        shift = np.append(shift, 0.0)
        return Body(
            (vertices * scale + shift).astype(np.float32),
            (bones * scale + shift).astype(np.float32),
            shape.astype(np.float32),
            scale,
        )

    return make


@pytest.fixture(scope="session")
def encode():
    """(picture, format, options) → bytes. The picture is a PIL image or an array."""

    def encode(picture, format: str, **options) -> bytes:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        target = io.BytesIO()
        image.save(target, format, **options)
        return target.getvalue()

    return encode


@pytest.fixture(scope="session")
def gradient() -> np.ndarray:
    """(96, 80, 3) uint8, smooth: lossy formats keep it; no two corners alike."""
    ys, xs = np.mgrid[0:96, 0:80]
    return np.stack([2 * xs + 20, 2 * ys + 20, 220 - xs - ys], 2).astype(np.uint8)


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of our own."""
    from shop_rig import Postgres

    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """A fresh database with its tables, on each kind of server."""
    if request.param == "sqlite":
        from shop_rig import migrated_sqlite

        return migrated_sqlite(tmp_path)
    server = request.getfixturevalue("postgres")
    if server.missing:
        pytest.skip(server.missing)
    return server.new()


@pytest.fixture
def shop(tmp_path, database_url):
    from shop_rig import open_rig

    with open_rig(tmp_path, database_url) as rig:
        yield rig


@pytest.fixture(scope="session")
def browser():
    from browsing import ARGUMENTS, CHROMIUM
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """open_page(path, viewport, language, …) → a page of the test's `address`; what its console complains of fails the test."""
    from browsing import PHONE

    contexts, complaints = [], []

    def open_page(path="/", viewport=PHONE, language="ru", **more):
        context = browser.new_context(viewport=viewport, locale={"ru": "ru-RU", "en": "en-GB"}[language], **more)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(path if path.startswith("http") else address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused request is told by the browser itself; that is not the pages' complaint.
    assert not [line for line in complaints if "Failed to load resource" not in line]


@pytest.fixture(scope="session")
def buyers(pose_models, buyer_paths):
    """Every sample buyer, prepared."""
    from primerka.tryon.surface.buyer import prepare_buyer

    return [prepare_buyer(_analysed(path)) for path in buyer_paths]


@pytest.fixture(scope="session")
def cloths(pose_models, product_paths):
    """kind → the sample product of that kind, prepared."""
    from primerka.perception.analyse import analyse
    from primerka.perception.find_garment import find_garment
    from primerka.photo import read_photo
    from primerka.samples import product_category
    from primerka.tryon.surface.cloth import prepare_cloth

    kinds = {product_category(path): path for path in product_paths}
    return {
        kind: prepare_cloth(find_garment(analyse(read_photo(path, SAMPLE_SIDE), worn=kind), kind))
        for kind, path in kinds.items()
    }
