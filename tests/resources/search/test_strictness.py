"""How strict an answer is: what is not stated, what is widened, and the same wherever it is asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.api.asking import build_place, get
from tests.build import DALLAS, build_service

pytestmark = pytest.mark.django_db
AWAY = (DALLAS[0] + 1, DALLAS[1])


@pytest.fixture
def services() -> dict[str, str]:
    """By their ids: what states cost, loss and pregnancy, something else, or nothing; and one far away."""
    build_place("Dallas", "US", code="75201", region="TX", latitude=DALLAS[0], longitude=DALLAS[1])
    clear: dict[str, Any] = {"content_clear": ["mentions_pregnancy"]}
    built = {
        "stated": build_service("Stated", areas=["US"], cost="free", losses=["miscarriage"], **clear),
        "any": build_service("Any loss", areas=["US"], cost="free", losses=["any_loss"], **clear),
        "other": build_service(
            "Other",
            areas=["US"],
            cost="fixed",
            losses=["stillbirth"],
            content_notes=["mentions_pregnancy"],
        ),
        "silent": build_service("Silent", areas=["US"]),
        "far": build_service("Far", at=[AWAY], formats=["in_person"], cost="free"),
        "live": build_service("Live", areas=["US"], formats=["video"], losses=["ectopic"]),
    }
    return {str(service.pk): name for name, service in built.items()}


def on_page(path: str, services: dict[str, str]) -> list[str]:
    page = Client().get(f"/search/?{path}").content.decode()
    listed = page.partition('id="answer-listings"')[2]
    return [services[pk] for pk in dict.fromkeys(re.findall(r"/services/([0-9a-f-]{36})/", listed))]


def in_api(path: str, services: dict[str, str]) -> list[str]:
    return [services[each["service"]["id"]] for each in get(f"listings/?{path}")["results"]]


def in_csv(path: str, services: dict[str, str]) -> list[str]:
    return [services[row["service_id"]] for row in csv_rows(path)]


def csv_rows(path: str) -> list[dict[str, str]]:
    file = Client().get(f"/api/v1/listings/?as=csv&{path}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(file)))


def ndjson_rows(path: str) -> list[dict[str, Any]]:
    file = Client().get(f"/api/v1/listings/?as=ndjson&{path}").getvalue()
    return list(map(json.loads, file.splitlines()))


@pytest.mark.parametrize(
    ("question", "stating", "others"),
    [
        ("cost=free", ["any", "stated"], ["live", "silent"]),
        ("max_price=0", ["any", "stated"], ["live", "silent"]),
        ("max_price=20", ["any", "stated"], ["live", "other", "silent"]),
        ("loss=miscarriage", ["stated", "any"], ["silent"]),
        ("avoid=mentions_pregnancy", ["any", "stated"], ["live", "silent"]),
        ("cost=free&loss=miscarriage", ["stated", "any"], ["silent"]),
        ("loss=ectopic&format=video", ["live"], []),
    ],
)
@pytest.mark.slow("asks page, API and files")
def test_what_is_not_stated_follows_on_a_page_and_is_left_out_for_programs_and_counted_for_both(
    services: dict[str, str], question: str, stating: list[str], others: list[str]
) -> None:
    question = f"{question}&near=75201"
    assert on_page(question, services) == [*stating, *others]
    assert in_api(question, services) == in_csv(question, services) == stating
    for alike in (f"{question}&unknown=include&widen=no", f"{question}&unknown=include&widen=yes"):
        assert on_page(alike, services) == in_api(alike, services) == in_csv(alike, services)
        assert in_api(alike, services) == [*stating, *others]
    strict = f"{question}&unknown=exclude&widen=no"
    assert on_page(strict, services) == in_api(strict, services) == in_csv(strict, services) == stating
    answers = [get(f"listings/?{question}"), get(f"listings/?{question}&unknown=include")]
    assert [answer["not_known"] for answer in answers] == [len(others)] * 2
    silent = {services[each["service"]["id"]] for each in answers[1]["results"] if each["not_known"]}
    assert silent == set(others)


def test_a_page_says_what_it_does_not_know_in_a_fold_of_its_own(services: dict[str, str]) -> None:
    page = Client().get("/search/?near=75201&cost=free").content.decode()
    assert "Cost not stated (2): ask" in page
    build_service("Near and silent", at=[DALLAS])
    for reach, is_folded in (("any", True), ("local", False)):  # folded where others on the page are free
        page = Client().get(f"/search/?near=75201&cost=free&widen=no&reach={reach}").content.decode()
        near = page.partition('id="near_you"')[2].partition("</section>")[0]
        assert "Near and silent" in near
        assert ('<details class="fold">' in near) == is_folded
    page = Client().get("/search/?near=75201&cost=free&unknown=exclude").content.decode()
    assert "We left out 3 listings that do not state all that you asked for." in page


@pytest.mark.parametrize(
    ("question", "found", "relaxed"),
    [
        ("format=in_person&day=monday", ["far"], ["day: monday to any", "within: 25mi to 100mi"]),
        ("reach=local&cost=free", ["far"], ["within: 25mi to 100mi"]),
        (
            "format=in_person&loss=ectopic",
            ["live"],
            ["format: in_person to video,phone"],
        ),
        (
            "reach=local&loss=ectopic",
            ["live"],
            ["format: any to video,phone", "reach: local to any"],
        ),
        ("format=text_chat", [], []),
        ("format=text_chat&reach=local", [], []),
        ("language=es", [], []),
        ("audience=fathers&format=in_person", [], []),
    ],
)
@pytest.mark.slow("asks page, API and files")
def test_only_a_question_that_may_be_widened_is_and_files_say_so_too(
    services: dict[str, str], question: str, found: list[str], relaxed: list[str]
) -> None:
    question = f"{question}&near=75201&unknown=exclude"
    assert in_api(question, services) == in_csv(question, services) == []
    assert get(f"listings/?{question}")["relaxed"] == []
    wide = f"{question}&widen=yes"
    assert on_page(question, services) == on_page(wide, services) == in_api(wide, services) == found
    said = ["; ".join(relaxed)] if found else []
    assert [row["relaxed"] for row in csv_rows(wide)] == said
    answer = get(f"listings/?{wide}")
    assert [row["relaxed"] for row in ndjson_rows(wide)] == [answer["relaxed"]] * len(found)
    assert [
        f"{each['parameter']}: {each['asked'] or 'any'} to {each['used'] or 'any'}"
        for each in answer["relaxed"]
    ] == relaxed


def test_links_of_a_page_take_along_how_strict_it_is(services: dict[str, str]) -> None:
    page = Client().get("/search/?near=75201&cost=free").content.decode()
    assert "/handout/?near=75201&amp;cost=free&amp;widen=yes&amp;unknown=include" in page
    page = Client().get("/search/?near=75201&cost=free&unknown=exclude").content.decode()
    assert "unknown=exclude&amp;widen=yes" in page or "widen=yes&amp;unknown=exclude" in page


def test_from_afar_helps_only_what_is_not_gone_to(services: dict[str, str]) -> None:
    build_service("Met in Houston", areas=["US-TX"], formats=["in_person"])
    build_service("Seen and met", areas=["US-TX"], formats=["in_person", "video"])
    found = {each["service"]["name"] for each in get("listings/?near=75201&reach=remote")["results"]}
    assert "Seen and met" in found
    assert "Silent" in found
    assert "Met in Houston" not in found
