"""Families of drugs, mechanisms, targets and processes: the set of things that a few words name.

A person asks for ``JAK``, ``CTLA-4``, ``co-stimulation``, ``complement`` or ``FcRn``, which are names
of no single thing.  Words name a thing if they stand in one of its names next to each other, as whole
words; a letter and the number after it are two words, so that ``JAK`` stands in ``JAK1`` and ``CD2``
does not stand in ``CD20``.  Words that only say that something is worked on (``inhibitor``,
``blockade``, ``anti``) do not count.

Parts joined by a slash, a comma or ``and`` are looked up one by one if the whole names nothing.  Words
name a **mechanism**, the first that holds:

1. by *process*, if they are the whole name of one that the mechanism changes or takes part in;
2. by *class* of its drug, or by *target*; what modulates several targets at once (immunoglobulin)
   counts by target only if nothing acts on them otherwise;
3. by *origin* of the molecule (``CTLA-4 fusion protein``);
4. by *process* that it blocks, inhibits or promotes; in ``complement-dependent`` the word
   ``complement`` tells how something happens, not what, and does not count;
5. by *drug* that acts in this way.

So ``FcRn`` means the FcRn blockers, and not whatever touches IgG recycling.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeVar

from kg.lexicon import is_word, tokens
from kg.names import own
from kg.store import Store, Term

Made = TypeVar("Made")
Found = tuple[Mapping[str, str], str, Collection[str]]
"""Labels of all things, how members were found, and the members."""
LookUp = Callable[[str], Found]

_FAMILIES = {
    "drug": "class",
    "drugclass": "class",
    "measure": "name",
    "mechanism": "",
    "organisation": "name",
    "process": "process",
    "target": "target",
}
"""The kinds that have families, and by what their members are found."""
_PARTS = re.compile(r"[/,;+&]|\band\b|\bor\b")

_GENERIC_WORDS = (
    "inhibitor inhibition inhibiting blocker blockade blocking antagonist antagonism agonist agonism modulator "
    "modulation modulating pathway signaling signal family drug therapy agent anti targeting target targeted "
    "mechanism"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_SPELLINGS = {"signalling": "signaling", "tumour": "tumor", "costimulatory": "costimulation"}

_NAMES = """
PREFIX concept: <https://w3id.org/myositis-kg/concept/>
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?mechanism ?label ?way ?name ?broad
WHERE {
  { BIND ("class" AS ?way) ?mechanism myo:mechanismOf/myo:drugClass/skos:prefLabel ?name . }
  UNION { BIND ("target" AS ?way) ?mechanism myo:target/(skos:prefLabel|skos:altLabel) ?name . }
  UNION { BIND ("origin" AS ?way) ?mechanism myo:origin ?name . }
  UNION { BIND ("process" AS ?way) ?mechanism (myo:blocks|myo:inhibits|myo:promotes)/skos:prefLabel ?name . }
  UNION { BIND ("part" AS ?way) ?mechanism (myo:process|myo:pathway)/skos:prefLabel ?name . }
  UNION { BIND ("drug" AS ?way) ?mechanism myo:mechanismOf/(skos:prefLabel|skos:altLabel) ?name . }
  ?mechanism skos:prefLabel ?label .
  BIND (EXISTS {
    ?mechanism
      myo:action concept:ActionModulates ;
      myo:target ?one , ?other .
    FILTER (?one != ?other)
  } AS ?broad)
}
"""
_DRUGS = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?thing ?label ?name
WHERE {
  ?thing
    myo:drugClass/skos:prefLabel ?name ;
    skos:prefLabel ?label .
}
"""
_LABELS = """
PREFIX myo: <https://w3id.org/myositis-kg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?thing ?label ?name
WHERE {
  ?thing
    skos:prefLabel ?label ;
    skos:prefLabel|skos:altLabel|myo:abbreviation ?name .
  FILTER (STRSTARTS(STR(?thing), "STEM"))
}
"""


def words(text: str) -> tuple[str, ...]:
    """Cut a text into its words and numbers, plural and British spelling aside.

    >>> words("anti-TNF CAR-T cells"), words("IL-6 signalling")
    (('anti', 'tnf', 'car', 't', 'cell'), ('il', '6', 'signaling'))
    """
    found = (token for token in tokens(text.replace("_", " ")) if is_word(token))
    return tuple(_SPELLINGS.get(word, word) for word in map(_singular, found))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


def essence(text: str) -> str:
    """Return the words of a text that say what it is about, joined.

    >>> essence("JAK inhibitors"), essence("co-stimulation"), essence("anti-CD20")
    ('jak', 'costimulation', 'cd20')
    """
    told = [word for word in words(text) if word not in _GENERIC]
    return "".join(told or words(text))


def stands_in(wanted: str, name: str) -> bool:
    """Whether joined words stand in a name next to each other, as whole words.

    >>> stands_in("jak", "Janus kinase (JAK) inhibitor"), stands_in("jak", "JAK1"), stands_in("cd2", "CD20")
    (True, True, False)
    >>> stands_in("complement", "complement-dependent cytotoxicity")
    False
    """
    parts = words(name)
    for start in range(len(parts)):
        joined = ""
        for stop in range(start, len(parts)):
            joined += parts[stop]
            if not wanted.startswith(joined):
                break
            if joined == wanted:
                if parts[stop + 1 : stop + 2] != ("dependent",):
                    return True
                break
    return False


class _Named(NamedTuple):
    thing: str
    name: str
    broad: bool = False


def find(store: Store, kind: str, text: str, make: Callable[..., Made]) -> Made | None:
    """Find the family that words name.

    Parameters
    ----------
    store
        Where to look.
    kind
        The kind of its members; not every kind has families.
    text
        The words.
    make
        Makes the answer from the text, the terms and labels of the members and how they were found.

    Returns
    -------
    object
        None if the words name no member.

    Examples
    --------
    >>> from kg.store import Embedded
    >>> label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    >>> store = Embedded()
    >>> store.load([f'<{own("target", name)}> {label} "{name}"@en .' for name in ("JAK1", "JAK2", "TYK2")])
    >>> find(store, "target", "JAK", lambda text, terms, labels, how: labels)
    ('JAK1', 'JAK2')
    """
    parts = list(dict.fromkeys(part for part in _PARTS.split(text) if words(part)))
    if kind not in _FAMILIES or not parts:
        return None
    look_up = _mechanisms(store) if kind == "mechanism" else _named(store, kind)
    labels, how, members = look_up(text)
    if not members and len(parts) > 1:
        found = [look_up(part) for part in parts]
        if all(some for _, _, some in found):
            how, members = found[0][1], {member for _, _, some in found for member in some}
    if not members:
        return None
    ordered = sorted(members, key=lambda thing: (labels[thing].casefold(), thing))
    return make(text, tuple(Term(thing, "iri") for thing in ordered), tuple(labels[t] for t in ordered), how)


def _named(store: Store, kind: str) -> LookUp:
    rows = store.select(_DRUGS if kind == "drug" else _LABELS.replace("STEM", own(kind, ""))).texts()
    labels = {row["thing"]: row["label"] for row in rows}

    def look_up(text: str) -> Found:
        return labels, _FAMILIES[kind], {row["thing"] for row in rows if stands_in(essence(text), row["name"])}

    return look_up


def _mechanisms(store: Store) -> LookUp:
    labels: dict[str, str] = {}
    ways: dict[str, list[_Named]] = defaultdict(list)
    for row in store.select(_NAMES).texts():
        labels[row["mechanism"]] = row["label"]
        ways[row["way"]].append(_Named(row["mechanism"], row["name"], row["broad"] == "true"))
    return lambda text: (labels, *_acting(ways, text))


def _acting(ways: Mapping[str, list[_Named]], text: str) -> tuple[str, Collection[str]]:
    whole = "".join(words(text))
    exact = {one.thing for one in ways["process"] + ways["part"] if "".join(words(one.name)) == whole}
    if exact:
        return "process", exact

    def among(*names: str) -> list[_Named]:
        return [one for name in names for one in ways.get(name, ()) if stands_in(essence(text), one.name)]

    by_class, by_target = ({one.thing for one in among(way)} for way in ("class", "target"))
    broad = {one.thing for one in among("target") if one.broad}
    acting = by_class | (by_target - broad) or by_target
    if acting:
        how = " and ".join(way for way, found in (("class", by_class), ("target", acting & by_target)) if found)
        return how, acting
    for way in ("origin", "process", "drug"):
        found = {one.thing for one in among(way)}
        if found:
            return way, found
    return "", ()
