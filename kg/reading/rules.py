"""The rules by which claims are read from prose, compiled: ``ontology/reading/rules.toml``."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from kg.errors import SourceError
from kg.reading.discourse import MENTION
from kg.reading.forms import Forms, Name
from kg.reading.mentions import Names
from kg.reading.vocabulary import load, read_toml
from kg.resources import root


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as declared."""

    id: str
    emits: str
    form: str
    counter: tuple[str, ...]
    example: tuple[dict[str, str | list[str]], ...]
    set: dict[str, str] = {}
    subject: bool = False
    """The drug must be the subject, not stand after a preposition."""
    weak: bool = False
    """It counts only where no other rule says how the drug acts."""
    apposition: bool = False
    """It says in passing what a drug is, which holds also where the sentence asks or denies something."""


class Rules:
    """The rules with their forms and cues.

    Examples
    --------
    >>> rules().by_id["mechanism.antibody"].set["action"]
    'binds'
    """

    def __init__(self, names: Names) -> None:
        path = root() / "ontology" / "reading" / "rules.toml"
        data = read_toml(path)
        try:
            declared = msgspec.convert(data["rule"], tuple[Rule, ...])
            self.cues = {cue: re.compile(text) for cue, text in data["cues"].items() if isinstance(text, str)}
        except (msgspec.ValidationError, KeyError, re.error) as error:
            raise SourceError(str(path), "", str(error), "rules in the form of this file") from None
        self.by_id = {rule.id: rule for rule in declared}
        self.order = {rule.id: place for place, rule in enumerate(declared)}
        forms = {rule.id: rule.form for rule in declared}
        stop = data["cues"]
        self.forms = Forms(
            forms, data["words"], stop["stop"], stop["end"], ["drug"], [*names.classes, (Name("", MENTION, ""),)]
        )


@cache
def rules() -> Rules:
    """Return the rules, read once.

    Examples
    --------
    >>> "approval.passive" in rules().by_id
    True
    """
    return Rules(load())
