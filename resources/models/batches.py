"""Many records, some at a time: no query asks for too many, and memory holds few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size`, the last one shorter; as `itertools.batched`, which Python 3.11 lacks."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
