"""The refusals that somebody can act on. Everything else that goes wrong is a bug and is left to rise."""


class Refused(Exception):
    """Base of every refusal: a stable `code` for programs and one kind sentence for people."""

    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code = code

    def __reduce__(self):  # so that one process can tell another
        return type(self), (self.code, str(self))


class PhotoRejected(Refused):
    """The buyer can act: choose or take another photo."""


class GarmentRejected(Refused):
    """The shop can act: send another product photo or correct the category."""


class WeightsMissing(Refused):
    """The operator can act: the sentence names the command."""


class DataMissing(Refused):
    """Whoever trains or evaluates can act: the sentence says which files are missing."""
