"""The one way in which text becomes words, for what is indexed and for what is asked alike.

Neither database's own stemmer is used: the two stem differently, and both must find the same. A token holds
only small letters a to z and digits, so neither database's idea of a letter matters either.
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

# Dropped from a question only where something else is left of it.
STOP_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "for", "from", "get", "how", "i", "im"),
        *("in", "is", "it", "me", "my", "near", "of", "on", "or", "our", "that", "the", "their", "to"),
        *("was", "we", "what", "where", "who", "with", "you", "your"),
    )
)
MAX_WORD_LENGTH = 40  # letters that count: what is longer is no word of anybody's
MAX_TOKENS = 4000  # words of one column: PostgreSQL keeps no place after the 16,383rd of four
# Between two texts of one column, so that no phrase reaches across, and before the name of a thing, which
# begins with a letter. No token of a word begins so and goes on with a letter, or ends there.
BREAK = "0"

# "m.e.n.d." is one word, and the same as "mend".
INITIALS = re.compile(r"\b(?:\w\.){2,}")
QUOTED = re.compile(r'"([^"]*)"')
QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


def fold(text: str) -> str:
    """Lower case, without accents, with single spaces for all that is neither letter nor digit."""
    # Decomposed on both sides of casefold: each can make work for the other ("ΐ", "℡").
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = INITIALS.sub(lambda initials: initials[0].replace(".", ""), plain)
    joined = plain.replace("'", "").replace("’", "")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in joined).split())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word, in letters a to z and digits alone."""
    stem = str(_stemmer.stemWord(word[:MAX_WORD_LENGTH]))
    return stem if stem.isascii() and not stem.startswith(BREAK) else f"00{stem.encode().hex()}"


def tokens_of(text: str) -> list[str]:
    """Every word of `text` as a token, in its order."""
    return [stem(word) for word in fold(text).split()]


# ---- what is indexed


class ListingTokens:
    """The words of one listing, column by column; `seen` gathers them as they are written."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def column(self, *texts: object) -> str:
        """The tokens of these texts, then the concepts that they speak of."""
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
        """The words worth keeping to mend a misspelt one by: of letters a to z, and not too short."""
        return sorted(
            word
            for word in self.seen
            if word.isascii() and word.isalpha() and 3 < len(word) <= MAX_WORD_LENGTH
        )


def _concept(name: str) -> str:
    return f"{BREAK}{name}"


# ---- what is asked


@dataclass(frozen=True)
class QueryTerm:
    """One thing that a question wants: all of `tokens` (as one phrase, or anywhere), or any of `concepts`.

    `words` are as typed, folded.
    """

    words: tuple[str, ...]
    tokens: tuple[str, ...]
    concepts: tuple[str, ...] = ()
    is_phrase: bool = False


def parse_terms(text: str) -> tuple[QueryTerm, ...]:
    """What a question wants, each thing once; its stop words only where there is nothing else.

    What stands in quotation marks is wanted as it stands; a lone mark counts for nothing.
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
    """Word by word, the longest synonym first: "baby loss" is one thing, "baby clothes" two."""
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
    return read_synonyms(tokens_of)
