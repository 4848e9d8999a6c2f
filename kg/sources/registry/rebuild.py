"""The posted results of a trial, rebuilt as JSON from the graph: the proof that nothing of them was lost.

What is rebuilt equals the source once both are normalised:

* keys that are left out (``data/registry/left-out.tsv``) and keys without a value are gone;
* lists whose order means nothing are sorted: groups, figures, denominators and adverse events.
  Periods, milestones, measures, classes, categories and analyses keep their order.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from kg import terms
from kg.contract import ClassContract, Contract, Field
from kg.names import PREFIXES
from kg.records import Trial
from kg.registration import Registration
from kg.sources.registry.form import Form, Value
from kg.sources.registry.judgement import NO_NAME
from kg.sources.registry.keys import Known, is_hollow, known_keys, left_out
from kg.sources.registry.protocol import FORMS
from kg.sources.registry.values import flag, size, whole

Graph = Mapping[str, Mapping[str, list[str]]]
"""Subject -> predicate -> objects, all as N-Triples terms."""

RESULTS = "resultsSection"
"""The key of posted results in a study."""

MODULES = (
    "adverseEventsModule", "baselineCharacteristicsModule", "moreInfoModule", "outcomeMeasuresModule",
    "participantFlowModule",
)  # fmt: skip
"""The parts of posted results."""

_UNORDERED = frozenset(
    {"achievements", "counts", "denoms", "eventGroups", "groupIds", "groups", "measurements", "otherEvents",
     "reasons", "seriousEvents", "stats"}
)  # fmt: skip
_POSITION = PREFIXES["myo"] + "position"


def index(lines: Iterable[str]) -> Graph:
    """Arrange N-Triples lines without the closing dot for looking up.

    >>> index(['<http://a> <http://b> "c"'])["<http://a>"]["<http://b>"]
    ['"c"']
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        found[subject][predicate].append(value)
    return found


class Rebuilder:
    """Rebuilds posted results.

    Parameters
    ----------
    contract
        The contract by which the graph was made.
    graph
        The graph of one registry record.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> lines = ['<https://w3id.org/myositis-kg/trial/NCT1> <https://w3id.org/myositis-kg/ontology/limitations> "few"']
    >>> Rebuilder(read(root() / "ontology"), index(lines)).results("https://w3id.org/myositis-kg/trial/NCT1")
    {'moreInfoModule': {'limitationsAndCaveats': {'description': 'few'}}}
    """

    def __init__(self, contract: Contract, graph: Graph) -> None:
        self._contract, self._graph = contract, graph

    def results(self, trial: str) -> dict[str, Any]:
        """Return the results section of a trial, normalised.

        Parameters
        ----------
        trial
            The IRI of the trial.
        """
        study = self._object(_posted(FORMS[Trial]), self._contract.by_record_type["Trial"], terms.iri(trial))
        found: dict[str, Any] = normalised(study.get(RESULTS, {}))
        return found

    def _object(self, form: Form, of: ClassContract, subject: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        fields = {field.name: field for field in of.fields}
        for path, group in groupby(form.values, key=lambda value: value.path):
            value = self._value(list(group), fields, subject)
            if value is not None and value != NO_NAME:
                _put(made, path, value)
        for parts in form.parts:
            field = fields[parts.field]
            child = self._contract.of(field.range)
            below = _posted(FORMS[parts.of]) if parts.of is Registration else parts.form or FORMS[parts.of]
            for node in sorted(self._objects(subject, field), key=self._order):
                item = self._object(below, child, node)
                part = next((part for part in parts.lists if self._stands_in(part.fixed, child, node)), parts.lists[0])
                if not parts.many and not part.path:
                    _merge(made, item)
                elif parts.many:
                    _put(made, part.path, [item])
                else:
                    _put(made, part.path, item)
        return made

    def _value(self, values: list[Value], fields: Mapping[str, Field], subject: str) -> Any:
        """Choose, of the fields made from one JSON value, the one that gives it back."""
        found = {value.field: self._objects(subject, fields[value.field]) for value in values}
        stated = {field: objects for field, objects in found.items() if objects}
        if not stated:
            return None
        first = values[0]
        if first.many:
            return [self._text(one, fields[first.field]) for one in stated[first.field]]
        texts = [field for field in stated if field == "text" or field.endswith("_text")]
        if texts and len(values) > 1:
            return self._text(stated[texts[0]][0], fields[texts[0]])
        number = self._text(stated[next(iter(stated))][0], fields[next(iter(stated))])
        if "p_relation" in stated:
            relation = self._text(stated["p_relation"][0], fields["p_relation"])
            return number if relation == "=" else relation + number
        if first.read in (whole, size):
            return int(number)
        return number == "true" if first.read is flag else number

    def _text(self, term: str, field: Field) -> str:
        if field.kind == "notation":
            return self._notation(term)
        if field.kind == "record":
            of = self._contract.of(field.range)
            return terms.lexical(self._objects(term, of.fields[0])[0])
        return terms.lexical(term)

    def _notation(self, term: str) -> str:
        """Spell a code as the registry does: in capitals, and at length (OTHER_PRE_SPECIFIED, not OTHER)."""
        iri = terms.lexical(term)
        known = [text for (scheme, text), one in self._contract.notations.items() if one == iri]
        return max((text for text in known if text.isupper()), key=len, default=known[0])

    def _objects(self, subject: str, field: Field) -> list[str]:
        return self._graph.get(subject, {}).get(terms.iri(field.path), [])

    def _order(self, node: str) -> tuple[int, str]:
        position = self._graph.get(node, {}).get(terms.iri(_POSITION))
        return (int(terms.lexical(position[0])) if position else 0, node)

    def _stands_in(self, fixed: Mapping[str, object], of: ClassContract, node: str) -> bool:
        """Whether a thing has all that the things of a list have."""
        fields = {field.name: field for field in of.fields}
        for name, value in fixed.items():
            objects = self._objects(node, fields[name])
            text = "true" if value is True else "false" if value is False else str(value)
            if not objects or self._text(objects[0], fields[name]) != text:
                return False
        return True


def _posted(form: Form) -> Form:
    """Keep of a form what stands in the results section."""
    values = tuple(value for value in form.values if value.path[0] == RESULTS)
    parts = tuple(parts for parts in form.parts if parts.of is Registration or parts.lists[0].path[0] == RESULTS)
    return Form(values, parts)


def _put(made: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        made = made.setdefault(key, {})
    if isinstance(value, list):
        made.setdefault(path[-1], []).extend(value)
    else:
        made[path[-1]] = value


def _merge(made: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict):
            _merge(made.setdefault(key, {}), value)
        else:
            made[key] = value


def normalised(results: Mapping[str, Any]) -> dict[str, Any]:
    """Normalise a results section as the module says.

    >>> normalised({"participantFlowModule": {"groups": [{"id": "FG001"}, {"id": "FG000"}], "periods": []}})
    {'participantFlowModule': {'groups': [{'id': 'FG000'}, {'id': 'FG001'}]}}
    """
    kept = _normalised(results, _mapped(known_keys())[RESULTS], "")
    return {key: kept[key] for key in MODULES if key in kept}


def _mapped(tree: Known) -> Known:
    for path in left_out():
        *above, last = path.split(".")
        branch = tree
        for key in above:
            branch = branch[key]
        del branch[last]
    return tree


def _normalised(value: Any, known: Known, key: str) -> Any:
    if isinstance(value, dict):
        items = ((name, _normalised(item, known[name], name)) for name, item in value.items() if name in known)
        return {name: item for name, item in items if not is_hollow(item)}
    if isinstance(value, list):
        listed = [_normalised(item, known, "") for item in value if not is_hollow(item)]
        return sorted(listed, key=lambda item: json.dumps(item, sort_keys=True)) if key in _UNORDERED else listed
    return value


def differences(expected: Any, seen: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Compare two JSON values: place, expected and seen of each difference.

    >>> list(differences({"a": [1, 2]}, {"a": [1, 3]}))
    [('/a/1', 2, 3)]
    """
    if isinstance(expected, dict) and isinstance(seen, dict):
        for key in sorted(expected.keys() | seen.keys()):
            yield from differences(expected.get(key), seen.get(key), f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(seen, list) and len(expected) == len(seen):
        for number, (one, other) in enumerate(zip(expected, seen, strict=True)):
            yield from differences(one, other, f"{place}/{number}")
    elif expected != seen:
        yield place, expected, seen
