"""Repurposing: path counts worked out by hand, ranks that move for a reason, and an evaluation that can say no."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import QueryError
from kg.graph import evaluation, receipts, repurposing
from kg.graph.projection import Graph
from kg.graph.repurposing import Attempt, Network
from kg.store import Embedded


def net_of(attempts: list[Attempt], targets: dict[str, str], parents: dict[str, str] | None = None) -> Network:
    """Make a network of drugs with targets (one letter each) and diseases with a parent."""
    drugs = tuple(sorted(targets))
    columns = tuple(sorted(set("".join(targets.values()))))
    diseases = tuple(sorted({attempt.disease for attempt in attempts} | set(parents or {})))
    over = tuple(sorted(set((parents or {}).values())))
    shared = np.array([[float(column in targets[drug]) for column in columns] for drug in drugs])
    kin = np.array([[float((parents or {}).get(disease) == parent) for parent in over] for disease in diseases])
    return Network(drugs, diseases, {"target": shared}, {"target": columns}, kin, tuple(sorted(attempts)))


def trying(drug: str, disease: str, start: int = 2010, end: int | None = None, verdict: str = "open") -> Attempt:
    return Attempt(drug, disease, f"trial:{drug}-{disease}-{start}", start, end, verdict)


# Scores.


def test_score_of_one_path_is_the_product_of_degrees_to_a_half() -> None:
    net = net_of([trying("a", "x")], {"a": "TU", "b": "T"})
    known = repurposing.tried(net)
    alike = repurposing.likeness(net.shared["target"])

    assert known.tolist() == [[0.5], [0.0]]
    assert alike[0, 1] == pytest.approx(2**-0.5 * 2**-0.5 * 2**-0.5), "degrees 2 of a, 2 of T twice, 1 of b"
    assert alike[0, 0] == alike[1, 1] == 0, "no path from a drug to itself"
    assert repurposing.scores(net, known)[1, 0] == pytest.approx(np.arcsinh(1)), "the only path is the mean path"


def test_what_many_share_counts_less() -> None:
    targets = {"tried-1": "C", "tried-2": "R", "common": "C", "rare": "R", "c2": "C", "c3": "C"}
    net = net_of([trying("tried-1", "x"), trying("tried-2", "x")], targets)
    points = dict(zip(net.drugs, repurposing.scores(net, repurposing.tried(net))[:, 0], strict=True))

    assert points["rare"] > points["common"] > 0


def test_a_missed_end_point_weakens_the_paths_through_it() -> None:
    targets = {"lost": "L", "won": "W", "like-lost": "L", "like-won": "W"}
    attempts = [trying("lost", "x", 2010, 2012, "negative"), trying("won", "x", 2010, 2012, "positive")]
    ranked = [one.drug for one in repurposing.candidates(net_of(attempts, targets), "x")]

    assert ranked == ["like-won", "like-lost"]


def test_a_verdict_counts_only_once_it_was_known() -> None:
    attempt = trying("a", "x", 2010, 2015, "negative")

    assert [attempt.weight(year) for year in (2014, 2015, 2016, None)] == [0.5, 0.5, 0.25, 0.25]
    assert trying("a", "x", 2010, None, "negative").weight(2030) == 0.5, "nobody said when it ended"


def test_a_change_of_one_verdict_moves_only_what_depends_on_it() -> None:
    targets = {"a": "A", "b": "B", "like-a": "A", "like-b": "B", "d": "D"}
    before = net_of([trying("a", "x"), trying("b", "y")], targets)
    after = net_of([trying("a", "x", verdict="positive"), trying("b", "y")], targets)
    rows = [
        repurposing.likeness(net.shared["target"]) @ repurposing.damped(repurposing.tried(net))
        for net in (before, after)
    ]
    moved = {(before.drugs[r], before.diseases[c]) for r, c in np.argwhere(rows[0] != rows[1])}

    assert moved == {("like-a", "x")}


def test_a_related_disease_is_a_way() -> None:
    net = net_of([trying("a", "x"), trying("b", "y")], {"a": "A", "b": "B"}, {"x": "both", "y": "both"})
    (found,) = repurposing.candidates(net, "y")

    assert found.drug == "a"
    assert [(way.kind, way.over, way.attempt.disease) for way in found.ways] == [("related disease", "x", "x")]


def test_a_disease_in_which_nothing_was_tried_has_no_ranks() -> None:
    with pytest.raises(QueryError, match="nothing to go by"):
        repurposing.candidates(net_of([trying("a", "x")], {"a": "A"}), "disease:z")


def test_equal_scores_come_in_the_order_of_names() -> None:
    net = net_of([trying("a", "x")], {"a": "A", "c": "A", "b": "A"})

    assert [one.drug for one in repurposing.candidates(net, "x")] == ["b", "c"]


# Evaluation.


def planted(signal: bool) -> Network:
    """Twelve families of five drugs, and a target that all share; each disease tries one family, or drugs of any."""
    drugs = [f"{family}{n}" for family in "abcdefghijkl" for n in range(5)]
    targets = {drug: drug[0].upper() + "Z" for drug in drugs}
    order = drugs if signal else [drugs[(7 * n) % 60] for n in range(60)]
    attempts = [trying(drug, f"disease-{n // 5}", 2000 + 4 * (n % 5)) for n, drug in enumerate(order)]
    return net_of(attempts, targets)


def test_evaluation_finds_a_planted_signal() -> None:
    made = evaluation.evaluate(planted(signal=True), (2006, 2010), permutations=30)

    assert made.ahead
    assert made.of("paths").hit10 == 1
    assert made.p_value == pytest.approx(1 / 31)
    assert evaluation.sentence(made).startswith("These ranks are better than the baselines")


def test_evaluation_says_no_where_there_is_nothing_to_find() -> None:
    made = evaluation.evaluate(planted(signal=False), (2006, 2010), permutations=30)

    assert not made.ahead
    assert evaluation.sentence(made).startswith("These ranks are not better than the baselines")


def test_evaluation_sees_nothing_of_the_time_after_the_cut_off() -> None:
    early = [trying("a", "x", 2000), trying("b", "x", 2012)]
    later = [*early, trying("c", "x", 2015, 2016, "positive")]
    targets = {"a": "A", "b": "A", "c": "A", "d": "A"}
    seen = [
        repurposing.scores(net_of(attempts, targets), repurposing.tried(net_of(attempts, targets), 2010))
        for attempts in (early, later)
    ]

    assert (seen[0] == seen[1]).all()


def test_ranks_leave_out_other_later_pairs_and_share_ties() -> None:
    net = net_of([trying("a", "x", 2000), trying("b", "x", 2012), trying("c", "x", 2012)], dict.fromkeys("abcde", "A"))
    found = evaluation.ranks(net, 2010, repurposing.scores)

    assert found == [evaluation.Rank(0, 2)] * 2, "b and c, each among d and e"


def test_chance_hits_in_proportion() -> None:
    made = evaluation.evaluate(planted(signal=True), (2006,), permutations=0).of("chance")

    assert made.hit10 == pytest.approx(10 / made_rivals(), rel=0.02)


def made_rivals() -> float:
    net = planted(signal=True)
    known = repurposing.tried(net, 2006)
    later = (repurposing.tried(net) > 0) & (known == 0)
    return float(np.mean([((known[:, c] == 0) & ~later[:, c]).sum() + 1 for _, c in np.argwhere(later)]))


def test_same_seed_same_figures() -> None:
    assert evaluation.evaluate(planted(True), (2006,), 10) == evaluation.evaluate(planted(True), (2006,), 10)


def test_page_holds_the_figures_and_no_other() -> None:
    made = evaluation.evaluate(planted(signal=True), (2006, 2010), permutations=10)
    page = evaluation.markdown(made)

    assert page.count("\n| ") == len(made.figures) + 1
    for one in made.figures:
        assert f"| {one.positives} | {one.hit10:.2f} | {one.hit20:.2f} | {one.mrr:.3f} |" in page


# The real graph.


def test_every_hop_of_every_way_is_an_edge_with_a_receipt(whole_store: Embedded, graph: Graph) -> None:
    net = repurposing.network(graph)
    hops = {
        hop.edge
        for candidate in repurposing.candidates(net, "disease:dermatomyositis", top=20)
        for way in candidate.ways
        for hop in repurposing.path(graph, candidate.drug, way)
    }

    assert len(hops) > 50
    assert all(graph.has_edge(source, target, key=kind) for source, kind, target in hops)
    assert all(receipts.of(whole_store, *hop) for hop in hops)


def test_a_way_leads_from_the_candidate_to_the_disease(graph: Graph) -> None:
    net = repurposing.network(graph)
    for candidate in repurposing.candidates(net, "disease:inclusion-body-myositis", top=20, ways=5):
        for way in candidate.ways:
            path = repurposing.path(graph, candidate.drug, way)

            assert path[0].start == candidate.drug
            assert path[-1].end in net.diseases
            assert all(one.end == two.start for one, two in itertools.pairwise(path))


def test_candidates_were_not_tried(graph: Graph) -> None:
    net = repurposing.network(graph)
    tried = {attempt.drug for attempt in net.attempts if attempt.disease == "disease:dermatomyositis"}

    assert len(tried) > 10
    assert tried.isdisjoint(one.drug for one in repurposing.candidates(net, "disease:dermatomyositis", top=100))


def test_verdicts_of_the_graph_are_read(graph: Graph) -> None:
    net = repurposing.network(graph)

    assert {attempt.verdict for attempt in net.attempts} == {"positive", "open", "negative"}
    assert {attempt.verdict for attempt in net.attempts if attempt.trial == "trial:NCT02971683"} == {"negative"}


def test_command_ranks_and_says_how_far_to_trust_it(built: Path) -> None:
    done = CliRunner().invoke(main, ["repurpose", "dermatomyositis", "--build", str(built), "--top", "1"])

    assert done.exit_code == 0, done.output
    assert done.output.startswith("1. ")
    assert "record:" in done.output
    assert "the baselines: over" in done.output


def test_command_wants_one_thing() -> None:
    assert CliRunner().invoke(main, ["repurpose"]).exit_code == 2
    assert CliRunner().invoke(main, ["repurpose", "DM", "--evaluate"]).exit_code == 2


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import projects

    return projects.built(tmp_path_factory)
