"""A few facts in a store, for the examples of this package: two drugs, their mechanisms, a trial, receipts."""

from __future__ import annotations

from kg.names import PREFIXES, expand, own
from kg.store import Embedded

FACTS = """
drug:abatacept a myo:Intervention
drug:abatacept skos:prefLabel "abatacept"
drug:abatacept skos:altLabel "Orencia"
drug:belatacept a myo:Intervention
drug:belatacept skos:prefLabel "belatacept"
mechanism:binds a myo:Mechanism
mechanism:binds skos:prefLabel "abatacept binds CD80"
mechanism:binds skos:definition "a CTLA-4 fusion protein keeps CD80 from CD28"
mechanism:binds myo:origin "CTLA-4 fusion protein"
mechanism:binds myo:action concept:ActionBinds
concept:ActionBinds skos:prefLabel "binds"
mechanism:binds myo:mechanismOf drug:abatacept
mechanism:binds myo:target target:CD80
mechanism:binds myo:inhibits process:t-cell-activation
mechanism:also-binds a myo:Mechanism
mechanism:also-binds skos:prefLabel "belatacept binds CD80"
mechanism:also-binds myo:mechanismOf drug:belatacept
mechanism:also-binds myo:target target:CD80
mechanism:doubtful a myo:Mechanism
mechanism:doubtful skos:prefLabel "belatacept may do something"
mechanism:doubtful myo:mechanismOf drug:belatacept
mechanism:doubtful myo:evidenceLevel concept:EvidenceLevelDomainKnowledge
concept:EvidenceLevelDomainKnowledge skos:prefLabel "domain knowledge, not checked against a source"
target:CD80 a myo:Target
target:CD80 skos:prefLabel "CD80"
process:t-cell-activation a myo:Process
process:t-cell-activation skos:prefLabel "T cell activation"
disease:dermatomyositis a myo:Disease
disease:dermatomyositis skos:prefLabel "dermatomyositis"
disease:dermatomyositis skos:altLabel "DM"
trial:NCT1 a myo:Trial
trial:NCT1 skos:prefLabel "Abatacept in dermatomyositis"
trial:NCT1 myo:registryId "NCT1"
trial:NCT1 myo:verdict concept:VerdictPrimaryEndPointMissed
concept:VerdictPrimaryEndPointMissed skos:prefLabel "primary end point missed"
trial:NCT1 myo:condition disease:dermatomyositis
trial:NCT1 myo:use use:NCT1
use:NCT1 myo:role concept:RoleExperimental
use:NCT1 myo:intervention drug:abatacept
trial:NCT1 myo:evaluates drug:abatacept
"""
"""One triple a line."""


def _term(word: str) -> str:
    if word.startswith('"'):
        return word
    return f"<{PREFIXES['rdf']}type>" if word == "a" else f"<{expand(word)}>"


def store() -> Embedded:
    """Make a store of the sample facts, each triple but labels with a receipt.

    >>> len(store().select("SELECT ?s { ?s a <https://w3id.org/myositis-kg/ontology/Intervention> }").rows)
    2
    """
    lines = []
    for number, fact in enumerate(FACTS.strip().splitlines()):
        subject, predicate, value = map(_term, fact.split(" ", 2))
        lines.append(f"{subject} {predicate} {value} .")
        receipt, graph = f"<{own('receipt', str(number))}>", f"<{own('graph', 'receipts')}>"
        for name, term in (
            ("rdf:subject", subject),
            ("rdf:predicate", predicate),
            ("rdf:object", value),
            ("myo:inRecord", f"<{expand('record:sample')}>"),
            ("myo:locator", f'"/{number}"'),
            ("myo:exactValue", f'"{fact.split(" ", 2)[2].strip(chr(34))}"'),
        ):
            if "evaluates" not in fact:
                lines.append(f"{receipt} <{expand(name)}> {term} {graph} .")
    made = Embedded()
    made.load(lines)
    return made
