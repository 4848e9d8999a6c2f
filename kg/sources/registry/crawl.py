"""A crawl of the registry: everything that a query finds, into the archive; goes on where it stopped.

A crawl is a row of steps (a page, or a study that was asked for by its number); each is noted when
its studies are in place.  The same query for the same state of the registry's data goes on after
the last step noted; if the data have changed meanwhile, or the token is no longer taken, it begins
anew, which costs requests but nothing else.  At the end the version is asked again, and studies that
the last crawl for the same query found and this one did not are looked up one by one: gone from the
registry, merged into another, or no longer matching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from kg.errors import FetchError
from kg.rows import DiseaseRow
from kg.sources.registry.api import Client, Page, identify, number
from kg.sources.registry.archive import Archive, Crawl, Query, Step, Study

ROOT = "myositis disease"
"""The disease under which all others are asked for."""

_IDLE = 10
"""So many pages in a row without a study that is new to the crawl end it: the server goes in circles."""


class Summary(NamedTuple):
    """What a crawl did: studies by what became of them, and everything that is not as one would expect."""

    crawl: Crawl
    counts: dict[str, int]
    gone: dict[str, str]
    aliases: dict[str, str]
    missing: tuple[str, ...]
    rejected: tuple[str, ...]
    resumed: bool

    def warnings(self) -> list[str]:
        r"""Say what a user should know.

        >>> crawl = Crawl(
        ...     url="u", query=Query("ids", "NCT00000009"), api_version="2", before="a", after="b", started="t"
        ... )
        >>> summary = Summary(crawl, {}, {}, {}, ("NCT00000009",), (), False)
        >>> print(*summary.warnings(), sep="\n")
        the data changed during the crawl (a, then b): run it again for one state
        NCT00000009: not in the registry
        """
        one, said = self.crawl, []
        if one.after != one.before:
            said.append(
                f"the data changed during the crawl ({one.before}, then {one.after}): run it again for one state"
            )
        if one.announced is not None and one.announced != len(one.found):
            said.append(f"the registry announced {one.announced} studies, {len(one.found)} came")
        said += [f"{study}: {why}; its file stays" for study, why in self.gone.items()]
        said += [f"{study}: not in the registry" for study in self.missing]
        return [*said, *(f"rejected: {what}" for what in self.rejected)]

    def complete(self) -> bool:
        """Tell whether all that was asked for came.

        >>> crawl = Crawl(url="u", query=Query("cond", "x"), api_version="2", before="a", started="t", announced=2)
        >>> Summary(crawl, {}, {}, {}, (), (), False).complete()
        False
        """
        announced = self.crawl.announced in (None, len(self.crawl.found))
        return announced and not self.missing and not self.rejected


def default_query(diseases: Iterable[DiseaseRow]) -> Query:
    """Make the query for all conditions of the myositis branch, in the spelt-out names that the table has.

    A name that contains another as words adds nothing and is left out; so is one that ends in an
    abbreviation: ``DM`` and ``IBM`` mean far more than a myositis.

    Examples
    --------
    >>> row = DiseaseRow(name=ROOT, synonyms=("myositis",), group="myositis", sources=("x",))
    >>> below = msgspec.structs.replace(
    ...     row, name="dermatomyositis", parents=(ROOT,), synonyms=("DM", "adult dermatomyositis")
    ... )
    >>> print(default_query((row, below)))
    cond = "dermatomyositis" OR "myositis"
    """
    rows = list(diseases)
    branch, size = {ROOT}, 0
    while size != len(branch):
        size = len(branch)
        branch |= {row.name for row in rows if branch.intersection(row.parents)}
    names = {name for row in rows if row.name in branch for name in (row.name, *row.synonyms) if _is_spelt_out(name)}
    words = {name: f" {name.replace('-', ' ')} ".casefold() for name in names}
    kept = [name for name in names if not any(words[o] in words[name] and words[o] != words[name] for o in names)]
    return Query("cond", " OR ".join(f'"{name}"' for name in sorted(kept)))


def _is_spelt_out(name: str) -> bool:
    return sum(letter.isupper() for letter in name.split()[-1]) <= 1 and '"' not in name


def run(
    client: Client,
    archive: Archive,
    query: Query,
    size: int = 100,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[int, int | None], None] = lambda done, total: None,
) -> Summary:
    """Crawl, or go on with a crawl.

    Parameters
    ----------
    client
        Whom to ask.
    archive
        Where studies go; opened.
    query
        What to ask for.
    size
        Studies a page.
    now
        The time.
    progress
        Told the studies found so far, and their number if the registry announced it.

    Raises
    ------
    FetchError
        If the registry fails for good; the same crawl goes on later.
    """
    version = client.version()
    crawl = Crawl(
        url=client.url,
        query=query,
        api_version=version.api_version,
        before=version.data_timestamp,
        started=_stamp(now()),
    )
    resumed = archive.unfinished(crawl)
    if resumed:
        archive.resume()
    else:
        archive.begin(crawl)
    crawler = _Crawler(client, archive, now, progress)
    crawler.tell()
    if query.area == "ids":
        crawler.numbers(query.text.split())
    else:
        crawler.pages({f"query.{query.area}": query.text}, size)
    return crawler.close(resumed)


class _Crawler:
    """The steps of one crawl."""

    def __init__(
        self,
        client: Client,
        archive: Archive,
        now: Callable[[], datetime],
        progress: Callable[[int, int | None], None],
    ) -> None:
        self._client, self._archive, self._now, self._progress = client, archive, now, progress
        self._counts = dict.fromkeys(("new", "changed", "unchanged"), 0)

    def tell(self) -> None:
        self._progress(self._archive.number(), self._announced())

    def _announced(self) -> int | None:
        if self._archive.crawl.query.area == "ids":
            return None
        return next((step.announced for step in self._archive.steps if step.announced is not None), None)

    def pages(self, search: dict[str, str], size: int) -> None:
        """Take page after page until there is no token."""
        for page in self._pages(search, size):
            studies: dict[str, Study] = {}
            aliases: dict[str, str] = {}
            rejected: list[str] = []
            for position, raw in enumerate(page.studies, 1):
                try:
                    study, others = identify(raw)
                except msgspec.MsgspecError as error:
                    rejected.append(
                        f"study {position} of a page, {error}: {bytes(raw)[:60].decode(errors='replace')!r}"
                    )
                    continue
                studies[study] = self._put(study, bytes(raw))
                aliases |= dict.fromkeys(others, study)
            self._note(
                Step(
                    next=page.next_page_token or None,
                    announced=page.total_count,
                    studies=studies,
                    aliases=aliases,
                    rejected=tuple(rejected),
                )
            )

    def _pages(self, search: dict[str, str], size: int) -> Iterator[Page]:
        steps = [step for step in self._archive.steps if not step.asked]
        token, tokens, idle = (steps[-1].next if steps else None), {step.next for step in steps}, 0
        if steps and token is None:
            return
        try:
            page = self._client.page(search, size, token)
        except FetchError as error:
            if not steps or error.status is None:
                raise
            self._archive.begin(self._archive.crawl)
            tokens, page = set(), self._client.page(search, size)
        while True:
            known = self._archive.number()
            yield page
            token = page.next_page_token or None
            if token is None:
                return
            idle = 0 if self._archive.number() > known else idle + 1
            if token in tokens or idle == _IDLE:
                raise FetchError(f"{self._client.url}: its pages go in circles; {self._archive.number()} studies came")
            tokens.add(token)
            page = self._client.page(search, size, token)

    def numbers(self, asked: list[str]) -> None:
        """Take the studies of some numbers."""
        done = {step.asked for step in self._archive.steps}
        for one in asked:
            if one not in done:
                self._note(self._look_up(one))

    def _look_up(self, asked: str, gone: str = "") -> Step:
        raw = self._client.study(asked)
        if raw is None:
            return Step(asked=asked, missing=(asked,))
        try:
            study, others = identify(raw)
        except msgspec.MsgspecError as error:
            return Step(asked=asked, rejected=(f"{asked}, {error}",))
        entry = self._put(study, raw, gone if study == asked else "")
        aliases = dict.fromkeys((*others, *({asked} - {study})), study)
        return Step(asked=asked, studies={study: entry}, aliases=aliases)

    def _put(self, study: str, raw: bytes, gone: str = "") -> Study:
        became, entry = self._archive.put(study, raw, _stamp(self._now()), gone)
        self._counts[became] += 1
        return entry

    def _note(self, step: Step) -> None:
        self._archive.note(step)
        self.tell()

    def close(self, resumed: bool) -> Summary:
        """Look up what is no longer found, ask for the version again, write the manifest."""
        archive = self._archive
        found = archive.found()
        last = archive.before(archive.crawl)
        gone = {study: self._why_gone(study) for study in (last.found if last else ()) if study not in found}
        for study, why in gone.items():
            archive.mark_gone(study, why)
        crawl = msgspec.structs.replace(
            archive.crawl,
            after=self._client.version().data_timestamp,
            finished=_stamp(self._now()),
            announced=self._announced(),
            found=tuple(sorted(found)),
        )
        archive.finish(crawl)
        asked = [step for step in archive.steps if step.asked not in gone]
        return Summary(
            crawl=crawl,
            counts=self._counts,
            gone=gone,
            aliases={step.asked: one for step in asked for one in step.studies if step.asked not in ("", one)},
            missing=tuple(one for step in asked for one in step.missing if one not in gone),
            rejected=tuple(what for step in archive.steps for what in step.rejected),
            resumed=resumed,
        )

    def _why_gone(self, study: str) -> str:
        step = next((one for one in self._archive.steps if one.asked == study), None)
        if step is None:
            step = self._look_up(study, "no longer matches the query")
            self._archive.note(step)
        if step.missing:
            return "no longer in the registry"
        (other,) = step.studies or ("",)
        return "no longer matches the query" if other in (study, "") else f"merged into {other}"


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbers(texts: Iterable[str]) -> Query:
    """Make the query for studies by their numbers.

    Raises
    ------
    FetchError
        If a text is no number.

    Examples
    --------
    >>> print(numbers(["nct2971683", "NCT02971683"]))
    ids = NCT02971683
    """
    found = {text: number(text) for text in texts}
    if wrong := [text for text, one in found.items() if one is None]:
        raise FetchError(f"{wrong[0]!r} is no number of a study, like NCT02971683; an expression goes with --query")
    return Query("ids", " ".join(sorted({one for one in found.values() if one})))
