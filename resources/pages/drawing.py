"""Results as HTML that is drawn once for each listing and completed for each question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe

from resources import wording
from resources.geo.geocoding import FoundPlace
from resources.presentation.results import NO_ANSWER, NO_TIMES, reason_of, result_context
from resources.presentation.times import meeting_contexts, opening_line
from resources.search.engine import Answer
from resources.search.question import Question
from resources.search.results import FinishedResult
from resources.vocabulary import MatchReason

TEMPLATE = "components/result.html"
# Where what only the question knows is put into what is drawn already. No text that is shown has them.
WHY, TIMES, QUERY = "\x01", "\x02", "\x03"
WHY_DRAWN = f" · {WHY}"
Drawn = Mapping[str, Any]  # `html`, and what a page sorts results by


def drawn_results(answer: Answer, shortlist: Mapping[str, Any]) -> list[Drawn]:
    """Return the page of an answer for `components/group.html`; `shortlist` is its `list`.

    Each has its `section`, `leads_by_name`, `known_clear` and `next_meetings` beside its `html`. Two queries
    at most.
    """
    key = (TEMPLATE, shortlist["path"], shortlist["name"])
    results = answer.finished_results(key=key, make=partial(_draw, shortlist=shortlist))
    return [{**result.facts, "html": _complete(result, answer.question, shortlist)} for result in results]


def _draw(facts: Mapping[str, Any], shortlist: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return what a result says at any time, and it drawn with marks where the rest belongs."""
    result = result_context({**facts, **NO_ANSWER, **NO_TIMES}, now=timezone.now())
    marked = {**result, "why": WHY, "times": TIMES}
    unlisted = {**shortlist, "ids": (), "full": False, "query": QUERY}
    return facts, render_to_string(TEMPLATE, {"result": marked, "list": unlisted})


def _complete(result: FinishedResult, question: Question, shortlist: Mapping[str, Any]) -> str:
    facts, html = result.made
    if shortlist["full"] or result.card["id"] in shortlist["ids"]:
        whole = result_context(
            {**facts, **result.facts}, now=question.now, place=question.place, zone=question.zone
        )
        return render_to_string(TEMPLATE, {"result": whole, "list": shortlist})
    html = html.replace(WHY_DRAWN, escape(_why(result, question.place)), 1)
    html = html.replace(QUERY, escape(shortlist["query"]))
    if TIMES in html:
        html = html.replace(TIMES, _times(result, question), 1)
    drawn: str = mark_safe(html)  # noqa: S308  (a template drew it, and what is put in is escaped)
    return drawn


def _why(result: FinishedResult, place: FoundPlace | None) -> str:
    """Return " · Near you, 3 miles", or "" where no place was given."""
    facts = result.facts
    reason = reason_of(facts["why"], place, result.card["areas"])
    distance = wording.distance(
        facts["distance_km"] if facts["why"] == MatchReason.NEAR_YOU else None,
        country=place.country if place else "",
        about=facts["distance_is_about"],
    )
    return f"{f' · {reason}' if reason else ''}{f', {distance}' if distance else ''}"


def _times(result: FinishedResult, question: Question) -> str:
    meetings = result.facts["next_meetings"]
    context = {
        "meetings": meeting_contexts(meetings, result.card["formats"], question.now, question.zone)[:1],
        "opening": opening_line(result.facts["opening"], question.now),
    }
    return render_to_string("components/times.html", {"times": context}) if any(context.values()) else ""
