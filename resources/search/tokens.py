"""Tokenization, the same for indexed text and for search text.

Neither database's stemmer is used: the two stem differently, and both must find the same. A token holds only
letters a to z and digits, so neither database's idea of a letter matters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from resources.search.contacts import asks_for_a_number, contacts_in
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
# Of whole sentences, dropped likewise, but kept in a known phrase such as "pregnancy after loss":
SENTENCE_WORDS = frozenset(
    (
        # "I had a miscarriage 2 days ago and need someone".
        *("about", "after", "ago", "am", "any", "anyone", "been", "but", "could", "day", "days", "did"),
        *("feel", "feeling", "going", "got", "had", "has", "have", "her", "his", "if", "ive", "just"),
        *("last", "like", "looking", "month", "months", "need", "not", "now", "please", "she", "should"),
        *("since", "so", "some", "someone", "somewhere", "still", "there", "they", "this", "through"),
        *("today", "us", "want", "week", "weeks", "were", "when", "which", "would", "year", "years"),
        *("yesterday", "he", "him", "it", "its", "no", "really", "very", "too", "because", "find"),
        *(
            "cant",
            "does",
            "dont",
            "having",
            "help",
            "hour",
            "hours",
            "ill",
            "keep",
            "know",
            "many",
            "much",
            "number",
            "say",
        ),
        *("tell", "think", "website", "why"),
        # The same in Spanish and French: "necesito ayuda para mi pareja".
        *("avec", "ayuda", "besoin", "busco", "cherche", "con", "dans", "del", "des", "jai", "je", "les"),
        *("ma", "mi", "mon", "necesito", "para", "por", "pour", "tengo", "un", "una", "une"),
    )
)
_MIN_DIGITS = 3  # of a number that says something: "2 days ago" does not
MAX_WORD_LENGTH = 40  # letters that count; nothing longer is a word
MAX_TOKENS = (
    4000  # of one column: PostgreSQL keeps no position after the 16,383rd, and there are four columns
)
# Separates two texts of one column, so that no phrase spans both, and prefixes the name of a concept, which
# begins with a letter. No token of a word is this alone, or this followed by a letter.
BREAK = "0"

# "m.e.n.d." is one word, the same as "mend".
INITIALS = re.compile(r"\b(?:\w\.){2,}")
NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")  # of text that is ASCII and in lower case
QUOTED = re.compile(r'"([^"]*)"')
QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


def fold(text: str) -> str:
    """Return `text` in lower case without accents, with single spaces for all but letters and digits."""
    if text.isascii():  # most are, and this does the same five times as fast
        plain = text.lower()
        if "." in plain:
            plain = INITIALS.sub(lambda initials: initials[0].replace(".", ""), plain)
        return NEITHER_LETTER_NOR_DIGIT.sub(" ", plain.replace("'", "")).strip()
    # Decomposed before and after casefold: each can create work for the other ("ΐ", "℡").
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = INITIALS.sub(lambda initials: initials[0].replace(".", ""), plain)
    joined = plain.replace("'", "").replace("’", "")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in joined).split())


# One spelling for all: of place names, and of British and American words. Only listings and questions are
# compared by it, so a word that is no word of either country does no harm.
_SPELLED = {
    "fort": "ft",
    "mount": "mt",
    "mum": "mom",
    "mummy": "mommy",
    "mums": "moms",
    "programme": "program",
    "programmes": "programs",
    "saint": "st",
    "sainte": "ste",
}
_SPELLINGS = (
    (re.compile(r"(?<=p)aed|(?<=gyn)aec|(?<=an)aem|(?<=h)aem"), lambda match: match[0][1:]),
    (re.compile(r"^foet"), lambda match: "fet"),
    (re.compile(r"(?<=col|fav|hon|lab|hum)our|(?<=neighb)our|(?<=behavi)our"), lambda match: "or"),
    (re.compile(r"(?<=cent|thea|ntim)re(?=s?$)"), lambda match: "er"),
    (re.compile(r"(?<=\w{3})is(?=ation|e$|ed$|er$|ers$|es$|ing$)"), lambda match: "iz"),
    (re.compile(r"ll(?=ed$|ing$|or$|ors$|er$|ers$)"), lambda match: "l"),
)


def _one_spelling(word: str) -> str:
    """Return a word as Americans spell it, and "saint" as "st"."""
    if known := _SPELLED.get(word):
        return known
    for pattern, change in _SPELLINGS:
        word = pattern.sub(change, word)
    return word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded word, in letters a to z and digits only."""
    stem = str(_stemmer.stemWord(_one_spelling(word[:MAX_WORD_LENGTH])))
    return stem if stem.isascii() and not stem.startswith(BREAK) else f"00{stem.encode().hex()}"


def tokens_of(text: str) -> list[str]:
    """Return every word of `text` as a token, in order."""
    return [stem(word) for word in fold(text).split()]


# ---- indexed text


MAX_LABEL_LENGTH = 60
BETWEEN = f" {BREAK} "


class Read(NamedTuple):
    """A text as it is indexed: its words, their stems in one text, and the tokens of its concepts."""

    words: Sequence[str]
    stems: str
    concepts: Mapping[str, None]


def read_text(text: str) -> Read:
    """Return the words of a text, their stems, and the tokens of the concepts that it mentions."""
    words = fold(text).split()
    stems = [stem(word) for word in words]
    return Read(words, " ".join(stems), dict.fromkeys(map(concept_of, synonyms().concepts_in(stems))))


# Labels and names of places, which thousands of listings share.
_read_label = lru_cache(maxsize=4_000)(read_text)


class ListingTokens:
    """The words of listings, column by column; `seen` collects them for spelling correction."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def column(self, *texts: str | None, contacts: Iterable[str] = ()) -> str:
        """Return the tokens of these texts, followed by those of contacts and the concepts they mention."""
        concepts = dict.fromkeys(contacts)
        parts = []
        for text in filter(None, texts):
            read = (_read_label if len(text) <= MAX_LABEL_LENGTH else read_text)(text)
            self.seen.update(read.words)
            concepts.update(read.concepts)
            if read.stems:
                parts.append(read.stems)
        tokens, room = BETWEEN.join(parts), MAX_TOKENS - len(concepts) - 1
        if tokens.count(" ") >= room:
            tokens = " ".join(tokens.split(" ")[:room])
        return " ".join([*([tokens] if tokens else []), BREAK, *concepts]) if concepts else tokens

    def word_list(self) -> list[str]:
        """Return the words that can correct a misspelled one: letters a to z only, longer than three."""
        return sorted(
            word
            for word in self.seen
            if word.isascii() and word.isalpha() and 3 < len(word) <= MAX_WORD_LENGTH
        )


def concept_of(name: str) -> str:
    """Return the token of a concept of the table of synonyms."""
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
    unquoted = QUOTED.sub(" ", marked)
    contacts = []
    for part, tokens in contacts_in(unquoted):
        unquoted = unquoted.replace(part, " ")
        said = fold(part).split()
        # Of a web address only the host counts: "/perinatal-bereavement" is a page of it, not a need.
        is_number = asks_for_a_number(tokens)
        known = [concept for term in _plain_terms(said) if is_number for concept in term.concepts]
        contacts.append(QueryTerm(tuple(said), tuple(map(stem, said)), (*tokens, *known)))
    plain = list(_plain_terms(fold(unquoted).split()))
    meaningful = [term for term in plain if term.concepts or not says_nothing(term.words[0])]
    asked = [*phrases, *contacts]
    return tuple(dict.fromkeys([*asked, *(meaningful or ([] if asked else plain))]))


def says_nothing(word: str) -> bool:
    """Return True for a word that is dropped from a question where something else is left."""
    return word in STOP_WORDS or word in SENTENCE_WORDS or (word.isdigit() and len(word) < _MIN_DIGITS)


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
        yield QueryTerm(matched, tuple(map(stem, meaningful)), tuple(concept_of(name) for name in names))
        at += length


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """Return the synonym table by tokens, read once per process."""
    return read_synonyms(tokens_of)
