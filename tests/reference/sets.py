"""Sets of listings as whole numbers, with a bit for each listing: `&` is "and", `|` is "or"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, count

from tests.reference.records import Entry
from tests.reference.words import things_in, tokens_in


def set_of(numbers: Iterable[int]) -> int:
    return any_of(1 << number for number in numbers)


def members(numbers: int) -> list[int]:
    """The members of a set, ascending."""
    digits = f"{numbers:b}"[::-1].encode().replace(b"0", b"\0")
    return list(compress(count(), digits))


def any_of(sets: Iterable[int]) -> int:
    union = 0
    for each in sets:
        union |= each
    return union


def all_of(sets: Iterable[int]) -> int:
    """What is in each of one or more sets."""
    first, *others = sets
    for each in others:
        first &= each
    return first


def each_once(levels: Iterable[int]) -> list[int]:
    """The same sets without what an earlier one holds."""
    before, apart = 0, []
    for level in levels:
        apart.append(level & ~before)
        before |= level
    return apart


def place_in(levels: Sequence[int]) -> dict[int, int]:
    return {number: place for place, level in enumerate(levels) for number in members(level)}


def tokens(column: int, entry: Entry) -> set[str]:
    return {token for text in entry.texts[column] for token in tokens_in(text).split()}


def things(column: int, entry: Entry) -> set[str]:
    return {thing for text in entry.texts[column] for thing in things_in(text)}
