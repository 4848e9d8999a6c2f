"""Namespaces, slugs, minting and CURIEs."""

from __future__ import annotations

import re
from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import contract, walk
from kg.errors import SourceError
from kg.names import BASE, KINDS, PREFIXES, digest, expand, mint, own, shrink, slug
from kg.resources import root
from kg.sources import curated

WORD = re.compile(r"[A-Za-z0-9]")
PREFIX = st.sampled_from(sorted(PREFIXES))
IDENTIFIER = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


def is_valid(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


def test_every_prefix_stands_for_a_valid_iri() -> None:
    assert [prefix for prefix, stem in PREFIXES.items() if not is_valid(stem + "x")] == []


def test_no_prefix_starts_with_another() -> None:
    stems = sorted(PREFIXES.values())
    clashes = [pair for pair in pairwise(stems) if pair[1].startswith(pair[0])]

    assert clashes == []


def test_each_kind_is_a_prefix_and_a_folder() -> None:
    assert sorted(set(KINDS)) == list(KINDS)
    assert {kind: f"{BASE}{kind}/" for kind in KINDS} == {kind: PREFIXES[kind] for kind in KINDS}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("sjogren-s-syndrome", "Sjögren's syndrome"),
        ("il-2", "  IL-2  "),
        ("a-b", "a -- b"),
        ("ifn", "IFN-β"),
        ("", "β"),
        ("fi", "\N{LATIN SMALL LIGATURE FI}"),
    ],
)
def test_slug(expected: str, text: str) -> None:
    assert expected == slug(text)


@given(st.text())
def test_slug_is_stable_and_safe(text: str) -> None:
    once = slug(text)

    assert once == slug(once)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", once)


@given(st.text(), st.integers(1, 64))
def test_digest_has_the_length_asked_for(text: str, length: int) -> None:
    assert digest(text, length) == digest(text, 64)[:length]
    assert re.fullmatch(r"[0-9a-f]+", digest(text, length))
    assert len(digest(text, length)) == length


@given(st.sampled_from(KINDS), st.sampled_from(["verbatim", "slug"]), st.text())
@example("trial", "verbatim", "__")
def test_minted_iri_is_valid_flat_and_stable_or_refused(kind: str, form: str, key: str) -> None:
    if not WORD.search(slug(key) if form == "slug" else key):
        with pytest.raises(SourceError, match="at least one letter or digit"):
            mint(kind, form, key)
        return
    iri = mint(kind, form, key)
    local = iri.removeprefix(BASE + kind + "/")

    assert iri == mint(kind, form, key) == own(kind, local)
    assert is_valid(iri)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", local)
    assert WORD.search(local)


@given(st.sampled_from(KINDS), st.text(), IDENTIFIER)
def test_minted_child_starts_with_its_parent(kind: str, key: str, parent: str) -> None:
    iri = mint(kind, "child", key, own("trial", parent))

    assert iri == f"{BASE}{kind}/{parent}-{digest(key)}"
    assert is_valid(iri)


@pytest.mark.parametrize(("form", "key"), [("slug", "---"), ("verbatim", "-.-"), ("slug", ""), ("verbatim", "β")])
def test_mint_refuses_a_key_without_letters(form: str, key: str) -> None:
    with pytest.raises(SourceError, match="expected a key with at least one letter or digit"):
        mint("drug", form, key)


def test_mint_refuses_a_child_without_parent() -> None:
    with pytest.raises(SourceError, match="arm: saw 'placebo', expected a parent for a child IRI"):
        mint("arm", "child", "placebo")


def test_mint_refuses_an_unknown_form() -> None:
    with pytest.raises(SourceError, match="slugg"):
        mint("drug", "slugg", "abatacept")


def test_mint_keeps_a_verbatim_key() -> None:
    assert own("trial", "NCT04946669") == mint("trial", "verbatim", "NCT04946669")


@given(PREFIX, IDENTIFIER)
def test_curie_round_trip(prefix: str, identifier: str) -> None:
    curie = f"{prefix}:{identifier}"

    assert curie == shrink(expand(curie))
    assert PREFIXES[prefix] + identifier == expand(shrink(PREFIXES[prefix] + identifier))


@given(PREFIX, st.text(min_size=1))
def test_expanded_curie_is_a_valid_iri_or_refused(prefix: str, identifier: str) -> None:
    try:
        iri = expand(f"{prefix}:{identifier}")
    except SourceError:
        return

    assert iri == PREFIXES[prefix] + identifier
    assert is_valid(iri)


@pytest.mark.parametrize("identifier", ["a b", "a<b", 'a"b', "a\\b", "a\nb", "a\x7fb", "a%zz", "a[b]", "a\ue000b"])
def test_expand_refuses_what_no_iri_can_hold(identifier: str) -> None:
    with pytest.raises(SourceError, match="expected an identifier without") as caught:
        expand(f"doi:{identifier}")

    assert caught.value.seen == f"doi:{identifier}"


@pytest.mark.parametrize("curie", ["", "MONDO", "MONDO:", ":1", "mondo:1", "http://example.org/a"])
def test_expand_refuses_what_is_no_known_curie(curie: str) -> None:
    with pytest.raises(SourceError, match=r"expected prefix:identifier with a prefix of kg\.names\.PREFIXES"):
        expand(curie)


@pytest.mark.parametrize("iri", ["https://example.org/a", "", "urn:x:y"])
def test_shrink_leaves_other_iris_alone(iri: str) -> None:
    assert iri == shrink(iri)


@pytest.fixture(scope="module")
def minted() -> list[tuple[str, str]]:
    """IRI and key of every record that has no parent."""
    of = contract.read(root() / "ontology")
    records = [sourced.record for sourced in curated.everything(root())]
    named = [(record, of.by_record_type[type(record).__name__]) for record in records]
    return [(walk.iri_of(record, cls), walk.key_of(record, cls)) for record, cls in named]


def test_no_two_keys_share_an_iri(minted: list[tuple[str, str]]) -> None:
    keys: dict[str, set[str]] = {}
    for iri, key in minted:
        keys.setdefault(iri, set()).add(key)

    assert len(minted) > 500
    assert {iri: both for iri, both in keys.items() if len(both) > 1} == {}
    assert len(keys) == len(minted)


def test_contract_mints_only_known_kinds() -> None:
    kinds = {cls.iri_kind for cls in contract.read(root() / "ontology").classes.values()}

    assert kinds - set(KINDS) == set()
