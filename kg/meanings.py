"""What a person's words mean: name -> the entities of a kind that they stand for.

A person writes ``Orencia``, ``IBM``, ``refractory``, ``JAK`` or ``FcRn blockade``.  A name means, in
this order:

1. an IRI, a CURIE or the last part of an IRI: that thing;
2. a whole name, preferred or other, abbreviation, acronym or code: the thing that has it, whatever
   capitals, hyphens and spaces are used;  if several have it, they are shown as candidates;
3. where the kind has families (drugs, classes, mechanisms, targets, processes): all members that
   the words name, see `kg.families`;
4. a misspelling of one long name, and of no second one;
5. nothing, and the nearest names are shown.

Nothing is guessed silently: a `Meaning` says what was found, and how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kg import families
from kg.errors import QueryError
from kg.lexicon import is_word, tokens
from kg.names import PREFIXES, VERBATIM, own, shrink, slug
from kg.store import Store, Term

_SHOWN = 6
"""The most members of a family that are named when it is shown."""
_LONG = 8
"""The shortest name, in letters, of which a misspelling is believed."""
_VERY_LONG = 14
"""The shortest name in which two letters may be wrong."""


_NEAR = 60
"""How near (0 to 100) a name must be to be shown."""


class Meaning(NamedTuple):
    """What a text means."""

    text: str
    terms: tuple[Term, ...]
    labels: tuple[str, ...]
    how: str = ""
    """How it was found, if not by a whole name."""

    def __str__(self) -> str:
        r"""Say what was found, for a person.

        >>> print(Meaning("Orencia", (Term("http://d/1", "iri"),), ("abatacept",)))
        abatacept (Orencia)
        >>> print(Meaning("JAK", (Term("http://t/1", "iri"), Term("http://t/2", "iri")), ("JAK1", "JAK2"), "target"))
        JAK (target): JAK1; JAK2
        """
        if len(self.labels) == 1 and self.how in ("", "misspelling"):
            same = self.labels[0].casefold() == self.text.casefold()
            how = f", {self.how}" if self.how else ""
            return self.labels[0] if same else f"{self.labels[0]} ({self.text}{how})"
        more = len(self.labels) - _SHOWN
        shown = "; ".join(self.labels[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        return f"{self.text} ({self.how}): {shown}"


def find(store: Store, kind: str, text: str, scheme: str = "") -> Meaning:
    """Find what a text means.

    Parameters
    ----------
    store
        Where to look.
    kind
        The kind of entity, for example ``drug``; ``text`` for a plain text, ``integer`` for a number.
    text
        What a person wrote.
    scheme
        The code list, if the kind is ``concept``.

    Raises
    ------
    QueryError
        If it means nothing, or several things of which only one can be meant.

    Examples
    --------
    >>> from kg.store import Embedded
    >>> store = Embedded()
    >>> store.load(['<https://w3id.org/myositis-kg/drug/abatacept> '
    ...             '<http://www.w3.org/2004/02/skos/core#altLabel> "Orencia"@en .'])
    >>> find(store, "drug", "orencia").terms[0].value
    'https://w3id.org/myositis-kg/drug/abatacept'
    """
    text = " ".join(text.split())
    if kind in ("text", "integer"):
        return _literal(kind, text)
    names = _names(store, kind, scheme)
    one = _by_identifier(store, names, kind, text) or names.whole(text)
    if one and kind == "measure":
        return _with_narrower(store, one)
    return one or families.find(store, kind, text, Meaning) or names.misspelt(text) or names.refuse(text)


THINGS = (
    "trial", "drug", "mechanism", "disease", "measure", "target", "process", "drugclass", "celltype", "organisation",
    "country",
)  # fmt: skip
"""The kinds of things that people know by name."""


def anything(store: Store, text: str) -> Meaning:
    """Find the one thing, of whatever kind, that a text means; an IRI or a CURIE may name any thing at all.

    Raises
    ------
    QueryError
        If it means nothing, or several things.

    Examples
    --------
    >>> from kg.store import Embedded
    >>> store = Embedded()
    >>> store.load(['<https://w3id.org/myositis-kg/drug/abatacept> '
    ...             '<http://www.w3.org/2004/02/skos/core#prefLabel> "abatacept"@en .'])
    >>> anything(store, "abatacpt").labels
    ('abatacept',)
    """
    text = " ".join(text.split())
    stems = tuple(own(kind, "") for kind in THINGS)
    rows = store.select(_NAMED.replace("STEM", own("", "").rstrip("/"))).texts()
    names = Names("thing", ((r["thing"], r["naming"], r["name"]) for r in rows if r["thing"].startswith(stems)))
    keys = {iri.rpartition("/")[2].casefold(): iri for iri in sorted(names.labels, reverse=True)}
    known = keys.get(text.casefold(), text)
    return _by_identifier(store, names, "", known) or names.whole(text) or names.misspelt(text) or names.refuse(text)


def _literal(kind: str, text: str) -> Meaning:
    if kind == "text":
        return Meaning(text, (Term(text, "literal", PREFIXES["xsd"] + "string"),), (text,))
    try:
        number = str(int(text))
    except ValueError:
        raise QueryError(f"{text!r} is no whole number") from None
    return Meaning(text, (Term(number, "literal", PREFIXES["xsd"] + "integer"),), (number,))


_NARROWER = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT DISTINCT ?measure ?narrower ?label
WHERE {
  ?narrower
    skos:broader+ ?measure ;
    skos:prefLabel ?label .
}
ORDER BY ?label
"""


def _with_narrower(store: Store, one: Meaning) -> Meaning:
    rows = store.select(_NARROWER, {"measure": one.terms[0]}).texts()
    if not rows:
        return one
    terms = (*one.terms, *(Term(row["narrower"], "iri") for row in rows))
    return Meaning(one.text, terms, (*one.labels, *(row["label"] for row in rows)), "with narrower measures")


_DESCRIBED = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?label WHERE { ?thing skos:prefLabel ?label } ORDER BY ?label LIMIT 1
"""


def _by_identifier(store: Store, names: Names, kind: str, text: str) -> Meaning | None:
    prefix, colon, local = text.partition(":")
    if text.startswith(("http://", "https://")):
        iri = text
    elif colon and prefix in PREFIXES and " " not in local:
        iri = PREFIXES[prefix] + local
    else:
        iri = own(kind, text if kind in VERBATIM else slug(text))
        if not kind or iri not in names.labels:
            return None
    if iri in names.labels:
        return Meaning(text, (Term(iri, "iri"),), (names.labels[iri],))
    rows = store.select(_DESCRIBED, {"thing": Term(iri, "iri")}).texts()
    if not rows:
        raise QueryError(f"nothing in the graph is {text!r}")
    if kind and names.labels and not iri.startswith(own(kind, "")):
        raise QueryError(f"{shrink(iri)} is no {kind}")
    return Meaning(text, (Term(iri, "iri"),), (rows[0]["label"],))


_NAMED = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?thing ?naming ?name
WHERE {
  VALUES ?naming {
    skos:prefLabel skos:altLabel skos:hiddenLabel skos:notation
    myo:abbreviation myo:acronym myo:otherId myo:countryCode
  }
  ?thing ?naming ?name .
  FILTER (STRSTARTS(STR(?thing), "STEM"))
}
"""
_CONCEPTS = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?thing ?scheme ?naming ?name
WHERE {
  VALUES ?naming { skos:prefLabel skos:altLabel skos:notation }
  ?thing
    skos:inScheme ?scheme ;
    ?naming ?name .
}
"""


def _names(store: Store, kind: str, scheme: str) -> Names:
    if scheme:
        rows = store.select(_CONCEPTS, {"scheme": Term(own("concept", scheme), "iri")}).texts()
        return Names(scheme, ((row["thing"], row["naming"], row["name"]) for row in rows))
    rows = store.select(_NAMED.replace("STEM", own(kind, ""))).texts()
    return Names(kind, ((row["thing"], row["naming"], row["name"]) for row in rows))


def key(text: str) -> str:
    """Reduce a name to what must agree: lower-case letters and digits, Greek letters by name.

    >>> key("CTLA-4 Ig") == key("ctla4ig"), key("IFN-β")
    (True, 'ifnbeta')
    """
    return "".join(token for token in tokens(text) if is_word(token))


class Names:
    """The names of the entities of one kind.

    Parameters
    ----------
    kind
        What to call the kind.
    rows
        Entity, naming property and name.

    Examples
    --------
    >>> label = "http://www.w3.org/2004/02/skos/core#prefLabel"
    >>> names = Names("drug", [("http://d/1", label, "abatacept"), ("http://d/2", label, "belatacept")])
    >>> names.whole("Abatacept").labels, names.misspelt("abatecept").labels
    (('abatacept',), ('abatacept',))
    >>> names.refuse("ciclosporin")
    Traceback (most recent call last):
    kg.errors.QueryError: no drug is named 'ciclosporin'
    """

    def __init__(self, kind: str, rows: Iterable[tuple[str, str, str]]) -> None:
        self.kind = kind
        self.labels: dict[str, str] = {}
        """IRI -> preferred name."""
        self._names: dict[str, str] = {}
        self._things: Mapping[str, set[str]] = defaultdict(set)
        for thing, naming, name in sorted(rows):
            self.labels.setdefault(thing, name)
            if naming.endswith("prefLabel"):
                self.labels[thing] = name
            self._things[key(name)].add(thing)
            self._names.setdefault(name, thing)

    def whole(self, text: str) -> Meaning | None:
        """Return the entity that has a name.

        Raises
        ------
        QueryError
            If several entities have it.
        """
        things = sorted(self._things.get(key(text), ()))
        preferred = [thing for thing in things if key(self.labels[thing]) == key(text)]
        if len(preferred) == 1:
            things = preferred
        if len(things) > 1:
            shown = ", ".join(f"{self.labels[thing]!r} ({shrink(thing)})" for thing in things)
            raise QueryError(f"{text!r} names more than one {self.kind}: {shown}; give one of them")
        return self._meaning(text, things[0], "") if things else None

    def misspelt(self, text: str) -> Meaning | None:
        """Return the only entity of which a text is a misspelling: one letter off, two if it is very long."""
        wanted = key(text)
        allowed = 2 if len(wanted) >= _VERY_LONG else 1
        if len(wanted) < _LONG or not wanted.isalpha():
            return None
        near = {
            thing
            for known, things in self._things.items()
            if known[:1] == wanted[0] and OSA.distance(wanted, known, score_cutoff=allowed) <= allowed
            for thing in things
        }
        return self._meaning(text, near.pop(), "misspelling") if len(near) == 1 else None

    def refuse(self, text: str) -> Meaning:
        """Say that no entity has a name, and which names are near.

        Raises
        ------
        QueryError
            Always.
        """
        raise QueryError(f"no {self.kind} is named {text!r}{near(text, list(self._names))}")

    def _meaning(self, text: str, thing: str, how: str) -> Meaning:
        return Meaning(text, (Term(thing, "iri"),), (self.labels[thing],), how)


def near(text: str, names: Sequence[str], limit: int = 3) -> str:
    """Say which names are near a text, as the end of a message; empty if there are no names.

    >>> near("abatecept", ["abatacept", "zilucoplan"], 1)
    "; did you mean 'abatacept'?"
    """
    alike = sorted({name for name in names if 2 * len(name) >= min(len(text), 8)})
    found = process.extract(text, alike, scorer=fuzz.WRatio, processor=str.casefold, limit=limit, score_cutoff=_NEAR)
    return f"; did you mean {', '.join(repr(name) for name, _, _ in found)}?" if found else ""
