"""Spelling correction and autocompletion by the words of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from string import ascii_lowercase

from resources.geo.geocoding import FoundPlace, PlaceNotFound, find_place
from resources.models import CatalogueWord, ListingText
from resources.models.place import begins_q
from resources.search import rules
from resources.search.backends.base import COLUMNS
from resources.search.catalog import catalog, holds
from resources.search.tokens import (
    MAX_WORD_LENGTH,
    QUOTATION_MARKS,
    STOP_WORDS,
    QueryTerm,
    fold,
    parse_terms,
    synonyms,
)
from resources.vocabulary import Visibility

MIN_WORD_LENGTH = 4  # letters; with one typo, shorter words match too many others
MAX_CANDIDATES = 8
MAX_SPELLINGS = 5
MAX_SUGGESTIONS, MAX_PHRASES, MAX_NAMES = 8, 4, 3
MAX_TEXT_LENGTH = 200
NAMES = {"organization_exact": "card__organization__name", "name_exact": "card__service__name"}
MAX_PLACE_WORDS = 4
MAX_TERMS = 12  # of a sentence that found nothing
PLACE_PREPOSITIONS = ("in", "near", "around")
WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")


def correct_spelling(text: str) -> tuple[str, list[str]]:
    """Correct each word that no listing contains. Return (corrected text or "", other suggestions).

    Allows one typo per word: insertion, deletion, substitution or transposition. A few queries per unknown
    word, so call it only when a search found nothing.
    """
    unknown = [term.words[0] for term in parse_terms(text) if _is_misspelt(term)]
    corrections = {word: choices for word in unknown if (choices := _corrections(word))}
    if not corrections:
        return "", [_replace_words(text, {word: other}) for word in unknown for other in _completions(word)][
            :MAX_SPELLINGS
        ]
    best = {word: choices[0] for word, choices in corrections.items()}
    others = [
        _replace_words(text, {**best, word: other})
        for word, choices in corrections.items()
        for other in choices[1:]
    ]
    return _replace_words(text, best), others[:MAX_SPELLINGS]


def fewer_words(text: str) -> Iterator[str]:
    """Yield ever less of a text that found nothing, so that most of it may find something.

    Without quotation marks; without words that no listing has; without one of the others; then only what has
    a name in the table of synonyms: what a sentence is about.
    """
    plain = text.translate(QUOTATION_MARKS).replace('"', " ").strip()
    if plain and plain != text.strip():
        yield " ".join(plain.split())
    terms = [term for term in parse_terms(plain) if not term.is_phrase][:MAX_TERMS]
    present = [term for term in terms if _listings_with(" ".join(term.words))]
    if len(present) < len(terms):
        yield _text_of(present)
    if len(present) > 2:
        # A word that means nothing in the table is left out first.
        by_meaning = sorted(present, key=lambda term: bool(term.concepts))
        yield from (_text_of([term for term in present if term != one]) for one in by_meaning)
    meant = [term for term in present if term.concepts]
    yield _text_of(meant)
    yield from (_text_of([term]) for term in meant)


def has_all_words(text: str) -> bool:
    """Return True if any listing has every word of the text."""
    return _listings_with(text) > 0


def _text_of(terms: Iterable[QueryTerm]) -> str:
    return " ".join(" ".join(term.words) for term in terms)


def split_trailing_place(text: str, *, default_country: str) -> tuple[str, FoundPlace] | None:
    """Split "therapist in Dallas" into ("therapist", Dallas).

    None if no place ends the text, or nothing else is left. A few queries: for a question that found nothing.
    """
    words = text.split()
    for number in range(min(MAX_PLACE_WORDS, len(words) - 1), 0, -1):
        before = words[:-number]
        if fold(before[-1]) in PLACE_PREPOSITIONS:
            before = before[:-1]
        try:
            place = find_place(" ".join(words[-number:]), default_country=default_country)
        except PlaceNotFound:
            continue
        if before:
            return " ".join(before), place
    return None


def suggest_words(text: str) -> list[str]:
    """Return at most eight completions of `text`: known phrases, then names, then single words."""
    prefix = fold(text[:MAX_TEXT_LENGTH])
    if len(prefix) < 2:
        return []
    phrases = sorted((phrase for folded, phrase in _phrases() if folded.startswith(prefix)), key=len)
    *before, last = prefix.split()
    words = [" ".join([*before, word]) for word in _completions(last)]
    suggested = [*phrases[:MAX_PHRASES], *_names(prefix)[:MAX_NAMES], *words]
    return list(dict.fromkeys(suggested))[:MAX_SUGGESTIONS]


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[str, str]]:
    return sorted((fold(phrase), phrase) for phrase in synonyms().phrases)


def _names(prefix: str) -> list[str]:
    known, names = catalog(), dict[str, None]()
    is_shown = holds(rules.shown(known, {Visibility.NOTHING.number}, 0))
    for field, name in NAMES.items():
        rows = ListingText.objects.filter(begins_q(field, prefix)).order_by(field).values_list("pk", name)
        shown = (text for pk, text in rows.iterator() if (slot := known.slot_of(pk)) >= 0 and is_shown(slot))
        names |= dict.fromkeys(islice(shown, 4 * MAX_NAMES))
    return list(names)


def _completions(word: str) -> list[str]:
    if len(word) < 2:
        return []
    words = CatalogueWord.objects.filter(begins_q("word", word)).exclude(word=word).order_by("word")
    return list(words.values_list("word", flat=True)[:MAX_SPELLINGS])


def _is_misspelt(term: QueryTerm) -> bool:
    if term.is_phrase or term.concepts or term.words[0] in STOP_WORDS:
        return False
    return MIN_WORD_LENGTH <= len(term.words[0]) <= MAX_WORD_LENGTH and _listings_with(term.words[0]) == 0


def _corrections(word: str) -> list[str]:
    """Return the known words one typo away, the most frequent first."""
    typos = set(_one_typo_away(word))
    known = set(CatalogueWord.objects.filter(word__in=typos).values_list("word", flat=True))
    known |= {single for folded, _ in _phrases() for single in folded.split() if single in typos}
    likely = sorted(known, key=lambda other: (other[0] != word[0], other))[:MAX_CANDIDATES]
    counts = {other: _listings_with(other) for other in likely}
    return sorted((other for other in likely if counts[other]), key=lambda other: -counts[other])


def _one_typo_away(word: str) -> Iterator[str]:
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for before, after in cuts:
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in ascii_lowercase)


def _listings_with(word: str) -> int:
    return rules.having_terms(catalog(), parse_terms(word), len(COLUMNS)).bit_count()


def _replace_words(text: str, replacements: dict[str, str]) -> str:
    """Return the text with these folded words replaced and everything else as typed."""
    return WORD.sub(lambda match: replacements.get(fold(match[0]), match[0]), text)
