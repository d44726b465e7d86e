"""The words of a question, and the things they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from resources.search.synonyms import TABLE, parse_lines
from resources.search.tokens import SENTENCE_WORDS, STOP_WORDS, fold, tokens_of


@dataclass(frozen=True)
class Wanted:
    """One thing wanted: all the tokens (side by side in a phrase), or one of the things that they mean."""

    words: tuple[str, ...]
    tokens: tuple[str, ...]
    things: frozenset[str] = frozenset()
    is_phrase: bool = False


def parse_words(text: str) -> list[Wanted]:
    """Phrases in quotation marks as they stand; of the rest the longest known words for a thing, else each.

    Words such as "the" count only where there is nothing else.
    """
    parts = text.split('"')
    quoted = parts[1 : len(parts) - 1 : 2]
    loose = " ".join([*parts[0::2], *(parts[-1:] if len(parts) % 2 == 0 else [])])
    phrases = [
        Wanted(tuple(fold(term).split()), tuple(tokens_of(term)), is_phrase=True)
        for term in quoted
        if fold(term)
    ]
    plain = list(_plain_words(fold(loose).split()))
    meaningful = [
        term
        for term in plain
        if term.things
        or not (term.words[0] in STOP_WORDS | SENTENCE_WORDS or re.fullmatch(r"\d\d?", term.words[0]))
    ]
    return [*phrases, *(meaningful or ([] if phrases else plain))]


def _plain_words(words: Sequence[str]) -> Iterator[Wanted]:
    words = list(words)
    while words:
        length = next((n for n in range(len(words), 0, -1) if _things_meant(" ".join(words[:n]))), 1)
        taken, words = words[:length], words[length:]
        meaningful = [word for word in taken if word not in STOP_WORDS] or taken
        yield Wanted(tuple(taken), tuple(tokens_of(" ".join(meaningful))), _things_meant(" ".join(taken)))


@cache
def _things_meant(phrase: str) -> frozenset[str]:
    return frozenset(thing for thing, words in _words_in_questions() if words == tokens_of(phrase))


@cache
def _words_in_questions() -> list[tuple[str, list[str]]]:
    lines = parse_lines(TABLE.read_text(encoding="utf-8"))
    return [(line.name, tokens_of(phrase)) for line in lines for phrase in (*line.same, *line.question_only)]


@cache
def _words_in_texts() -> list[tuple[str, str]]:
    lines = parse_lines(TABLE.read_text(encoding="utf-8"))
    return [(f" {' '.join(tokens_of(phrase))} ", line.name) for line in lines for phrase in line.same]


@cache
def tokens_in(text: str) -> str:
    """A text as its tokens, each between single spaces."""
    return f" {' '.join(tokens_of(text))} "


@cache
def things_in(text: str) -> frozenset[str]:
    """The things that a text speaks of, by the table of synonyms."""
    tokens = tokens_in(text)
    return frozenset(thing for phrase, thing in _words_in_texts() if phrase in tokens)
