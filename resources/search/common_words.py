"""The tokens that many listings have, and where the facts of a listing say whether it has them.

The text index is slow at naming half of the catalog. So what is asked most needs no text index: a listing's
facts have one bit for each of these tokens in each column of words. The table is `common_words.txt`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from resources.search.backends.base import COLUMNS

TABLE = Path(__file__).with_name("common_words.txt")


@cache
def places() -> Sequence[Mapping[str, int]]:
    """Return for each column of words the bit of each of its common tokens."""
    found: dict[str, dict[str, int]] = {column: {} for column in COLUMNS}
    bits, column = 0, ""
    for line in TABLE.read_text().splitlines():
        if line.startswith("["):
            column = line.strip("[]")
        elif not line.startswith("#"):
            for token in line.split():
                found[column][token] = bits
                bits += 1
    return [found[column] for column in COLUMNS]


def size() -> int:
    """Return how many bytes the bits of a listing take."""
    return (sum(map(len, places())) + 7) // 8


def packed_words(columns: Sequence[str]) -> bytes:
    """Return the bits of a listing with these COLUMNS of words."""
    bits = 0
    for text, known in zip(columns, places(), strict=True):
        for token in known.keys() & set(text.split()):
            bits |= 1 << known[token]
    return bits.to_bytes(size(), "little")
