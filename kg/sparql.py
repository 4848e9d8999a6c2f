"""Reads the text of a query as far as needed to send it to an engine; it is never evaluated here.

The words of a query are looked at outside of its texts, addresses and comments, after its escapes
are undone, as a parser does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.errors import QueryError

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
"""The forms of a query; anything else changes the store, or is no SPARQL."""

CHANGES = ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH")
"""The first words of what changes a store."""

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<text>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<iri><[^<>\"{}|^`\\\s]*>)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<name>(?:\w[\w.-]*)?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)"
    r"|(?P<word>@?\w+(?:-\w+)*)"
    r"|(?P<mark>\S)",
    re.DOTALL,
)
_KEPT = ("iri", "variable", "name", "word", "mark")


class Token(NamedTuple):
    """A word, name, address, variable or mark of a query."""

    kind: str
    """``iri``, ``variable``, ``name`` (with a prefix), ``word`` or ``mark``."""
    text: str
    start: int = 0
    """Where it starts in the query."""

    def is_word(self, word: str) -> bool:
        """Whether this is a keyword, in any capitals.

        >>> Token("word", "select").is_word("SELECT")
        True
        """
        return self.kind == "word" and self.text.upper() == word


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, without its texts and comments.

    >>> [token.text for token in tokens('ASK { ?s ex:p "SELECT" } # DESCRIBE')]
    ['ASK', '{', '?s', 'ex:p', '}']
    """
    for match in _TOKEN.finditer(_ESCAPE.sub(_character, query)):
        if match.lastgroup in _KEPT:
            yield Token(match.lastgroup, match[0], match.start())


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 else escape[0]


def form(query: str) -> str:
    """Name the form of a query by its first word after the prefixes, in capitals; empty if there is none.

    >>> form("PREFIX ask: <http://example.org/> select * {}")
    'SELECT'
    >>> form("LOAD <http://example.org/>")
    'LOAD'
    """
    found = iter(tokens(query))
    for token in found:
        if token.is_word("PREFIX"):
            next(found, None)
            next(found, None)
        elif token.is_word("BASE"):
            next(found, None)
        else:
            return token.text.upper() if token.kind == "word" else ""
    return ""


def refuse_changes(query: str) -> None:
    """Refuse what would change a store.

    Raises
    ------
    QueryError
        If the text is an update.

    Examples
    --------
    >>> refuse_changes("DROP ALL")
    Traceback (most recent call last):
    kg.errors.QueryError: DROP would change the store; only SELECT, ASK, CONSTRUCT, DESCRIBE are answered
    """
    found = form(query)
    if found in CHANGES:
        raise QueryError(f"{found} would change the store; only {', '.join(FORMS)} are answered")


def names(query: str, word: str) -> bool:
    """Whether a query uses a keyword.

    >>> names("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE")
    True
    >>> names('SELECT * { ?service ex:SERVICE "SERVICE" } # SERVICE', "SERVICE")
    False
    """
    return any(token.is_word(word) for token in tokens(query))


def prefixes(query: str) -> Mapping[str, str]:
    """Return the prefixes that a query declares.

    >>> prefixes("PREFIX myo: <https://w3id.org/myositis-kg/ontology/>")["myo"]
    'https://w3id.org/myositis-kg/ontology/'
    """
    found = list(tokens(query))
    return {
        name.text.removesuffix(":"): iri.text.strip("<>")
        for word, name, iri in zip(found, found[1:], found[2:], strict=False)
        if word.is_word("PREFIX") and name.kind == "name" and iri.kind == "iri"
    }


def graphs(query: str) -> tuple[tuple[str, ...], bool]:
    """Tell which graphs a query names after GRAPH, and whether it also leaves a graph open by a variable.

    >>> graphs("PREFIX g: <http://g/> SELECT * { GRAPH g:a { ?s ?p ?o } GRAPH ?g { ?s ?p ?o } }")
    (('http://g/a',), True)
    """
    known = prefixes(query)
    found = list(tokens(query))
    after = [token for word, token in pairwise(found) if word.is_word("GRAPH")]
    named: dict[str, None] = {}
    for token in after:
        prefix, _, local = token.text.partition(":")
        if token.kind == "iri":
            named[token.text.strip("<>")] = None
        elif token.kind == "name" and prefix in known:
            named[known[prefix] + local.replace("\\", "")] = None
    return tuple(named), any(token.kind == "variable" for token in after)


def undeclared(query: str) -> tuple[str, int, int] | None:
    r"""Find the first prefix that a query uses and does not declare, with its line and column.

    >>> undeclared("SELECT * {\n  ?s no:such ?o }")
    ('no', 2, 6)
    """
    known = prefixes(query)
    for token in tokens(query):
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in known and prefix != "_":
            before = query[: token.start]
            return prefix, before.count("\n") + 1, token.start - before.rfind("\n")
    return None


def group_end(query: str) -> int | None:
    """Find where the outermost group of a query ends, if something can be added to it there.

    Nothing can be added to a group that is a whole subquery, or that also is the template of a CONSTRUCT.

    >>> query = "SELECT ?s { ?s ?p ?o } LIMIT 5"
    >>> query[group_end(query) :]
    '} LIMIT 5'
    >>> group_end("SELECT ?s { SELECT ?s { ?s ?p ?o } }") is None
    True
    """
    if _ESCAPE.search(query):
        return None
    found = list(tokens(query))
    groups = _groups(found)
    if form(query) == "CONSTRUCT":
        groups = groups[1:]
    if not groups or found[groups[0][0] + 1].is_word("SELECT"):
        return None
    return found[groups[0][1]].start


def joined(query: str, values: str) -> str:
    """Join a query with a VALUES block.

    The block stands at the end of the outermost group, because Virtuoso does not join one after the query
    with all that the query selects; after the query, if it cannot stand there.

    >>> joined("ASK { ?s ?p ?o }", "VALUES (?o) { (5) }").splitlines()
    ['ASK { ?s ?p ?o ', 'VALUES (?o) { (5) }', '}']
    """
    end = group_end(query)
    return f"{query}\n{values}\n" if end is None else f"{query[:end]}\n{values}\n{query[end:]}"


def _groups(found: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the places of the outermost braces that stand outside of parentheses."""
    groups: list[tuple[int, int]] = []
    braces = parentheses = start = 0
    for place, token in enumerate(found):
        mark = token.text if token.kind == "mark" else ""
        parentheses += (mark == "(") - (mark == ")")
        if mark == "{" and not braces:
            start = place
        braces += (mark == "{") - (mark == "}")
        if mark == "}" and not braces and not parentheses:
            groups.append((start, place))
    return groups
