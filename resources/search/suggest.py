"""Spelling correction and autocompletion by the words of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, islice
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
MAX_COMBINATIONS = 30  # of its words
PLACE_PREPOSITIONS = ("in", "near", "around")
WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")


def correct_spelling(text: str) -> tuple[str, list[str]]:
    """Correct each word that no listing contains. Return (corrected text or "", other suggestions).

    Compounds are written as listings write them. Allows one typo per word: insertion, deletion,
    substitution or transposition. A few queries per unknown word: for a search that found nothing.
    """
    if joined := _joined(text):
        return joined, []
    unknown = [term.words[0] for term in parse_terms(text) if _is_misspelt(term)]
    corrections = {word: choices for word in unknown if (choices := _corrections(word))}
    if not corrections and (parted := _parted(text, unknown)):
        return parted, []
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

    Without quotation marks; without words that no listing has; without one of the others, then two, and so
    on, keeping longest what has a name in the table of synonyms: what a sentence is about.
    """
    plain = without_quotation_marks(text)
    if plain and plain != text.strip():
        yield plain
    terms = [term for term in parse_terms(plain) if not term.is_phrase][:MAX_TERMS]
    present = [term for term in terms if _number_with(term)]
    if len(present) < len(terms):
        yield _text_of(present)
    # Of words that mean nothing in the table, the rarest says most: "twin" of "lost my twin".
    by_weight = sorted(present, key=lambda term: (not term.concepts, _number_with(term)))
    fewer = (kept for size in range(len(present) - 1, 1, -1) for kept in combinations(by_weight, size))
    for kept in islice(fewer, MAX_COMBINATIONS):
        yield _text_of(term for term in present if term in kept)
    yield _text_of(term for term in present if term.concepts)
    # One of two words is not most of them, unless it is what they are about: "louis" is not St. Louis.
    is_sentence = len(plain.split()) > len(terms) + 1
    yield from (_text_of([term]) for term in by_weight if term.concepts or is_sentence)


def without_quotation_marks(text: str) -> str:
    """Return the text with its phrases as plain words."""
    return " ".join(text.translate(QUOTATION_MARKS).replace('"', " ").split())


def has_all_words(text: str) -> bool:
    """Return True if any listing has every word of the text."""
    return _listings_with(text) > 0


def _text_of(terms: Iterable[QueryTerm]) -> str:
    return " ".join(" ".join(term.words) for term in terms)


def split_trailing_place(text: str, *, default_country: str) -> tuple[str, FoundPlace] | None:
    """Split "therapist in Dallas" into ("therapist", Dallas).

    None if no place ends the text, or nothing else is left. A few queries: for a question that found nothing.
    """
    words = without_quotation_marks(text).split()
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


_GAP = re.compile(r"(?<=\w)(?:\s+|[-‐‑])(?=\w)")


def _joined(text: str) -> str:
    """Return the text with two words as one, as listings have it: "post partum", "re-current"; else ""."""
    if '"' in text.translate(QUOTATION_MARKS):
        return ""
    words, gaps = _GAP.split(text)[:MAX_TERMS], _GAP.findall(text)
    known = [bool(_listings_with(word)) for word in words]
    joined = {
        f"{one}{gap}{other}": fold(one + other)
        for number, (one, gap, other) in enumerate(zip(words, gaps, words[1:], strict=False))
        if not gap.isspace() or not (known[number] and known[number + 1])
    }
    present = _words_among(joined.values())
    return next((text.replace(old, new, 1) for old, new in joined.items() if new in present), "")


def _parted(text: str, unknown: Iterable[str]) -> str:
    """Return the text with an unknown word as two, as listings have it: "supportgroup"; else ""."""
    halves = [
        (word, word[:at], word[at:])
        for word in islice(unknown, MAX_TERMS)
        for at in range(MIN_WORD_LENGTH, len(word) - MIN_WORD_LENGTH + 1)
    ]
    present = _words_among(half for _word, *both in halves for half in both)
    changes = {word: f"{one} {other}" for word, one, other in halves if {one, other} <= present}
    return _replace_words(text, changes) if changes else ""


def _words_among(words: Iterable[str]) -> set[str]:
    """Return those of the folded words that listings have. One query."""
    return set(CatalogueWord.objects.filter(word__in=set(words)).values_list("word", flat=True))


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


def _number_with(term: QueryTerm) -> int:
    return _listings_with(" ".join(term.words))


def _listings_with(word: str) -> int:
    return rules.having_terms(catalog(), parse_terms(word), len(COLUMNS)).bit_count()


def _replace_words(text: str, replacements: dict[str, str]) -> str:
    """Return the text with these folded words replaced and everything else as typed."""
    return WORD.sub(lambda match: replacements.get(fold(match[0]), match[0]), text)
