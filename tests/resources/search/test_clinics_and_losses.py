"""Kinds of clinic with sections of their own, the death of a child at any age, and who is kept from whom."""

from __future__ import annotations

import pytest

from resources.vocabulary import Kind
from tests.api.asking import build_place, get
from tests.build import DALLAS, build_service

pytestmark = pytest.mark.django_db


def names(path: str) -> list[str]:
    return [result["service"]["name"] for result in get(f"listings/?{path}")["results"]]


@pytest.fixture
def place() -> None:
    build_place("Dallas", "US", code="75201", region="TX", latitude=DALLAS[0], longitude=DALLAS[1])


@pytest.mark.usefixtures("place")
def test_each_kind_of_clinic_has_a_section_after_support() -> None:
    farther = (DALLAS[0] + 0.1, DALLAS[1])
    build_service("Scan unit", kind=Kind.SPECIALIST_CLINIC, fit="specialist", at=[DALLAS])
    build_service("Mental health center", kind=Kind.MENTAL_HEALTH_CLINIC, fit="general", at=[DALLAS])
    build_service("Health center", kind=Kind.CLINIC, fit="general", at=[farther])
    build_service("Group", fit="specialist", at=[farther])
    found = get("listings/?near=75201")["results"]
    assert [(result["service"]["name"], result["section"]) for result in found] == [
        ("Group", "near_you"),
        ("Mental health center", "lower_cost_counselling"),
        ("Scan unit", "hospital_clinics"),
        ("Health center", "general_clinics"),
    ]


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("stillbirth", True),
        ("neonatal", True),
        ("infant", True),
        ("child_any_age", True),
        ("any_loss", True),
        ("miscarriage", False),
        ("ectopic", False),
    ],
)
def test_the_death_of_a_child_at_any_age_is_found_by_the_losses_it_may_be(loss: str, found: bool) -> None:
    build_service("Compassionate friends", losses=["child_any_age"], areas=["US"])
    assert names(f"loss={loss}") == (["Compassionate friends"] if found else [])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("loss=miscarriage", True),
        ("loss=tfmr", False),
        ("loss=abortion", False),
        ("loss=ectopic", False),
        ("loss=miscarriage&loss=ectopic", False),
        ("", True),
    ],
)
def test_what_teaches_against_abortion_is_kept_from_who_may_have_had_one(question: str, found: bool) -> None:
    build_service("Any loss", losses=["any_loss"], content_notes=["opposes_abortion"], areas=["US"])
    assert names(question) == (["Any loss"] if found else [])
    counted = get(f"listings/?facets=yes&{question}")["facets"]["loss"]
    assert [counted.get(loss, 0) for loss in ("miscarriage", "ectopic")] == [1, 0]
