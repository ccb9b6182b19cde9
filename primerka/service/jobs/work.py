"""What is done for each kind of job that computes, between its claim and the transaction that ends it."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from primerka.errors import Refused
from primerka.service.database.models import Buyer, Job, Look, Product
from primerka.service.database.session import Database
from primerka.service.events import tell_buyer, tell_look
from primerka.service.files import Files
from primerka.service.garments import UNCLEAR, cut_out_key, edition, refuse_garment
from primerka.service.jobs.claims import Claim, finish, holds
from primerka.service.jobs.memory import Memory
from primerka.service.kept import Seal
from primerka.service.looks import products_of
from primerka.service.privacy import buyer_folder
from primerka.service.tally import count, count_stages
from primerka.stages import Stages

if TYPE_CHECKING:  # it brings all that computes
    from primerka.service.jobs.tailor import ReadyBuyer, ReadyGarment, Tailor

GIVEN_UP = Refused("card_failed", "This could not be made, however often we tried; it is our fault, not yours.")


class Gone(Exception):
    """What a job is about was deleted meanwhile: nothing is to be done."""


@dataclass(frozen=True)
class _Done:
    """A garment that was prepared of a product as it was then, and the files that hold it."""

    of: Product
    ready: "ReadyGarment"
    prepared: str
    cut_out: str

    @property
    def files(self) -> list[str]:
        """Those made with it: a cut-out of the shop's is not."""
        return [self.prepared] if self.of.by_hand else [self.prepared, self.cut_out]

    def of_the_same(self, row: Product) -> bool:
        """Whether the row still has the pictures and the shop's cut-out that this was made of."""
        return edition(row) == edition(self.of)

    def write(self, row: Product, hold_below: float) -> list[str]:
        """Into the product, which is ready, or waits for the shop; returns the files that nobody needs any more."""
        stale = [key for key in (row.prepared, row.cut_out) if key and key != self.cut_out]
        row.prepared, row.cut_out, row.cut_from = self.prepared, self.cut_out, self.ready.index
        row.certainty, row.category = round(self.ready.certainty, 3), self.ready.category
        row.garment, row.code, row.detail = "ready", None, None
        if row.certainty < hold_below:
            row.garment, row.code, row.detail = "refused", UNCLEAR.code, str(UNCLEAR)
        return stale


@dataclass(frozen=True)
class Workshop:
    """What a worker works with. hold_below: garments that are less certain are tried on nobody until the shop has looked at them."""

    name: str
    database: Database
    files: Files
    tailor: "Tailor"
    seal: Seal
    memory: Memory
    hold_below: float

    def do(self, claimed: Claim) -> Stages:
        stages = Stages()
        {"buyer": self._make_buyer, "garment": self._make_garment, "look": self._make_look}[claimed.kind](claimed, stages)
        return stages

    def refuse(self, claimed: Claim, refusal: Refused) -> None:
        """End a job with a refusal that is shown to people."""
        with self.database.write() as session:
            if not holds(session, claimed, self.name):
                return
            finish(session, claimed)
            count(session, "refusals", refusal.code)
            verdict = {"code": refusal.code, "detail": str(refusal)}
            if claimed.kind == "look":
                look = session.get(Look, claimed.subject)
                look.status, look.code, look.detail = "refused", *verdict.values()
                tell_look(session, look)
            elif claimed.kind == "garment":
                refuse_garment(session.get(Product, int(claimed.subject)), refusal)
            elif claimed.kind == "buyer":
                buyer = session.get(Buyer, claimed.subject)
                buyer.status, buyer.code, buyer.detail = "refused", *verdict.values()
                buyer.photos, buyer.photo = [], None
                session.execute(delete(Job).where(Job.buyer_id == buyer.id))
                tell_buyer(session, buyer.id)
        if claimed.kind == "buyer":  # a photo that nothing can be done with is not kept
            self.files.delete_under(buyer_folder(claimed.subject))

    def forget_deleted_buyers(self) -> None:
        kept = self.memory.buyers()
        if not kept:
            return
        with self.database.read() as session:
            known = set(session.scalars(select(Buyer.id).where(Buyer.id.in_(kept))).all())
        for buyer in kept.keys() - known:
            self.memory.forget(kept[buyer])

    def _make_buyer(self, claimed: Claim, stages: Stages) -> None:
        ready, key = self._prepare_buyer(claimed.subject, stages)
        with self.database.write() as session:
            held = holds(session, claimed, self.name)
            if held:
                buyer = session.get(Buyer, claimed.subject)
                buyer.status, buyer.prepared, buyer.photo = "ready", key, buyer.photos[ready.index]
                finish(session, claimed)
                tell_buyer(session, buyer.id)
                count_stages(session, stages.ms)
        if not held:
            self._discard(key)

    def _make_garment(self, claimed: Claim, stages: Stages) -> None:
        done = self._prepare_garment(int(claimed.subject), stages)
        with self.database.write() as session:
            row = session.get(Product, done.of.id)
            held = holds(session, claimed, self.name) and row is not None and done.of_the_same(row)
            stale = done.write(row, self.hold_below) if held else done.files
            if held:
                if row.code:
                    count(session, "refusals", row.code)
                finish(session, claimed)
                count_stages(session, stages.ms)
        self._discard(*stale)
        if not held:
            raise Gone  # pictures that changed meanwhile are prepared anew

    def _make_look(self, claimed: Claim, stages: Stages) -> None:
        with self.database.read() as session:
            look = session.get(Look, claimed.subject)
            if look is None:
                raise Gone
            buyer = session.get(Buyer, look.buyer_id)
            products = products_of(session, look)
        for product in products:
            if product.garment == "refused":
                raise Refused(product.code, product.detail)
        with stages("load"):
            wearer = self._kept(buyer.prepared) or self._prepare_buyer(buyer.id, stages)[0]
            garments = [self._kept(product.prepared) or self._prepare_garment_anew(product.id, stages) for product in products]
        card = self.tailor.dress(wearer, garments, look.pose, stages)
        with self.database.read() as session:  # nobody's picture is written after they asked to be forgotten
            if not holds(session, claimed, self.name):
                raise Gone
        base = f"{buyer_folder(buyer.id)}looks/{look.id}-{secrets.token_hex(4)}"
        picture = self.files.put(f"{base}.webp", card.picture)
        preview = self.files.put(f"{base}-small.webp", card.preview)
        with self.database.write() as session:
            held = holds(session, claimed, self.name)
            if held:
                look = session.get(Look, claimed.subject)
                look.status, look.picture, look.preview = "ready", picture, preview
                look.warnings, look.made = list(card.warnings), look.made + 1
                finish(session, claimed)
                tell_look(session, look)
                count(session, "cards", look.pose)
                count_stages(session, stages.ms)
        if not held:
            self._discard(picture, preview)

    def _prepare_buyer(self, buyer: str, stages: Stages) -> "tuple[ReadyBuyer, str]":
        with self.database.read() as session:
            row = session.get(Buyer, buyer)
        if row is None or not row.photos:
            raise Gone
        try:
            photos = [self.files.get(key) for key in row.photos]
        except FileNotFoundError:
            raise Gone from None
        ready = self.tailor.prepare_buyer(photos, stages)
        with stages("keep"):
            return ready, self._keep(row.prepared or f"{buyer_folder(buyer)}prepared", ready, small=False)

    def _prepare_garment(self, product: int, stages: Stages) -> "_Done":
        with self.database.read() as session:
            row = session.get(Product, product)
        if row is None:
            raise Gone
        try:
            pictures = [self.files.get(key) for key in row.pictures]
            by_hand = (row.cut_from, self.files.get(row.cut_out)) if row.by_hand else None
        except FileNotFoundError:  # others have taken their place meanwhile
            raise Gone from None
        ready = self.tailor.prepare_garment(pictures, row.category, stages, by_hand)
        cut_out = row.cut_out if by_hand else self.files.put(cut_out_key(product), ready.cut_out)
        return _Done(row, ready, self._keep(f"garments/{product}-{secrets.token_hex(4)}", ready, small=True), cut_out)

    def _prepare_garment_anew(self, product: int, stages: Stages) -> "ReadyGarment":
        """Of a garment that another version prepared: it is kept in its place. Raises UNCLEAR if it waits for the shop now."""
        done = self._prepare_garment(product, stages)
        with self.database.write() as session:
            row = session.get(Product, product)
            current = row.garment == "ready" and done.of_the_same(row)  # else it is prepared once more, and the look with it
            stale = done.write(row, self.hold_below) if current else done.files
        self._discard(*stale)
        if row.code == UNCLEAR.code:
            raise UNCLEAR
        return done.ready

    def _keep(self, key: str, thing, small: bool) -> str:
        sealed, size = self.seal.close(thing, small)
        self.files.put(key, sealed)
        self.memory.put(key, thing, size)
        return key

    def _kept(self, key: str | None):
        """From memory or from the files; None where it must be made again: another version made it, or it is lost."""
        if key is None:
            return None
        thing = self.memory.get(key)
        if thing is None:
            try:
                opened = self.seal.open(self.files.get(key))
            except FileNotFoundError:
                return None
            if opened:
                thing = opened[0]
                self.memory.put(key, *opened)
        return thing

    def _discard(self, *keys: str) -> None:
        for key in keys:
            self.memory.forget(key)
        self.files.delete(*keys)
