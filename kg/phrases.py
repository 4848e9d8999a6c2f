"""Small matters of English: inflections, lists of diseases, who recommends and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from kg.forms import Name, Token

_FIRST = 5
"""So many namings more count for the drug that a page names first."""

ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "initial": "first"}

_HEAD = re.compile(
    r"(?:itis|osis|oses|omas?|a?emias?|path(?:y|ies)|trophy|trophies|penia|philia|algia|plegia|rosis|iasis|uria|"
    r"ectasia|"
    r"lymphoma|myeloma|leuk\w+|fibrosis|maladie|myélofibrose|vaquez)s?$|^(?:syndromes?|diseases?|disorders?|"
    r"cancers?|lupus|sle|ra|"
    r"psoriasis|gravis|purpura|rejection|asthma|diabetes|gout|acne|eczema|vera|spasms?|malaria|leprosy|infections?|"
    r"hypertension|failure|fibrosis|migraine|epilepsy|depression|vitiligo|areata|pneumonia|transplantation|"
    r"gvhd|ild|ulcers?|erythematosus|hepatitis|tumou?rs?|carcinoma|sarcoma|relapse|myositis|arteritis|mellitus|"
    r"dystrophy|"
    r"deficiency|indications?|polyangiitis|episodes|copd|cidp|ms|hiv|obesity|attacks|fever|spondylitis|pain|"
    r"edema|oedema|"
    r"anxiety|insomnia|schizophrenia|hofmann|crohn|iim|dm|pm|jdm|ibm|imnm|cadm|sibm|myasthenia|pemphigus|"
    r"pemphigoid|paralysis|angioedema|hemophilia|haemophilia|uveitis|dermatitis|mds|cll|nhl|aml|rcc|greffe|hôte)$",
    re.I,
)
_VAGUE = re.compile(
    r"\b(?:disease|diseases|disorder|condition|indication|indications|uses?|anything|lymphocytes)$", re.I
)
_TAIL = re.compile(
    r"\s*(?:\b(?:in|since|from|on|by|until|as of|as early as|en)\s+(?:late |early |mid |the year |"
    r"year )?(?:[A-Z][a-zé]+\.? )?"
    r"(?:\d{1,2},? )?(?:of )?(?:19|20)\d\d\b.*|\bby (?:the |its |several )?(?:U\.?S\.?|FDA|EMA|European|Food|"
    r"Chinese|NMPA|Japan|"
    r"regulat|authorit|health).*|\b(?:in|within|across|throughout) (?:the )?(?:US|U\.S\.?|USA|EU|UK|"
    r"United States|Europe|European "
    r"Union|Japan|China|Canada|Australia|France|Germany|over \d+|many|several|most|more than)\b.*|"
    r"\b(?:after (?!(?:\w+ ){0,3}transplant)|"
    r"following|as|by way|"
    r"when|where|who|whose|which|that|under|together with|in combination|in addition|based|on the|"
    r"including those|only|"
    r"worldwide|alone|in (?:adults?|children|patients|people|adolescents|women|men)|is|are|was|were|has|have|"
    r"until|since|until|among|with methotrexate|for which|to date|so far)\b.*|\(.*|\).*|:.*)$",
    re.I | re.S,
)
_LEAD = re.compile(
    r"^\s*(?:,|and|or|&|also|the|a|an|for|in|of|to|other|both|certain|some|use|treatment|therapy|treating|treat|"
    r"management|managing|"
    r"several|forms?|cases?|people|patients?|adults?|adult patients|children|paediatric|pediatric|persons?|"
    r"subjects?|those|"
    r"individuals|living|suffering|aged|with|from|having|moderate|severe|moderately|severely|-|la|le|les|l'|"
    r"signs|symptoms|"
    r"prevent(?=\b)|types?|three|two|four|five|various|different|preventing|line|second|first|third|"
    r"disease of)(?:\s+|(?<=[,&'-]))",
    re.I,
)
_KEEP = re.compile(r"^(?:adult|prevention)\s", re.I)
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|several|many|various|some|\d+) (?:types|kinds|forms|other)\b", re.I
)
_ENUMERATED = re.compile(
    r"^[^()]*\b(?:types?|kinds?|diseases?|indications?|conditions?|uses|disorders?|forms?)\b[^(),]*\(([^()]+)\)", re.I
)


def main_drug(hits: Sequence[Token]) -> Name | None:
    """Return the drug that a page names most often, groups aside; of several, the first.

    Examples
    --------
    >>> main_drug([Token(0, 2, "it", (Name("it", "drug", ""),)), Token(3, 5, "ab", (Name("ab", "drug", "ab"),))]).key
    'ab'
    """
    drugs = [name for hit in hits for name in hit.names if name.cls == "drug" and name.key]
    single = [name for name in drugs if name.key not in ("glucocorticoids", "immunosuppressants")] or drugs
    counts = Counter(name.key for name in single)
    counts.update(single[0].key for _ in range(_FIRST) if single)
    return max(single, key=lambda name: counts[name.key], default=None)


def inflected(verb: str, irregular: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield the forms of a verb with the class of each: act, acted, acting.

    Examples
    --------
    >>> list(inflected("sit on", {"sit": ["sits", "sat", "sat", "sitting"]}))
    [('act', 'sit on'), ('act', 'sits on'), ('act', 'sat on'), ('acted', 'sat on'), ('acting', 'sitting on')]
    """
    head, _, rest = verb.partition(" ")
    if head in irregular:
        third, past, participle, ing = irregular[head]
    else:
        third, past, ing = _regular(head)
        participle = past
    for cls, form in (("act", head), ("act", third), ("act", past), ("acted", participle), ("acting", ing)):
        yield cls, f"{form} {rest}".strip()
    if participle != past:
        yield "act", f"{participle} {rest}".strip()


def _regular(head: str) -> tuple[str, str, str]:
    if re.search("[^aeiou]y$", head):
        return f"{head[:-1]}ies", f"{head[:-1]}ied", f"{head}ing"
    stem = head.removesuffix("e")
    return f"{head}{'es' if re.search('(?:s|x|sh|ch|ss)$', head) else 's'}", f"{stem}ed", f"{stem}ing"


def indications(text: str) -> tuple[str, ...]:
    """Return the diseases in what follows "approved for".

    Examples
    --------
    >>> indications("treatment of adults with moderate to severe plaque psoriasis and active psoriatic arthritis")
    ('plaque psoriasis', 'active psoriatic arthritis')
    >>> indications("three types of immune diseases (refractory rheumatoid arthritis, and psoriatic arthritis)")
    ('refractory rheumatoid arthritis', 'psoriatic arthritis')
    """
    text = re.sub(r"\s+", " ", text).strip(" .;")
    late = re.match(
        r"(?:the |late |early |[A-Z][a-z]+ )*(?:(?:19|20)\d\d|United States|US|U\.S\.|Europe|EU|Japan|"
        r"China)\b[^.;]*?\bfor ",
        text,
    )
    text = text[late.end() :] if late else text
    text = re.sub(
        r"\b(?:from|since|in) (?:late |early |mid )?(?:[A-Z][a-z]+ )?(?:19|20)\d\d,? (?=(?:to|for|also)\b)", "", text
    )
    inner = _ENUMERATED.match(text)
    if inner is None and _COUNTED.search(text):
        return ()
    text = inner[1] if inner else re.sub(r"\([^()]*\)", "", text)
    text = (
        re.sub(r",? (?:with|together with|in combination with) (?:\w+),? ", " ", text) if " and, with" in text else text
    )
    parts = re.split(r"\s*[,;]\s*(?:and |or |et )?|\s+(?:and|&|as well as|et|plus|or)\s+(?:for |in |dans )?", text)
    found = [part for part in _joined(parts) if part]
    return tuple(dict.fromkeys(found))


def _joined(parts: Sequence[str]) -> Iterator[str]:
    waiting, last = "", ""
    for part in parts:
        bare = _bare(part)
        words = re.findall(r"[\w'\u00e0-\u00ff-]+", bare)
        if not words:
            continue
        if len(words) <= 7 and len(words) > 0 and _is_disease(words):
            if last and re.search(r"\bwith [\w ]+$", last) and len(words) == 1 and " or " not in last:
                yield f"{last} or {bare}"
                last = ""
                continue
            if last:
                yield last
            last, waiting = bare, ""
        else:
            waiting = bare
    if last:
        yield last
    del waiting


def _bare(part: str) -> str:
    part = part.strip()
    before = None
    while before != part:
        before = part
        part = re.sub(r"^moderate(?:ly)?[ -](?:to[ -])?", "", part, flags=re.I)
        part = (
            part
            if _KEEP.match(part) and not re.match(r"adult (?:patients|men|women)", part, re.I)
            else _LEAD.sub("", part, count=1)
        )
    return _TAIL.sub("", part).strip(" .,'")


def _is_disease(words: Sequence[str]) -> bool:
    if len(words) == 1 and re.fullmatch(r"a?(?!FDA|EMA|USA?$|EU$|UK$|IV$|SC$)[A-Z]{2,6}", words[0]):
        return True
    if not any(_HEAD.search(word) for word in words):
        return False
    return not (len(words) == 1 and _VAGUE.search(words[0])) and not re.match(
        r"(?:that|this|these|no|any)\b", words[0], re.I
    )


def evidence(text: str) -> str | None:
    """Return on what a recommendation rests.

    Examples
    --------
    >>> evidence("as a second-line regimen based on the evidence of case reports.")
    'case reports'
    """
    match = re.search(
        r"(?:based (?:up)?on|on the (?:strength|basis) of|supported by|resting on|, on(?! the)|"
        r"on (?=expert))\s+(?:the )?"
        r"(?:evidence (?:of|from) )?([\w -]+?)(?: rather than.*)?(?:[.;,]|$)",
        text,
    )
    return match[1].strip() if match else None


def recommender(text: str, sentence: str = "") -> str | None:
    """Return who recommends, given what stands before the verb, and the whole sentence.

    Examples
    --------
    >>> recommender("and the international consensus of experts ")
    'international consensus of experts'
    """
    passive = re.search(
        r"(?:recommended|advised|suggested) by (?:the |an? )?([^,;.]+?)(?= (?:as|for|in)\b|[,;.])", sentence
    )
    if passive:
        return passive[1]
    text = re.split(r"[,;:]|\bwhile\b|\bwhereas\b", text)[-1].strip()
    text = re.sub(r"^(?:(?:and|the|a|an|but|however|currently)\s+)+", "", text, flags=re.I)
    known = re.search(
        r"guid|consensus|panel|expert|societ|centres|centers|ologists|college|league|committee|doctors|"
        r"recommandations",
        text,
    )
    return text if known and len(text.split()) <= 9 else None
