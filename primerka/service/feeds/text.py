"""Text of feeds: markup taken off, white space in order, links that are links."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

_BLOCKS = frozenset("address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p section table td th tr ul".split())
_SILENT = frozenset(("script", "style", "template"))


class _Text(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        if tag in _BLOCKS:
            self.words.append("\n")
        self.silent += tag in _SILENT

    def handle_startendtag(self, tag, attributes):
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self.words.append("\n")
        if tag in _SILENT and self.silent:
            self.silent -= 1

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


def plain_text(html: str) -> str:
    """What a reader would see of HTML, or of text: a line for each block, no empty lines, no markup."""
    if "<" in html or "&" in html:
        parser = _Text()
        parser.feed(html)
        parser.close()
        html = "".join(parser.words)
    lines = (" ".join(line.split()) for line in html.splitlines())
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Plain text on one line, for titles and names."""
    return " ".join(plain_text(text).split())


def page_link(text: str) -> str:
    """The link if it is one of http or https, else "": what a page shows must not be a script."""
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s\x00-\x1f]", text) else ""


def picture_links(texts) -> tuple[str, ...]:
    """Links and relative paths among the texts, each once, in their order; other schemes are left out."""
    found: dict[str, None] = {}
    for text in texts:
        text = text.strip()
        if text and "\n" not in text and (page_link(text) or not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", text)):
            found[text] = None
    return tuple(found)


def split_list(text: str) -> list[str]:
    """Values between commas, semicolons or bars; a comma between digits is a decimal one ("42,5")."""
    return [part.strip() for part in re.split(r"[;|]|(?<!\d),|,(?!\d)", text) if part.strip()]


def unique(values) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
