"""The US poverty guidelines, by year and region, from the file that ships (`resources/data/fees/`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "data" / "fees" / "poverty_guidelines.json"


@dataclass(frozen=True)
class Table:
    """Dollars a year: for one person, and for each further one."""

    one_person: int
    each_further: int


@dataclass(frozen=True)
class Guideline:
    """One year's guideline; `tables` by `GuidelineRegion`. `url` is where it was read."""

    year: int
    effective_date: date
    citation: str
    url: str
    tables: Mapping[str, Table]

    def amount(self, size: int, region: str) -> int:
        """Dollars a year for a household of `size` people, from 1 up."""
        table = self.tables[region]
        return table.one_person + (size - 1) * table.each_further


def guideline_on(day: date) -> Guideline | None:
    """The newest in force by that day; None before the first that is known."""
    in_force = [guideline for guideline in _guidelines() if guideline.effective_date <= day]
    return max(in_force, key=lambda guideline: guideline.effective_date, default=None)


@cache
def _guidelines() -> tuple[Guideline, ...]:
    return tuple(map(_read, json.loads(FILE.read_text(encoding="utf-8"))))


def _read(record: Mapping[str, Any]) -> Guideline:
    return Guideline(
        year=record["year"],
        effective_date=date.fromisoformat(record["effective_date"]),
        citation=record["citation"],
        url=record["url"],
        tables={region: Table(**table) for region, table in record["tables"].items()},
    )
