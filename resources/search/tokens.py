"""Tokenization, the same for indexed text and for search text.

Neither database's stemmer is used: the two stem differently, and both must find the same. A token holds only
letters a to z and digits, so neither database's idea of a letter matters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from resources.search.synonyms import Synonyms, read_synonyms

_stemmer = snowballstemmer.stemmer("english")

# Dropped from a question only if something else is left.
STOP_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "for", "from", "get", "how", "i", "im"),
        *("in", "is", "it", "me", "my", "near", "of", "on", "or", "our", "that", "the", "their", "to"),
        *("was", "we", "what", "where", "who", "with", "you", "your"),
    )
)
MAX_WORD_LENGTH = 40  # letters that count; nothing longer is a word
MAX_TOKENS = (
    4000  # of one column: PostgreSQL keeps no position after the 16,383rd, and there are four columns
)
# Separates two texts of one column, so that no phrase spans both, and prefixes the name of a concept, which
# begins with a letter. No token of a word is this alone, or this followed by a letter.
BREAK = "0"

# "m.e.n.d." is one word, the same as "mend".
INITIALS = re.compile(r"\b(?:\w\.){2,}")
QUOTED = re.compile(r'"([^"]*)"')
QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


def fold(text: str) -> str:
    """Return `text` in lower case without accents, with single spaces for all but letters and digits."""
    # Decomposed before and after casefold: each can create work for the other ("ΐ", "℡").
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = INITIALS.sub(lambda initials: initials[0].replace(".", ""), plain)
    joined = plain.replace("'", "").replace("’", "")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in joined).split())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded word, in letters a to z and digits only."""
    stem = str(_stemmer.stemWord(word[:MAX_WORD_LENGTH]))
    return stem if stem.isascii() and not stem.startswith(BREAK) else f"00{stem.encode().hex()}"


def tokens_of(text: str) -> list[str]:
    """Return every word of `text` as a token, in order."""
    return [stem(word) for word in fold(text).split()]


# ---- indexed text


class ListingTokens:
    """The words of a listing, column by column; `seen` collects them for spelling correction."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def column(self, *texts: object) -> str:
        """Return the tokens of these texts, followed by the concepts they mention."""
        tokens: list[str] = []
        concepts: dict[str, None] = {}
        for text in texts:
            words = fold(str(text or "")).split()
            self.seen.update(words)
            stems = [stem(word) for word in words]
            concepts.update(dict.fromkeys(_concept(name) for name in synonyms().concepts_in(stems)))
            tokens += [BREAK, *stems] if tokens and stems else stems
        fitting = tokens[: MAX_TOKENS - len(concepts) - 1]
        return " ".join([*fitting, BREAK, *concepts] if concepts else fitting)

    def word_list(self) -> list[str]:
        """Return the words that can correct a misspelled one: letters a to z only, longer than three."""
        return sorted(
            word
            for word in self.seen
            if word.isascii() and word.isalpha() and 3 < len(word) <= MAX_WORD_LENGTH
        )


def _concept(name: str) -> str:
    return f"{BREAK}{name}"


# ---- search text


@dataclass(frozen=True)
class QueryTerm:
    """One thing a question asks for: all of `tokens` (as a phrase, or anywhere), or any of `concepts`.

    `words` are as typed, folded.
    """

    words: tuple[str, ...]
    tokens: tuple[str, ...]
    concepts: tuple[str, ...] = ()
    is_phrase: bool = False


def parse_terms(text: str) -> tuple[QueryTerm, ...]:
    """Return the terms of a search text without duplicates; stop words only if there is nothing else.

    Text in quotation marks is matched as a phrase; an unpaired mark is ignored.
    """
    marked = text.translate(QUOTATION_MARKS)
    phrases = [_phrase(words) for quoted in QUOTED.findall(marked) if (words := fold(quoted).split())]
    words = fold(QUOTED.sub(" ", marked)).split()
    plain = list(_plain_terms(words))
    meaningful = [term for term in plain if term.concepts or term.words[0] not in STOP_WORDS]
    return tuple(dict.fromkeys([*phrases, *(meaningful or ([] if phrases else plain))]))


def _phrase(words: list[str]) -> QueryTerm:
    return QueryTerm(tuple(words), tuple(map(stem, words)), is_phrase=True)


def _plain_terms(words: list[str]) -> Iterator[QueryTerm]:
    """Yield term by term, the longest synonym first: "baby loss" is one term, "baby clothes" two."""
    tokens = [stem(word) for word in words]
    at = 0
    while at < len(words):
        length, names = synonyms().longest_match(tokens, at)
        matched = tuple(words[at : at + length])
        meaningful = [word for word in matched if word not in STOP_WORDS] or matched
        yield QueryTerm(matched, tuple(map(stem, meaningful)), tuple(_concept(name) for name in names))
        at += length


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """Return the synonym table by tokens, read once per process."""
    return read_synonyms(tokens_of)
