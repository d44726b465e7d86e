"""What a curator does on the page of a service, and what a visitor finds right after."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from resources.admin.base import MAX_REDISPLAYED_ROWS, MAX_ROWS
from resources.models import Listing, Phone, Service, ServiceAtLocation
from resources.vocabulary import Cost, Format, Status
from tests.build import build_cost, build_location, build_organization, build_service
from tests.reading import card_of
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    build_curator,
    errors_of,
    messages_of,
    not_drawn,
    read_form,
    send,
    sign_in,
    undone,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:resources_service_changelist")


# ---- who may come in


@pytest.mark.parametrize("page", ["index", "resources_service_changelist", "resources_service_add"])
def test_only_staff_come_in(client: Client, page: str) -> None:
    sign_in(client, User.objects.create_user("visitor", password="a long enough word"))
    response = client.get(reverse(f"admin:{page}"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("action", ["publish", "withdraw"])
def test_staff_who_may_only_look_cannot_publish_or_withdraw(client: Client, action: str) -> None:
    service = build_service(status=Status.INACTIVE if action == "publish" else Status.ACTIVE)
    sign_in(client, User.objects.create_user("helper", password="a long enough word", is_staff=True))
    assert client.post(address(service, action), {"reason": "Closed", "status": "defunct"}).status_code == 403
    before = service.status
    service.refresh_from_db()
    assert service.status == before


def test_a_curator_is_offered_to_withdraw_a_service_and_not_to_delete_it(desk: Client) -> None:
    service = build_service()
    page = desk.get(address(service)).content.decode()
    assert 'name="_then" value="withdraw"' in page
    assert address(service, "delete") not in page
    assert desk.post(address(service, "delete"), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(LIST).content.decode()


# ---- the listing is true at once


def test_a_price_edited_on_the_page_is_what_visitors_read_next(desk: Client, client: Client) -> None:
    service = build_service(at=[build_location()], cost=Cost.FIXED, price=60)
    answer = send(desk, address(service), cost_options__0__amount="20", cost_options__0__amount_max="35")
    assert errors_of(answer) == {}
    assert card_of(service)["cost"]["min_price"] == 20
    found = client.get("/api/v1/listings/", {"q": service.name}).json()["results"]
    assert [result["cost"]["phrase"] for result in found] == ["Fixed price: $20 to $35 a session"]


def test_a_page_saved_untouched_changes_nothing(desk: Client) -> None:
    service = build_service(
        at=[build_location()],
        cost=Cost.FREE,
        languages=["en"],
        audiences=["partner"],
        areas=["US-TX"],
        losses=("ectopic",),
    )
    before = card_of(service)
    answer = send(desk, address(service))
    assert errors_of(answer) == {}
    stamp = service.last_modified
    service.refresh_from_db()
    assert (card_of(service), service.last_modified) == (before, stamp)


def test_ticked_boxes_are_kept_in_the_order_of_the_vocabulary(desk: Client) -> None:
    service = build_service()
    send(desk, address(service), formats=["video", "in_person"])
    service.refresh_from_db()
    assert service.formats == (Format.IN_PERSON, Format.VIDEO)
    assert read_form(desk, address(service))["formats"] == ["in_person", "video"]
    assert card_of(service)["formats"] == ["in_person", "video"]


ROWS = {
    "phones": ({"number": "1-800-944-4773 x12", "type": "voice", "country": "US"}, "phones"),
    "cost_options": ({"kind": "sliding_scale", "amount": "5", "currency": "usd", "unit": "session"}, "cost"),
    "languages": ({"code": "es"}, "languages"),
    "service_areas": ({"name": "Texas", "extent": "region", "area": "US-TX"}, None),
    "audiences": ({"audience": "fathers", "rule": "only"}, "audiences"),
    "schedules": (
        {"description": "2nd Tuesday", "freq": "MONTHLY", "byday": "2tu", "timezone": "America/Chicago"},
        None,
    ),
    "required_documents": ({"document": "Proof of address"}, None),
    "contacts": ({"title": "Group leader", "email": "leader@example.org"}, None),
}


def test_every_kind_of_row_can_be_added_on_the_page(desk: Client) -> None:
    service = build_service(phone="", url="https://kind.example.org")
    before = card_of(service)
    data = read_form(desk, address(service))
    for rows, (values, _on_the_card) in ROWS.items():
        data = add_row(data, rows, **values)
    assert errors_of(desk.post(address(service), data)) == {}
    card = card_of(service)
    for rows, (_values, on_the_card) in ROWS.items():
        assert getattr(service, rows).count() == 1, rows
        if on_the_card:
            assert card[on_the_card] != before[on_the_card]


def test_a_place_is_added_and_removed_on_the_page(desk: Client) -> None:
    service, room = build_service(), build_location(name="Library")
    data = add_row(read_form(desk, address(service)), "service_at_locations", location=str(room.pk))
    assert errors_of(desk.post(address(service), data)) == {}
    assert card_of(service)["location"]["name"] == "Library"
    send(desk, address(service), service_at_locations__0__DELETE="on")
    assert card_of(service)["location"] is None


def test_the_numbers_and_times_of_one_place_have_a_page_of_their_own(desk: Client) -> None:
    service = build_service(at=[build_location()])
    there = ServiceAtLocation.objects.get(service=service)
    data = add_row(
        read_form(desk, address(there)), "phones", number="214-555-0199", type="voice", country="US"
    )
    Phone.objects.filter(service=service).delete()
    assert desk.post(address(there), data).status_code == 302
    assert [phone["number"] for phone in card_of(service)["phones"]] == ["214-555-0199"]


def test_a_place_of_a_service_never_becomes_that_of_another(desk: Client) -> None:
    service, other = build_service(at=[build_location()]), build_service()
    there = ServiceAtLocation.objects.get(service=service)
    answer = send(desk, address(there), service=str(other.pk), description="Ring twice")
    assert errors_of(answer) == {}
    there.refresh_from_db()
    assert (there.service, there.description) == (service, "Ring twice")
    assert Listing.objects.get(public_id=there.pk).service == service


@pytest.mark.parametrize("page", ["the place", "the service"])
def test_a_service_is_not_put_at_one_place_twice(desk: Client, page: str) -> None:
    service = build_service(at=[build_location(), build_location()])
    first, second = service.service_at_locations.all()
    if page == "the place":
        answer = send(desk, address(first), location=str(second.location_id))
        field = "location"
    else:  # written in another window since this page was opened
        data = add_row(read_form(desk, address(service)), "service_at_locations", location="")
        row = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-id": "", "0-location": str(second.location_id)}
        data |= {f"service_at_locations-{name}": value for name, value in row.items()}
        answer, field = desk.post(address(service), data), "service_at_locations-0-location"
    assert errors_of(answer)[field] == ["The service is at this place already."]
    assert service.service_at_locations.count() == 2


def test_removing_the_last_number_withdraws_the_service_and_the_page_says_so(desk: Client) -> None:
    service = build_service("Quiet now")
    data = {**read_form(desk, address(service)), "phones-0-DELETE": "on"}
    answer = desk.post(address(service), data, follow=True)
    assert "Withdrawn: Quiet now. The last contact detail was removed." in messages_of(answer)
    assert not Listing.objects.filter(service=service).exists()


# ---- publish and withdraw


def test_the_publish_button_lists_the_service(desk: Client) -> None:
    service = build_service("Circle", status=Status.INACTIVE, status_reason="To be checked")
    answer = desk.post(address(service, "publish"), follow=True)
    assert answer.redirect_chain[-1][0] == address(service)
    assert messages_of(answer) == "Circle: published. Visitors find it now."
    assert Listing.objects.filter(service=service).exists()


def test_opening_the_address_of_the_publish_button_publishes_nothing(desk: Client) -> None:
    service = build_service(status=Status.INACTIVE)
    desk.get(address(service, "publish"))
    assert not Listing.objects.filter(service=service).exists()


def test_a_button_pressed_from_another_site_is_refused(curator: User) -> None:
    service = build_service(status=Status.INACTIVE)
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, curator)
    assert strict.post(address(service, "publish")).status_code == 403


def test_the_publish_button_says_what_is_missing(desk: Client) -> None:
    service = build_service("Silent group", status=Status.INACTIVE, phone="")
    answer = desk.post(address(service, "publish"), follow=True)
    assert "No contact details for Silent group" in messages_of(answer)


def test_withdrawing_asks_why_and_then_takes_the_service_off(desk: Client, client: Client) -> None:
    service = build_service("Evening circle")
    form_page = desk.post(address(service, "withdraw"), {"reason": " ", "status": "defunct"})
    assert form_page.status_code == 200
    assert form_page.context["form"].errors["reason"]
    answer = desk.post(
        address(service, "withdraw"), {"reason": "It has closed", "status": "defunct"}, follow=True
    )
    assert messages_of(answer) == "Evening circle: withdrawn. Visitors do not find it."
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.DEFUNCT, "It has closed")
    assert client.get("/api/v1/listings/", {"q": "Evening circle"}).json()["count"] == 0


@pytest.mark.parametrize("action", ["publish", "withdraw"])
def test_a_service_that_is_not_there_is_told_and_is_no_error(desk: Client, action: str) -> None:
    gone = Service(pk="00000000-0000-4000-8000-000000000000")
    assert desk.post(address(gone, action), follow=True).status_code == 200


def test_selected_services_are_published_together(desk: Client) -> None:
    services = [build_service(status=Status.INACTIVE) for _ in range(3)]
    chosen = {"action": "publish_selected", "_selected_action": [str(service.pk) for service in services[:2]]}
    answer = desk.post(LIST, chosen, follow=True)
    assert "2 services were published." in messages_of(answer)
    assert set(Listing.objects.values_list("service", flat=True)) == {service.pk for service in services[:2]}


@pytest.mark.parametrize("across", ["0", "1"])
def test_selected_services_are_withdrawn_after_the_reason_is_asked(desk: Client, across: str) -> None:
    services = [build_service() for _ in range(3)]
    chosen = {
        "action": "withdraw_selected",
        "select_across": across,
        "_selected_action": [str(service.pk) for service in services[:2]],
    }
    form_page = desk.post(LIST, chosen)
    assert "Visitors will no longer find" in form_page.content.decode()
    assert Listing.objects.count() == 3
    answer = desk.post(LIST, {**chosen, "reason": "Doubled", "status": "inactive"}, follow=True)
    assert "withdrawn" in messages_of(answer)
    assert Listing.objects.count() == (0 if across == "1" else 1)


def test_a_new_service_is_written_and_published_in_one_go(desk: Client) -> None:
    organization = build_organization()
    page = f"{add_address(Service)}?organization={organization.pk}"
    data = read_form(desk, page)
    assert data["organization"] == str(organization.pk)
    data |= {"name": "Morning group", "kind": "support_group", "fit": "specialist", "_publish": "yes"}
    data = add_row(data, "phones", number="988", type="voice", country="US")
    answer = desk.post(page, data, follow=True)
    assert "Morning group: published." in messages_of(answer)
    assert card_of(Service.objects.get(name="Morning group"))["phones"][0]["number"] == "988"


@pytest.mark.parametrize("status", Status)
def test_save_and_publish_is_offered_for_what_is_not_shown_and_shows_it(desk: Client, status: Status) -> None:
    service = build_service(status=status, status_reason="" if status == Status.ACTIVE else "Held")
    offered = 'name="_publish"' in desk.get(address(service)).content.decode()
    assert offered == (status != Status.ACTIVE)
    send(desk, address(service), _publish="yes")
    service.refresh_from_db()
    assert (service.status, service.status_reason) == (Status.ACTIVE, "")
    assert Listing.objects.filter(service=service).exists()


def test_what_cannot_be_published_yet_is_saved_all_the_same(desk: Client) -> None:
    service = build_service("Silent group", status=Status.INACTIVE, phone="")
    answer = desk.post(
        address(service),
        {**read_form(desk, address(service)), "name": "Silent circle", "_publish": "yes"},
        follow=True,
    )
    assert "Nothing was published" in messages_of(answer)
    assert "saved" in messages_of(answer)
    service.refresh_from_db()
    assert (service.name, service.status) == ("Silent circle", Status.INACTIVE)


# ---- bad input


TOO_LONG = "word " * 2_000

BAD = [
    ("name", "", "required"),
    ("name", "<b>Circle</b>", "without HTML"),
    ("name", "x" * 300, "at most 255"),
    ("name", "a\x00b", "Null characters"),
    ("description", TOO_LONG, "at most 8000 characters (you have"),
    ("description", "<script>alert(1)</script>", "without HTML"),
    ("name", "Circle \u202eelcric", "text-direction character"),
    ("description", "Open \u2066to all", "text-direction character"),
    ("organization", "zzz", "Select a valid record from the list"),
    ("organization", "00000000-0000-4000-8000-000000000000", "not one of the available"),
    ("topics", ["zzz"], "Select a valid record from the list"),
    ("topics", ["a\x00b", "🕊"], "Select a valid record from the list"),
    ("url", "not an address", "valid URL"),
    ("url", "https://user:pw@kind.example.org/", "user name and password"),
    ("url", "https://kind.example.org@elsewhere.example.org/", "user name and password"),
    ("url", "https://kind.example.org/\u202egpj", "text-direction character"),
    ("email", "nobody", "valid email"),
    ("kind", "party", "not one of"),
    ("formats", ["telepathy"], "not one of"),
    ("assured_date", "2999-01-01", "in the future"),
    ("assured_date", "soon", "valid date"),
    ("minimum_age", "-1", "greater than or equal to 0"),
    ("cost_options-0-amount", "-5", "cannot be negative"),
    ("cost_options-0-amount", "cheap", "number"),
    ("cost_options-0-amount", "1e400", "digits"),
    ("cost_options-0-amount", "99999999999", "digits"),
    ("cost_options-0-amount_max", "5", "lowest amount first"),
    ("cost_options-0-currency", "shells", "Enter a currency"),
    ("schedules-0-until", "2026-01-01", "before the first"),
    ("schedules-0-byday", "Tuesday", "2TU is the second Tuesday"),
    ("schedules-0-bymonthday", "42", "1 to 31"),
    ("schedules-0-timezone", "Narnia time", "such as Central or Chicago"),
    ("schedules-0-interval", "0", "every second"),
    ("phones-0-number", "call us", "valid phone number"),
    ("phones-0-number", "12", "not a valid number in United States"),
    ("where", "1 Elm Street, Narnia", "could not find this place"),
    ("phones-0-extension", "abc", "Digits only"),
    ("languages-0-code", "Elvish", "do not know this language"),
    ("service_areas-0-area", "Narnia", "do not know this area"),
]


Case = tuple[str, Any, str]


def rounds_of(cases: list[Case]) -> list[list[Case]]:
    """Pack the cases into few forms: in each, a field of the record once, and a row of an inline once."""
    rounds: list[dict[str, Case]] = []
    for case in cases:
        row = "-".join(case[0].split("-")[:2])
        room = next((form for form in rounds if row not in form), None)
        if room is None:
            rounds.append(room := {})
        room[row] = case
    return [list(form.values()) for form in rounds]


@pytest.mark.parametrize("cases", rounds_of(BAD))
def test_bad_input_is_explained_at_its_field_and_nothing_typed_is_lost(
    desk: Client, cases: list[Case]
) -> None:
    service = build_service("Circle", cost=Cost.FIXED, price=20, languages=["en"], areas=["US-TX"])
    ServiceAtLocation.objects.create(service=service, location=build_location())
    service.schedules.create(dtstart="2026-02-01", opens_at="19:00", timezone="America/Chicago")
    before = card_of(service)
    data = {**read_form(desk, address(service)), "accreditations": "kept as typed"}
    with not_drawn():
        answer = desk.post(address(service), {**data, **{field: typed for field, typed, _sentence in cases}})
    errors = errors_of(answer)
    for field, typed, sentence in cases:
        assert any(sentence in one for one in errors.get(field, [])), (field, typed, errors.get(field))
    assert answer.context["adminform"].form["accreditations"].value() == "kept as typed"
    assert card_of(service) == before


GOOD = [
    *(("name", name) for name in ("دعم بعد فقدان الحمل", "תמיכה אחרי אובדן", "Ērā 🕊")),
    # Signs that are no password.
    *(("url", url) for url in ("https://kind.example.org/@group", "kind.example.org/?to=a@b.example.org")),
]


def test_a_name_may_be_in_any_script_and_an_address_have_any_sign(desk: Client) -> None:
    page = address(build_service())
    data = read_form(desk, page)
    for field, typed in GOOD:
        with undone():
            assert errors_of(desk.post(page, {**data, field: typed})) == {}, typed


@pytest.mark.parametrize("query", ["organization=zzz", "topics=zzz,yyy", "organization=%00"])
def test_an_address_that_names_no_record_opens_an_empty_form(desk: Client, query: str) -> None:
    assert desk.get(f"{add_address(Service)}?{query}").status_code == 200


def test_a_chosen_record_is_shown_again_after_a_mistake_elsewhere(desk: Client) -> None:
    service = build_service(organization=build_organization("Kind neighbours"))
    answer = send(desk, address(service), name="")
    assert "Kind neighbours</option>" in answer.content.decode()


def test_a_page_that_claims_99999_rows_is_refused_at_once(desk: Client) -> None:
    service = build_service()
    data = read_form(desk, address(service))
    claimed = {f"{rows}-TOTAL_FORMS": "99999" for rows in (*ROWS, "service_at_locations")}
    with not_drawn():
        answer = desk.post(address(service), {**data, **claimed})
    formsets = {one.formset.prefix: one.formset for one in answer.context["inline_admin_formsets"]}
    for rows in (*ROWS, "service_at_locations"):
        assert formsets[rows].non_form_errors() == [f"Keep {MAX_ROWS} rows here at most."], rows
        assert len(formsets[rows].forms) <= MAX_REDISPLAYED_ROWS + 1, rows
    drawn = desk.post(address(service), {**data, "phones-TOTAL_FORMS": "99999"})
    assert "rows here at most" in drawn.content.decode()


def test_a_page_that_miscounts_its_rows_is_no_error_of_ours(desk: Client) -> None:
    service = build_service(cost=Cost.FIXED, price=20)
    data = read_form(desk, address(service))
    for count, claimed in product(("TOTAL_FORMS", "INITIAL_FORMS"), ("-1", "zzz", "", "9" * 40)):
        with undone():
            answer = desk.post(address(service), {**data, f"cost_options-{count}": claimed})
            assert answer.status_code in (200, 302), (count, claimed)
            assert {cost.amount for cost in service.cost_options.all()} == {20}, (count, claimed)


def test_a_service_that_an_import_gave_many_places_can_still_be_edited(desk: Client) -> None:
    service = build_service(at=[build_location() for _ in range(MAX_REDISPLAYED_ROWS + 5)])
    assert errors_of(send(desk, address(service), name="Many rooms")) == {}
    service.refresh_from_db()
    assert service.name == "Many rooms"
    assert service.service_at_locations.count() == MAX_REDISPLAYED_ROWS + 5


def test_free_with_an_amount_is_explained_at_the_amount(desk: Client) -> None:
    service = build_service(cost=Cost.FIXED, price=20)
    answer = send(desk, address(service), cost_options__0__kind="free")
    assert "“Free” means no charge" in errors_of(answer)["cost_options-0-amount"][0]


def test_free_without_an_amount_is_zero(desk: Client) -> None:
    service = build_service(cost=Cost.FIXED, price=20)
    send(desk, address(service), cost_options__0__kind="free", cost_options__0__amount="")
    assert card_of(service)["cost"]["kinds"] == ["free"]
    assert card_of(service)["cost"]["min_price"] == 0


def test_a_note_cannot_be_both_mentioned_and_clear(desk: Client) -> None:
    service = build_service()
    answer = send(desk, address(service), content_notes=["photographs"], content_clear=["photographs"])
    assert "Shows photographs" in errors_of(answer)["content_clear"][0]


def test_ages_are_in_order(desk: Client) -> None:
    answer = send(desk, address(build_service()), minimum_age="30", maximum_age="18")
    assert "below the youngest" in errors_of(answer)["maximum_age"][0]


NUMBERS = (
    ("(214) 555-0100", "US", ("(214) 555-0100", "+12145550100", "", "US")),
    ("214-555-0100 x123", "US", ("214-555-0100", "+12145550100", "123", "US")),
    ("1-800-944-4PPD", "US", ("1-800-944-4773", "+18009444773", "", "US")),
    ("+44 20 7946 0958", "", ("+44 20 7946 0958", "+442079460958", "", "GB")),
    ("988", "US", ("988", "", "", "US")),
    ("116 123", "GB", ("116 123", "", "", "GB")),
)


def test_a_number_is_kept_as_it_is_dialled_with_its_international_form(desk: Client) -> None:
    service = build_service(phone="", url="https://kind.example.org")
    page = address(service)
    data = read_form(desk, page)
    for typed, country, _kept in NUMBERS:
        data = add_row(data, "phones", number=typed, type="voice", country=country)
    assert errors_of(desk.post(page, data)) == {}
    kept = Phone.objects.filter(service=service).values_list(
        "number", "international", "extension", "country"
    )
    assert set(kept) == {expected for _typed, _country, expected in NUMBERS}
    assert len(kept) == len(NUMBERS)


def test_a_text_line_may_be_a_short_code_that_a_call_may_not(desk: Client) -> None:
    service = build_service(phone="", url="https://kind.example.org")
    data = add_row(read_form(desk, address(service)), "phones", number="123456", type="voice", country="US")
    assert "not a valid number" in errors_of(desk.post(address(service), data))["phones-0-number"][0]
    assert errors_of(desk.post(address(service), {**data, "phones-0-type": "sms"})) == {}


# ---- finding a service


@pytest.mark.parametrize("question", ["evening", "Kind People", "2145550100", "214 555 0100", "214-555-0100"])
def test_a_service_is_found_by_its_name_its_organization_and_its_number(desk: Client, question: str) -> None:
    build_service("Evening circle")
    build_service("Morning line", organization=build_organization("Others"), phone="")
    page = desk.get(LIST, {"q": question})
    assert [service.name for service in page.context["cl"].queryset] == ["Evening circle"]


def test_services_are_narrowed_by_the_country_of_a_place_or_an_area(desk: Client) -> None:
    build_service("Here", at=[build_location()])
    build_service("Afar", areas=["US-TX"])
    build_service("Elsewhere", areas=["GB"])
    page = desk.get(LIST, {"country": "US"})
    assert {service.name for service in page.context["cl"].queryset} == {"Here", "Afar"}


def test_the_list_asks_the_database_as_often_at_1_row_as_at_100(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As the list of organizations; limits, held reasons, sources, views, places, areas and prices."""
    build_service()
    desk.get(LIST)
    for _ in range(2):
        with django_assert_num_queries(LIST_QUERIES):
            desk.get(LIST)
        for _ in range(50):
            build_service(organization=build_organization(), refresh=False)


LIST_QUERIES = 20


def test_a_long_record_keeps_its_prices_apart_from_other_services(desk: Client) -> None:
    service, other = build_service(cost=Cost.FIXED, price=20), build_service()
    theirs = build_cost(other, Cost.FIXED, 30)
    data = {
        **read_form(desk, address(service)),
        "cost_options-0-id": str(theirs.pk),
        "cost_options-0-amount": "1",
    }
    desk.post(address(service), data)
    theirs.refresh_from_db()
    assert theirs.amount == 30


def test_whose_edits_wait_is_not_asked_why_a_service_is_withdrawn() -> None:
    waits = sign_in(Client(), build_curator("wade", edits_wait=True))
    page = address(build_service(), "withdraw")
    assert waits.get(page).status_code == 403
    assert waits.post(page, {"reason": "It has closed", "status": "defunct"}).status_code == 403
