"""The tables. Times are seconds since 1970, UTC."""

from sqlalchemy import JSON, Double, ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Named, so that migrations can speak of them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, float: Double, list: JSON}  # noqa: RUF012


def _belongs_to(column: str, **options):
    return mapped_column(ForeignKey(column, ondelete="CASCADE"), **options)


class Shop(Base):
    __tablename__ = "shops"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str | None]
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[float]


class Product(Base):
    """garment: waiting, ready or refused (then code and detail say why).

    search       title, brand and SKU in lower case: SQLite's own lower() knows no Cyrillic
    fingerprint  of the offer; sources are its pictures as the feed names them, pictures the files kept
    import_id    the last import that named it; removed products are no longer in the feed
    cut_out      the file that says where the garment is in the picture number `cut_from`; by_hand: the shop made it
    certainty    of the cut-out, from 0 to 1; None where no garment is ready
    """

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("shop_id", "sku"),
        Index("ix_products_shop_category", "shop_id", "removed", "category", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = _belongs_to("shops.id")
    sku: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    category: Mapped[str | None]
    amount: Mapped[str | None]
    currency: Mapped[str | None]
    brand: Mapped[str | None]
    link: Mapped[str | None]
    available: Mapped[bool]
    search: Mapped[str]
    fingerprint: Mapped[str]
    sources: Mapped[list]
    pictures: Mapped[list]
    garment: Mapped[str]
    code: Mapped[str | None]
    detail: Mapped[str | None]
    prepared: Mapped[str | None]
    cut_out: Mapped[str | None]
    cut_from: Mapped[int | None]
    by_hand: Mapped[bool]
    certainty: Mapped[float | None]
    removed: Mapped[bool]
    import_id: Mapped[str | None]


class Buyer(Base):
    """status: preparing, ready or refused. The photos and all that is made of them lie under the files' buyers/ID/.

    token_hash  SHA-256 of the token; served_at: when a worker last did something for them, so that buyers take turns
    """

    __tablename__ = "buyers"
    id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = _belongs_to("shops.id")
    token_hash: Mapped[str]
    status: Mapped[str]
    code: Mapped[str | None]
    detail: Mapped[str | None]
    language: Mapped[str]
    consent_at: Mapped[float]
    created_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    photos: Mapped[list]
    photo: Mapped[str | None]
    prepared: Mapped[str | None]
    served_at: Mapped[float]


class Look(Base):
    """buyer × products × pose, once. products: ids in the order asked for, joined by commas; status: queued, rendering, ready, refused.

    made  how many times it was rendered
    """

    __tablename__ = "looks"
    __table_args__ = (UniqueConstraint("buyer_id", "products", "pose"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = _belongs_to("buyers.id")
    products: Mapped[str]
    pose: Mapped[str]
    status: Mapped[str]
    picture: Mapped[str | None]
    preview: Mapped[str | None]
    code: Mapped[str | None]
    detail: Mapped[str | None]
    warnings: Mapped[list]
    made: Mapped[int]


class LookProduct(Base):
    __tablename__ = "look_products"
    look_id: Mapped[str] = _belongs_to("looks.id", primary_key=True)
    product_id: Mapped[int] = _belongs_to("products.id", primary_key=True, index=True)


class Job(Base):
    """What is to be done, and who does it. The queue only wakes workers; these rows are the truth.

    kind      buyer, look, garment, pictures or import; subject: its id. A done job's row is gone.
    priority  higher goes first; worker and lease_until: who has claimed it, and until when that holds
    """

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("kind", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    buyer_id: Mapped[str | None] = _belongs_to("buyers.id", index=True)
    priority: Mapped[float]
    attempts: Mapped[int]
    worker: Mapped[str | None]
    lease_until: Mapped[float]


class Event(Base):
    """Something about a buyer changed: what is told is read when it is told, so that nothing personal is kept here."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_buyer_id_id", "buyer_id", "id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = _belongs_to("buyers.id")
    kind: Mapped[str]
    subject: Mapped[str]


class Import(Base):
    """status: running, done or failed. bad: the first bad rows, [{"line", "sku", "reason"}]."""

    __tablename__ = "imports"
    id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = _belongs_to("shops.id")
    status: Mapped[str]
    source: Mapped[str]
    format: Mapped[str]
    seen: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    removed: Mapped[int]
    bad: Mapped[list]
    bad_count: Mapped[int]
    detail: Mapped[str | None]
    created_at: Mapped[float]


class Idempotency(Base):
    """An Idempotency-Key that was used: what it made. Both hashes are keyed with the secret."""

    __tablename__ = "idempotency"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    subject: Mapped[str]
    buyer_id: Mapped[str | None] = _belongs_to("buyers.id", index=True)
    created_at: Mapped[float]


class WorkerSeen(Base):
    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[float]


class Tally(Base):
    """What is counted for /metrics by all processes together."""

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
