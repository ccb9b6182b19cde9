"""XML from strangers, one element after another: no entities of its own, no files, no depth and no length without end."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers import expat

from primerka.service.feeds.offer import FeedRejected

LONGEST_ELEMENT = 1_000_000  # characters of one offer
LONGEST_TOKEN = 1 << 21  # bytes that expat may hold back (one tag, for example) and reads again with every chunk
DEEPEST = 64
_CHUNK = 1 << 16
# What ends too early, of expat's errors: nothing at all, an open tag, half a character, an open CDATA section, open elements.
_EARLY_ENDS = ("no element found", "unclosed token", "partial character", "unclosed CDATA section")
# Feeds use HTML's names of characters (&nbsp;, &laquo;) as if XML knew them.
_HTML_NAMES = "".join(
    f'<!ENTITY {name[:-1]} "{"".join(f"&#38;#{ord(character)};" for character in text)}">'
    for name, text in html5.items()
    if name.endswith(";") and name[:-1] not in ("amp", "lt", "gt", "quot", "apos", "AMP", "LT", "GT", "QUOT")
)


@dataclass
class Element:
    """line, name, attributes, its own text, and its children: (name, attributes, all text in them)."""

    line: int
    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    too_long: bool = False


def read_elements(stream: io.BufferedReader, wanted: frozenset[str], roots: frozenset[str]) -> Iterator[Element]:
    """Every element of a wanted name that lies in no other wanted one, as soon as it ends. Names keep their prefix.

    Raises FeedRejected: `feed_of_another_format` for another root element, `feed_entities`, `feed_truncated`, `feed_broken`,
    `feed_too_deep`, after all elements that ended before.
    """
    reader = _Reader(wanted, roots)
    parser = _parser(reader)
    fed, last = 0, False
    while not last:
        trouble = None
        try:
            chunk = stream.read(_CHUNK)
            fed += len(chunk)
            last = not chunk
            parser.Parse(chunk, last)
        except expat.ExpatError as error:
            trouble = _trouble(error, last)
        except FeedRejected as refusal:  # of the stream, or of a handler below
            trouble = refusal
        yield from reader.done
        reader.done.clear()
        if trouble:
            raise trouble from None
        if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
            raise FeedRejected("feed_broken", f"Line {parser.CurrentLineNumber} of the feed holds a tag that does not end.")


def _trouble(error: expat.ExpatError, last: bool) -> FeedRejected:
    message = expat.ErrorString(error.code)
    if last and message.startswith(_EARLY_ENDS):
        return FeedRejected("feed_truncated", f"The feed ends in the middle, at line {error.lineno}; send it whole.")
    return FeedRejected(
        "feed_broken", f"Line {error.lineno} of the feed is no valid XML ({message}); what follows is not read."
    )


def root_name(head: bytes) -> str | None:
    """The name of the outermost element, of the first bytes of XML; None if they are none."""
    names: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: names.append(name)
    try:
        parser.Parse(head, False)
    except (expat.ExpatError, ValueError, LookupError):
        return names[0] if names else None
    return names[0] if names else None


def _parser(reader: "_Reader"):
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    parser.EntityDeclHandler = _refuse_entity
    # The only external thing ever read is our own list of HTML's names, in place of whatever DTD is named.
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE)
    parser.UseForeignDTD(True)

    def names_instead(context, base, system_id, public_id):
        parser.EntityDeclHandler = None
        inner = parser.ExternalEntityParserCreate(context)
        inner.EntityDeclHandler = None
        inner.Parse(_HTML_NAMES, True)
        return 1

    parser.ExternalEntityRefHandler = names_instead
    reader.parser = parser
    return parser


def _refuse_entity(name, *_):
    raise FeedRejected("feed_entities", f"The feed declares the XML entity {name}; feeds may declare none.")


class _Reader:
    def __init__(self, wanted: frozenset[str], roots: frozenset[str]):
        self.wanted, self.roots, self.done = wanted, roots, []
        self.depth, self.start_depth, self.length = 0, 0, 0
        self.element: Element | None = None
        self.child: tuple[str, dict[str, str]] | None = None
        self.words: list[str] = []
        self.parser = None

    def start(self, name: str, attributes: dict[str, str]):
        if self.depth == 0 and name not in self.roots:
            raise FeedRejected(
                "feed_of_another_format", f"The feed begins with <{name[:40]}>, which is none of the known formats."
            )
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeedRejected("feed_too_deep", f"Line {self.parser.CurrentLineNumber} of the feed is nested too deeply.")
        if self.element is None:
            if name in self.wanted:
                self.element = Element(self.parser.CurrentLineNumber, name, attributes)
                self.start_depth, self.length, self.words = self.depth, 0, []
            return
        self.length += len(name) + sum(len(key) + len(value) for key, value in attributes.items())
        if self.depth == self.start_depth + 1:
            self.element.text += "".join(self.words)
            self.child, self.words = (name, attributes), []
        elif self.words:
            self.words.append("\n")

    def characters(self, text: str):
        if self.element is None:
            return
        self.length += len(text)
        if self.length <= LONGEST_ELEMENT:
            self.words.append(text)
        else:
            self.element.too_long = True

    def end(self, name: str):
        if self.element is not None:
            if self.depth == self.start_depth + 1:
                if self.length <= LONGEST_ELEMENT:
                    self.element.children.append((*self.child, "".join(self.words)))
                self.words = []
            elif self.depth == self.start_depth:
                self.element.text += "".join(self.words)
                self.done.append(self.element)
                self.element, self.words = None, []
        self.depth -= 1
