"""A result that was drawn for another question says what it would say if it were drawn for this one."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from time_machine import travel

from resources.pages.drawing import CARD, ROW, cards_of_page, drawn_results, rows_of_page
from resources.presentation.grouping import cards_of, door_of, organization_of
from resources.presentation.results import result_context
from resources.search.engine import Answer, search_listings
from resources.search.filters import ListingFilterSet
from resources.vocabulary import Kind
from tests.build import DALLAS, build_organization, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite("what a page says is the same on both")]

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
EVENING = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # the group meets now
WEEKS_LATER = datetime(2027, 1, 20, 16, tzinfo=UTC)
SHORTLIST: dict[str, Any] = {"ids": [], "full": False, "query": "", "path": "/search/", "name": "list"}
QUESTIONS = (
    *("", "near=75201", "near=75201&reach=remote", "near=32.50,-96.50&within=50mi", "avoid=commercial"),
    *("q=group", "near=75201&sort=distance"),
)


@pytest.fixture
def _some_of_each() -> None:
    build_places()
    here = {"timezone": "America/Chicago"}
    tuesdays = {"freq": "WEEKLY", "byday": "TU", "opens_at": time(19), "closes_at": time(21), **here}
    daily = {
        "freq": "WEEKLY",
        "byday": "MO,TU,WE,TH,FR,SA,SU",
        "opens_at": time(9),
        "closes_at": time(17),
        **here,
    }
    plain: dict[str, Any] = {"assured_date": NOW.date(), "at": [DALLAS]}
    build_service("Group <b>", kind=Kind.SUPPORT_GROUP, schedules=[tuesdays], **plain)
    line: dict[str, Any] = {"assured_date": NOW.date(), "areas": ["US-TX"]}
    build_service("Line & more", kind=Kind.HELPLINE, schedules=[daily], **line)
    build_service("Clinic", kind=Kind.CLINIC, schedules=[daily], **plain)
    build_service("No times", kind=Kind.SUPPORT_GROUP, at=[DALLAS], areas=["*"])
    house = build_organization("House & home")
    build_service("Circle", kind=Kind.SUPPORT_GROUP, organization=house, **plain)
    build_service("Talks", kind=Kind.COUNSELLING, organization=house, at=[DALLAS], areas=["US"])


def page_of(question: str) -> Answer:
    filters = ListingFilterSet(QueryDict(question))
    assert filters.parameter_errors() == []
    return search_listings(filters.question())


@pytest.mark.usefixtures("_some_of_each")
@pytest.mark.slow("draws pages of results twice")
@pytest.mark.parametrize("language", ["en", "en-gb"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_drawn_before_says_what_it_would_if_it_were_drawn_now(question: str, language: str) -> None:
    with translation.override(language):
        for other in QUESTIONS:
            with travel(NOW, tick=False):
                draw(page_of(other), SHORTLIST)
        for now in (NOW, EVENING, WEEKS_LATER):
            with travel(now, tick=False):
                answer = page_of(question)
                asked = answer.question
                for shortlist in shortlists([result["id"] for result in answer.results]):
                    whole = [
                        result_context(result, now=asked.now, place=asked.place, zone=asked.zone)
                        for result in answer.results
                    ]
                    assert draw(answer, shortlist) == [
                        render_to_string(template, {"result": result, "list": shortlist})
                        for template, key in ((CARD, organization_of), (CARD, door_of), (ROW, door_of))
                        for result in cards_of(whole, key=key)
                    ]


def draw(answer: Answer, shortlist: dict[str, Any]) -> list[str]:
    """Cards of organizations, cards of what is at one door, and rows."""
    results = drawn_results(answer, shortlist)
    cards = [cards_of_page(results, by=by) for by in ("organization", "door")]
    return [each["html"] for drawn in (*cards, rows_of_page(results, by="door")) for each in drawn]


def shortlists(ids: list[str]) -> list[dict[str, Any]]:
    """Nothing on it, the first result, another, and as many as fit."""
    kept = {**SHORTLIST, "query": "?list=a&list=b"}
    return [SHORTLIST, {**kept, "ids": ids[:1]}, {**kept, "ids": ["other"]}, {**kept, "full": True}]


def test_what_is_kept_is_drawn_once_for_each_name_and_language_but_with_a_list() -> None:
    page = Template("{% load kept %}{% kept unless list by name %}{{ number }} {{ name }}{% endkept %}")

    def drawn(number: int, **context: str) -> str:
        return page.render(Context({"number": number, **context}))

    assert drawn(1, name="home") == "1 home"
    assert drawn(2, name="home") == "1 home"
    assert drawn(3, name="search") == "3 search"
    assert drawn(4, name="home", list="a") == "4 home"
    assert drawn(5) == "5 "
    with translation.override("en-gb"):
        assert drawn(6, name="home") == "6 home"
    assert drawn(7, name="home") == "1 home"
