"""Cards and rows as HTML that is drawn once for the same listings and completed for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from resources.presentation.grouping import card_of, grouped
from resources.presentation.results import (
    NO_ANSWER,
    NO_TIMES,
    abroad_of,
    distance_of,
    place_line,
    reason_of,
    result_context,
    where_line,
)
from resources.presentation.times import meeting_contexts, opening_line
from resources.search.engine import Answer
from resources.search.results import FinishedResult, keep_piece

CARD, ROW = "components/result.html", "components/clinic.html"
# What only the question knows, and what stands for it in what is drawn. No text that is shown has them.
MARKS = {"where": "\x01", "distance": "\x02", "why": "\x03"}
TIMES, QUERY = "\x04", "\x05"
Drawn = Mapping[str, Any]


@dataclass(frozen=True)
class Drawing:
    """The page that results are drawn for; `shortlist` is its `list`."""

    answer: Answer
    shortlist: Mapping[str, Any]
    reasons: dict[Any, str] = field(default_factory=dict)

    def draw(self, template: str, results: Sequence[FinishedResult]) -> str:
        """Return one card or row for these results."""
        answered = [self._answered(result) for result in results]
        listed = self.shortlist["ids"] and not {result.card["id"] for result in results}.isdisjoint(
            self.shortlist["ids"]
        )
        if self.shortlist["full"] or listed:
            return render_to_string(
                template, {"result": _one_of(map(self._view, results)), "list": self.shortlist}
            )
        # What is not the same for all is not said of them together.
        said = {
            name: answered[0][name] if all(each[name] == answered[0][name] for each in answered) else None
            for name in MARKS
        }
        html = self._marked(template, results, said)
        for name, mark in MARKS.items():
            if text := said[name]:
                html = html.replace(mark, escape(text))
        html = html.replace(QUERY, escape(self.shortlist["query"]))
        if TIMES in html:
            html = html.replace(TIMES, self._times(results[0]), 1)
        return mark_safe(html)  # noqa: S308  (a template drew it, and what is put in is escaped)

    def _marked(
        self, template: str, results: Sequence[FinishedResult], said: Mapping[str, str | None]
    ) -> str:
        """Return it with marks; drawn once for the same listings of which the same can be said."""
        kinds = tuple(text if text is None else bool(text) for text in said.values())
        page = self.shortlist["path"], self.shortlist["name"], get_language()
        pieces = self.answer.finding.catalog.finished
        key = template, tuple(result.row.pk for result in results), kinds, page
        html: bytes | None = pieces.get(key)
        if html is None:
            contexts = [
                {**_timeless(result), **_marks(said, number), "times": TIMES}
                for number, result in enumerate(results)
            ]
            unlisted = {**self.shortlist, "ids": (), "full": False, "query": QUERY}
            html = render_to_string(template, {"result": _one_of(contexts), "list": unlisted}).encode()
            keep_piece(pieces, key, html)
        return html.decode()

    def _answered(self, result: FinishedResult) -> Mapping[str, str]:
        place, areas, why = self.answer.question.place, result.card["areas"], result.facts["why"]
        key = why, *areas
        if (reason := self.reasons.get(key)) is None:
            reason = self.reasons[key] = reason_of(why, place, areas)
        distance = distance_of(result.facts, place)
        abroad = abroad_of(result.card["country"], place)
        where = where_line(place_line(result.card["location"]), reason, distance, areas, abroad)
        return {"where": where, "distance": distance, "why": reason}

    def _view(self, result: FinishedResult) -> dict[str, Any]:
        question = self.answer.question
        whole = {**_facts(result), **result.facts}
        zone = question.zone if result.facts["next_meetings"] else ""
        return result_context(whole, now=question.now, place=question.place, zone=zone)

    def _times(self, result: FinishedResult) -> str:
        question, meetings = self.answer.question, result.facts["next_meetings"]
        zone = question.zone if meetings else ""
        contexts = meeting_contexts(meetings[:1], result.card["formats"], question.now, zone)
        opening = opening_line(result.facts["opening"], question.now)
        if not contexts and not opening:
            return ""
        pieces = self.answer.finding.catalog.finished
        key = "times", get_language(), opening, *(tuple(each.items()) for each in contexts)
        html: str | None = pieces.get(key)
        if html is None:
            html = render_to_string(
                "components/times.html", {"times": {"meetings": contexts, "opening": opening}}
            )
            keep_piece(pieces, key, html)
        return html


def drawn_results(answer: Answer, shortlist: Mapping[str, Any]) -> list[Drawn]:
    """Return the page of an answer for `cards_of_page` and `rows_of_page`; `shortlist` is its `list`.

    Each has its `section`, `leads_by_name`, `not_known`, `why` and `next_meetings`, whether it is `doubtful`,
    the kinds of its `costs`, and its `organization` and `door` to group by. Two queries at most.
    """
    drawing = Drawing(answer, shortlist)
    return [
        {
            **result.facts,
            "organization": result.made[0],
            "door": result.made[1] or None,
            "costs": result.made[2],
            "doubtful": result.row.is_doubtful,
            "result": result,
            "drawing": drawing,
        }
        for result in answer.finished_results(key=CARD, make=_make)
    ]


def cards_of_page(results: Sequence[Drawn], *, by: str, gather: bool = True) -> list[Drawn]:
    """Return a card for all results of one organization or door (`by`), as `html`."""
    return _drawn(CARD, grouped(results, key=lambda result: result[by], gather=gather))


def rows_of_page(results: Sequence[Drawn], *, by: str) -> list[Drawn]:
    """Return the same as rows."""
    return _drawn(ROW, grouped(results, key=lambda result: result[by], gather=True))


def _drawn(template: str, groups: Sequence[Sequence[Drawn]]) -> list[Drawn]:
    return [
        {"html": group[0]["drawing"].draw(template, [each["result"] for each in group])} for group in groups
    ]


def _make(facts: Mapping[str, Any]) -> tuple[str, str, Sequence[str], bytes]:
    """Return the organization, the door and the costs of a result, and what it says at any time, packed."""
    location = facts["location"]
    door = place_line(location) if location and location["address"] else ""
    return facts["organization"]["id"], door, tuple(facts["cost"]["kinds"]), orjson.dumps(facts)


def _facts(result: FinishedResult) -> dict[str, Any]:
    facts: dict[str, Any] = orjson.loads(result.made[3])
    return facts


def _timeless(result: FinishedResult) -> dict[str, Any]:
    return result_context({**_facts(result), **NO_ANSWER, **NO_TIMES}, now=timezone.now())


def _marks(said: Mapping[str, str | None], number: int) -> dict[str, str]:
    """Return a mark for what is said, and for what differs something that differs."""
    return {name: str(number) if text is None else text and MARKS[name] for name, text in said.items()}


def _one_of(contexts: Any) -> dict[str, Any]:
    found = list(contexts)
    return found[0] if len(found) == 1 else card_of(found)
