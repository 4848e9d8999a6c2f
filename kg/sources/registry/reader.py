"""A study as ClinicalTrials.gov describes it in JSON -> the record of a trial.

What the form says of the source is followed as it stands; what it does not say outright is decided in
`kg.sources.registry.judgement`.  Things that the source calls the same are told apart by ``repeat``: 2
for the second.  Values that are not what they should be, codes never seen, countries of no table and
keys that the form does not know are each counted as a `Loss`; the rest of the record is kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg import records, registration
from kg.contract import Contract
from kg.errors import SourceError
from kg.record import Record, text_of
from kg.records import Trial
from kg.sources.registry.form import Form, Parts, Value
from kg.sources.registry.judgement import FINISH, NO_NAME, Fields, Finish, Json, Notes, Scope, normal
from kg.sources.registry.keys import Loss, is_hollow, known_keys, shown, unknown
from kg.sources.registry.protocol import FORMS
from kg.sources.registry.values import Codes, UnreadableError

_ID = re.compile(r"NCT[0-9]{8}")


class Study(NamedTuple):
    """A study that was read."""

    trial: Trial
    losses: tuple[Loss, ...]
    moved: Mapping[str, str]
    """Pointers in the record whose number in a list is not that in the source -> pointers in the source."""


class Reader:
    """Reads studies.

    Parameters
    ----------
    contract
        Says how records are named, and which codes there are.
    countries
        Name as written -> key of the table of countries.

    Examples
    --------
    >>> from kg.contract import read
    >>> from kg.resources import root
    >>> reader = Reader(read(root() / "ontology"), {})
    >>> study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"}}}
    >>> read = reader.read(study, "x.json")
    >>> read.trial.title, read.losses
    ('A trial', ())
    """

    def __init__(self, contract: Contract, countries: Mapping[str, str]) -> None:
        self._codes: Codes = contract.notations
        self._keys = {
            name: tuple(field for field in of.key_fields if field != "repeat")
            for name, of in contract.by_record_type.items()
        }
        self._countries = countries
        self._known = known_keys()
        self._finish: dict[type[Record], Finish] = {**FINISH, registration.Site: self._finish_site}

    def read(self, study: object, where: str) -> Study:
        """Read a study.

        Parameters
        ----------
        study
            The JSON value.
        where
            The name of the file or line, for messages.

        Raises
        ------
        SourceError
            If it is not a study: no object, or no registry number.
        """
        if not isinstance(study, dict):
            raise SourceError(where, "", type(study).__name__, "a study, a JSON object")
        identification = _at(study, ("protocolSection", "identificationModule"))
        number = identification.get("nctId") if isinstance(identification, dict) else None
        if not isinstance(number, str) or not _ID.fullmatch(number):
            place = "/protocolSection/identificationModule/nctId"
            raise SourceError(where, place, number, "a study with a number such as NCT04946669")
        notes = Notes(list(unknown(study, self._known)), [])
        scope = self._scope(study, number, notes)
        fields = self._fields(FORMS[Trial], study, scope, notes)
        fields.setdefault("title", number)
        sites = fields.get("sites", ())
        fields["countries"] = tuple(dict.fromkeys(site.country for site in sites if site.country is not None))
        return Study(Trial(**fields), tuple(notes.losses), dict(notes.moved))

    def _scope(self, study: Json, number: str, notes: Notes) -> Scope:
        module = _at(study, ("protocolSection", "armsInterventionsModule"))
        arms, uses = _objects(module, "armGroups"), _objects(module, "interventions")
        roles: dict[str, list[str]] = defaultdict(list)
        receives: dict[str, list[str]] = defaultdict(list)
        keys: dict[str, list[str]] = defaultdict(list)
        for label, key in _repeated(arms, "label"):
            keys[normal(label)].append(key)
        for arm in arms:
            roles[str(arm.get("label"))].append(str(arm.get("type")))
        for use, (_, key) in zip(uses, _repeated(uses, "name"), strict=True):
            for label in use.get("armGroupLabels") or ():
                if str(label) not in roles:
                    notes.losses.append(Loss(f"{_ARMS}/interventions", str(label), "the label of an arm"))
                elif key not in receives[str(label)]:
                    receives[str(label)].append(key)
        return Scope(number, roles, receives, keys, defaultdict(list), set())

    def _fields(self, form: Form, source: Json, scope: Scope, notes: Notes) -> Fields:
        fields: Fields = {}
        codes = self._codes
        for value in form.values:
            field, path, reading, many, _ = value
            found = source.get(path[0]) if len(path) == 1 else _at(source, path)
            if found is None:
                continue
            try:
                read = tuple(self._each(value, found, notes)) if many else reading(found, codes)
            except UnreadableError as error:
                notes.losses.append(Loss("/" + "/".join(path), shown(found), str(error)))
                continue
            if read is not None:
                fields[field] = read
        if not form.parts:
            return fields
        numbers: dict[tuple[type[Record], str], int] = {}
        for parts in form.parts:
            made = self._parts(parts, source, scope, notes, numbers)
            if parts.many:
                fields[parts.field] = made
            elif made:
                fields[parts.field] = made[0]
        return fields

    def _each(self, value: Value, found: object, notes: Notes) -> Iterator[object]:
        if not isinstance(found, list):
            raise UnreadableError("a list")
        made = 0
        for number, item in enumerate(found):
            one = item.get(value.inside) if value.inside and isinstance(item, dict) else item
            if one is None:
                continue
            try:
                read = value.read(one, self._codes)
            except UnreadableError as error:
                notes.losses.append(Loss(_place(value, number), shown(one), str(error)))
                continue
            if read is not None:
                if made != number:
                    notes.moved.append((f"/{value.field}/{made}", _place(value, number)))
                made += 1
                yield read

    def _parts(
        self,
        parts: Parts,
        source: Json,
        scope: Scope,
        notes: Notes,
        numbers: dict[tuple[type[Record], str], int],
    ) -> tuple[Record, ...]:
        if parts.field == "groups":
            scope.groups.clear()
        made: list[Record] = []
        expected = 0
        form = parts.form or FORMS[parts.of]
        for part in parts.lists:
            found = _at(source, part.path)
            if found is None:
                continue
            items = found if parts.many else [found]
            if not isinstance(items, list):
                notes.losses.append(Loss("/" + "/".join(part.path), shown(found), "a list"))
                continue
            for number, item in enumerate(items):
                losses, moved = len(notes.losses), len(notes.moved)
                record = self._part(parts, form, item, dict(part.fixed), number + 1, scope, notes, numbers)
                if record is not None and len(made) != expected:
                    notes.moved.append(("", ""))
                if len(notes.losses) > losses or len(notes.moved) > moved:
                    here = f"/{parts.field}/{len(made)}" if parts.many else f"/{parts.field}"
                    there = "".join(f"/{step}" for step in ((*part.path, number) if parts.many else part.path))
                    notes.losses[losses:] = [loss._replace(place=there + loss.place) for loss in notes.losses[losses:]]
                    notes.moved[moved:] = [(here + one, there + other) for one, other in notes.moved[moved:]]
                expected += 1
                if record is not None:
                    made.append(record)
        return tuple(made)

    def _part(
        self,
        parts: Parts,
        form: Form,
        item: object,
        fields: Fields,
        position: int,
        scope: Scope,
        notes: Notes,
        numbers: dict[tuple[type[Record], str], int],
    ) -> Record | None:
        if not isinstance(item, dict):
            notes.losses.append(Loss("", shown(item), "an object"))
            return None
        if is_hollow(item):
            return None
        of = parts.of
        fields.update(self._fields(form, item, scope, notes))
        if "position" in of.__struct_fields__:
            fields["position"] = position
        finish = self._finish.get(of)
        if finish is not None:
            try:
                finish(fields, item, scope, notes)
            except UnreadableError as error:
                notes.losses.append(Loss("", shown(item), str(error)))
                return None
        self._tell_apart(of, fields, numbers)
        record = of(**fields)
        if of is records.Outcome:
            title = (fields["priority"], normal(fields["title"]), normal(fields.get("time_frame", "")))
            scope.outcomes[title].append(self._key(of, fields))
        return record

    def _key(self, of: type[Record], fields: Fields) -> str:
        names = self._keys[of.__name__]
        if len(names) == 1:
            return str(fields[names[0]]).strip()
        return " ".join([text_of(fields.get(name)) for name in names]).strip()

    def _tell_apart(self, of: type[Record], fields: Fields, numbers: dict[tuple[type[Record], str], int]) -> None:
        """Give the second of two siblings that have one key a number."""
        key = self._key(of, fields)
        number = numbers.get((of, key), 0) + 1
        numbers[of, key] = number
        if number > 1 and "repeat" in of.__struct_fields__:
            fields["repeat"] = number
        elif number > 1:
            fields["key"] = f"{key} {number}"

    def _finish_site(self, fields: Fields, source: Json, scope: Scope, notes: Notes) -> None:
        country = fields.pop("country", None)
        fields.setdefault("name", fields.get("city") or country or NO_NAME)
        if country in self._countries:
            fields["country"] = self._countries[country]
        elif country:
            notes.losses.append(Loss("/country", country, "a country of ontology/tables/countries.tsv"))


_ARMS = "/protocolSection/armsInterventionsModule"


def _at(source: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(source, dict):
            return None
        source = source.get(key)
    return source


def _objects(module: object, key: str) -> list[Json]:
    found = module.get(key) if isinstance(module, dict) else None
    items = found if isinstance(found, list) else []
    return [item for item in items if isinstance(item, dict) and not is_hollow(item)]


def _repeated(items: Sequence[Json], name: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each object and the key of its record."""
    numbers: dict[str, int] = {}
    for item in items:
        text = item.get(name)
        called = text if isinstance(text, str) and text else NO_NAME
        number = numbers[called.strip()] = numbers.get(called.strip(), 0) + 1
        yield called, called if number == 1 else f"{called} {number}"


def _place(value: Value, number: int) -> str:
    return "".join(f"/{step}" for step in (*value.path, number, value.inside) if step != "")
