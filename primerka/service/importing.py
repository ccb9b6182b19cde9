"""Offers → products, pictures → files; garments are then prepared by workers, once per product."""

import hashlib
import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from primerka.errors import PhotoRejected, Refused
from primerka.photo import decode_photo, read_photo
from primerka.service.database.models import Import, Job, Product, Shop
from primerka.service.database.session import Database
from primerka.service.feeds.offer import BadRow, FeedRejected, Offer
from primerka.service.feeds.picture_path import picture_file
from primerka.service.feeds.read import read_feed
from primerka.service.files import Files
from primerka.service.garments import forget_cut_out, forget_made, refuse_garment
from primerka.service.idempotency import Repeat
from primerka.service.jobs.claims import Claim, ask, finish, holds, waited_for
from primerka.service.pictures import encode_photo
from primerka.service.settings import Settings
from primerka.service.tally import count
from primerka.service.tokens import hash_token, new_shop_key
from primerka.stages import Stages

BATCH = 200
BAD_ROWS_KEPT = 1000
MAX_PICTURES = 6
FEED_SECONDS = 600
UNPACKED = 10  # times its size a packed feed may have
GONE = Refused("unknown_product", "This product is not in the catalogue any more.")
NOT_A_GARMENT = ("not_a_garment", "This product is nothing that can be tried on here.")


def open_shop(database: Database, slug: str, name: str | None = None, new_key: bool = False) -> tuple[int, str | None]:
    """The shop's id, and its key if the shop was made now or asked for a new one: it is shown only then."""
    with database.write() as session:
        shop = session.scalar(select(Shop).where(Shop.slug == slug))
        key = new_shop_key() if shop is None or new_key else None
        if shop is None:
            shop = Shop(slug=slug, name=name or slug, currency=None, key_hash=hash_token(key), created_at=time.time())
            session.add(shop)
        elif key:
            shop.key_hash = hash_token(key)
        if name:
            shop.name = name
        session.flush()
        return shop.id, key


def start_import(database: Database, files: Files, shop: int, feed, kind: str, repeat: Repeat | None = None) -> Import:
    """Note an import for the workers. feed: a binary stream, which is kept until it was read, or an address."""
    name = secrets.token_hex(8)
    source = feed
    if not isinstance(feed, str):
        source = f"imports/{name}/feed"
        with files.write(source) as file:
            shutil.copyfileobj(feed, file, 1 << 20)
    row = new_import(name, shop, source, kind)
    try:
        with database.write() as session:
            session.add(row)
            if repeat:
                repeat.remember(session, name)
            ask(session, "import", name)
    except IntegrityError:  # the same request at the same moment was first
        files.delete_under(f"imports/{name}/")
        with database.read() as session:
            return session.get(Import, repeat.find(session))
    return row


def new_import(name: str, shop: int, source: str, kind: str) -> Import:
    numbers = dict.fromkeys(("seen", "added", "changed", "unchanged", "removed", "bad_count"), 0)
    return Import(
        id=name,
        shop_id=shop,
        status="running",
        source=source,
        format=kind,
        bad=[],
        detail=None,
        created_at=time.time(),
        **numbers,
    )


class Importer:
    """A worker's errands: imports of feeds, and pictures of products from other sites."""

    def __init__(self, worker: str, database: Database, files: Files, settings: Settings):
        self._worker, self._database, self._files, self._settings = worker, database, files, settings

    def do(self, claimed: Claim) -> Stages:
        stages = Stages()
        with stages(claimed.kind):
            {"import": self._import, "pictures": self._fetch_pictures}[claimed.kind](claimed)
        return stages

    def refuse(self, claimed: Claim, refusal: Refused) -> None:
        with self._database.write() as session:
            if not holds(session, claimed, self._worker):
                return
            finish(session, claimed)
            count(session, "refusals", refusal.code)
            if claimed.kind == "import":
                row = session.get(Import, claimed.subject)
                row.status, row.detail = "failed", str(refusal)
            else:
                refuse_garment(session.get(Product, int(claimed.subject)), refusal)
        if claimed.kind == "import":
            self._files.delete_under(f"imports/{claimed.subject}/")

    def _import(self, claimed: Claim) -> None:
        with self._database.read() as session:
            row = session.get(Import, claimed.subject)
        uploaded = row.source.startswith("imports/")
        with closing(self._files.read(row.source)) if uploaded else self._fetch_feed(row.source) as stream:
            import_offers(
                self._database,
                self._files,
                row.id,
                read_feed(stream, row.format, self._settings.import_mb * 1_000_000 * UNPACKED),
                Lease(claimed, self._worker),
            )
        with self._database.write() as session:
            finish(session, claimed)
        self._files.delete_under(f"imports/{row.id}/")

    @contextmanager
    def _fetch_feed(self, link: str) -> Iterator[BinaryIO]:
        """A feed by its link, in a temporary file, with the caution that pictures get. Raises FeedRejected feed_not_fetched."""
        from primerka.service.fetch import Limits, PictureNotFetched, fetch

        most = self._settings.import_mb * 1_000_000
        with tempfile.TemporaryFile() as file:
            try:
                fetch(link, file, limits=Limits(most_bytes=most, whole_s=FEED_SECONDS))
            except PictureNotFetched as refusal:
                sentence = f"The feed cannot be fetched ({refusal.code.removeprefix('picture_')}); send it as a file."
                raise FeedRejected("feed_not_fetched", sentence) from None
            file.seek(0)
            yield file

    def _fetch_pictures(self, claimed: Claim) -> None:
        """Fetch a product's pictures. Raises the first picture's refusal if none can be had."""
        from primerka.service.fetch import fetch_picture

        with self._database.read() as session:
            product = session.get(Product, int(claimed.subject))
        keys, refusals = [], []
        for source in product.sources[:MAX_PICTURES]:
            try:
                keys.append(keep_picture(self._files, fetch_picture(source)))
            except Refused as refusal:
                refusals.append(refusal)
        if not keys:
            raise refusals[0]
        stale = keys
        with self._database.write() as session:
            row = session.get(Product, product.id)
            if holds(session, claimed, self._worker):
                finish(session, claimed)
                if row.sources == product.sources:
                    stale = _hang(session, row, keys)
                else:  # another import changed them meanwhile
                    ask(session, "pictures", claimed.subject)
        self._files.delete(*stale)


class Lease:
    """An import goes on only while it is this worker's."""

    def __init__(self, claimed: Claim, worker: str):
        self._claimed, self._worker = claimed, worker

    def check(self, session: Session) -> None:
        if not holds(session, self._claimed, self._worker):
            raise FeedRejected("import_taken_over", "Another worker goes on with this import.")


def import_offers(
    database: Database,
    files: Files,
    import_id: str,
    rows: Iterator[Offer | BadRow],
    lease: Lease | None = None,
    folder: Path | None = None,
) -> Import:
    """Bring a shop's products up to what a feed says, in batches, so that a feed of any length takes little memory.

    folder: where paths of pictures begin; None: pictures must be links. What the feed no longer names is removed, unless
    the feed broke off. An import that was killed goes on: what it did already is not counted again.
    """
    broken = None
    with database.write() as session:
        session.get(Import, import_id).seen = 0
    while True:
        batch, broken = _next_batch(rows)
        if batch:
            _take(database, files, import_id, batch, lease, folder)
        if broken or len(batch) < BATCH:
            break
    while not broken and _forget_removed(database, files, import_id, lease):
        pass
    with database.write() as session:
        row = session.get(Import, import_id)
        if lease:
            lease.check(session)
        if broken:
            row.status, row.detail = "failed", str(broken)
        else:
            row.status = "done"
            gone = session.scalars(
                select(Product.id).where(Product.shop_id == row.shop_id, ~Product.removed, Product.import_id != import_id)
            ).all()
            row.removed = len(gone)
            for start in range(0, len(gone), 500):
                session.execute(update(Product).where(Product.id.in_(gone[start : start + 500])).values(removed=True))
        if row.seen and not session.get(Shop, row.shop_id).currency:
            some = select(Product.currency).where(Product.shop_id == row.shop_id, Product.currency.is_not(None)).limit(1)
            session.get(Shop, row.shop_id).currency = session.scalar(some)
    return row


def _forget_removed(database: Database, files: Files, import_id: str, lease: Lease | None) -> bool:
    """Forget pictures and garments of some products that the feed before did not name either; whether there were any.

    One feed that lacks a product may be a mistake, and costs nothing. Looks that wait for a forgotten product are refused.
    """
    stale: list[str] = []
    with database.write() as session:
        if lease:
            lease.check(session)
        shop = session.get(Import, import_id).shop_id
        unnamed = (Product.shop_id == shop, Product.removed, Product.import_id != import_id, Product.fingerprint != "")
        products = session.scalars(select(Product).where(*unnamed).limit(BATCH)).all()
        for product in products:
            stale += [*_own(product.pictures), *([product.prepared] if product.prepared else []), *forget_cut_out(product)]
            product.fingerprint, product.sources, product.pictures, product.prepared = "", [], [], None
            refuse_garment(product, GONE)
            session.execute(delete(Job).where(Job.kind.in_(["garment", "pictures"]), Job.subject == str(product.id)))
    files.delete(*stale)
    return bool(products)


def _own(pictures: list[str]) -> list[str]:
    """Those that no other product can have: older versions kept equal pictures as one file."""
    return [key for key in pictures if "-" in key]


def _next_batch(rows: Iterator[Offer | BadRow]) -> tuple[list[Offer | BadRow], FeedRejected | None]:
    batch = []
    try:
        for row in islice(rows, BATCH):  # what came before a break is taken
            batch.append(row)  # noqa: PERF402
    except FeedRejected as cause:
        return batch, cause
    return batch, None


def _take(database: Database, files: Files, import_id: str, batch: list[Offer | BadRow], lease: Lease | None, folder) -> None:
    offers, bad = {}, [row for row in batch if isinstance(row, BadRow)]
    for row in batch:
        if isinstance(row, Offer):
            if row.sku in offers:
                bad.append(BadRow(row.line, row.sku, "The feed has this SKU twice; the first one counts."))
            else:
                offers[row.sku] = row
    kept = {}
    for sku, offer in list(offers.items()):
        sources, unusable = _sources(offer, folder)
        if not sources:
            bad.append(BadRow(offer.line, sku, unusable))
            del offers[sku]
        elif folder is not None and isinstance(sources[0], Path):
            kept[sku] = []
            try:
                for source in sources:
                    kept[sku].append(keep_picture(files, source))
            except PhotoRejected as refusal:
                bad.append(BadRow(offer.line, sku, str(refusal)))
                del offers[sku]
                files.delete(*kept.pop(sku))
    stale: list[str] = []
    with database.write() as session:
        if lease:
            lease.check(session)
        row = session.get(Import, import_id)
        there = {
            product.sku: product
            for product in session.scalars(select(Product).where(Product.shop_id == row.shop_id, Product.sku.in_(offers)))
        }
        for sku, offer in offers.items():
            product, print_ = there.get(sku), fingerprint(offer, kept.get(sku))
            if product is not None and product.import_id == import_id:
                if product.fingerprint != print_:
                    bad.append(BadRow(offer.line, sku, "The feed has this SKU twice; the first one counts."))
                stale += kept.get(sku, [])
                continue
            if product is None:
                product = Product(
                    shop_id=row.shop_id,
                    sku=sku,
                    sources=[],
                    pictures=[],
                    garment="waiting",
                    by_hand=False,
                    removed=False,
                    fingerprint="",
                )
                session.add(product)
                row.added += 1
            elif product.fingerprint == print_ and not product.removed:
                row.unchanged += 1
            else:
                row.changed += 1
            stale += _write(session, product, offer, kept.get(sku)) if product.fingerprint != print_ else kept.get(sku, [])
            product.fingerprint, product.import_id, product.removed = print_, import_id, False
        named = [entry.sku for entry in bad if entry.sku]  # a row that is bad today does not take its product away
        session.execute(
            update(Product).where(Product.shop_id == row.shop_id, Product.sku.in_(named)).values(import_id=import_id)
        )
        row.seen += len(batch)
        row.bad_count += len(bad)
        row.bad = [*row.bad, *({"line": entry.line, "sku": entry.sku or None, "reason": entry.reason} for entry in bad)][
            :BAD_ROWS_KEPT
        ]
    files.delete(*stale)


def _sources(offer: Offer, folder: Path | None) -> tuple[list[str | Path], str]:
    """The offer's pictures, and why there are none."""
    links = [source for source in offer.pictures if source.startswith(("http://", "https://"))]
    if links:
        return links[:MAX_PICTURES], ""
    if folder is None:
        return [], "The pictures must be links that begin with http:// or https://."
    try:
        return [picture_file(folder, source) for source in offer.pictures[:MAX_PICTURES]], ""
    except FeedRejected as refusal:
        return [], str(refusal)


def fingerprint(offer: Offer, kept: list[str] | None) -> str:
    """Of all that is said about a product, but not of where in the feed that is."""
    told = {**asdict(offer), "line": None, "kept": kept and _contents(kept)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _write(session: Session, product: Product, offer: Offer, kept: list[str] | None) -> list[str]:
    """Write the offer into its product; returns files that nobody needs any more."""
    product.title, product.description, product.link = offer.title, offer.description, offer.link or None
    product.brand, product.available = offer.brand or None, offer.available
    product.amount = f"{offer.price:.2f}" if offer.price is not None else None
    product.currency = offer.currency or None
    product.search = " ".join([offer.title, offer.brand, offer.sku, *offer.variants, offer.colour]).lower()
    sources = list(offer.pictures[:MAX_PICTURES])
    same_picture = product.sources == sources and (kept is None or _contents(product.pictures) == _contents(kept))
    if same_picture and product.category == offer.category:
        return kept or []
    product.sources, product.category = sources, offer.category
    product.code = product.detail = None
    session.flush()
    stale = forget_made(session, product)
    if offer.category is None:
        product.garment, product.code, product.detail = "refused", *NOT_A_GARMENT
    else:
        product.garment = "waiting"
    if kept is not None:
        stale += _change_pictures(product, kept)
        if product.garment == "waiting":
            ask(session, "garment", str(product.id))
    elif not same_picture:
        ask(session, "pictures", str(product.id))
    elif product.garment == "waiting":
        ask(session, "garment", str(product.id))
    return stale


def _hang(session: Session, product: Product, keys: list[str]) -> list[str]:
    """Put fetched pictures in the place of the old ones; returns the files that nobody needs any more."""
    pictures = list({content: key for content, key in zip(_contents(keys), keys)}.values())
    stale = [key for key in keys if key not in pictures]
    if _contents(pictures) == _contents(product.pictures):
        stale += pictures
    else:
        stale += _change_pictures(product, pictures)
        if product.category is not None:  # it may have been made of the old ones, or refused, while these were fetched
            stale += forget_made(session, product)
            product.garment, product.code, product.detail = "waiting", None, None
    if product.garment == "waiting":
        ask(session, "garment", str(product.id), waited_for(session, product.id))
    return stale


def _change_pictures(product: Product, keys: list[str]) -> list[str]:
    """Put files in the place of the old ones; a cut-out of the shop's goes on with its picture, whatever number that has now. Returns the
    files that nobody needs any more.
    """
    stale, shows = _own(product.pictures), _contents(keys)
    if product.by_hand and (content := _contents(product.pictures)[product.cut_from]) in shows:
        product.cut_from = shows.index(content)
    else:
        stale += forget_cut_out(product)
    product.pictures = keys
    return stale


def keep_picture(files: Files, source: bytes | Path) -> str:
    """Keep a product picture, decoded and without its metadata; returns its key. Raises PhotoRejected.

    The key names the content and is used once: a file belongs to one product, and goes with it whatever others have.
    """
    photo = read_photo(source) if isinstance(source, Path) else decode_photo(source)
    data = encode_photo(photo)
    return files.put(f"products/{hashlib.sha256(data).hexdigest()[:32]}-{secrets.token_hex(4)}.jpg", data)


def _contents(keys: list[str]) -> list[str]:
    """What the pictures show: equal for equal pictures."""
    return [key.removesuffix(".jpg").partition("-")[0] for key in keys]


def import_here(database: Database, files: Files, shop: int, rows: Iterable[Offer | BadRow], folder: Path) -> Import:
    """Import in this process, with pictures from a folder too."""
    name = secrets.token_hex(8)
    with database.write() as session:
        session.add(new_import(name, shop, "", "auto"))
    return import_offers(database, files, name, iter(rows), folder=folder)
