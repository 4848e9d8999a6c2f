"""What the graph says, in sentences: hops, ways, how a drug acts, what its trials came to.

A sentence says no more than its edges do: a trial evaluates a drug, and what it showed is its verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from kg.graph.metagraph import Metagraph, read
from kg.graph.paths import Hop, Path
from kg.graph.projection import Graph

NO_VERDICT = "no result known here"
"""What is said of a trial without a verdict."""


def name(graph: Graph, node: str) -> str:
    """Return what a node is called: its label, for a trial its number; a mechanism's label is a sentence, so quoted.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> name(project(store()), "trial:NCT1"), name(project(store()), "drug:abatacept")
    ('NCT1', 'abatacept')
    """
    data = graph.nodes[node]
    match data["kind"]:
        case "trial":
            return node.partition(":")[2]
        case "mechanism":
            return f"“{data['label']}”"
    return str(data["label"])


def hop(graph: Graph, one: Hop, meta: Metagraph | None = None) -> str:
    """Say a hop, in the direction in which it is walked.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> hop(project(store()), Hop("drug:abatacept", "evaluates", "trial:NCT1", False))
    'abatacept is evaluated in NCT1'
    """
    kind = (meta or read()).edges[one.kind]
    return f"{name(graph, one.start)} {kind.forward if one.forward else kind.backward} {name(graph, one.end)}"


def way(graph: Graph, path: Path, meta: Metagraph | None = None) -> str:
    """Say a way as one sentence; what a trial came to stands behind its number.

    >>> from kg.graph.paths import shortest
    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> graph = project(store())
    >>> way(graph, shortest(graph, "drug:abatacept", "disease:dermatomyositis")[0])
    'abatacept is evaluated in NCT1 (primary end point missed), which is about dermatomyositis.'
    """
    said: list[str] = []
    for one in path:
        words = hop(graph, one, meta)
        said.append(words.removeprefix(f"{name(graph, one.start)} ") if said else words)
        if note := _note(graph, one.end):
            said[-1] += f" ({note})"
    return ", which ".join(said) + "."


def _note(graph: Graph, node: str) -> str:
    data = graph.nodes[node]
    if data["kind"] == "trial":
        said = [str(data[key]) for key in ("phase", "verdict") if key in data]
        return "; ".join([*said, *(f"{grade} evidence" for grade in [data.get("grade")] if grade)])
    return str(data.get("evidence", ""))


def listed(words: Sequence[str]) -> str:
    """Join words as in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def article(noun: str) -> str:
    """Put the article before a noun.

    >>> article("CTLA-4 fusion protein"), article("interferon")
    ('a CTLA-4 fusion protein', 'an interferon')
    """
    return f"{'an' if noun[:1] in 'aeiouAEIO' else 'a'} {noun}"


def acts(graph: Graph, drug: str, mechanism: str) -> str:
    """Say how a drug acts by one of its mechanisms.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> acts(project(store()), "drug:abatacept", "mechanism:binds")
    'abatacept, a CTLA-4 fusion protein, binds CD80; it inhibits T cell activation.'
    """
    data = graph.nodes[mechanism]
    followed = {
        kind: [name(graph, end) for _, end, edge in sorted(graph.out_edges(mechanism, keys=True)) if edge == kind]
        for kind in ("acts_on", "blocks", "inhibits", "promotes")
    }
    origin = f", {article(str(data['origin']))}," if "origin" in data else ""
    action = str(data.get("action", "acts on"))
    onto = f" {listed(followed['acts_on'])}" if followed["acts_on"] else ""
    does = [f"{kind} {listed(ends)}" for kind, ends in followed.items() if ends and kind != "acts_on"]
    then = f"; it {listed(does)}" if does else ""
    return f"{name(graph, drug)}{origin} {action}{onto}{then}."


def outcomes(graph: Graph, trials: Iterable[str]) -> str:
    """Say what some trials came to, by verdict, the most frequent first.

    >>> from kg.graph.projection import project
    >>> from kg.graph.samples import store
    >>> outcomes(project(store()), ["trial:NCT1"])
    '1 primary end point missed'
    """
    found = Counter(str(graph.nodes[trial].get("verdict", NO_VERDICT)) for trial in trials)
    return "; ".join(f"{number} {verdict}" for verdict, number in sorted(found.items(), key=lambda it: (-it[1], it[0])))
