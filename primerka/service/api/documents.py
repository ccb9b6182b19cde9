"""The documents of the API, for its OpenAPI description."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Category = Literal["top", "outerwear", "dress", "skirt", "trousers", "shorts"]


class CategoryCount(BaseModel):
    id: Category
    count: int


class Shop(BaseModel):
    id: str
    name: str
    currency: str | None
    categories: list[CategoryCount]
    products: int


class Price(BaseModel):
    amount: str = Field(examples=["1990.00"])
    currency: str | None


class Product(BaseModel):
    sku: str
    title: str
    description: str
    category: Category | None
    price: Price | None
    brand: str | None
    link: str | None
    picture: str | None
    pictures: list[str]
    available: bool
    garment: Literal["ready", "preparing", "refused"]
    code: str | None
    detail: str | None


class ProductPage(BaseModel):
    items: list[Product]
    next: str | None
    total: int


class Garment(BaseModel):
    sku: str
    title: str
    category: Category
    status: Literal["ready", "preparing", "refused"]
    code: str | None
    detail: str | None
    pictures: list[str]
    picture: int | None = Field(description="The number, from 0, of the picture that the garment is cut out of.")
    cut_out: str | None = Field(description="A picture of the same shape: white where the garment is, black elsewhere.")
    certainty: float | None = Field(description="Of the cut-out, from 0 to 1. Below 0.75 it is worth a look.")
    by_hand: bool = Field(description="The shop made the cut-out.")
    edition: str = Field(description="Changes with the pictures and with the shop's cut-out.")


class GarmentPage(BaseModel):
    items: list[Garment]
    next: str | None
    total: int


class BadRow(BaseModel):
    line: int | None
    sku: str | None
    reason: str


class Import(BaseModel):
    id: str
    status: Literal["running", "done", "failed"]
    seen: int
    added: int
    changed: int
    unchanged: int
    removed: int
    bad: list[BadRow]
    bad_count: int
    detail: str | None


class Buyer(BaseModel):
    id: str
    shop: str
    status: Literal["preparing", "ready", "refused"]
    code: str | None
    detail: str | None
    created_at: str
    expires_at: str
    photo: str | None


class NewBuyer(Buyer):
    token: str = Field(description="Shown only here; send it as `Authorization: Bearer TOKEN`.")


class Card(BaseModel):
    status: Literal["ready", "queued", "rendering", "refused"]
    place: int | None
    picture: str | None
    preview: str | None
    code: str | None
    detail: str | None
    warnings: list[str]


class CatalogueItem(BaseModel):
    product: Product
    card: Card


class CataloguePage(BaseModel):
    items: list[CatalogueItem]
    next: str | None
    total: int


class TryOn(Card):
    id: str
    products: list[str]
    pose: Literal["buyer", "product"]


class TryOnRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    products: list[str] = Field(min_length=1, max_length=4)
    pose: Literal["buyer", "product"] = "buyer"


class ImportRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str = Field(max_length=2000)
    format: Literal["auto", "google", "yandex", "shopify"] = "auto"
