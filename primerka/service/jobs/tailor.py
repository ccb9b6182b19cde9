"""What computes: photos to buyers, product pictures to garments, both to looks. Knows no database and no files."""

from dataclasses import dataclass
from typing import Any

from primerka.errors import GarmentRejected, PhotoRejected
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.given_garment import given_garment
from primerka.person import Person
from primerka.photo import Photo, decode_cut_out, decode_photo
from primerka.service.pictures import PREVIEW_WIDTH, encode_cut_out, encode_look
from primerka.stages import Stages
from primerka.tryon.engine import load_engine
from primerka.tryon.repose import load_reposer
from primerka.tryon.surface.buyer import prepare_buyer


@dataclass(frozen=True)
class ReadyBuyer:
    """person, and what the engine made of it. index: which of the photos was the best one."""

    person: Person
    prepared: Any
    index: int


@dataclass(frozen=True)
class ReadyGarment:
    """The product's model, the garment's category, and what the engine made of it. index: which picture it is from.

    cut_out: a picture file, white where the garment is; certainty: of that, from 0 to 1
    """

    model: Person
    category: str
    prepared: Any
    index: int
    cut_out: bytes
    certainty: float


@dataclass(frozen=True)
class Card:
    """picture and preview: WebP files."""

    picture: bytes
    preview: bytes
    warnings: tuple[str, ...]


class Tailor:
    def __init__(self, engine: str, moderator):
        """moderator: `check(photo)` raises PhotoRejected; loaded models stay loaded."""
        self._engine = load_engine(engine)
        self._moderator = moderator

    def prepare_buyer(self, photos: list[bytes], stages: Stages) -> ReadyBuyer:
        """The photo that shows the most of its person. Raises PhotoRejected: the first photo's, if none can be used."""
        people, refusals = [], []
        for index, data in enumerate(photos):
            with stages("decode"):
                photo = decode_photo(data)
            with stages("moderation"):
                self._moderator.check(photo)
            try:
                with stages("analysis"):
                    people.append((analyse(photo), index))
            except PhotoRejected as refusal:
                refusals.append(refusal)
        if not people:
            raise refusals[0]
        person, index = min(people, key=lambda entry: (len(entry[0].missing), -entry[0].pose.torso_px))
        with stages("prepare_buyer"):
            return ReadyBuyer(person, self._engine.prepare_buyer(person), index)

    def prepare_garment(
        self, pictures: list[bytes], category: str | None, stages: Stages, by_hand: tuple[int, bytes] | None = None
    ) -> ReadyGarment:
        """The first picture that shows the garment well, or the one that the shop cut out by hand: (index, picture file).

        Raises GarmentRejected: the first picture's, if none does.
        """
        refusals = []
        for index, data in enumerate(pictures):
            if by_hand and index != by_hand[0]:
                continue
            try:
                with stages("analysis"):
                    model = analyse(decode_photo(data), worn=category)
                with stages("prepare_garment"):
                    if by_hand:
                        garment = given_garment(model, decode_cut_out(by_hand[1], model.photo), category)
                    else:
                        garment = find_garment(model, category)
                    prepared, cut_out = self._engine.prepare_garment(garment), encode_cut_out(garment.mask)
                    return ReadyGarment(model, garment.category, prepared, index, cut_out, garment.certainty)
            except (PhotoRejected, GarmentRejected) as refusal:
                refusals.append(refusal)
        # The same fault in a product photo is the shop's to mend.
        raise GarmentRejected(refusals[0].code, str(refusals[0]))

    def dress(self, buyer: ReadyBuyer, garments: list[ReadyGarment], pose: str, stages: Stages) -> Card:
        """pose: "buyer", their own, or "product", that of the first garment's model."""
        warnings = _notes(buyer.person)
        wearer = buyer.prepared
        if pose == "product":
            with stages("repose"):
                wearer, posed = self._take_pose(buyer.person, garments[0].model)
            warnings += posed
        with stages("dress"):
            look = self._engine.dress(wearer, [garment.prepared for garment in garments])
        with stages("encode"):
            return Card(
                encode_look(look.rgb), encode_look(look.rgb, PREVIEW_WIDTH), tuple(dict.fromkeys([*warnings, *look.warnings]))
            )

    def _take_pose(self, person: Person, model: Person) -> tuple[Any, list[str]]:
        """The buyer in the model's pose, before what lies behind the model, prepared to be dressed."""
        background = prepare_buyer(model).background
        posed = load_reposer().repose(person, model)
        try:
            again = analyse(Photo(posed.on(background)))
        except PhotoRejected:
            raise PhotoRejected(
                "pose_not_possible", "This photo shows too little for the model's pose; keep your own."
            ) from None
        return self._engine.prepare_buyer(again), list(posed.warnings)


def _notes(person: Person) -> list[str]:
    notes = []
    if person.pose.people > 1:
        notes.append(f"{person.pose.people} people are in the photo: the main one is dressed")
    if person.missing:
        notes.append(f"the photo does not show the {', '.join(person.missing)}")
    return notes
