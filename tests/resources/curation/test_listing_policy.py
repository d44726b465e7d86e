"""Listing policy checklist, answered as far as the records can tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resources.curation.listing_policy import policy_answers
from resources.models import Credential, Listing, Phone, Service
from resources.vocabulary import (
    CLINICS,
    ContentNote,
    Cost,
    CredentialKind,
    Kind,
    LedBy,
    PhoneType,
    PregnancyOptionsPolicy,
)
from tests.build import build_cost, build_organization, build_service
from tests.resources.admin.desk import address, build_curator, messages_of, read_form, sign_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("the policy is applied in Python; test_publishing publishes on both"),
]

BARE: dict[str, Any] = {"phone": "", "refresh": False}


def answered(service: Service, where: str) -> str:
    return {answer.where: answer.answered.value for answer in policy_answers(service)}[where]


def test_of_a_bare_record_nothing_is_guessed() -> None:
    service = build_service(**BARE, organization=build_organization(operator_stated=False))
    assert [(answer.where, answer.answered.value) for answer in policy_answers(service)] == [
        ("phones", "no"),
        ("organization", "unknown"),
        ("led_by", "unknown"),
        ("cost_options", "unknown"),
        ("content_notes", "unknown"),
    ]


def credential(service: Service) -> None:
    Credential.objects.create(service=service, kind=CredentialKind.LICENCE, name="Registered charity")


def accreditation(service: Service) -> None:
    service.accreditations = "Accredited by the BACP"


def led_by(service: Service) -> None:
    service.led_by = (LedBy.PEER,)


def free(service: Service) -> None:
    build_cost(service, Cost.FREE)


def cost_in_words(service: Service) -> None:
    service.fees_description = "Ask them"


def faith_based(service: Service) -> None:
    service.content_notes = (ContentNote.FAITH_BASED,)


def not_faith_based(service: Service) -> None:
    service.content_clear = (ContentNote.FAITH_BASED,)


def phone(service: Service) -> None:
    Phone.objects.create(service=service, number="988", country="US")


def web_page(service: Service) -> None:
    Service.objects.filter(pk=service.pk).update(url="https://kind.example.org")


@pytest.mark.parametrize(
    ("say", "where"),
    [
        (phone, "phones"),
        (web_page, "phones"),
        (credential, "led_by"),
        (accreditation, "led_by"),
        (led_by, "led_by"),
        (free, "cost_options"),
        (cost_in_words, "cost_options"),
        (faith_based, "content_notes"),
        (not_faith_based, "content_notes"),
    ],
)
def test_each_question_is_answered_by_any_fact_that_answers_it(say: Any, where: str) -> None:
    service = build_service(**BARE)
    assert answered(service, where) != "yes"
    say(service)
    assert answered(service, where) == "yes"


def test_a_fax_is_no_way_to_make_contact_and_a_price_nobody_stated_is_no_cost() -> None:
    service = build_service(**BARE)
    Phone.objects.create(service=service, number="214-555-0100", country="US", type=PhoneType.FAX)
    build_cost(service, Cost.UNKNOWN)
    assert answered(service, "phones") == "no"
    assert answered(service, "cost_options") == "unknown"


@pytest.mark.parametrize("kind", [Kind.COUNSELLING, *CLINICS])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "unknown"),
        (PregnancyOptionsPolicy.YES, "yes"),
        (PregnancyOptionsPolicy.NOT_ABOUT, "yes"),
        (PregnancyOptionsPolicy.NO, "no"),
    ],
)
def test_counselling_and_clinics_are_asked_about_all_options(kind: str, options: str, expected: str) -> None:
    service = build_service(**BARE, kind=kind, all_options=options)
    assert answered(service, "all_options") == expected


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.COUNSELLING, *CLINICS)])
def test_no_other_kind_is_asked_about_all_options(kind: str) -> None:
    answers = policy_answers(build_service(**BARE, kind=kind))
    assert "all_options" not in [answer.where for answer in answers]


@pytest.mark.parametrize("rows", [1, 30])
def test_what_hangs_on_a_record_makes_no_query_more(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    service = build_service(**BARE)
    for _ in range(rows):
        build_cost(service, Cost.UNKNOWN)
    loaded = Service.objects.select_related("organization").prefetch_related("credentials", "cost_options")
    service = loaded.get(pk=service.pk)
    with django_assert_num_queries(1):  # whether there is a way to make contact
        policy_answers(service)


@pytest.mark.slow("draws pages of the admin")
def test_the_page_names_the_policy_where_an_edit_makes_it_what_is_not_listed(client: Client) -> None:
    desk = sign_in(client, build_curator())
    service = build_service("One way", kind=Kind.CLINIC)
    typed = {**read_form(desk, address(service)), "all_options": PregnancyOptionsPolicy.NO}
    answer = desk.post(address(service), typed, follow=True)
    assert "Withdrawn: One way. It does not offer or refer for all options." in messages_of(answer)
    assert "contact" not in messages_of(answer)
    assert not Listing.objects.exists()
