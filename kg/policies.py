"""How each kind of entity is looked for in text: which words around a name forbid a link, which do not count."""

from __future__ import annotations

from typing import NamedTuple


class Policy(NamedTuple):
    """How a kind of entity is looked for."""

    whole: bool
    """The whole text must be the name, apart from words in `fillers`."""
    fuzzy: bool
    plural: bool
    """A final s does not count."""
    fillers: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    """Words that forbid a link when they stand right before a name."""
    after: frozenset[str] = frozenset()
    """Words that forbid a link when they stand right after a name."""
    capitals: bool = False
    """Whether an abbreviation inside a text counts only in capitals, and not as short for other words."""
    dummy: str | None = None
    """The entity of placebos."""


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


_UNITS = "mg g kg ml mcg ug iu u m m2 mm cells million units unit ng percent"
_SCHEDULE = (
    "daily weekly monthly day days week weeks month months every once twice bid tid qd qod per for then taper dose "
    "doses low high loading pulse initial start single first second group arm"
)
_FORMS = (
    "iv sc im po oral orally intravenous intravenously subcutaneous subcutaneously intramuscular topical infusion "
    "injection injections tablet tablets capsule capsules solution gel cream syringe therapy treatment conditioning "
    "background biosimilar product the of a an at to by on standard experimental comparator x r"
)

INTERVENTIONS = Policy(
    whole=False,
    fuzzy=True,
    plural=False,
    fillers=_words(_UNITS, _SCHEDULE, _FORMS),
    before=_words("anti no non not without anabolic pre versus minus except excluding"),
    after=_words(
        "analogue analogues analog analogs inhibitor inhibitors antagonist antagonists receptor receptors naive",
        "resistant refractory intolerant sparing free like stimulation serum deficiency eluting exposed experienced",
        "blocker blockers derivative derivatives antibody antibodies test withdrawal",
    ),
    dummy="placebo",
)
"""Drugs and everything else that is given or done."""

COURSES = _words(
    "refractory active early severe recalcitrant relapsing moderate adult chronic acute new onset patients with",
    "resistant newly diagnosed recent",
)
"""Words of course and stage that do not change which disease is meant."""

DISEASES = Policy(whole=True, fuzzy=False, plural=True, fillers=COURSES)
"""Disorders, named by the whole text."""

ORGANISATIONS = Policy(whole=True, fuzzy=False, plural=False)
"""Sponsors, named by the whole text."""

MEASURES = Policy(whole=False, fuzzy=False, plural=True, before=_words("md no non not without free"), capitals=True)
"""Instruments and quantities, named inside the title of an outcome."""
