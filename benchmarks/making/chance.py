"""Chance that repeats itself: one seed draws the same on every machine and for every database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

Thing = TypeVar("Thing")


class Chance(random.Random):
    """A seeded source of everything that is drawn, ids too."""

    def new_id(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def happens(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.random() < share

    def one_of(self, shares: Mapping[Thing, float]) -> Thing:
        """One of these, each as often as its share of the sum."""
        return self.choices(list(shares), list(shares.values()))[0]

    def each_of(self, things: Iterable[Thing], share: float) -> list[Thing]:
        """Those of these that happen, each in this share of all cases."""
        return [thing for thing in things if self.happens(share)]

    def few_of(self, things: Sequence[Thing], most: int) -> list[Thing]:
        """From one to `most` of these, none twice, in any order."""
        return self.sample(things, min(self.randint(1, most), len(things)))
