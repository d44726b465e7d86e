"""What is typed and not saved: kept for each curator and record, offered again, and gone once it is saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.curation import drafts
from resources.curation.contributions import receive_correction
from resources.curation.drafts import keep_draft, purge_drafts
from resources.curation.merging import merge
from resources.curation.publishing import withdraw
from resources.models import Draft, Location, Organization, Service
from resources.vocabulary import ProblemType, Role, Status
from tests.build import build_organization, build_service
from tests.resources.admin.desk import (
    add_address,
    address,
    build_curator,
    errors_of,
    form_on,
    read_form,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def keep_typed(client: Client, record: Any, **typed: Any) -> Any:
    """What the page's script sends while one types."""
    return client.post(address(record, "draft"), {**read_form(client, address(record)), **typed})


def test_what_is_typed_is_kept_and_comes_back_as_it_was_typed(desk: Client) -> None:
    service = build_service("Evening circle")
    answer = keep_typed(desk, service, name="Morning circle", minimum_age="thirty")
    assert answer.json()["message"].startswith("Draft kept at ")
    service.refresh_from_db()
    assert service.name == "Evening circle"
    page = desk.get(address(service))
    assert form_on(page)["name"] == "Evening circle"
    assert "You have unsaved changes here" in page.content.decode()
    restored = desk.get(page.context["draft_form_url"])
    typed = form_on(restored)
    assert (typed["name"], typed["minimum_age"]) == ("Morning circle", "thirty")
    assert errors_of(restored) == {}, "nothing was submitted, so nothing is wrong yet"
    assert Service.objects.get().name == "Evening circle"


def test_once_saved_or_discarded_it_is_gone(desk: Client) -> None:
    service = build_service("Evening circle")
    keep_typed(desk, service, name="Morning circle")
    send(desk, address(service), name="Morning circle")
    assert not Draft.objects.exists()
    keep_typed(desk, service, name="Night circle")
    assert desk.post(address(service, "draft"), {"discard": "1"}).status_code == 302
    assert not Draft.objects.exists()


def test_a_save_with_errors_keeps_it(desk: Client) -> None:
    service = build_service("Evening circle")
    keep_typed(desk, service, name="")
    assert "name" in errors_of(send(desk, address(service), name=""))
    assert Draft.objects.exists()


def test_a_record_to_be_added_has_a_draft_too(desk: Client) -> None:
    organization = build_organization("Kind People")
    typed = {**read_form(desk, add_address(Service)), "name": "Lantern", "organization": str(organization.pk)}
    desk.post(reverse("admin:resources_service_draft_of_new"), typed)
    again = desk.get(f"{add_address(Service)}?draft=1")
    assert form_on(again)["name"] == "Lantern"
    assert not Service.objects.exists()


def test_each_of_two_curators_has_a_draft_and_the_second_to_save_sees_what_the_first_changed(
    desk: Client,
) -> None:
    service = build_service("Evening circle")
    other = sign_in(Client(), build_curator("grace"))
    keep_typed(desk, service, name="Ada's circle")
    keep_typed(other, service, name="Grace's circle", alternate_name="Grace")
    assert Draft.objects.count() == 2
    send(desk, address(service), name="Ada's circle")
    assert [draft.name for draft in Draft.objects.all()] == ["Grace's circle"]
    restored = other.get(f"{address(service)}?draft=1")
    assert "ada" in restored.context["refusal"]
    typed = form_on(restored)
    assert (typed["name"], typed["alternate_name"]) == ("Grace's circle", "Grace")
    assert other.post(address(service), typed).status_code == 302, "seen, it may be saved over that"
    service.refresh_from_db()
    assert service.name == "Grace's circle"


def test_the_draft_of_a_withdrawn_service_shows_that_it_was_withdrawn(desk: Client) -> None:
    service = build_service("Evening circle")
    keep_typed(desk, service, name="Morning circle")
    withdraw(services=[service], reason="It has closed.", by=None, at=datetime.now(UTC))
    restored = desk.get(f"{address(service)}?draft=1")
    assert form_on(restored)["name"] == "Morning circle"
    assert "It has closed." in restored.content.decode()
    service.refresh_from_db()
    assert service.status == Status.INACTIVE


def test_the_draft_of_a_merged_service_leads_to_the_one_it_is_part_of(desk: Client) -> None:
    service, kept = build_service("Evening circle"), build_service("Circle of evenings")
    keep_typed(desk, service, name="Morning circle")
    merge(kept=kept, merged=service, choices={}, by=None, at=datetime.now(UTC))
    assert address(service) in desk.get(reverse("admin:index")).content.decode()
    restored = desk.get(f"{address(service)}?draft=1")
    assert form_on(restored)["name"] == "Morning circle"
    assert "This record was merged into" in restored.content.decode()
    assert f'href="{address(kept)}"' in restored.content.decode()
    assert Service.objects.get(pk=service.pk).status == Status.INACTIVE


def test_the_draft_of_a_record_that_is_gone_is_shown_as_text(desk: Client, curator: User) -> None:
    organization = build_organization("Kind People")
    keep_typed(desk, organization, name="Kinder People")
    draft = Draft.objects.get()
    Organization.objects.all().delete()
    assert desk.get(f"{address(organization)}?draft=1").status_code == 302
    page = reverse("admin:resources_draft_text", args=[draft.pk])
    assert page in desk.get(reverse("admin:index")).content.decode()
    assert "Kinder People" in desk.get(page).content.decode()
    assert sign_in(Client(), build_curator("grace")).get(page).status_code == 404, "it is one's own"
    desk.post(page)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("record", ["service", "location", "organization"])
def test_a_session_that_ended_keeps_what_was_to_be_saved(desk: Client, curator: User, record: str) -> None:
    service = build_service("Evening circle", at=[Location.objects.create(city="Dallas", country="US")])
    subject = {
        "service": service,
        "location": Location.objects.get(),
        "organization": service.organization,
    }[record]
    typed = {**read_form(desk, address(subject)), "name": "Typed for an hour"}
    later = datetime.now(UTC) + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1)
    with time_machine.travel(later, tick=False):
        answer = desk.post(address(subject), typed)
        assert answer.status_code == 302
        assert "why=time" in answer["Location"]
        assert "draft%3D1" in answer["Location"], "signing in leads back to the form as it was typed"
        again = desk.post(address(subject), typed)  # twice: the session has ended already
        assert again.status_code in (302, 403)
    assert Draft.objects.count() == 1
    back = sign_in(Client(), curator).get(f"{address(subject)}?draft=1")
    assert form_on(back)["name"] == "Typed for an hour"
    assert not type(subject)._default_manager.filter(name="Typed for an hour").exists()


def test_a_decision_on_what_the_public_said_is_kept_until_it_is_made(desk: Client, curator: User) -> None:
    service = build_service("Evening circle", description="Old words")
    told: dict[str, Any] = {"note": "", "address": "", "stamp": None, "at": NOW}
    correction = receive_correction(
        service=service, wrong=ProblemType.WRONG, proposed={"description": "New"}, **told
    )
    page = address(correction)
    typed = {"description": "Newer words", "take_description": "on", "reason": "They wrote it"}
    desk.post(address(correction, "draft"), {**typed, "_accept": "Accept selected"})
    assert Draft.objects.get().name == str(correction)
    assert "You have unsaved changes here" in desk.get(page).content.decode()
    form = desk.get(f"{page}?draft=1").context["form"]
    assert {name: form[name].value() for name in typed} == {**typed, "take_description": True}
    assert not form.errors
    other = sign_in(Client(), build_curator("grace"))
    other.post(page, {"_decline": ""})
    assert desk.post(address(correction, "draft"), typed).status_code == 403, "it is decided"
    decided = desk.get(f"{page}?draft=1").content.decode()
    text = reverse("admin:resources_draft_text", args=[Draft.objects.get().pk])
    assert text in decided
    assert "Newer words" in desk.get(text).content.decode()
    desk.post(text)
    second = receive_correction(service=service, wrong=ProblemType.CLOSED, proposed={}, **told)
    desk.post(address(second, "draft"), typed)
    desk.post(address(second), {"_decline": ""})
    assert not Draft.objects.exists(), "it was decided, so nothing is kept"


def test_an_account_that_is_being_filled_in_is_kept_without_its_password() -> None:
    chief = sign_in(Client(), build_curator("grace", Role.ADMINISTRATOR))
    account = build_curator("ada")
    page = reverse("admin:auth_user_change", args=[account.pk])
    typed = {
        **read_form(chief, page),
        "first_name": "Ada",
        "password1": "secret word",
        "password2": "secret word",
    }
    kept = chief.post(reverse("admin:auth_user_draft", args=[account.pk]), typed)
    assert kept.json()["message"].startswith("Draft kept at ")
    assert not {"password1", "password2", "csrfmiddlewaretoken"} & set(Draft.objects.get().data)
    restored = chief.get(f"{page}?draft=1")
    assert (form_on(restored)["first_name"], errors_of(restored)) == ("Ada", {})
    assert not User.objects.filter(first_name="Ada").exists()
    assert errors_of(send(chief, page, first_name="Ada")) == {}
    assert not Draft.objects.exists()
    new = reverse("admin:auth_user_draft_of_new")
    chief.post(new, {"username": "otto"})
    assert form_on(chief.get(f"{reverse('admin:auth_user_add')}?draft=1"))["username"] == "otto"
    assert sign_in(Client(), account).post(new, {"username": "eve"}).status_code == 403


def test_who_may_not_change_the_record_keeps_no_draft_of_it(desk: Client) -> None:
    service = build_service("Evening circle")
    texan = sign_in(Client(), build_curator("tex", regions=["US-TX"]))
    assert texan.post(address(service, "draft"), {"name": "x"}).status_code == 403
    assert desk.get(address(service, "draft")).status_code == 405
    absent = reverse("admin:resources_service_draft", args=["00000000-0000-0000-0000-000000000000"])
    assert desk.post(absent, {"name": "x"}).status_code == 404
    assert Client().post(address(service, "draft"), {"name": "x"}).status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_has_an_upper_size_and_a_curator_a_number_of_them(
    desk: Client, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = build_service("Evening circle")
    monkeypatch.setattr(drafts, "MAX_BYTES", 1000)
    assert keep_typed(desk, service, description="x" * 1000).status_code == 413
    assert not Draft.objects.exists()
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 2)
    for number in range(3):
        at = NOW + timedelta(hours=number)
        keep_draft(by=curator, model=Service, object_id=number, data={}, name=str(number), at=at)
    assert [draft.name for draft in Draft.objects.all()] == ["2", "1"]


def test_after_thirty_days_it_is_purged(curator: User) -> None:
    keep_draft(by=curator, model=Service, object_id=None, data={"name": ["x"]}, name="x", at=NOW)
    assert purge_drafts(at=NOW + timedelta(days=29)) == {"drafts": 0}
    assert purge_drafts(at=NOW + timedelta(days=30)) == {"drafts": 1}


# Each button of the bar is in the form, so that it saves first, without a script too.
@pytest.mark.parametrize(
    ("button", "leads_to"),
    [
        ({"_then": "right"}, "found/right/"),
        ({"_then": "closed"}, "found/closed/"),
        ({"_then": "withdraw"}, "withdraw/"),
        ({"_then": "nonsense"}, "service/"),
    ],
)
def test_a_button_of_the_bar_saves_first(desk: Client, button: dict[str, str], leads_to: str) -> None:
    service = build_service("Evening circle")
    answer = send(desk, address(service), name="Morning circle", **button)
    assert leads_to in answer["Location"]
    service.refresh_from_db()
    assert (service.name, service.status) == ("Morning circle", Status.ACTIVE)


def test_a_button_of_the_bar_does_nothing_while_something_is_wrong(desk: Client) -> None:
    service = build_service("Evening circle", status=Status.INACTIVE)
    answer = send(desk, address(service), name="", _publish="")
    assert "name" in errors_of(answer)
    service.refresh_from_db()
    assert service.status == Status.INACTIVE
    page = answer.content.decode()
    assert "1 thing to correct" in page
    assert 'href="#id_name"' in page
