r"""The text of a page: bytes -> characters -> clean characters, with the way back.

Receipts count characters of the text as it came (``Text.original``); everything else reads the
clean text, in which what copying and scraping did is undone: escapes (``\&``, ``\>=``, ``&lt;``), odd
blanks, dashes and quotation marks, line ends, invisible characters.  ``Text.span`` leads back.

Of HTML, ``original`` is the text taken out of it: one line for each block, cells of a table between bars.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import SourceError

LARGEST = 1_000_000
"""The most characters a page may have; of HTML, after the text was taken out."""

_WIDEST = 4
"""So many bytes a character may take, tags included."""
_LONGEST = 2000
"""A sentence that is longer is cut at a blank."""
_EXPECTED = "the text of a page (UTF-8, UTF-16 or Windows-1252) or HTML"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{3,20})", re.I)
_HTML = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|\?xml[^>]*>\s*<!doctype html)\b", re.I | re.S
)
_TAGS = re.compile(r"</?(?:p|div|br|span|li|ul|td|tr|table|h[1-6]|script|style|section|a)\b[^<>]{0,300}>", re.I)
_TAGGED, _SPARSE = 3, 300
"""A text without the frame of HTML is HTML with so many tags, at least one in so many characters, some closing."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd\ufffe\uffff]")
_TEXTLESS = ("script", "style", "noscript", "template", "svg", "iframe", "select", "head")
_BLOCK_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fieldset|figcaption|figure|footer|form"
    r"|h[1-6]|header|hr"
    r"|li|main|nav|ol|option|p|pre|section|summary|table|tbody|thead|tfoot|tr|ul)\b[^<>]{0,2000}>",
    re.I,
)
_CELL_TAG = re.compile(r"<t[dh]\b[^<>]{0,2000}>", re.I)
_LINE, _CELL = "\ue000", "\ue001"

_PLAIN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\u00ad\ufeff\u200e\u200f", ""),
    **dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
    "\r\n": "\n",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\t": " ",
}
_CHANGES = re.compile(
    r"(?=[\\&~\t\r\x0b\x0c\x1c-\x1e\x85\xa0\xad\u02bc\u1680\u2000-\u206f\u2212\u3000\ufb00-\ufb04\ufe63\ufeff\uff0d])"
    r"(?:\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<entity>&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});)"
    r"|(?P<break>(?<=[a-z0-9.,;:)\]%])~+(?=[A-Z\-\u2022])|~~+)"
    r"|(?P<blank>[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])"
    r"|(?P<plain>\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029\u2010-\u2013\u2212\ufe63\uff0d\u2018-\u201f\u2032\u2033"
    r"\u02bc\u200b-\u200f\u2060\u00ad\ufeff\ufb00-\ufb04]))"
)

_END = re.compile(
    r"(?P<stop>[.!?]+(?:\d{1,2}(?:,\d{1,2})*(?=\s+[A-Z]))?[\"')\]]*(?=\s|$))"
    r"|(?P<glued>(?<=[a-z)\d%\]])[.?!](?=[A-Z][a-z])|(?<=[a-z)\]]{2})[.?!](?=[A-Z]{2}|[A-Z] ))"
    r"|(?P<line>(?<! )[ ]*\n\s*)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|etc|vs|dr|prof|mr|mrs|ms|st|al|approx|ca|cf|resp|incl|no|nos|fig|figs|ref|refs|dept"
    r"|univ|inc|ltd"
    r"|corp|co|u\.s|u\.k|i\.v|s\.c|p\.o|b\.i\.d|q\.d|t\.i\.d|ph\.d|m\.d|n\.b|min|max|jr|sr|art|sec|vol|pp))\.$",
    re.I,
)
_MAY_END = re.compile(
    r"\b(?:etc|inc|ltd|corp|co|al|u\.s|u\.k|i\.v|s\.c|p\.o|b\.i\.d|t\.i\.d|q\.d|min|max|no)\.$",
    re.I,
)
_AGENCY = re.compile(r"\s+(?:Food|FDA|Department|National|Centers|Army|Veterans)\b")
_INITIAL = re.compile(r"(?:^|[\s(.])(?:[A-Z][\w-]*[\s]|[A-Z]\.\s?)?[A-Z]\.$")
_LETTERED = re.compile(
    r"\b(?:groups?|arms?|types?|vitamin|parts?|cohorts?|hepatitis|factor|[cs]y?i?closporine?|stage|class"
    r"|immunoglobulin|protein"
    r"|schedule|appendix|interleukin|and|or|calcineurin|grade|ig)\s[A-Z]\.$",
    re.I,
)
_FOLLOWING = re.compile(r"[ ]*\n?[ ]*(\S?)")
_HANGING = re.compile(
    r"(?:,|\b(?:a|an|the|of|and|or|in|on|at|to|for|by|with|from|as|is|are|was|were|be|been|has|have|that"
    r"|which|who|than|"
    r"this|these|their|its|not|no|after|before|between|into|against))$"
)


@dataclass(frozen=True, slots=True)
class Text:
    r"""A page as text.

    Examples
    --------
    >>> text = of("MMT8 \\>= 80\xa0points")
    >>> text.clean, text.span(5, 7), text.original[5:8]
    ('MMT8 >= 80 points', (5, 8), '\\>=')
    """

    original: str
    """The text as it came; receipts count its characters."""
    clean: str
    """The text to read."""
    changes: tuple[tuple[int, int, int, int], ...] = ()
    """What was changed: start and end in the clean text, start and end in the original."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a place in the clean text.

        Examples
        --------
        >>> of("a &lt; b").span(2, 3)
        (2, 6)
        """
        return self._back(start, last=False), max(self._back(start, last=False), self._back(end, last=True))

    def quote(self, start: int, end: int) -> str:
        """Return what stands in the original at a place of the clean text.

        Examples
        --------
        >>> of("a &lt; b").quote(0, 3)
        'a &lt;'
        """
        first, last = self.span(start, end)
        return self.original[first:last]

    def _back(self, place: int, *, last: bool) -> int:
        index = bisect_right(self.changes, place - 1 if last else place, key=lambda change: change[0]) - 1
        if index < 0:
            return place
        _, end, start_there, end_there = self.changes[index]
        if place >= end:
            return end_there + place - end
        return end_there if last else start_there

    def lines(self) -> Iterator[tuple[int, int]]:
        r"""Yield the places of all lines that are not empty, without the blanks around them.

        Examples
        --------
        >>> list(of("Masking:\n\n  None ").lines())
        [(0, 8), (12, 16)]
        """
        for match in re.finditer(r"[^\s\n](?:[^\n]*[^\s\n])?", self.clean):
            yield match.span()

    def sentences(self) -> Iterator[tuple[int, int]]:
        r"""Yield the places of all sentences; a line is one unless it runs on into the next.

        Examples
        --------
        >>> [text.clean[start:end] for text in [of("It ended.Patients (e.g. Dr. No) left.\nSex\nAll")]
        ...  for start, end in text.sentences()]
        ['It ended.', 'Patients (e.g. Dr. No) left.', 'Sex', 'All']
        """
        clean, start = self.clean, 0
        for match in _END.finditer(clean):
            if match.end() <= start or not _ends(clean, start, match):
                continue
            end = match.start() if match["line"] is not None else match.end()
            yield from _pieces(clean, start, end)
            start = match.end()
        yield from _pieces(clean, start, len(clean))


def _pieces(clean: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        cut = clean.rfind(" ", start + 1, start + _LONGEST)
        cut = start + _LONGEST if cut < 0 else cut
        yield from _trimmed(clean, start, cut)
        start = cut
    yield from _trimmed(clean, start, end)


def _trimmed(clean: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and clean[start].isspace():
        start += 1
    while start < end and clean[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends(clean: str, start: int, match: re.Match[str]) -> bool:
    """Whether a full stop or a line end ends a sentence."""
    if match["line"] is not None:
        return not _runs_on(clean, match)
    if clean[match.start()] != ".":
        return not re.match(r"[ ]*[a-z]", clean[match.end() : match.end() + 3])
    place, before = match.end(), clean[max(start, match.start() - 24) : match.start() + 1]
    following = _FOLLOWING.match(clean, place)
    first = following[1] if following else ""
    if first.islower() and match["stop"] is not None and len(match["stop"]) == 1:
        return "\n" in clean[place : place + 2] and not _ABBREVIATION.search(before)
    if _AGENCY.match(clean, place) and before.endswith(".S."):
        return False
    if _ABBREVIATION.search(before):
        return not first or "\n" in clean[place : place + 2] or (first.isupper() and bool(_MAY_END.search(before)))
    return not (first and _INITIAL.search(before) and not _LETTERED.search(before))


def _runs_on(clean: str, match: re.Match[str]) -> bool:
    """Whether a line runs on into the next: hard line ends inside prose."""
    if match[0].count("\n") > 1 or match.end() >= len(clean):
        return False
    begin = clean.rfind("\n", 0, match.start()) + 1
    line = clean[max(begin, match.start() - 120) : match.start()]
    if len(line) < 40 or line[-1] in ".!?:;|":
        return False
    following = clean[match.end()]
    return following.islower() or (_HANGING.search(line) is not None and (following.isalnum() or following in '("'))


def of(original: str) -> Text:
    r"""Make the text of a page from characters.

    Examples
    --------
    >>> of("0\\~80, anti\u2011MDA5~Second line").clean
    '0~80, anti-MDA5\nSecond line'
    """
    parts: list[str] = []
    changes: list[tuple[int, int, int, int]] = []
    done = length = 0
    for match in _CHANGES.finditer(original):
        new = _changed(match)
        if new == match[0]:
            continue
        kept = original[done : match.start()]
        start = length + len(kept)
        changes.append((start, start + len(new), match.start(), match.end()))
        parts += (kept, new)
        length, done = start + len(new), match.end()
    parts.append(original[done:])
    return Text(original, "".join(parts), tuple(changes))


def _changed(match: re.Match[str]) -> str:
    if match["escaped"]:
        return match["escaped"]
    if match["entity"]:
        character = html.unescape(match["entity"])
        return " " if character == "\N{NO-BREAK SPACE}" else character if len(character) == 1 else match[0]
    if match["break"]:
        return "\n"
    return " " if match["blank"] else _PLAIN.get(match["plain"], match["plain"])


def read(data: bytes, where: str = "text") -> Text:
    r"""Make the text of a page from bytes: text in one of three encodings, or HTML.

    Raises
    ------
    SourceError
        If the bytes are not text, or a text without a word, or larger than any page.

    Examples
    --------
    >>> read("Étude".encode("cp1252")).clean
    'Étude'
    >>> read(b"<html><body><p>Sex</p><p>All &amp; <b>any</b></p></body></html>").clean
    'Sex\nAll & any'
    >>> read(b"12 3", "page.txt")
    Traceback (most recent call last):
        ...
    kg.errors.SourceError: page.txt: saw '12 3', expected a text with words in it
    """
    if len(data) > LARGEST * _WIDEST:
        raise SourceError(where, "", f"{len(data)} bytes", f"at most {LARGEST * _WIDEST} bytes")
    characters = _decode(data)
    if characters is None:
        raise SourceError(where, "", data[:40].decode("latin-1"), _EXPECTED)
    if _is_html(characters):
        characters = _from_html(characters)
    elif len(_CONTROL.findall(characters)) > len(characters) // 200:
        raise SourceError(where, "", characters[:40], _EXPECTED)
    if len(characters) > LARGEST:
        raise SourceError(where, "", f"{len(characters)} characters", f"at most {LARGEST} characters")
    if not re.search(r"[^\W\d_]{2}", characters):
        raise SourceError(where, "", characters[:40], "a text with words in it")
    return of(characters)


def _decode(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    head = data[:4000]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(head) >= 4 and head[first::2].count(0) > len(head) * 0.3:
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
    declared = _CHARSET.search(head)
    for encoding in (declared[1].decode() if declared else "cp1252", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    characters = data.decode("cp1252", "replace")
    return characters if characters.count("\ufffd") <= len(characters) // 200 else None


def _is_html(characters: str) -> bool:
    if _HTML.match(characters):
        return True
    start = characters[:20_000]
    tags = _TAGS.findall(start)
    closing = sum(tag.startswith("</") for tag in tags)
    return len(tags) >= max(_TAGGED, len(start) // _SPARSE) and closing * _TAGGED >= len(tags)


def _from_html(characters: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    marked = _CELL_TAG.sub(_CELL, _BLOCK_TAG.sub(_LINE, re.sub("[\ue000\ue001]", "", characters)))
    tree = LexborHTMLParser(marked)
    tree.strip_tags(list(_TEXTLESS))
    flat = re.sub(r"\s+", " ", tree.root.text() if tree.root else "")
    lines = (line.strip(f"{_CELL} ") for line in flat.split(_LINE))
    return "\n".join(re.sub(f" ?{_CELL} ?", " | ", line) for line in lines if line)
