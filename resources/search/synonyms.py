"""Reads `synonyms.txt`: the words that people, leaflets and medical letters use for one concept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TABLE = Path(__file__).with_name("synonyms.txt")

NAME = re.compile(r"[a-z]+")
Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One concept: `same` are its names anywhere, `question_only` mean it in a question only."""

    number: int
    name: str
    same: tuple[str, ...]
    question_only: tuple[str, ...]


@dataclass(frozen=True)
class Synonyms:
    """Phrases, as tokens, with the concepts they mean; `phrases` as they are written."""

    in_text: dict[Tokens, tuple[str, ...]]
    in_questions: dict[Tokens, tuple[str, ...]]
    phrases: tuple[str, ...]
    longest: int

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first tokens of phrases: few words of a text are one."""
        return frozenset(tokens[0] for tokens in self.in_text)

    def concepts_in(self, tokens: Sequence[str]) -> Iterator[str]:
        """Yield the concepts that a text mentions."""
        for at, token in enumerate(tokens):
            if token not in self.beginnings:
                continue
            for length in range(1, min(self.longest, len(tokens) - at) + 1):
                yield from self.in_text.get(tuple(tokens[at : at + length]), ())

    def longest_match(self, tokens: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
        """Return the length of the longest known phrase at `at` (1 if none) and its concepts."""
        for length in range(min(self.longest, len(tokens) - at), 0, -1):
            if names := self.in_questions.get(tuple(tokens[at : at + length])):
                return length, names
        return 1, ()


class InvalidSynonyms(ValueError):
    """Raised for a line of the table that cannot be used, with the reason."""


def read_synonyms(tokens_of: Callable[[str], list[str]], table: Path = TABLE) -> Synonyms:
    """Return the table by tokens. Raises InvalidSynonyms, naming the line."""
    lines = list(parse_lines(table.read_text(encoding="utf-8")))
    in_text: dict[Tokens, tuple[str, ...]] = {}
    in_questions: dict[Tokens, tuple[str, ...]] = {}
    for line in lines:
        for phrase in line.same:
            _add(in_text, _key(line, phrase, tokens_of), line.name)
            _add(in_questions, _key(line, phrase, tokens_of), line.name)
        for phrase in line.question_only:
            _add(in_questions, _key(line, phrase, tokens_of), line.name)
    return Synonyms(
        in_text=in_text,
        in_questions=in_questions,
        phrases=tuple(
            dict.fromkeys(phrase for line in lines for phrase in (*line.same, *line.question_only))
        ),
        longest=max(map(len, in_questions), default=1),
    )


def parse_lines(text: str) -> Iterator[Line]:
    """Yield the concepts of the table. Raises InvalidSynonyms, naming the line."""
    names: dict[str, int] = {}
    for number, written in enumerate(text.splitlines(), start=1):
        content = written.partition("#")[0].strip()
        if not content:
            continue
        name, colon, phrases = content.partition(":")
        same, _, question_only = phrases.partition("|")
        name = name.strip()
        if not colon or not NAME.fullmatch(name) or not _list(same):
            raise InvalidSynonyms(
                f"line {number}: use the form 'name: one, another | only asked', with a name in letters a to"
                " z"
            )
        if name in names:
            raise InvalidSynonyms(f"line {number}: {name} stands on line {names[name]} already")
        names[name] = number
        yield Line(number, name, _list(same), _list(question_only))


def _list(phrases: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in phrases.split(",") if phrase.strip())


def _key(line: Line, phrase: str, tokens_of: Callable[[str], list[str]]) -> Tokens:
    tokens = tuple(tokens_of(phrase))
    if not tokens:
        raise InvalidSynonyms(f"line {line.number}: {phrase!r} holds no word")
    return tokens


def _add(known: dict[Tokens, tuple[str, ...]], tokens: Tokens, name: str) -> None:
    known[tokens] = tuple(dict.fromkeys([*known.get(tokens, ()), name]))
