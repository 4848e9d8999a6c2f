"""Diseases in a phrase such as "the treatment of adults with moderate to severe RA and of psoriatic arthritis"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_HEAD = re.compile(
    r"(?:itis|osis|oses|omas?|a?emias?|path(?:y|ies)|troph(?:y|ies)|penia|philia|algia|plegia|rosis|iasis"
    r"|uria|ectasia|sclerosis"
    r"|phob?ia|edema|paresis|plasia)s?$|^(?:syndromes?|diseases?|disorders?|cancers?|lupus|psoriasis|gravis"
    r"|purpura|rejection"
    r"|asthma|diabetes|gout|acne|eczema|vera|spasms?|malaria|leprosy|infections?|hypertension|failure"
    r"|fibrosis|migraine|epilepsy"
    r"|depression|vitiligo|areata|pneumonia|transplant(?:ation)?s?|ulcers?|erythematosus|leprosum|nodosum|tumou?rs?|relapses?"
    r"|mellitus|dystrophy"
    r"|deficiency|immunodeficiency|polyangiitis|episodes|obesity|attacks|fever|edema|oedema|anxiety|insomnia"
    r"|schizophrenia|hofmann|crohn"
    r"|myasthenia|pemphigus|pemphigoid|paralysis|ha?emophilia|seizures?|pain|psoriatic|rosacea"
    r"|dermatomyositis|cough|stroke|shock"
    r"|infarction|angina|arrhythmia|obstruction|injury|urticaria|alopecia|emphysema|lymphoma|myeloma|melanoma)$",
    re.I,
)
_VAGUE = re.compile(
    r"(?:disease|diseases|disorder|disorders|tumou?rs?|infections?|pain|relapses?|failure|episodes|attacks"
    r"|deficiency)$",
    re.I,
)
_SHORT = re.compile(r"(?!FDA|EMA|USA?$|EU$|UK$|IV$|SC$|NMPA|PMDA|OR$|AND$)[A-Z]{2,6}s?$")
_WHEN = re.compile(
    r"\b(?:in|since|from|on|by|until|as of|as early as)\s+(?:the\s+)?(?:(?:late|early|mid|year|spring|autumn"
    r"|summer|[A-Z][a-z]{2,8})\.?[\s-]+)*"
    r"(?:\d{1,2},?\s+)?(?:of\s+)?(?:19|20)\d\d\b(?:\s*\([^()]*\))?"
)
_WHERE = re.compile(
    r"\b(?:in|within|across|throughout)\s+(?:the\s+)?(?:US|U\.S\.?A?\.?|USA|EU|UK|United\s+(?:States"
    r"|Kingdom)(?:\s+of\s+America)?|Europe(?:an\s+Union)?"
    r"|Japan|China|Canada|Australia|France|Germany|Switzerland|(?:over|many|several|most|more\s+than|some"
    r"|other|\d+)\s+(?:\w+\s+)?countries)"
    r"(?:\s*(?:,|and|or)\s*(?:the\s+)?(?:US|USA|EU|UK|United\s+(?:States|Kingdom)|Europe|Japan|China|Canada"
    r"|Australia|several other countries))*"
)
_WHOM = re.compile(
    r"\b(?:in|for|of)\s+(?:(?:both|adult|pa?ediatric|young|older|elderly|some|certain)\s+)*(?:adults?"
    r"|children|patients|people|adolescents|women|men|infants|persons"
    r"|individuals|subjects)\b(?:\s*(?:,|and|or)\s*(?:adults?|children|adolescents|patients|pa?ediatric patients))*"
    r"(?:\s+(?:aged?|older than|over|from|at least)\s+[\w ]*?\d+|\s+\d+)?(?:\s*(?:years?|months?)(?:\s*(?:and"
    r"|or|of age|older|old|over|above|to|-|\d+|years?))*)?"
)
_CUT = re.compile(
    r"\s*(?:\b(?:by|who|whose|that|which|where|when|whom|under|alone|only|worldwide|together with"
    r"|in combination|in addition|based|because|while|is|are|was|were|has|have"
    r"|had|can|may|among|for which|to date|so far|as (?:a|an|the|its|well as being|monotherapy|first|second)"
    r"|following|after(?! (?:\w+ ){0,3}transplant)|with or without"
    r"|with methotrexate|with inadequate|refractory to|despite|on the|at (?:a|the) dose|given|as well$|despite"
    r"|rather than|if|unless|until|since|including|such as)\b|[:\u2014]).*$",
    re.S | re.I,
)  # fmt: skip
_LEAD = re.compile(
    r"^(?:[,&-]|and|or|also|the|an?|for|in|of|to|other|both|certain|some|use|treatments?|therapy|treating"
    r"|treat|management|managing|several|many"
    r"|forms?|cases?|people|patients?|adults?|children|pa?ediatric|persons?|subjects?|those|individuals"
    r"|living|suffering|aged|with|from|having|all|most"
    r"|mild(?:ly)?(?:[ -]to[ -]moderate(?:ly)?)?"
    r"|moderate(?:ly)?(?:[ -](?:to|or)[ -](?:severe(?:ly)?))?|severe(?:ly)?|signs|symptoms|types of|three|two"
    r"|four|five|various|different|only|preventing|reduc(?:e|ing)"
    r"|signs and symptoms|line|second|first|third|disease|adult patients|adolescents"
    r"|multiple(?! sclerosis| myeloma)|indications?"
    r"|conditions?|including|as|well|long-term"
    r"|maintenance|chronic treatment|acute treatment|symptomatic|relief|initial|use in|later|number of"
    r"|kinds of|types of|human|men|women|existing|currently|namely|particularly|mainly)(?=[\s,]|$)[\s,]*",
    re.I,
)
_TRAIL = re.compile(r"(?:\s+(?:and|or|as well))+$", re.I)
_SPLIT = re.compile(
    r"\s*[,;]\s*(?:and\s+|or\s+|as well as\s+|et\s+)?|\s+(?:and|&|as well as|et|plus|or"
    r"|along with)\s+(?:also\s+|later\s+)?(?:for\s+|in\s+|of\s+)?"
)
_PLACE_FIRST = re.compile(
    r"^(?:(?:in )?combination with [\w ,-]{2,40}? (?=for )"
    r"|(?:the )?(?:(?:US|U\.S\.?A?\.?|USA|EU|UK|United (?:States|Kingdom)(?: of America)?|Europe(?:an Union)?"
    r"|Japan|China|Canada|Australia|(?:\w+ ){0,2}countries|(?:\w+ )?(?:19|20)\d\d)(?:,? and (?:the )?|, (?:the )?| )?)"
    r"+(?:by (?:the )?\w+ )?(?=for |to treat ))"
)
"""Where, when and with what, as in "approved in Japan and the EU for"."""
_NO_DISEASE = frozenset(
    [
        "that", "this", "these", "no", "any", "such", "which", "its", "none", "not", "never",
        "outside", "unlike", "except", "excluding", "apart", "beyond",
    ]
)  # fmt: skip
_COUNTED = re.compile(
    r"^(?:\w+ ){0,3}(?:diseases|disorders|indications|conditions|uses|malignancies|cancers|tumou?rs|illnesses)$", re.I
)
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"[\w'\u00c0-\u00ff-]+")


def indications(text: str, known: Callable[[str], str | None]) -> tuple[str, ...]:
    """Return the diseases in what follows "approved for".

    Parameters
    ----------
    text
        The phrase.
    known
        Tells which disease a text names for sure.

    Examples
    --------
    >>> none = lambda text: None
    >>> indications("treatment of adults with moderate to severe plaque psoriasis and active psoriatic arthritis", none)
    ('plaque psoriasis', 'active psoriatic arthritis')
    >>> indications("three types of immune diseases (refractory rheumatoid arthritis, and psoriatic arthritis)", none)
    ('refractory rheumatoid arthritis', 'psoriatic arthritis')
    >>> indications("asthma in 2015 in the EU and for gout in adults by the FDA", none)
    ('asthma', 'gout')
    """
    text = _PLACE_FIRST.sub("", " ".join(text.split()).strip(" .;"))
    listed = next((inner for inner in _PARENTHESES.findall(text) if len(list(_diseases(inner, known))) > 1), None)
    if listed is not None:
        return tuple(dict.fromkeys(_diseases(listed, known)))
    return tuple(dict.fromkeys(_diseases(_PARENTHESES.sub(" ", text), known)))


def _diseases(text: str, known: Callable[[str], str | None]) -> Iterator[str]:
    text = _WHOM.sub(" ", _WHERE.sub(" ", _WHEN.sub(" ", text)))
    parts = [part for raw in _SPLIT.split(text) if (part := _bare(raw))]
    for place, part in enumerate(parts):
        if _is_disease(part, known):
            yield part
        elif place + 1 < len(parts) and len(part.split()) <= 2:
            joined = f"{part} {parts[place + 1].split()[-1]}"
            if known(joined) is not None:
                yield joined


def _bare(part: str) -> str:
    part = _CUT.sub("", " ".join(part.split()))
    before = None
    while before != part:
        before = part
        part = _TRAIL.sub("", _LEAD.sub("", part, count=1).strip(" .,'(["))
    return part


def _is_disease(text: str, known: Callable[[str], str | None]) -> bool:
    if _COUNTED.search(text):
        return False
    words = _WORD.findall(text)
    if not words or len(words) > 9:
        return False
    if known(text) is not None or (len(words) == 1 and _SHORT.fullmatch(words[0])):
        return True
    if len(words) == 1 and (
        _VAGUE.fullmatch(words[0]) or words[0].lower() in ("this", "these", "it", "analysis", "basis", "diagnosis")
    ):
        return False
    if words[0].lower() in _NO_DISEASE:
        return False
    return any(_HEAD.search(word) for word in words) or known(words[-1]) is not None
