"""States the catalogue of queries in RDF, so that the queries can be queried and offered by an endpoint.

The layout is the one that the SPARQL editor and the example tools of SIB read: each query is a SHACL
executable with a comment, keywords and its text; the prefixes are declared once.  Nothing is a blank
node: a query is ``.../question/<name>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg import questions, serialise, sparql, terms
from kg.names import PREFIXES, own
from kg.questions import MARK, Question

_A = PREFIXES["rdf"] + "type"
_SH = PREFIXES["sh"]
_FORMS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct", "DESCRIBE": "Describe"}


def triples(catalogue: Iterable[Question], endpoint: str = "") -> list[str]:
    r"""Return the statements of some queries as N-Triples lines without the closing dot.

    Parameters
    ----------
    catalogue
        The queries.
    endpoint
        The address of the endpoint that they are meant for, if it is known.

    Examples
    --------
    >>> query = "#+ title: Who?\n#+ description: All.\n#+ topic: drugs\n#+ columns: {a: b}\nSELECT ?a {}"
    >>> print(triples([questions.parse("who", query)])[-2])
    <https://w3id.org/myositis-kg/question/who> <http://www.w3.org/ns/shacl#select> "SELECT ?a {}"
    """
    found = list(catalogue)
    declared = sorted({name for query in found for name in sparql.prefixes(query.text)})
    prefixes = own("question", "prefixes")
    lines: list[tuple[str, str, str]] = [(prefixes, _A, terms.iri(PREFIXES["owl"] + "Ontology"))] if declared else []
    for name in declared:
        prefix = own("question", f"prefix-{name}")
        lines += [
            (prefixes, _SH + "declare", terms.iri(prefix)),
            (prefix, _A, terms.iri(_SH + "PrefixDeclaration")),
            (prefix, _SH + "prefix", terms.text(name)),
            (prefix, _SH + "namespace", terms.typed(PREFIXES[name], "anyURI")),
        ]
    for query in found:
        iri, form = own("question", query.name), sparql.form(query.text)
        lines += [
            (iri, _A, terms.iri(f"{_SH}SPARQLExecutable")),
            (iri, _A, terms.iri(f"{_SH}SPARQL{_FORMS[form]}Executable")),
            (iri, _SH + form.lower(), terms.text(body(query))),
            (iri, PREFIXES["rdfs"] + "comment", terms.label(query.title)),
            (iri, PREFIXES["dcterms"] + "description", terms.label(query.description)),
            (iri, PREFIXES["schema"] + "keywords", terms.text(query.topic)),
        ]
        if sparql.prefixes(query.text):
            lines.append((iri, _SH + "prefixes", terms.iri(prefixes)))
        if endpoint:
            lines.append((iri, PREFIXES["schema"] + "target", terms.iri(endpoint)))
    return sorted(f"{terms.iri(subject)} {terms.iri(predicate)} {term}" for subject, predicate, term in lines)


def body(query: Question) -> str:
    r"""Return the text of a query without its header.

    >>> body(Question(title="", description="", topic="", columns={}, text="#+ title: x\nASK {}\n"))
    'ASK {}'
    """
    return "\n".join(line for line in query.text.splitlines() if not line.startswith(MARK)).strip()


def page(root: Path) -> bytes:
    """Return the questions, checks and views of a project as one Turtle document.

    >>> from kg.resources import root
    >>> page(root()).decode().splitlines()[0]
    '# The queries as SHACL executables; made by `kg tidy` from the query files.'
    """
    folders = ("questions", "checks", "views")
    found = [query for folder in folders for query in questions.read(root / "queries" / folder).values()]
    head = "# The queries as SHACL executables; made by `kg tidy` from the query files.\n"
    return head.encode() + serialise.turtle(triples(found))
