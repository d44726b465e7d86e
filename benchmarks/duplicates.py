"""`python -m benchmarks.duplicates` plants pairs among the services of the database and looks for them.

It reads the database (fill one with `benchmarks.make_listings`) and plants in memory: nothing is written.
Half of a pair is a service as another list would have it: mistyped, moved, renamed, or with little said of
it. Services that share a call center's number, branches of one organization and neighbors in one house are
planted too: they are no pairs.
"""

from __future__ import annotations

import os
import random
import resource
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

import django

PAIRS_OF_EACH_KIND = 15
TYPOS = ("swap", "drop", "double")


@dataclass(frozen=True)
class Result:
    """What was found. Pairs of two services of the database are apart: made-up ones share names by chance."""

    services: int
    planted: int
    found: int
    right: int
    in_database: int
    seconds: float
    missed: Mapping[str, int]

    @property
    def recall(self) -> float:
        """The share of the planted pairs that were found."""
        return self.right / self.planted

    @property
    def precision(self) -> float:
        """The share of the pairs found with a planted service that were planted as a pair."""
        return self.right / max(1, self.found)


def measure(seed: int = 1) -> Result:
    """Plant pairs among all services of the database, and look for all of them."""
    from resources.curation.duplicates import find_pairs, load_identities

    known: dict[UUID, Any] = dict(load_identities())
    in_database = set(known)
    plants = Plants(random.Random(seed))
    for identity, others in plants.all():
        known[identity[0]] = identity[1]
        known |= dict(others)
    start = perf_counter()
    pairs = {frozenset(pair) for pair in find_pairs(known)}
    seconds = perf_counter() - start
    found = {pair for pair in pairs if not pair <= in_database}
    missed: dict[str, int] = {}
    for pair, kind in plants.pairs.items():
        missed[kind] = missed.get(kind, 0) + (pair not in found)
    right = len(found & plants.pairs.keys())
    by_chance = len(pairs) - len(found)
    return Result(len(known), len(plants.pairs), len(found), right, by_chance, seconds, missed)


Planted = tuple[UUID, Any]


class Plants:
    """What is planted. `pairs` are the ones to find, each with the kind of its difference."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.pairs: dict[frozenset[UUID], str] = {}

    def all(self) -> Iterator[tuple[Planted, list[Planted]]]:
        """Yield services, each with the others that were made from it."""
        for kind in ("typed", "moved", "renamed", "sparse"):
            for _number in range(PAIRS_OF_EACH_KIND):
                cells = self._cells()
                one, other = self._identity(cells), self._identity(self._as_another_list_has_it(cells, kind))
                self.pairs[frozenset((one[0], other[0]))] = kind
                yield one, [other]
        for _number in range(5):
            yield self._identity(self._cells()), list(self._call_center())
        for _number in range(30):
            cells = self._cells()
            branch = {**cells, "places": [self._place(town="Otherville")]}
            yield self._identity(cells, owner="one"), [self._identity(branch, owner="one")]
            house = {**self._cells(), "places": cells["places"]}
            yield self._identity(self._cells()), [self._identity(house)]

    def _cells(self) -> dict[str, Any]:
        name = self._name()
        return {
            "kind": self.chance.choice(("support_group", "counselling", "clinic", "helpline")),
            "name": name,
            "website": f"https://www.{name.split()[0].lower()}{self.chance.randrange(10**6)}.example/help",
            "phones": [f"+1214{self.chance.randrange(10**7):07}"],
            "places": [self._place()],
        }

    def _name(self) -> str:
        words = (
            "Gentle",
            "Quiet",
            "Hopeful",
            "Evening",
            "Willow",
            "Harbor",
            "Lantern",
            "Meadow",
            "Robin",
            "Cedar",
        )
        ends = ("Circle", "Bereavement Support", "Family Center", "Loss Support Group", "Community Clinic")
        return f"{self.chance.choice(words)} {self.chance.choice(words)} {self.chance.choice(ends)}"

    def _place(self, town: str = "Springfield") -> tuple[str, str, str]:
        street = self.chance.choice(("Elm Street", "Oak Avenue", "North Main Street", "Lake Road"))
        return f"{self.chance.randrange(1, 9000)} {street}", f"{75000 + self.chance.randrange(60)}", town

    def _as_another_list_has_it(self, cells: dict[str, Any], kind: str) -> dict[str, Any]:
        if kind == "typed":
            digits = cells["phones"][0]
            street, code, town = cells["places"][0]
            place = (
                street.replace("Street", "St.").replace("Avenue", "AVE") + ", Suite 3",
                code,
                town.upper(),
            )
            phone = f"({digits[2:5]}) {digits[5:8]}-{digits[8:]}"
            return {
                **cells,
                "name": self._mistyped(cells["name"]),
                "phones": [f"+1 {phone}"],
                "places": [place],
            }
        if kind == "moved":
            town = self.chance.choice(("Springfield", "Nexttown"))
            return {**cells, "places": [self._place(town)], "website": cells["website"].replace("www.", "")}
        if kind == "renamed":
            return {**cells, "name": self._name(), "website": cells["website"] + "/"}
        return {**cells, "website": "", "places": [("", "", cells["places"][0][2])]}

    def _mistyped(self, name: str) -> str:
        at = self.chance.randrange(1, len(name) - 2)
        how = self.chance.choice(TYPOS)
        if how == "swap":
            return f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"
        return name[:at] + (name[at + 1 :] if how == "drop" else name[at] + name[at:])

    def _call_center(self) -> Iterator[Planted]:
        number = f"+1800{self.chance.randrange(10**7):07}"
        for _number in range(self.chance.choice((2, 12))):
            yield self._identity({**self._cells(), "phones": [number]})

    def _identity(self, cells: dict[str, Any], owner: str = "") -> Planted:
        from resources.curation.duplicates import identity_of

        return UUID(int=self.chance.getrandbits(128)), identity_of(**cells, owner=owner)


def main() -> None:
    """Print recall, precision, time and memory."""
    result = measure()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{result.services:,} services, {result.planted} planted pairs, {result.found} found")
    print(f"recall {result.recall:.2f}, precision {result.precision:.2f}, missed {dict(result.missed)}")
    print(f"{result.in_database:,} pairs of two services of the database, to be read")
    print(f"{result.seconds:.1f} s to compare; {peak} MB at most, with reading")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
    django.setup()
    main()
