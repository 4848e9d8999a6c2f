"""The rule engine: sentences -> tokens -> one character a token -> matches of declared forms.

A name (of a drug, a target, an action) is one token, whatever it is made of.  A rule is a form over tokens::

    word|other       one of these words                  {list}           a word of a named list
    <slot:class>     a name of a class                   <slot:class+>    a list of names: A, B and C
    <slot:..9>       1 to 9 tokens, as few as will do    <slot:rest>      all up to the end of the clause
    ...9             0 to 9 tokens, no stop word         ( a b | c )?     group, alternatives, optional
    !word|other      the next token is none of these     a+b              class a or class b, where a class stands

A gap crosses neither a stop word nor a name of the classes declared as bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg.errors import SourceError

_TOKEN = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\w\s]|_")
_ITEM = re.compile(
    r"<(?P<slot>\w+):(?:\.\.(?P<free>\d+)|(?P<rest>rest)|(?P<cls>[a-z_]+(?:\+[a-z_]+)*)(?P<many>\+)?)>"
    r"|\.\.\.(?P<gap>\d+)|!(?P<never>\{\w+\}|\S+)|(?P<open>\()(?=\s)|(?P<close>\))(?P<maybe>\?)?"
    r"|(?P<bar>\|)(?=\s)|(?P<literal>\S+)"
)
_WIDEST_GAP = 26
_LIST_SEPARATORS = frozenset((",", "/", "and", "or", "&", "(", ")", "plus", "et", "ou", "combined", "including", "+"))
_SEPARATORS = _LIST_SEPARATORS | {"the", "both", "as", "well", "with", "any", "either", "an", "a", ".", "etc", "other"}
_NONE: frozenset[str] = frozenset()


class Name(NamedTuple):
    """A name, the class it is of, and what it stands for."""

    text: str
    cls: str
    key: str


class Token(NamedTuple):
    """A word, a mark or a name, and its place in the text."""

    start: int
    end: int
    text: str
    """Folded."""
    names: tuple[Name, ...] = ()

    def key(self, *classes: str) -> str | None:
        """Return what it stands for in the first of these classes that it is of.

        Examples
        --------
        >>> Token(0, 4, "cd20", (Name("CD20", "target", "MS4A1"),)).key("drug", "target")
        'MS4A1'
        """
        return next((name.key for cls in classes for name in self.names if name.cls == cls), None)


class Match(NamedTuple):
    """A form found in a sentence: tokens from `start` to `stop`, and the tokens of each slot."""

    rule: str
    start: int
    stop: int
    slots: Mapping[str, tuple[int, int]]


def fold(text: str) -> str:
    """Return a text in lower case, hyphens as blanks, of the same length.

    Examples
    --------
    >>> fold("Anti-CD20 \u0130")
    'anti cd20 \u0130'
    """
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.replace("-", " ").replace("\n", " ")


def tokens(text: str, start: int, end: int, hits: Sequence[Token]) -> list[Token]:
    """Cut a part of a text into tokens, given the names in it.

    Examples
    --------
    >>> [token.text for token in tokens("binds to CD80-bearing cells", 0, 27, [Token(9, 13, "cd80")])]
    ['binds', 'to', 'cd80', '-', 'bearing', 'cells']
    """
    found: list[Token] = []
    place = start
    for hit in hits:
        if hit.end > end:
            break
        found.extend([Token(m.start(), m.end(), m[0].lower()) for m in _TOKEN.finditer(text, place, hit.start)])
        found.append(hit)
        place = hit.end
    found.extend([Token(m.start(), m.end(), m[0].lower()) for m in _TOKEN.finditer(text, place, end)])
    return found


class Forms:
    """Compiled rules.

    Parameters
    ----------
    rules
        Rule id -> form.
    words
        The named lists of words.
    stop
        Words that no gap crosses.
    end
        Words besides those that end a slot of all the rest.
    bounds
        Classes whose names no gap crosses.
    classes
        All sets of classes that a token may be of.

    Raises
    ------
    SourceError
        If a form does not compile; names rule and form.

    Examples
    --------
    >>> drug, target = (Name("abatacept", "drug", "abatacept"),), (Name("CD80", "target", "CD80"),)
    >>> forms = Forms({"m": "<drug:drug> ...3 binds ( to )? <targets:target+>"}, {}, [";"], [], [], [drug, target])
    >>> text = "Abatacept briefly binds to CD80"
    >>> named = [Token(0, 9, "abatacept", drug), Token(27, 31, "cd80", target)]
    >>> next(iter(forms.find(tokens(text, 0, 31, named)))).slots
    {'drug': (0, 1), 'targets': (4, 5)}
    """

    def __init__(
        self,
        rules: Mapping[str, str],
        words: Mapping[str, Sequence[str]],
        stop: Sequence[str],
        end: Sequence[str],
        bounds: Sequence[str],
        classes: Iterable[Sequence[Name]],
    ) -> None:
        self._words = words
        sets = {_NONE, *(frozenset(name.cls for name in names) for names in classes)}
        vocabulary: set[str] = {*stop, *end, *_SEPARATORS}
        for rule, form in rules.items():
            for item in _ITEM.finditer(form):
                for part in (item["never"], item["literal"]):
                    if part:
                        vocabulary.update(self._listed(rule, part))
        self._code: dict[tuple[str, frozenset[str]], str] = {}
        for found in sorted(sets, key=sorted):
            for word in ("", *sorted(vocabulary - {""})):
                self._code[word, found] = chr(0xF0000 + len(self._code))
        self._in_gap = self._chars(lambda word, found: word not in stop and not found.intersection(bounds))
        self._in_rest = self._chars(lambda word, _: word not in stop and word not in end)
        self._separator = self._chars(lambda word, found: word in _SEPARATORS and not found)
        self._between = self._chars(lambda word, found: word in _LIST_SEPARATORS and not found)
        self._rules = {}
        for rule, form in rules.items():
            needed = self._needed(rule, form)
            single = frozenset(part for parts in needed if len(parts) == 1 for part in parts)
            several = [parts for parts in needed if len(parts) > 1]
            self._rules[rule] = (single, several, self._compile(rule, form))

    def _needed(self, rule: str, form: str) -> list[frozenset[str]]:
        """Return what a sentence must hold: for each part outside groups, one of some classes or words."""
        depth, needed = 0, []
        for item in _ITEM.finditer(form):
            depth += 1 if item["open"] else -1 if item["close"] else 0
            if depth == 0 and item["cls"]:
                needed.append(frozenset(f"<{cls}>" for cls in item["cls"].split("+")))
            elif depth == 0 and item["literal"]:
                needed.append(frozenset(self._listed(rule, item["literal"])))
        return needed

    def _listed(self, rule: str, part: str) -> list[str]:
        found: list[str] = []
        for word in part.split("|"):
            if not word.startswith("{"):
                found.append(word)
            elif word[1:-1] in self._words:
                found.extend(self._words[word[1:-1]])
            else:
                raise SourceError(
                    "ontology/reading/rules.toml", rule, word, f"one of the lists {', '.join(self._words)}"
                )
        return found

    def _chars(self, wanted: Any) -> str:
        runs: list[list[int]] = []
        for key, char in self._code.items():
            if wanted(*key):
                if runs and runs[-1][1] == ord(char) - 1:
                    runs[-1][1] = ord(char)
                else:
                    runs.append([ord(char), ord(char)])
        return f"[{''.join(f'{chr(low)}-{chr(high)}' for low, high in runs)}]" if runs else r"[^\s\S]"

    def _compile(self, rule: str, form: str) -> re.Pattern[str]:
        try:
            return re.compile("".join(self._part(rule, item) for item in _ITEM.finditer(form)), re.S)
        except re.error as error:
            raise SourceError("ontology/reading/rules.toml", rule, form, f"a form ({error})") from None

    def _part(self, rule: str, item: re.Match[str]) -> str:
        slot = item["slot"]
        if slot:
            return f"(?P<{slot}>{self._slot(item)})"
        if item["gap"]:
            if int(item["gap"]) > _WIDEST_GAP:
                raise SourceError("ontology/reading/rules.toml", rule, item[0], f"a gap of at most {_WIDEST_GAP}")
            return f"{self._in_gap}{{0,{item['gap']}}}?"
        for group, before in (("never", "(?!"), ("literal", "")):
            if item[group]:
                listed = self._listed(rule, item[group])
                chars = self._chars(lambda word, _, known=frozenset(listed): word in known)
                return f"{before}{chars})" if before else chars
        return "(?:" if item["open"] else ")" + (item["maybe"] or "") if item["close"] else "|"

    def _slot(self, item: re.Match[str]) -> str:
        if item["free"]:
            return f"{self._in_gap}{{1,{item['free']}}}?"
        if item["rest"]:
            return f"{self._in_rest}+"
        wanted = frozenset(item["cls"].split("+"))
        name = self._chars(lambda _, found: found & wanted)
        return f"{name}(?:{self._between}{self._separator}{{0,3}}{name})*" if item["many"] else name

    def find(self, tokens: Sequence[Token]) -> Iterator[Match]:
        """Yield the matches of all rules in the tokens of a sentence."""
        present = {f"<{name.cls}>" for token in tokens for name in token.names}
        present.update(token.text for token in tokens)
        possible = [
            (rule, pattern)
            for rule, (single, several, pattern) in self._rules.items()
            if single <= present and not any(map(present.isdisjoint, several))
        ]
        if not possible:
            return
        code = self._code
        char = self._char
        line = "".join([char(code, token) for token in tokens])
        for rule, pattern in possible:
            for match in pattern.finditer(line):
                slots = {slot: match.span(slot) for slot in match.groupdict() if match.start(slot) >= 0}
                yield Match(rule, match.start(), match.end(), slots)

    @staticmethod
    def _char(code: Mapping[tuple[str, frozenset[str]], str], token: Token) -> str:
        found = frozenset([name.cls for name in token.names]) if token.names else _NONE
        return code.get((token.text, found)) or code["", found]
