"""Two curators on one record: the second is shown what differs, and nothing that was typed is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from resources.curation import publishing
from resources.history import revisions
from resources.models import Location, Phone, Service, TaxonomyTerm
from tests.build import build_location, build_service, build_term
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    build_curator,
    errors_of,
    form_on,
    messages_of,
    not_drawn,
    read_form,
    send,
    sign_in,
    undone,
)

pytestmark = pytest.mark.django_db


def top_of(answer: Any) -> str:
    """What the page says at its top."""
    return " ".join(errors_of(answer).get("__all__", []))


def words(changes: Any) -> list[str]:
    return [str(one) for one in changes]


def test_the_second_is_shown_the_difference_and_keeps_what_was_typed(desk: Client, chief: Client) -> None:
    service = build_service("Before", description="Old")
    mine = read_form(desk, address(service))
    assert errors_of(send(chief, address(service), name="By grace")) == {}
    answer = desk.post(address(service), {**mine, "description": "By ada"})
    assert answer.status_code == 200
    assert "grace changed this record while you were editing" in top_of(answer)
    conflict = answer.context["conflict"]
    assert words(conflict.their_changes) == ["Name: from “Before” to “By grace”"]
    assert words(conflict.your_changes) == [
        "Name: from “By grace” to “Before”",
        "Description: from “Old” to “By ada”",
    ]
    page = answer.content.decode()
    assert "By ada" in page
    assert "What differs" in page
    service.refresh_from_db()
    assert (service.name, service.description) == ("By grace", "Old")


def test_saving_again_is_a_decision(desk: Client, chief: Client) -> None:
    service = build_service("Before")
    mine = {**read_form(desk, address(service)), "name": "By ada"}
    send(chief, address(service), name="By grace")
    answer = desk.post(address(service), mine)
    again = {**mine, "_version": answer.context["version"]}
    assert f'name="_version" value="{again["_version"]}"' in answer.content.decode()
    assert errors_of(desk.post(address(service), again)) == {}
    service.refresh_from_db()
    assert service.name == "By ada"


def test_a_trial_of_what_was_typed_leaves_no_message_and_no_row(desk: Client, chief: Client) -> None:
    location = build_location()
    mine = read_form(desk, address(location))
    send(chief, address(location), name="The Hall")
    answer = desk.post(
        address(location), {**mine, "city": "Austin", "precision": "", "latitude": "", "longitude": ""}
    )
    assert messages_of(answer) == ""
    assert Location.objects.get().city == "Dallas"


def test_one_and_the_same_person_in_two_windows_is_told_so(desk: Client) -> None:
    service = build_service("Before")
    mine = read_form(desk, address(service))
    send(desk, address(service), name="In one window")
    assert "You, in another window" in top_of(desk.post(address(service), mine))


def test_an_import_meanwhile_is_the_same_case(desk: Client) -> None:
    service = build_service("Before")
    mine = read_form(desk, address(service))
    Service.objects.filter(pk=service.pk).update(name="Imported", last_modified=datetime.now(UTC))
    answer = desk.post(address(service), {**mine, "description": "By ada"})
    assert "An import" in top_of(answer)
    assert answer.context["conflict"].their_changes is None, "how it was before was not kept"
    assert "We have no earlier version" in answer.content.decode()
    service.refresh_from_db()
    assert (service.name, service.description) == ("Imported", "")


def test_a_change_of_the_organization_beside_it_is_no_clash(desk: Client) -> None:
    service = build_service("Before")
    send(desk, address(service), name="Kept once")
    mine = read_form(desk, address(service))
    publishing.finish_edit(records=[service.organization], by=None, at=datetime.now(UTC))
    assert errors_of(desk.post(address(service), {**mine, "name": "After"})) == {}


def test_a_form_without_its_version_is_refused_in_words(desk: Client) -> None:
    service = build_service("Before")
    mine = read_form(desk, address(service))
    del mine["_version"]
    answer = desk.post(address(service), {**mine, "name": "After"})
    assert "cannot tell which version" in top_of(answer)
    assert "After" in answer.content.decode()
    service.refresh_from_db()
    assert service.name == "Before"


NO_VERSIONS = (
    *("x", "2026-13-01", "revision 1", "revision x", "9" * 400, "2026-03-01"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
)


def test_a_version_that_is_none_is_a_clash_and_no_error(desk: Client, chief: Client) -> None:
    service, term = build_service("Before"), build_term("Walking")
    for client, record in ((desk, service), (chief, term)):
        mine = read_form(client, address(record))
        for version in NO_VERSIONS:
            with not_drawn():
                answer = client.post(address(record), {**mine, "_version": version})
            assert answer.status_code == 200, version
            assert top_of(answer), version


def test_a_word_is_guarded_by_its_last_revision(chief: Client) -> None:
    term = build_term("Walking")
    mine = read_form(chief, address(term))
    revisions.save_missing_revision([term])
    TaxonomyTerm.objects.filter(pk=term.pk).update(name="Hiking")
    publishing.finish_edit(records=[term], by=None, at=datetime.now(UTC))
    answer = chief.post(address(term), {**mine, "name": "Running"})
    assert "The operator changed this record" in top_of(answer)
    assert words(answer.context["conflict"].their_changes) == ["Name: from “Walking” to “Hiking”"]
    assert TaxonomyTerm.objects.get().name == "Hiking"


def test_a_place_of_a_service_clashes_over_itself_and_not_over_its_service(
    desk: Client, chief: Client
) -> None:
    service = build_service("Before", at=[build_location()])
    place = service.service_at_locations.get()
    send(chief, address(service), name="Kept once")
    mine = read_form(desk, address(place))
    send(chief, address(service), name="After")
    assert errors_of(desk.post(address(place), {**mine, "description": "Upstairs"})) == {}
    answer = desk.post(address(place), {**mine, "description": "Downstairs"})
    assert "You, in another window" in top_of(answer)


def test_a_form_that_is_wrong_says_what_is_wrong_and_what_differs(desk: Client, chief: Client) -> None:
    service = build_service("Before")
    mine = read_form(desk, address(service))
    send(chief, address(service), name="By grace")
    answer = desk.post(address(service), {**mine, "url": "no address"})
    assert {"__all__", "url"} <= set(errors_of(answer))
    assert answer.context["conflict"].your_changes is None


# ---- rows that are gone


def take_away(client: Client, service: Service, number: str) -> None:
    """As another curator does it, on the page."""
    form = read_form(client, address(service))
    (row,) = [name.removesuffix("-number") for name, value in form.items() if value == number]
    assert errors_of(client.post(address(service), {**form, f"{row}-DELETE": "on"})) == {}


@pytest.fixture
def service(db: None) -> Service:
    service = build_service("Group", phone="")
    for number in ("214-555-0101", "214-555-0102", "214-555-0103"):
        Phone.objects.create(service=service, number=number, country="US")
    return service


def typed_into(form: dict[str, Any], number: str, note: str) -> dict[str, Any]:
    (row,) = [name.removesuffix("-number") for name, value in form.items() if value == number]
    return {**form, f"{row}-description": note}


def shown_numbers(answer: Any) -> list[tuple[str, str]]:
    """The rows of numbers as the page shows them, with their notes."""
    shown = next(one for one in answer.context["inline_admin_formsets"] if one.formset.prefix == "phones")
    return [(row.form["number"].value(), row.form["description"].value() or "") for row in shown][:-1]


def test_what_was_typed_into_a_row_that_is_gone_stands_as_a_new_row(
    desk: Client, chief: Client, service: Service
) -> None:
    send(chief, address(service), name="Kept once")
    mine = typed_into(read_form(desk, address(service)), "214-555-0102", "evenings")
    take_away(chief, service, "214-555-0102")
    answer = desk.post(address(service), mine)
    assert answer.status_code == 200
    assert set(shown_numbers(answer)) == {
        ("214-555-0101", ""),
        ("214-555-0102", "evenings"),
        ("214-555-0103", ""),
    }
    assert words(answer.context["conflict"].their_changes)[0].startswith("Phone number 214-555-0102: removed")
    again = form_on(answer)
    assert errors_of(desk.post(address(service), again)) == {}
    assert service.phones.get(number="214-555-0102").description == "evenings"
    assert service.phones.count() == 3


def test_a_row_that_is_gone_and_was_not_touched_stays_gone(
    desk: Client, chief: Client, service: Service
) -> None:
    send(chief, address(service), name="Kept once")
    mine = typed_into(read_form(desk, address(service)), "214-555-0103", "evenings")
    take_away(chief, service, "214-555-0101")
    answer = desk.post(address(service), mine)
    assert set(shown_numbers(answer)) == {("214-555-0102", ""), ("214-555-0103", "evenings")}
    again = form_on(answer)
    assert errors_of(desk.post(address(service), again)) == {}
    assert not service.phones.filter(number="214-555-0101").exists()


def test_a_row_that_came_meanwhile_is_told_and_stays(desk: Client, chief: Client, service: Service) -> None:
    mine = typed_into(read_form(desk, address(service)), "214-555-0103", "evenings")
    form = read_form(chief, address(service))
    assert (
        errors_of(
            chief.post(address(service), add_row(form, "phones", number="988", type="voice", country="US"))
        )
        == {}
    )
    answer = desk.post(address(service), mine)
    assert words(answer.context["conflict"].their_changes)[0].startswith("Phone number 988: added")
    again = form_on(answer)
    assert errors_of(desk.post(address(service), again)) == {}
    assert service.phones.filter(number="988").exists()
    assert service.phones.get(number="214-555-0103").description == "evenings"


def test_each_row_keeps_its_own_heading_when_another_is_gone(
    desk: Client, chief: Client, service: Service
) -> None:
    mine = read_form(desk, address(service))
    take_away(chief, service, "214-555-0101")
    answer = desk.post(address(service), mine)
    shown = next(one for one in answer.context["inline_admin_formsets"] if one.formset.prefix == "phones")
    for row in shown:
        if row.original is not None:
            assert row.original.number == row.form["number"].value()


MISCOUNTED: tuple[dict[str, str], ...] = (
    {"phones-TOTAL_FORMS": "x"},
    {"phones-TOTAL_FORMS": "", "phones-INITIAL_FORMS": ""},
    {"phones-TOTAL_FORMS": "99999"},
    {"phones-INITIAL_FORMS": "99999"},
    {"phones-INITIAL_FORMS": "-1"},
    {"phones-0-id": "no id"},
    {"phones-0-id": ""},
    {"phones-0-id": "6c1e2b36-0000-4000-8000-000000000000"},
)


def test_counts_and_ids_that_are_none_are_refused_without_an_error_of_ours(
    desk: Client, service: Service
) -> None:
    mine = read_form(desk, address(service))
    numbers = {"214-555-0101", "214-555-0102", "214-555-0103"}
    for counts in MISCOUNTED:
        with undone():
            assert desk.post(address(service), {**mine, **counts}).status_code in (200, 302), counts
            assert numbers <= {row.number for row in service.phones.all()}, counts


# ---- limits


def test_an_edit_out_of_the_editors_region_comes_back_with_a_sentence_and_all_that_was_typed() -> None:
    client = sign_in(Client(), build_curator("tex", regions=["US-TX"]))
    there = build_location((42.36, -71.06), city="Boston", region="MA")
    service = build_service("Group", at=[build_location()])
    mine = read_form(client, address(service))
    answer = client.post(
        address(service),
        {**mine, "description": "All that I know", "service_at_locations-0-location": str(there.pk)},
    )
    assert answer.status_code == 200
    assert "Nothing was saved" in top_of(answer)
    assert "Group" in top_of(answer)
    assert "All that I know" in answer.content.decode()
    service.refresh_from_db()
    assert service.description == ""
    assert service.service_at_locations.get().location.city == "Dallas"


def test_a_new_service_out_of_the_editors_region_comes_back_too() -> None:
    client = sign_in(Client(), build_curator("tex", regions=["US-TX"]))
    organization = build_service("Other").organization
    data = {**read_form(client, add_address(Service)), "name": "Far away", "kind": "forum", "fit": "general"}
    answer = client.post(add_address(Service), {**data, "organization": str(organization.pk)})
    assert answer.status_code == 200
    assert "Nothing was saved" in top_of(answer)
    assert "Far away" in answer.content.decode()
    assert not Service.objects.filter(name="Far away").exists()


# ---- at the same moment


def _save_at_once(curator: User, service: Service, form: dict[str, Any], start: Barrier) -> Any:
    try:
        client = sign_in(Client(), curator)
        start.wait(timeout=30)
        return client.post(address(service), form)
    finally:
        connection.close()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told() -> None:
    people = [build_curator("ada"), build_curator("bea")]
    service = build_service("Before")
    form = read_form(sign_in(Client(), people[0]), address(service))
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda person: _save_at_once(
                    person, service, {**form, "name": f"By {person.username}"}, start
                ),
                people,
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    (refused,) = [answer for answer in answers if answer.status_code == 200]
    saved = next(person for person, answer in zip(people, answers, strict=True) if answer.status_code == 302)
    assert f"{saved.username} changed this record" in top_of(refused)
    service.refresh_from_db()
    assert service.name == f"By {saved.username}"
