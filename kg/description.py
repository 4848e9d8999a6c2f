"""The description of the dataset in VoID, DCAT and PROV: what it is, and how much of what it holds.

What it is stands in the union, and changes only with the sources.  How much there is, class by class,
property by property and link by link, stands in a graph of its own outside of the union: counts change
with every fact, and a changed fact shall stay a changed line.  Both are about the union.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import kg
from kg import serialise, terms
from kg.names import BASE, PREFIXES, own, shrink

DATASET = own("graph", "dataset")
STATISTICS = own("graph", "statistics")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

EXAMPLES = (
    own("disease", "dermatomyositis"),
    own("drug", "abatacept"),
    own("mechanism", "abatacept-binds-cd80-cd86"),
    own("trial", "NCT02971683"),
)
"""Things to look at first."""

_FILES = {"myositis.nq": "nquads", "myositis.ttl": "turtle"}
_MEDIA = "https://www.iana.org/assignments/media-types/"
_TYPE, _LABEL = PREFIXES["rdf"] + "type", PREFIXES["skos"] + "prefLabel"
_DCAT, _DCTERMS, _PROV, _VOID = (PREFIXES[name] for name in ("dcat", "dcterms", "prov", "void"))
_TEXT = PREFIXES["rdf"] + "langString"
_MATCHES = {f"{PREFIXES['skos']}{name}Match" for name in ("exact", "close")}


def _line(subject: str, predicate: str, value: str) -> str:
    return f"{terms.iri(subject)} {terms.iri(predicate)} {value}"


def _thing(subject: str, classes: Iterable[str], label: str) -> Iterator[str]:
    yield from (_line(subject, _TYPE, terms.iri(one)) for one in classes)
    yield _line(subject, _LABEL, terms.label(label))


def head(records: Iterable[str], things: Collection[str], triples: int) -> list[str]:
    """Say what the dataset is.

    Parameters
    ----------
    records
        IRIs of the records that it is made from.
    things
        Subjects that it describes, as N-Triples terms, to choose the examples from.
    triples
        How many statements its union has without this description.

    Examples
    --------
    >>> [line for line in head([], (), 7) if line.endswith("integer>")][0].split(" ")[2][:3]
    '"7"'
    """
    lines = [
        *_thing(DATASET, (_DCAT + "Dataset", _VOID + "Dataset"), "Myositis therapy knowledge graph"),
        _line(DATASET, _DCTERMS + "title", terms.label("Myositis therapy knowledge graph")),
        _line(DATASET, _DCTERMS + "description", terms.label(
            "Facts of clinical trials of myositis therapies: drugs, mechanisms, diseases, outcome measures and "
            "results, each with the record and the place in it that say so."
        )),
        _line(DATASET, _DCTERMS + "creator", terms.text("Myositis KG curators")),
        _line(DATASET, _DCTERMS + "license", terms.iri(LICENCE)),
        _line(DATASET, PREFIXES["owl"] + "versionInfo", terms.text(kg.__version__)),
        _line(DATASET, _DCAT + "version", terms.text(kg.__version__)),
        _line(DATASET, _VOID + "uriSpace", terms.text(BASE)),
        _line(DATASET, _VOID + "triples", terms.integer(triples)),
        _line(DATASET, _VOID + "vocabulary", terms.iri(PREFIXES["myo"])),
        _line(DATASET, _VOID + "subset", terms.iri(STATISTICS)),
        *_thing(STATISTICS, (_VOID + "Dataset",), "counts of what the dataset holds"),
        *(_line(DATASET, _VOID + "exampleResource", terms.iri(one)) for one in EXAMPLES if terms.iri(one) in things),
        *(_line(DATASET, _PROV + "wasDerivedFrom", terms.iri(record)) for record in sorted(records)),
    ]  # fmt: skip
    for name, syntax in _FILES.items():
        form = serialise.FORMATS[syntax]
        place = own("distribution", syntax)
        lines += [
            _line(DATASET, _DCAT + "distribution", terms.iri(place)),
            *_thing(place, (_DCAT + "Distribution",), name),
            _line(place, _DCTERMS + "title", terms.label(name)),
            _line(place, _DCTERMS + "license", terms.iri(LICENCE)),
            _line(place, _DCAT + "mediaType", terms.iri(_MEDIA + form.media_type)),
            _line(_MEDIA + form.media_type, PREFIXES["rdfs"] + "label", terms.label(form.media_type)),
        ]
    return lines


def statistics(lines: Sequence[str]) -> list[str]:
    """Count what some statements hold.

    Parameters
    ----------
    lines
        N-Triples lines without the closing dot.

    Returns
    -------
    list of str
        Partitions by class, by property of a class, and by class or datatype of its values; and the sets
        of links to identifiers elsewhere.

    Examples
    --------
    >>> found = statistics([f"<http://x/a> <{_TYPE}> <{PREFIXES['myo']}Trial>"])
    >>> [line.split(" ")[2][:3] for line in found if "entities" in line]
    ['"1"']
    """
    classes: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate == terms.iri(_TYPE):
            classes[subject].append(value[1:-1])
    return sorted({*_partitions(lines, classes), *_linksets(lines)})


def _partitions(lines: Iterable[str], classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    entities = Counter(one for found in classes.values() for one in found)
    triples: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        kinds = (
            classes.get(value, ()) if terms.is_iri(value) else [terms.parts(value)[1] or PREFIXES["rdf"] + "langString"]
        )
        for one in classes.get(subject, ()):
            triples.update([(one,), (one, predicate[1:-1]), *((one, predicate[1:-1], kind) for kind in kinds)])
    for one, count in entities.items():
        place = own("partition", _local(one))
        yield _line(DATASET, _VOID + "classPartition", terms.iri(place))
        yield _line(place, _VOID + "class", terms.iri(one))
        yield _line(place, _VOID + "entities", terms.integer(count))
    for key, count in triples.items():
        place, above = (own("partition", "-".join(map(_local, steps))) for steps in (key, key[:-1]))
        yield from _thing(place, (_VOID + "Dataset",), " / ".join(map(shrink, key)))
        yield _line(place, _VOID + "triples", terms.integer(count))
        if len(key) == 2:
            yield _line(above, _VOID + "propertyPartition", terms.iri(place))
            yield _line(place, _VOID + "property", terms.iri(key[1]))
        if len(key) == 3:
            yield from _values(above, place, key[2])


def _values(above: str, place: str, kind: str) -> Iterator[str]:
    """Say of what class or datatype the values of a property are."""
    if kind.startswith((PREFIXES["xsd"], PREFIXES["rdf"])):
        yield _line(above, PREFIXES["voidext"] + "datatypePartition", terms.iri(place))
        yield _line(place, PREFIXES["voidext"] + "datatype", terms.iri(kind))
    else:
        yield _line(above, _VOID + "classPartition", terms.iri(place))
        yield _line(place, _VOID + "class", terms.iri(kind))


def _linksets(lines: Iterable[str]) -> Iterator[str]:
    counted: Counter[tuple[str, str]] = Counter()
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate[1:-1] in _MATCHES and subject.startswith(f"<{BASE}") and not value.startswith(f"<{BASE}"):
            counted[predicate[1:-1], shrink(value[1:-1]).partition(":")[0]] += 1
    for (predicate, prefix), count in counted.items():
        name = _local(predicate)
        place, other = own("linkset", f"{name}-{_local(prefix)}"), own("linkset", _local(prefix))
        yield from _thing(place, (_VOID + "Linkset",), f"{shrink(predicate)} to {prefix}")
        yield _line(DATASET, _VOID + "subset", terms.iri(place))
        yield _line(place, _VOID + "linkPredicate", terms.iri(predicate))
        yield _line(place, _VOID + "subjectsTarget", terms.iri(DATASET))
        yield _line(place, _VOID + "objectsTarget", terms.iri(other))
        yield _line(place, _VOID + "triples", terms.integer(count))
        yield from _thing(other, (_VOID + "Dataset",), prefix)
        yield _line(other, _VOID + "uriSpace", terms.text(PREFIXES.get(prefix, prefix)))


def _local(iri: str) -> str:
    """Return a name for the end of an own IRI: ``Trial``, ``skos-prefLabel``."""
    return re.sub("[^A-Za-z0-9._]+", "-", shrink(iri).removeprefix("myo:")).strip("-")
