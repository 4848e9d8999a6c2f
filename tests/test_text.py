"""Bytes to characters to clean characters, and back; sentences."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.reading.text import LARGEST, Text, of, read


def sentences(text: str) -> list[str]:
    page = of(text)
    return [page.clean[start:end] for start, end in page.sentences()]


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        (r"Assessment \& Studies \[0 to 100\]", "Assessment & Studies [0 to 100]"),
        (r"by \>=20%, moderate\-to\-severe", "by >=20%, moderate-to-severe"),
        (r"0\~80", "0~80"),
        ("standard of care~Treg and Th17", "standard of care\nTreg and Th17"),
        ("~10 mg", "~10 mg"),
        ("a\xa0b\u202fc", "a b c"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("anti\u2010MDA5 0\u201310", "anti-MDA5 0-10"),
        ("the patient\u2019s \u201cown\u201d", 'the patient\'s "own"'),
        ("5 &lt; 6 &amp; 7 &nbsp;8", "5 < 6 & 7  8"),
        ("in\u00adflam\u200bmation", "inflammation"),
        ("de\ufb01nition", "definition"),
    ],
)
def test_copying_is_undone(written: str, clean: str) -> None:
    assert of(written).clean == clean


def test_places_lead_back_to_the_original() -> None:
    page = of(r"Group \& Studies (\>=20%)")
    start = page.clean.index("Studies")
    assert page.quote(start, start + 7) == "Studies"
    start = page.clean.index("& Stu")
    assert page.quote(start, start + 5) == r"\& Stu"
    start = page.clean.index(">=20%")
    assert page.quote(start, start + 5) == r"\>=20%"


@given(st.text(alphabet=st.sampled_from(list("ab \\&>~\r\n\xa0\u200b\ufb03;<lt.A(")), max_size=60))
def test_every_unchanged_character_is_found_again(written: str) -> None:
    page = of(written)
    changed = {place for start, end, _, _ in page.changes for place in range(start, end)}
    for place, character in enumerate(page.clean):
        first, last = page.span(place, place + 1)
        assert 0 <= first < last <= len(written)
        if place not in changed:
            assert written[first:last] == character
    assert page.span(0, len(page.clean))[1] <= len(written)


@given(st.text(max_size=300))
def test_sentences_and_lines_are_ordered_and_cover_all_words(written: str) -> None:
    page = of(written)
    for spans in (list(page.sentences()), list(page.lines())):
        assert all(start < end for start, end in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
        kept = "".join(page.clean[start:end] for start, end in spans)
        assert "".join(kept.split()) == "".join(page.clean.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It ended.Patients left.", 2),
        ("Drugs (methotrexate, etc.) are the first choice.", 1),
        ("Smith et al. reported this. It held.", 2),
        ("He took cyclosporin A. The rash went.", 2),
        ("In the U.S. the drug is sold, e.g. Xeljanz.", 1),
        ("believed to tone down TGF-? and TNF-? and to slow growth.", 1),
        ("The rash\nwent.", 2),
        ("A large part of these patients, above all those with the\nantibody, died.", 1),
        ("calm itchy rash and weak muscles alike.12 Next one.", 2),
        ("Masking\nNONE\nEnrollment\n10", 4),
        ("0.5 mg/kg was given. 3.5 was not.", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_encodings(encoding: str) -> None:
    assert read("Étude de la myosite à inclusions".encode(encoding)).clean == "Étude de la myosite à inclusions"


def test_a_cut_character_is_dropped() -> None:
    assert read("Étude é".encode()[:-1]).clean == "Étude "


def test_html() -> None:
    page = read(
        b"<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body><ul><li>One<li>Two &amp; 3</ul>"
        b"<table><tr><td>Sex:</td><td>All</td></tr></table><p>Long\n text <i>it</i>al<br>next</p>"
        b"<script>var a = '<p>';</script></body></html>"
    )
    assert page.clean == "One\nTwo & 3\nSex: | All\nLong text ital\nnext"


def test_declared_encoding_of_html() -> None:
    head = '<html><head><meta charset="iso-8859-2"></head><body><p>'
    assert read((head + "Łódź hospital</p>").encode("iso-8859-2")).clean == "Łódź hospital"


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"12 3.4", b"\x00\x01\x02\x03" * 50, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9]
)
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"page\.txt"):
        read(data, "page.txt")


def test_too_large() -> None:
    with pytest.raises(SourceError, match="at most"):
        read(b"word " * (LARGEST // 4))
    with pytest.raises(SourceError, match="at most"):
        read(b"word " * (LARGEST * 2))


@pytest.mark.parametrize("unit", ["ab. ", "ab ~", "(A. ab ", "<b>", "ab\n", "\\&a", "<div> ab ", "&lt;a", "etc. "])
def test_no_hang(unit: str) -> None:
    data = ("word " + unit * (500_000 // len(unit))).encode()
    start = time.perf_counter()
    page = read(data)
    assert isinstance(page, Text)
    list(page.sentences())
    list(page.lines())
    assert time.perf_counter() - start < 4
