"""Results as HTML that is drawn once for each listing and completed for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe

from resources.geo.geocoding import FoundPlace
from resources.presentation.grouping import card_of, grouped
from resources.presentation.results import (
    NO_ANSWER,
    NO_TIMES,
    distance_of,
    place_line,
    reason_of,
    result_context,
    where_line,
)
from resources.presentation.times import meeting_contexts, opening_line
from resources.search.engine import Answer
from resources.search.question import Question
from resources.search.results import FinishedResult

TEMPLATE = "components/result.html"
# Where what only the question knows is put into what is drawn already. No text that is shown has them.
WHERE, TIMES, QUERY = "\x01", "\x02", "\x03"
WHERE_DRAWN = f" · {WHERE}"
Drawn = Mapping[str, Any]  # `html`, and what a page sorts results by


def drawn_results(answer: Answer, shortlist: Mapping[str, Any]) -> list[Drawn]:
    """Return the page of an answer for `components/group.html`; `shortlist` is its `list`.

    Each has its `section`, `leads_by_name`, `known_clear` and `next_meetings` beside its `html`, with its
    `organization` and `door` to group by, and `view`, which returns it as a result. Two queries at most.
    """
    key = (TEMPLATE, shortlist["path"], shortlist["name"])
    results = answer.finished_results(key=key, make=partial(_draw, shortlist=shortlist))
    return [_drawn(result, answer.question, shortlist) for result in results]


def _drawn(result: FinishedResult, question: Question, shortlist: Mapping[str, Any]) -> Drawn:
    facts, _html, door = result.made
    return {
        **result.facts,
        "html": _complete(result, question, shortlist),
        "organization": facts["organization"]["id"],
        "door": door or None,
        "view": partial(_view, result, question),
    }


def cards_of_page(results: Sequence[Drawn], *, by: str, gather: bool = True) -> list[Drawn]:
    """Return a card for all results of one organization or door (`by`): what was drawn, or one of several."""
    return [
        group[0] if len(group) == 1 else card_of([result["view"]() for result in group])
        for group in grouped(results, key=lambda result: result[by], gather=gather)
    ]


def rows_of_page(results: Sequence[Drawn], *, by: str) -> list[dict[str, Any]]:
    """Return the same as `components/clinic.html` takes them."""
    return [
        group[0]["view"]() if len(group) == 1 else card_of([result["view"]() for result in group])
        for group in grouped(results, key=lambda result: result[by], gather=True)
    ]


def _draw(facts: Mapping[str, Any], shortlist: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, str]:
    """Return what a result says at any time, it drawn with marks where the rest belongs, and its door."""
    result = result_context({**facts, **NO_ANSWER, **NO_TIMES}, now=timezone.now())
    marked = {**result, "where": WHERE, "times": TIMES}
    unlisted = {**shortlist, "ids": (), "full": False, "query": QUERY}
    return facts, render_to_string(TEMPLATE, {"result": marked, "list": unlisted}), result["door"]


def _view(result: FinishedResult, question: Question) -> dict[str, Any]:
    whole = {**result.made[0], **result.facts}
    return result_context(whole, now=question.now, place=question.place, zone=question.zone)


def _complete(result: FinishedResult, question: Question, shortlist: Mapping[str, Any]) -> str:
    _facts, html, _door = result.made
    if shortlist["full"] or result.card["id"] in shortlist["ids"]:
        return render_to_string(TEMPLATE, {"result": _view(result, question), "list": shortlist})
    html = html.replace(WHERE_DRAWN, escape(_where(result, question.place)), 1)
    html = html.replace(QUERY, escape(shortlist["query"]))
    if TIMES in html:
        html = html.replace(TIMES, _times(result, question), 1)
    drawn: str = mark_safe(html)  # noqa: S308  (a template drew it, and what is put in is escaped)
    return drawn


def _where(result: FinishedResult, place: FoundPlace | None) -> str:
    """Return " · 2 Elm St, Dallas, TX · 3 miles", or "" where nothing of it is known."""
    areas = result.card["areas"]
    reason = reason_of(result.facts["why"], place, areas)
    line = where_line(place_line(result.card["location"]), reason, distance_of(result.facts, place), areas)
    return f" · {line}" if line else ""


def _times(result: FinishedResult, question: Question) -> str:
    meetings = result.facts["next_meetings"]
    context = {
        "meetings": meeting_contexts(meetings, result.card["formats"], question.now, question.zone)[:1],
        "opening": opening_line(result.facts["opening"], question.now),
    }
    return render_to_string("components/times.html", {"times": context}) if any(context.values()) else ""
