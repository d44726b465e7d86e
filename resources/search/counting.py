"""How many fit: in all, by section, and for every value of every facet under the other filters.

The database tells the candidates apart only by the numbers that a facet reads, and counts each kind of them
once: thousands of clinics that are alike are one row. The rest is arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Count

from resources.search.facets import COLUMNS, FACETS, Facet, Test, shown_visibilities
from resources.search.narrowing import ListingRows
from resources.search.question import Question
from resources.vocabulary import Section, Visibility

GROUP_COLUMNS = (*COLUMNS, "here_section", "on_request", "whole_name")
COLUMN_INDEX = {column: place for place, column in enumerate(GROUP_COLUMNS)}
NO_REQUEST_FLAG = Visibility.NOTHING.number
CandidateGroup = tuple[tuple[Any, ...], int]  # a facet's values, and what a listing is shown on request of


@dataclass(frozen=True)
class FacetCounts:
    """`sections` counts what fits by section, in their order, and `values` by facet and value.

    The count of a value is how many would fit if it were the one value asked for of its facet. `hidden` is
    how many `avoid` left out, and `not_known` how many of the rest are not known to be clear of it.
    """

    sections: Mapping[str, int]
    values: Mapping[str, Mapping[str, int]]
    hidden: int
    not_known: int

    @property
    def count(self) -> int:
        return sum(self.sections.values())


def tally(candidates: ListingRows, question: Question) -> FacetCounts:
    """The counts of a question, in one query."""
    given = {facet: values for facet in FACETS if (values := question.values(facet.name))}
    tests = {facet: facet.matches(values) for facet, values in given.items()}
    known = {facet: facet.is_known(values) for facet, values in given.items()}
    opened = shown_visibilities(question)
    sections: Counter[int] = Counter()
    hidden = not_known = 0
    # For each facet what fits all the others, told apart by the facet's own numbers and `on_request`.
    fitting: dict[Facet, Counter[CandidateGroup]] = {facet: Counter() for facet in FACETS}
    for row in _alike(candidates):
        number, section = row[-1], row[COLUMN_INDEX["here_section"]]
        on_request = row[COLUMN_INDEX["on_request"]] if row[COLUMN_INDEX["whole_name"]] else NO_REQUEST_FLAG
        failed = [facet for facet, passes in tests.items() if not passes(_numbers(facet, row))]
        if len(failed) > 1:
            continue
        for facet in failed or FACETS:
            fitting[facet][_numbers(facet, row), on_request] += number
        if on_request in opened and not failed:
            sections[section] += number
            is_known = all(test(_numbers(facet, row)) for facet, test in known.items())
            not_known += 0 if is_known else number
        elif on_request in opened and failed[0].removes:
            hidden += number
    return FacetCounts(
        sections={str(section): sections[section.number] for section in Section if sections[section.number]},
        values={facet.name: _by_value(facet, fitting[facet], question) for facet in FACETS},
        hidden=hidden,
        not_known=not_known,
    )


def _alike(candidates: ListingRows) -> Iterable[tuple[Any, ...]]:
    """Each kind of candidate as the numbers of GROUP_COLUMNS and, last, how many there are of it."""
    rows: Iterable[tuple[Any, ...]] = (
        candidates.order_by().values_list(*GROUP_COLUMNS).annotate(number=Count("pk"))
    )
    return rows


def _by_value(facet: Facet, fitting: Mapping[CandidateGroup, int], question: Question) -> dict[str, int]:
    opened_by_others = shown_visibilities(question.without(facet.name))
    return {
        value: sum(
            number
            for (numbers, on_request), number in fitting.items()
            if (on_request in opened_by_others or on_request == opened) and passes(numbers)
        )
        for value, passes, opened in _values_of(facet)
    }


@cache
def _values_of(facet: Facet) -> list[tuple[str, Test, int]]:
    """Each value with its test and what it opens of what is shown only on request."""
    values = []
    for value, _label in facet.choices():
        what = facet.on_request_values((value,))
        values.append((str(value), facet.matches((value,)), what.number if what else NO_REQUEST_FLAG))
    return values


def _numbers(facet: Facet, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([row[COLUMN_INDEX[column]] for column in facet.columns])
