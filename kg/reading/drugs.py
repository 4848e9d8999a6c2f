"""The drugs of a line, with their doses and the roles that the words around them give."""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.reading.blocks import Line
from kg.reading.mentions import Mention, PageNames

_DOSE = re.compile(
    r"(?:up to |from )?\d+(?:[.,]\d+)?(?:\s*(?:-|to|or|and|, )\s*\d+(?:[.,]\d+)?){0,6}\s*(?:million"
    r" )?(?:mg|g|mcg|ug|\u00b5g"
    r"|\u03bcg|IU|U|units?|mL|cells)\b(?!/mL)(?:\s*/\s*(?:kg|m2|m\u00b2|d|day|dose|week))*"
    r"(?:(?:,? (?:by mouth|orally|oral|intravenously|intravenous|subcutaneously|subcutaneous|under"
    r" the skin|taken|IV|SC|s\.c\.|i\.v\.|po|daily|weekly|monthly|once|twice|three times|a|per|each"
    r"|every|other|day|days|week|weeks|month|months|\d+|q\.?d\.?|bid|b\.i\.d\.|on|and|again|four|consecu"
    r"tive|deux|fois|par|jour))+\b\.?)?",
    re.I,
)
_STRENGTH = re.compile(r"\d\s*(?:mg|g|mcg|IU|U)\s*/\s*m[lL]\b|\d\s*%")
_RESIST = re.compile(
    r"\b(?:despite|in spite of|refractory to|resist\w*(?: to)?|fail\w*(?: \w+)? (?:to|of|on)|not (?:cont"
    r"rolled|responding|respond\w*)|did not control|intoleran\w+ (?:to|of)|persists? on|neither|without"
    r"|no longer|lack of effect of|had withstood|inadequate response to|naive)\b[^.;]*$",
    re.I,
)
_AGAINST = re.compile(
    r"\b(?:versus|vs\.?|compared (?:with|to)|comparison (?:with|to|of .{0,60} (?:with|and))|against"
    r"|in comparison (?:with|to)|or (?:with|to)|rather than)\W+(?:\w+\W+){0,3}$",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:plus|with|combined with|together with|added to|on top of|add-on to|adjunct to|in addition"
    r" to|after|alongside|background(?: of)?|followed by)\W+(?:\w+\W+){0,4}$|\+\s*$",
    re.I,
)
_LISTED = re.compile(r"^\W*(?:and|or|plus|/|,|\+|and/or|then)?\W*(?:oral |intravenous |low-dose |with )?\W*$", re.I)
_ALIAS = re.compile(r"\s*[\[(/,]\s*|\s*\((?:also known as|formerly|code|aka)\s*")
"""What stands between a drug and its code, which names it again."""
_PLACEBO = re.compile(r"\b(?:placebo|sham|sterile sodium chloride|normal saline|salt (?:water|solution))\b", re.I)
_DROP = re.compile(
    r"\s*[(\[].*?[)\]]|\s+\d[\d.,]*\s*(?:mg|g|mcg|IU|mL|%).*$|\s+(?:tablets?|capsules?|injections?"
    r"|infusions?|oral product|solution)$",
    re.I,
)
_NO_DRUG = re.compile(r"(?:arm|group|cohort|part|stage|phase)\s+\w+|\d+|not .*|no .*|see .*|yes|none|other", re.I)
STUDIED, COMPARED, BESIDE, MENTIONED = "experimental", "comparator", "background", "mentioned"


class Given(NamedTuple):
    """An intervention as found: what it is, where it is named, and its role."""

    entity: str
    known: bool
    role: str
    name: Line
    dose: Line | None = None


def dose(line: Line, start: int = 0) -> Line | None:
    """Find the dose after a place in a line; a strength is none.

    >>> dose(Line(0, 40, "solution of 40 mg/mL, 0.3 mg/kg daily")).text
    '0.3 mg/kg daily'
    """
    for match in _DOSE.finditer(line.text, start):
        if not _STRENGTH.match(line.text, match.start()) and not re.match(r"[\d., -]*\d\s*m[lL]\b", match[0]):
            found = line.part(*match.span())
            trimmed = re.sub(r"(?:\s+(?:and|on|a|per|each|every|other|once))+$", "", found.text)
            return found.part(0, len(trimmed))
    return None


def drugs(line: Line, names: PageNames, *, whole: bool = False) -> list[Given]:
    """Find the drugs of a line with the role that the words around them give.

    Examples
    --------
    >>> from kg.reading.mentions import PageNames
    >>> from kg.reading.vocabulary import load
    >>> text = "dexamethasone 40 mg/day versus prednisolone"
    >>> [(given.entity, given.role) for given in drugs(Line(0, len(text), text), PageNames(load(), load().scan(text)))]
    [('dexamethasone', 'experimental'), ('prednisolone', 'comparator')]
    """
    text = line.text
    found: list[Given] = []
    previous: Mention | None = None
    for mention in _with_placebo(line, names):
        if previous is not None and not mention.known and _ALIAS.fullmatch(text[previous.end : mention.start]):
            continue
        before = text[previous.end if previous else 0 : mention.start]
        role = STUDIED
        if mention.entity == "placebo" or _AGAINST.search(before):
            role = COMPARED
        elif previous is not None and found and _LISTED.match(before) and not re.search(r"\bwith\b|\+", before):
            role = found[-1].role if previous.entity != "placebo" else STUDIED
        elif _BESIDE.search(before) and (
            found or re.search(r"\b(?:added to|on top of|add-on to|after|background)\b", before)
        ):
            role = BESIDE
        if not _RESIST.search(before[-120:]):
            found.append(
                Given(
                    mention.entity, mention.known, role, line.part(mention.start, mention.end), dose(line, mention.end)
                )
            )
        previous = mention
    if not found and whole:
        found = _whole(line, names)
    return found


def _with_placebo(line: Line, names: PageNames) -> list[Mention]:
    text = line.text
    found = [m for m in names.find_drugs(line) if m.entity != "placebo"]
    for match in _PLACEBO.finditer(text):
        if all(match.end() <= m.start or match.start() >= m.end for m in found):
            found.append(Mention("placebo", *match.span()))
    return sorted(found, key=lambda mention: mention.start)


def _whole(line: Line, names: PageNames) -> list[Given]:
    """Take a whole item of a list of treatments as a name."""
    linked = names.drugs(line.text) if len(line.text) < 80 else ()
    if linked:
        return [
            Given(entity, True, COMPARED if entity == "placebo" else STUDIED, line, dose(line)) for entity in linked
        ]
    plain = _DROP.sub("", line.text).strip(" ,.;:")
    if (
        not plain
        or len(plain.split()) > 5
        or not plain[:1].isalnum()
        or plain[:1].isdigit()
        or _NO_DRUG.fullmatch(plain)
    ):
        return []
    begin = max(line.text.find(plain), 0)
    entity = plain if re.search(r"\d|[A-Z]{2}", plain) else plain.lower()
    return [Given(entity, False, STUDIED, line.part(begin, begin + len(plain)), dose(line))]
