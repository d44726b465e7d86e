"""The page of one record: what stands around its form, and the visitor's card beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from resources.curation import publishing
from resources.curation.publishing import record_attribution
from resources.models import (
    Assurance,
    Correction,
    Credential,
    Location,
    OrganizationIdentifier,
    Phone,
    Place,
    Schedule,
    Service,
)
from resources.vocabulary import (
    Cost,
    CredentialKind,
    Decision,
    Kind,
    Outcome,
    Precision,
    PregnancyOptionsPolicy,
    ProblemType,
    Role,
    Status,
)
from tests.build import (
    DALLAS,
    build_cost,
    build_location,
    build_organization,
    build_pending_edit,
    build_service,
    build_source_record,
)
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    build_curator,
    errors_of,
    read_form,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def page_of(client: Client, record: Any) -> str:
    response = client.get(address(record))
    assert response.status_code == 200
    return response.content.decode()


def card_page(service: Service | None = None) -> str:
    if service is None:
        return reverse("admin:resources_service_card_of_new")
    return address(service, "card")


def preview(client: Client, service: Service, **changed: Any) -> dict[str, Any]:
    """What the page would be answered for the card if this were typed and nothing else."""
    typed = {name.replace("__", "-"): value for name, value in changed.items()}
    response = client.post(card_page(service), {**read_form(client, address(service)), **typed})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def plain(html: str) -> str:
    """The words of a piece of HTML, and where its links lead."""
    led = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>', r"[\1] ", html)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", led).split()))


def cards_of_search(service: Service) -> list[str]:
    """The card of each place: one result a page, since a page draws those of an organization as one card."""
    cards: list[str] = []
    for number in range(1, 10):
        asked = {"q": service.name, "page_size": "1", "page": str(number)}
        answer = Client().get("/search/", asked)
        if answer.status_code == 404:
            break
        # What only a visitor can do with a card: keep it on a list.
        button = r'<span class="list-button">.*?</button>\s*</span>'
        cards += cards_in(re.sub(button, "", answer.content.decode(), flags=re.DOTALL))
    return cards


def cards_in(html: str) -> list[str]:
    cards = re.findall(r'<article class="card"[^>]*>(.*?)</article>', html, re.DOTALL)
    return [plain(card) for card in cards]


def every_row() -> dict[str, list[Any]]:
    """Every table, whole."""
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
    }


# ---- the card


def build_full_service() -> Service:
    return build_service(
        "Evening circle",
        at=[build_location(name="Old library", address_1="1 Elm Street"), build_location((30.3, -97.7))],
        cost=Cost.SLIDING_SCALE,
        price=10,
        price_max=40,
        languages=["en", "es"],
        formats=("in_person", "video"),
        losses=("ectopic",),
        content_notes=("mentions_pregnancy",),
        description="An evening to talk and to listen.",
        url="https://kind.example.org/evening",
        assured_date=TODAY - timedelta(days=3),
        schedules=[{"freq": "WEEKLY", "byday": "TU", "opens_at": "19:00", "closes_at": "20:30"}],
    )


def test_the_card_of_the_record_is_the_one_that_a_search_shows(desk: Client) -> None:
    service = build_full_service()
    found = cards_of_search(service)
    assert len(found) == 2
    assert all("Next: Tuesday, December 1, 7 pm to 8:30 pm (Chicago time)" in card for card in found)
    assert sorted(cards_in(page_of(desk, service))) == sorted(found)


def test_the_card_of_what_is_typed_is_the_one_that_a_search_shows_once_it_is_saved(desk: Client) -> None:
    service = build_full_service()
    before = cards_of_search(service)
    typed: dict[str, Any] = {
        "description": "A new word for it.",
        "formats": ["phone"],
        "cost_options__0__amount": "5",
        "phones__0__number": "214-555-0177",
        "schedules__0__byday": "WE",
        "service_at_locations__1__DELETE": "on",
    }
    answer = preview(desk, service, **typed)
    assert (answer["errors"], answer["message"]) == (0, "")
    assert cards_of_search(service) == before
    assert errors_of(send(desk, address(service), **typed)) == {}
    (found,) = cards_of_search(service)
    assert "A new word for it." in found
    assert cards_in(answer["card"]) == [found]


def test_a_preview_leaves_every_table_as_it_was_and_nothing_is_told(desk: Client) -> None:
    service = build_full_service()
    typed = add_row(read_form(desk, address(service)), "phones", number="988", type="voice", country="US")
    before = every_row()
    answer = desk.post(card_page(service), {**typed, "name": "Another name", "formats": ["phone"]})
    assert "Another name" in answer.json()["card"]
    assert every_row() == before
    assert list(desk.get(address(service)).context["messages"]) == []


def test_a_preview_takes_its_transaction_back_and_not_the_one_around_it(desk: Client) -> None:
    service = build_service("Evening circle")
    with transaction.atomic():
        Service.objects.filter(pk=service.pk).update(alternate_name="The circle")
        preview(desk, service, name="Another name")
    service.refresh_from_db()
    assert (service.name, service.alternate_name) == ("Evening circle", "The circle")


def test_the_card_waits_for_what_is_wrong_and_says_how_much(desk: Client) -> None:
    service = build_full_service()
    typed = read_form(desk, address(service))
    wrong = {
        "name": "",
        "url": "nowhere",
        "assured_date": "2999-01-01",
        "cost_options-0-amount": "cheap",
        "organization": "zzz",
    }
    for name, value in wrong.items():
        answer = desk.post(card_page(service), {**typed, name: value}).json()
        assert (answer["card"], answer["errors"]) == (None, 1), name
        assert "1 field needs" in answer["message"]


def test_a_form_that_is_not_whole_is_no_error(desk: Client) -> None:
    service = build_full_service()
    whole = read_form(desk, address(service))
    for missing in ("phones-TOTAL_FORMS", "phones-0-id", "csrfmiddlewaretoken"):
        typed = {name: value for name, value in whole.items() if name != missing}
        assert desk.post(card_page(service), typed).status_code == 200, missing


def test_markup_that_a_record_holds_is_shown_as_text(desk: Client) -> None:
    service = build_service("Evening <img src=x>", phone="214-555-0100")
    assert "<img" not in page_of(desk, service).split('class="shown"')[1].split("</template>")[0]


@pytest.mark.parametrize("status", Status)
def test_the_card_of_what_is_not_published_is_marked(desk: Client, status: Status) -> None:
    service = build_service("Evening circle", status=status)
    answer = preview(desk, service, name="Morning circle")
    assert "Morning circle" in answer["card"]
    assert ("Not published" in answer["card"]) == (status != Status.ACTIVE)
    assert ("Not published" in page_of(desk, service)) == (status != Status.ACTIVE)


def test_the_card_says_when_an_edit_would_leave_no_way_to_make_contact(desk: Client) -> None:
    service = build_service("Evening circle")
    assert "Not published" not in preview(desk, service, name="Circle")["card"]
    assert "Not published" in preview(desk, service, phones__0__DELETE="on")["card"]


def test_a_service_at_many_places_shows_the_first_cards_and_counts_the_rest(desk: Client) -> None:
    service = build_service("Evening circle", at=[build_location(city=f"Town {n}") for n in range(8)])
    card = preview(desk, service, name="Circle")["card"]
    assert len(cards_in(card)) == 3
    assert "And a card for each of 5 more places." in plain(card)


def test_a_new_service_has_a_card_once_it_has_a_name_and_an_organization(desk: Client) -> None:
    organization = build_organization("Kind People")
    page = add_address(Service)
    typed = read_form(desk, page)
    assert "once you enter a name and an organization" in desk.get(page).content.decode()
    before = every_row()
    for given in ({"name": "Morning group"}, {"organization": str(organization.pk)}):
        answer = desk.post(card_page(), {**typed, **given}).json()
        assert answer["card"] is None
        assert "once you enter a name and an organization" in answer["message"]
    both = {**typed, "name": "Morning group", "organization": str(organization.pk)}
    card = desk.post(card_page(), both).json()["card"]
    assert "Kind not chosen yet" in card
    assert {"Morning group", "Kind People", "Not published"} <= set(
        re.findall(r"Morning group|Kind People|Not published", card)
    )
    answer = desk.post(card_page(), {**both, "kind": Kind.SUPPORT_GROUP}).json()
    assert "Support group" in answer["card"]
    assert "Visitors find it under" not in answer["card"]
    assert "Choose how close to pregnancy loss" in answer["message"]
    lost = {**both, "kind": Kind.SUPPORT_GROUP, "losses": ["miscarriage"]}
    answer = desk.post(card_page(), lost).json()
    assert "Visitors find it under" in answer["card"]
    assert answer["message"] == ""
    assert every_row() == before


@pytest.mark.parametrize("which", ["of a service", "of a new one"])
def test_a_viewer_sees_the_card_of_the_record_and_asks_for_no_other(client: Client, which: str) -> None:
    service = build_service("Evening circle")
    sign_in(client, build_curator("vera", Role.VIEWER))
    shown = page_of(client, service)
    assert len(cards_in(shown)) == 1
    assert "data-card" not in shown
    url = card_page(service if which == "of a service" else None)
    assert client.post(url, {"name": "Another"}).status_code == 403


def test_an_editor_asks_for_no_card_outside_their_regions(client: Client) -> None:
    service = build_service(at=[DALLAS])
    sign_in(client, build_curator("otto", Role.EDITOR, regions=["US-CA"]))
    assert client.post(card_page(service), {"name": "Another"}).status_code == 403


def test_a_card_is_asked_for_by_post_and_of_what_is_there(desk: Client, client: Client) -> None:
    service = build_service()
    assert desk.get(card_page(service)).status_code == 405
    gone = Service(pk="00000000-0000-4000-8000-000000000000")
    assert desk.post(card_page(gone)).status_code == 404
    assert client.post(card_page(service)).status_code == 302
    assert client.post(card_page(service))["Location"].startswith(reverse("admin:login"))


def test_a_card_is_not_asked_for_from_another_site(curator: User) -> None:
    service = build_service()
    strict = sign_in(Client(enforce_csrf_checks=True), curator)
    assert strict.post(card_page(service)).status_code == 403


# ---- credentials


def test_a_credential_is_written_on_the_page_and_visitors_and_programs_read_it(desk: Client) -> None:
    service = build_service()
    values = {
        "kind": CredentialKind.LICENCE,
        "name": "Registered counsellor",
        "register": "BACP",
        "number": "12345",
        "url": "https://register.example.org/12345",
        "checked_on": "2026-03-02",
    }
    data = add_row(read_form(desk, address(service)), "credentials", **values)
    data |= {
        "all_options": PregnancyOptionsPolicy.NOT_ABOUT,
        "accreditations": "Member of a network of groups",
    }
    assert errors_of(desk.post(address(service), data)) == {}
    page = plain(Client().get(reverse("pages:service", args=[service.pk])).content.decode())
    assert (
        "Credentials and affiliations License or registration: Registered counsellor, BACP, number 12345."
        in page
    )
    assert "Checked on March 2, 2026. [https://register.example.org/12345] Look it up" in page
    assert "Member of a network of groups" in page
    body = Client().get(f"/api/v1/services/{service.pk}/").json()
    assert body["credentials"] == [{**values, "kind": "licence"}]


def test_what_is_not_stated_of_a_credential_is_left_out(client: Client) -> None:
    service = build_service()
    Credential.objects.create(service=service, kind=CredentialKind.AFFILIATION, name="Kind Network")
    page = plain(client.get(reverse("pages:service", args=[service.pk])).content.decode())
    assert "Credentials and affiliations Belongs to: Kind Network." in page
    body = client.get(f"/api/v1/services/{service.pk}/").json()
    assert body["credentials"] == [
        {
            "kind": "affiliation",
            "name": "Kind Network",
            "register": None,
            "number": None,
            "url": None,
            "checked_on": None,
        }
    ]


BAD_CREDENTIALS = [
    ("checked_on", "2999-01-01", "in the future"),
    ("checked_on", "soon", "valid date"),
    ("name", "", "required"),
    ("name", "<b>Licence</b>", "without HTML"),
    ("url", "javascript:alert(1)", "valid URL"),
    ("url", "https://user:pw@register.example.org/", "user name and password"),
    ("kind", "honour", "not one of"),
]


def test_a_bad_credential_is_explained_at_its_field(desk: Client) -> None:
    service = build_service()
    good = {"kind": CredentialKind.LICENCE, "name": "Registered counsellor"}
    data = read_form(desk, address(service))
    for field, value, _sentence in BAD_CREDENTIALS:
        data = add_row(data, "credentials", **{**good, field: value})
    errors = errors_of(desk.post(address(service), data))
    for number, (field, value, sentence) in enumerate(BAD_CREDENTIALS):
        (message,) = errors.pop(f"credentials-{number}-{field}")
        assert sentence in message, value
    assert errors == {}
    assert not Credential.objects.exists()


def test_the_page_says_what_the_organization_is_part_of_and_its_numbers(desk: Client) -> None:
    organization = build_organization("Kind People", parent_organization=build_organization("Kind Network"))
    OrganizationIdentifier.objects.create(
        organization=organization, identifier_scheme="US-EIN", identifier_type="Tax number", identifier="12-3"
    )
    page = plain(page_of(desk, build_service(organization=organization)))
    link = address(organization)
    assert f"[{link}] Kind People . Part of Kind Network; Tax number 12-3 (US-EIN)" in page


# ---- what the listing policy asks


def test_the_page_says_what_the_listing_policy_asks_and_leads_to_where_it_is_filled_in(desk: Client) -> None:
    service = build_service(kind=Kind.CLINIC, cost=Cost.FREE)
    page = page_of(desk, service)
    policy_html = page.split('id="policy-heading"')[1].split("</section>")[0]
    assert [plain(line) for line in re.findall(r"<li.*?</li>", policy_html, re.DOTALL)] == [
        "[#phones-group] A working way to make contact Answered",
        f"[{address(service.organization)}#id_operator_stated] Who runs it Answered",
        "[#id_led_by] With what qualification Not known",
        "[#cost_options-group] At what cost Answered",
        "[#id_content_notes] On what faith basis Not known",
        "[#id_all_options] If it advises on pregnancy: does it offer or refer for all options? Not known",
    ]
    parts = {part.part.code: part for part in desk.get(address(service)).context["parts"]}
    assert {code for code, part in parts.items() if part.asks} == {"lead", "notes"}
    assert parts["what"].says.startswith("Low-cost clinic")
    assert [code for code, part in parts.items() if part.is_open] == ["lead"], "the rest needs nothing"
    for anchor in re.findall(r'href="#([^"]+)"', policy_html):
        assert f'id="{anchor}"' in page, anchor
    assert 'id="id_operator_stated"' in page_of(desk, service.organization)


def test_what_was_typed_and_not_saved_is_unfolded(desk: Client) -> None:
    service = build_service(cost=Cost.FREE, led_by=("peer",))
    assert not any(part.is_open for part in desk.get(address(service)).context["parts"])
    typed = add_row(read_form(desk, address(service)), "phones", number="214-555-0177")
    refused = desk.post(
        address(service), {**typed, "name": "Morning circle", "url": "nowhere", "_version": "old"}
    )
    opened = {part.part.code for part in refused.context["parts"] if part.is_open}
    assert opened == {"what", "reach"}


def test_the_page_of_a_new_service_asks_nothing_yet(desk: Client) -> None:
    assert 'id="policy-heading"' not in desk.get(add_address(Service)).content.decode()


# ---- who said it, and how long ago


def build_imported(service: Service, seen_on: date | None) -> None:
    build_source_record(service, slug="hrsa", name="HRSA", seen_on=seen_on)


def beside(page: str, name: str) -> str:
    """The small line beside a field."""
    found = re.search(rf'id="id_{name}_helptext"[^>]*>(.*?)</div>\s*</div>', page, re.DOTALL)
    return plain(found[1]) if found else ""


def above(page: str, rows: str) -> str:
    """The small line above the rows of one kind."""
    start = page.split(f'id="{rows}-group"')[0].rpartition("</fieldset>")[2]
    found = re.search(r'<p class="rows-attribution">[^<:]*:(.*?)</p>', start, re.DOTALL)
    return plain(found[1]) if found else ""


def test_each_field_and_each_kind_of_rows_says_who_said_it_and_how_long_ago(desk: Client) -> None:
    service = build_service(
        description="To talk.", url="https://kind.example.org", alert="Closed in May", cost=Cost.FREE
    )
    build_imported(service, TODAY)
    ago = timezone.now() - timedelta(days=95)
    record_attribution([service.pk], ["description", "costoption"], at=ago)
    record_attribution([service.pk], ["url"], at=timezone.now() - timedelta(days=7), who="public")
    record_attribution([service.pk], ["alert"], at=timezone.now())
    page = page_of(desk, service)
    seen = f"HRSA, seen {date_format(TODAY)}"
    assert beside(page, "description") == "Curator, 3 months ago"
    assert beside(page, "url") == "A visitor, 1 week ago"
    assert beside(page, "alert").endswith("Curator, today")
    assert beside(page, "name") == seen
    assert above(page, "phones") == seen
    assert above(page, "cost_options") == "Curator, 3 months ago"


def test_nobody_is_named_beside_what_is_empty(desk: Client) -> None:
    service = build_service(description="")
    build_imported(service, TODAY)
    page = page_of(desk, service)
    assert beside(page, "description") == ""
    assert above(page, "languages") == ""


def test_what_was_written_here_is_as_old_as_its_history(desk: Client, curator: User) -> None:
    service = build_service(description="To talk.")
    assert beside(page_of(desk, service), "description") == ""
    ago = timezone.now() - timedelta(days=31)
    publishing.finish_edit(records=[service], by=curator, at=ago)
    Service.objects.filter(pk=service.pk).update(attribution={})
    page = page_of(desk, service)
    assert beside(page, "description") == "Curator, 1 month ago"
    assert above(page, "phones") == "Curator, 1 month ago"


@pytest.mark.parametrize(
    ("kind", "days", "is_due"),
    [
        (Kind.HELPLINE, 90, False),
        (Kind.HELPLINE, 91, True),
        (Kind.SUPPORT_GROUP, 180, False),
        (Kind.SUPPORT_GROUP, 181, True),
        (Kind.CLINIC, 365, False),
        (Kind.CLINIC, 366, True),
    ],
)
def test_what_is_older_than_a_check_of_its_kind_holds_is_marked_in_words(
    desk: Client, kind: Kind, days: int, is_due: bool
) -> None:
    service = build_service(kind=kind)
    build_imported(service, TODAY - timedelta(days=days))
    assert ("Check due." in beside(page_of(desk, service), "name")) == is_due
    if is_due:
        Service.objects.filter(pk=service.pk).update(assured_date=TODAY)
        assert "Check due." not in beside(page_of(desk, service), "name")


def test_a_refused_form_still_says_who_said_what(desk: Client) -> None:
    service = build_service(description="To talk.")
    build_imported(service, TODAY)
    answer = send(desk, address(service), name="")
    assert errors_of(answer) != {}
    assert beside(answer.content.decode(), "description").startswith("HRSA, seen")


# ---- what became of it


def test_the_page_tells_the_last_changes_checks_and_what_waits(desk: Client, curator: User) -> None:
    service = build_service("Evening circle")
    now = timezone.now()
    for number in range(7):
        reason = f"Reason {number}"
        publishing.withdraw(services=[service], reason=reason, by=curator, at=now + timedelta(seconds=number))
    Assurance.objects.create(service=service, outcome=Outcome.FULL, made_at=now, by=curator, note="Until May")
    Correction.objects.create(service=service, wrong=ProblemType.CLOSED, received_at=now)
    Correction.objects.create(
        service=service, wrong=ProblemType.UNSAFE, received_at=now, decision=Decision.DECLINED, decided_at=now
    )
    past = plain(page_of(desk, service).split('id="past-heading"')[1].split("</section>")[0])
    assert "It has closed" in past
    assert "treated badly" not in past
    assert "Full (no new people): Until May" in past
    for number in range(7):
        assert (f"Reason {number}" in past) == (number >= 2)
    assert "ada" in past
    assert f"[{address(service, 'history')}] Full history" in past


def test_a_correction_and_an_edit_that_wait_are_led_to_once(desk: Client) -> None:
    service = build_service()
    now = timezone.now()
    correction = Correction.objects.create(service=service, wrong=ProblemType.WRONG, received_at=now)
    edit = build_pending_edit(service, at=now)
    page = page_of(desk, service)
    past = page.split('id="past-heading"')[1].split("</section>")[0]
    assert reverse("admin:resources_correction_change", args=[correction.pk]) in past
    assert page.count(reverse("admin:resources_pendingedit_change", args=[edit.pk])) == 1


# ---- bounds


def build_heavy_service(rows: int) -> Service:
    service = build_service(
        f"Heavy {rows}",
        at=[build_location((32.0 + number / 10, -96.8)) for number in range(rows)],
        languages=["en", "es", "fr"][:rows],
    )
    now = timezone.now()
    for number in range(rows):
        build_cost(service, Cost.FIXED, 10 + number)
        Credential.objects.create(service=service, kind=CredentialKind.LICENCE, name=f"Licence {number}")
        Phone.objects.create(service=service, number=f"214-555-01{number:02}", country="US")
        Schedule.objects.create(service=service, description=f"Day {number}", timezone="America/Chicago")
        Assurance.objects.create(service=service, outcome=Outcome.RIGHT, made_at=now)
        Correction.objects.create(service=service, wrong=ProblemType.WRONG, received_at=now)
        build_source_record(service, f"{rows}-{number}", slug="hrsa", name="HRSA")
    return service


def queries_of(client: Client, ask: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return [query["sql"] for query in queries]


MOST_QUERIES = 70  # of the page: about 30 for the form and its rows, a dozen for the card


def test_what_stands_around_the_form_asks_the_same_queries_however_much_hangs_on_the_record(
    desk: Client,
) -> None:
    queries = []
    for rows in (2, 12):
        service = build_heavy_service(rows)
        desk.get(address(service))
        queries.append(queries_of(desk, lambda service=service: desk.get(address(service))))
    few, many = map(tables_of, queries)
    # Boxes of suggestions look up what they show, one by one: those of the places, and nothing else.
    boxes = {"resources_location"}
    assert {table: number for table, number in many.items() if table not in boxes} == {
        table: number for table, number in few.items() if table not in boxes
    }
    assert len(queries[0]) <= MOST_QUERIES


def tables_of(queries: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for query in queries:
        table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', query)
        if table:
            found[table[1]] = found.get(table[1], 0) + 1
    return found


# ---- the point


def build_towns(number: int = 20) -> None:
    for each in range(number):
        Place.objects.create(
            kind="town",
            country="US",
            name=f"Town {each}",
            name_key=f"town {each}",
            region="TX",
            latitude=DALLAS[0] + 0.015 * (each - 7),
            longitude=DALLAS[1] + 0.03 * (each % 5 - 2),
            population=1000 * (each + 1),
        )


@pytest.mark.parametrize(
    ("precision", "has_circle"), [(Precision.EXACT, False), (Precision.AREA, True), (Precision.TOWN, True)]
)
def test_the_page_of_a_place_draws_its_point_with_the_towns_around_it(
    desk: Client, precision: Precision, has_circle: bool
) -> None:
    build_towns()
    page = page_of(desk, build_location(precision=precision))
    drawing = page.split('<svg class="point"')[1].split("</svg>")[0]
    assert 'data-latitude="32.7831"' in drawing
    assert ("point-unsure" in drawing) == has_circle
    named = re.findall(r">(Town \d+)</text>", drawing)
    assert 1 <= len(named) <= 12
    assert named[0] == "Town 19"
    assert "Towns around it: Town 19" in drawing
    assert "10 km (6 miles)" in drawing
    assert "style=" not in drawing


def test_a_place_without_a_point_says_how_it_gets_one(desk: Client) -> None:
    assert "No map point yet." in page_of(desk, build_location(None))
    assert "No map point yet." in desk.get(add_address(Location)).content.decode()


@pytest.mark.parametrize(("latitude", "longitude"), [(89.99, 10), (-90, 0), (12, 180), (12, -180), (0, 0)])
def test_a_point_anywhere_on_the_globe_is_drawn(desk: Client, latitude: float, longitude: float) -> None:
    build_towns()
    assert '<svg class="point"' in page_of(desk, build_location((latitude, longitude)))


def test_the_page_of_a_service_draws_the_points_of_its_places(desk: Client) -> None:
    build_towns()
    service = build_service(at=[build_location(), build_location(None), build_location((40.0, -75.0))])
    page = page_of(desk, service)
    assert page.count('<svg class="point point-small"') == 2
    assert page.count("Move the point") == 2
    assert "No point." in page
