"""The one function that folds and stems, for what is indexed and for what is asked alike.

Neither database's own stemmer is used: the two stem differently, and both databases must find the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_stemmer = snowballstemmer.stemmer("english")

# Dropped from a question only where something else is left of it.
STOP_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "for", "from", "get", "how", "i", "im"),
        *("in", "is", "it", "me", "my", "near", "of", "on", "or", "our", "that", "the", "their", "to"),
        *("was", "we", "what", "where", "who", "with", "you", "your"),
    )
)


# "m.e.n.d." is one word, and the same as "mend".
INITIALS = re.compile(r"\b(?:\w\.){2,}")


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
    return str(_stemmer.stemWord(word))


def stems(text: str) -> list[str]:
    """Every word of `text`, folded and stemmed, in its order."""
    return [stem(word) for word in fold(text).split()]


def question_stems(text: str) -> list[str]:
    """The words that a question wants, each once; its stop words only where there is nothing else."""
    words = fold(text).split()
    telling = [word for word in words if word not in STOP_WORDS]
    return list(dict.fromkeys(stem(word) for word in telling or words))
