"""What the public tells us: received, taken over part by part, declined, and forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from resources.curation import contributions, restore
from resources.curation.contribution_fields import IN_CORRECTIONS, IN_SUGGESTIONS, form_fields_of
from resources.curation.contributions import (
    AlreadyDecided,
    AlreadyReceived,
    CannotAccept,
    CorrectionForm,
    EmptyContribution,
    SuggestionForm,
    accept_correction,
    accept_suggestion,
    decline,
    purge,
    receive_correction,
    receive_suggestion,
)
from resources.curation.permissions import NotAllowed
from resources.history import revisions
from resources.models import (
    Claim,
    Correction,
    Listing,
    ListingText,
    Organization,
    Phone,
    ReplyAddress,
    Schedule,
    Service,
    ServiceAtLocation,
    Suggestion,
)
from resources.search.drift import find_drift
from resources.vocabulary import Decision, Precision, ProblemType, Role, Status
from tests.build import DALLAS, build_location, build_organization, build_service
from tests.resources.admin.desk import build_curator
from tests.world import build_places

pytestmark = [pytest.mark.django_db, pytest.mark.slow("receives and decides in each test")]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CONTACT = "somebody@example.org"


def correct(service: Service, **values: Any) -> Correction:
    plain: dict[str, Any] = {
        "wrong": "",
        "proposed": {},
        "note": "",
        "address": CONTACT,
        "stamp": None,
        "at": NOW,
    }
    return receive_correction(service=service, **{**plain, **values})


def suggest(**values: Any) -> Suggestion:
    plain: dict[str, Any] = {"proposed": {"name": "Butterfly room"}, "note": "", "address": CONTACT}
    return receive_suggestion(**{**plain, "stamp": None, "at": NOW, **values})


def take_over(service: Service, **values: Any) -> Any:
    """Accepts a correction that says just that; `by` is who does it."""
    by = values.pop("by", None)
    return accept_correction(correction=correct(service, proposed=values), values=values, by=by, at=NOW)


def reloaded(record: Any) -> Any:
    return type(record)._default_manager.get(pk=record.pk)


# ---- received


def test_what_is_received_is_kept_and_changes_nothing() -> None:
    service = build_service("Evening circle", description="Old words")
    before = Listing.objects.values().get()
    correction = correct(
        service, proposed={"description": "New words", "phone": "214-555-0100"}, note="Thanks"
    )
    assert (correction.proposed, correction.note) == ({"description": "New words"}, "Thanks")
    assert (correction.wrong, correction.decision) == (ProblemType.WRONG, Decision.OPEN)
    assert ReplyAddress.objects.get().address == CONTACT
    assert reloaded(service).description == "Old words"
    assert Listing.objects.values().get() == before


def test_nothing_says_who_it_was() -> None:
    columns = {field.name for model in (Suggestion, Correction) for field in model._meta.get_fields()}
    assert not {"ip", "ip_address", "agent", "user_agent", "email", "session", "by"} & columns


@pytest.mark.parametrize(
    "wrong", [ProblemType.UNSAFE, ProblemType.CLOSED, ProblemType.UNREACHABLE, ProblemType.FULL], ids=str
)
def test_what_is_wrong_is_enough_to_say(wrong: ProblemType) -> None:
    assert correct(build_service(), wrong=wrong).wrong == wrong


@pytest.mark.parametrize("proposed", [{}, {"phone": "214-555-0100"}], ids=["nothing", "what it says already"])
def test_at_least_one_thing_is_to_be_said(proposed: dict[str, str]) -> None:
    service = build_service(phone="214-555-0100")
    with pytest.raises(EmptyContribution):
        correct(service, proposed=proposed)
    with pytest.raises(EmptyContribution):
        suggest(proposed={})
    assert not Correction.objects.exists()
    assert not ReplyAddress.objects.exists()


def test_the_same_form_is_received_once() -> None:
    stamp = "a" * 64
    service = build_service()
    correct(service, note="Once", stamp=stamp)
    suggest(stamp=stamp)
    with pytest.raises(AlreadyReceived):
        correct(service, note="Twice", stamp=stamp)
    with pytest.raises(AlreadyReceived):
        suggest(stamp=stamp)
    assert (Correction.objects.count(), Suggestion.objects.count()) == (1, 1)


def test_the_same_form_at_the_same_moment_is_received_once(monkeypatch: pytest.MonkeyPatch) -> None:
    suggest(stamp="a" * 64)
    monkeypatch.setattr(contributions, "has_received", lambda *_: False)
    with pytest.raises(AlreadyReceived):
        suggest(stamp="a" * 64)
    assert Suggestion.objects.count() == ReplyAddress.objects.count() == 1


def test_without_a_contact_none_is_kept() -> None:
    suggest(address="")
    assert not ReplyAddress.objects.exists()


def test_every_part_has_a_box_on_its_form() -> None:
    assert set(SuggestionForm.base_fields) == {*form_fields_of(IN_SUGGESTIONS), "note", "contact"}
    assert set(CorrectionForm.base_fields) == {*form_fields_of(IN_CORRECTIONS), "wrong", "note", "contact"}


# ---- a correction is taken over


@pytest.mark.parametrize(
    ("box", "column", "value"),
    [
        ("name", "name", "Morning circle"),
        ("description", "description", "For partners too."),
        ("url", "url", "https://kind.example.org/group"),
        ("email", "email", "group@example.org"),
        ("cost", "fees_description", "Free, tea and all"),
    ],
    ids=["name", "description", "url", "email", "cost"],
)
def test_a_column_is_written_and_its_history_kept(box: str, column: str, value: str) -> None:
    service = build_service("Evening circle", areas=["US"])
    curator = build_curator()
    correction = correct(service, proposed={box: value})
    withdrawn = accept_correction(correction=correction, values={box: value}, by=curator, at=NOW)
    service = reloaded(service)
    assert list(withdrawn) == []
    assert getattr(service, column) == value
    assert service.attribution[column] == ["public", "2026-11-28"]
    assert service.last_modified == NOW
    revision = revisions.revisions_of(service)[0]
    assert revision.made_by == curator
    assert revision.comment.startswith("A correction was accepted: ")
    assert revisions.revisions_of(service).count() == 2
    assert list(find_drift(NOW)) == []
    decided = reloaded(correction)
    assert (decided.decision, decided.accepted) == (Decision.ACCEPTED, [box])
    assert (decided.decided_by, decided.decided_at) == (curator, NOW)


def test_the_curator_takes_over_some_of_it_as_they_leave_it() -> None:
    service = build_service("Evening circle", description="Old")
    correction = correct(service, proposed={"name": "evning circel", "description": "New"})
    accept_correction(correction=correction, values={"name": "Evening Circle"}, by=None, at=NOW)
    assert (reloaded(service).name, reloaded(service).description) == ("Evening Circle", "Old")
    assert reloaded(correction).accepted == ["name"]
    assert ListingText.objects.get().card["service"]["name"] == "Evening Circle"


def test_none_of_it_is_noted_and_leaves_the_record_alone() -> None:
    service = build_service()
    correction = correct(service, wrong=ProblemType.FULL)
    assert list(accept_correction(correction=correction, values={}, by=None, at=NOW)) == []
    assert reloaded(correction).decision == Decision.ACCEPTED
    assert reloaded(service).last_modified == service.last_modified
    assert not revisions.revisions_of(service).exists()


def test_its_one_number_is_written_over() -> None:
    service = build_service(phone="214-555-0100")
    take_over(service, phone="(214) 555-0142 ext. 7")
    (phone,) = service.phones.all()
    assert (phone.number, phone.extension, phone.country) == ("(214) 555-0142", "7", "US")
    assert phone.international == "+12145550142"
    assert ListingText.objects.get().card["phones"][0]["number"] == "(214) 555-0142"


def test_a_first_number_is_added_in_the_country_it_serves() -> None:
    service = build_service(phone="", areas=["GB"], url="https://kind.example.org")
    take_over(service, phone="116 123")
    assert [(phone.number, phone.country) for phone in service.phones.all()] == [("116 123", "GB")]


def test_the_number_of_a_place_that_others_share_is_left_alone() -> None:
    place = build_location()
    Phone.objects.create(location=place, number="214-555-0111", country="US")
    service, other = (build_service(phone="", at=[place]) for _ in range(2))
    take_over(service, phone="214-555-0142")
    assert place.phones.get().number == "214-555-0111"
    assert service.phones.get().number == "214-555-0142"
    assert not other.phones.exists()


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"phone": "call us"}, "phone", "valid phone number"),
        ({"phone": "12"}, "phone", "not a valid number"),
        ({"phone": "9" * 61}, "phone", "60 characters"),
        ({"name": ""}, "name", "Enter a name"),
        ({"url": "javascript:alert(1)"}, "url", "web address"),
        ({"url": "https://ann:secret@example.org"}, "url", "user name and password"),
        ({"email": "nobody"}, "email", "email address"),
        ({"description": "<b>bold</b>"}, "description", "without HTML tags"),
        ({"name": "a\u202eb"}, "name", "text-direction character"),
        ({"name": "a\0b"}, "name", "invalid character"),
        ({"address_1": "1 High Street"}, "city", "town or the postal code"),
        ({"times": ""}, "times", "when it meets"),
        ({"city": "Dallas", "region": "A region of no name"}, "region", "no region"),
    ],
    ids=range(13),
)
def test_what_cannot_be_written_is_said_by_box_and_nothing_is_written(
    values: dict[str, str], field: str, message: str
) -> None:
    service = build_service("Evening circle", description="Old")
    correction = correct(service, note="See", proposed={"cost": "Free"})
    both = {"cost": "Free", **values}
    with pytest.raises(CannotAccept) as refused:
        accept_correction(correction=correction, values=both, by=None, at=NOW)
    assert message in refused.value.message_dict[field][0]
    assert reloaded(service).fees_description == ""
    assert reloaded(correction).decision == Decision.OPEN
    assert ReplyAddress.objects.exists()


def test_which_of_several_is_meant_only_the_page_of_the_service_can_say() -> None:
    service = build_service(
        at=[DALLAS, build_location(city="Plano")], schedules=[{"description": "Mon"}, {"description": "Tue"}]
    )
    Phone.objects.create(service=service, number="214-555-0101", country="US")
    values = {"phone": "214-555-0142", "times": "Wed", "city": "Waco"}
    with pytest.raises(CannotAccept) as refused:
        take_over(service, **values)
    assert set(refused.value.message_dict) == {"phone", "times", "address_1"}


def test_a_new_address_is_a_new_place_with_the_same_id_of_the_result() -> None:
    build_places()
    shared = build_location(name="Old library", city="Dallas")
    service, other = build_service(at=[shared]), build_service(at=[shared])
    there = service.service_at_locations.get()
    take_over(service, address_1="12 Elm Street", city="Houston", region="Texas", postal_code="")
    moved = ServiceAtLocation.objects.select_related("location").get(service=service)
    assert moved.pk == there.pk
    new = moved.location
    assert (new.address_1, new.city, new.region, new.country) == ("12 Elm Street", "Houston", "TX", "US")
    assert (new.precision, new.name) == (Precision.TOWN, "")
    assert new.latitude == pytest.approx(29.76328)
    assert other.service_at_locations.get().location == shared
    shared.refresh_from_db()
    assert shared.city == "Dallas"
    assert reloaded(service).attribution["serviceatlocation"] == ["public", "2026-11-28"]
    assert list(find_drift(NOW)) == []


def test_a_place_of_its_own_keeps_its_name_and_numbers_and_may_have_no_point() -> None:
    service = build_service(phone="", at=[build_location(name="The blue house")])
    old = service.service_at_locations.get().location
    Phone.objects.create(location=old, number="214-555-0111", country="US", international="+12145550111")
    assert list(take_over(service, city="Nowhere at all", region="TX")) == []
    new = service.service_at_locations.get().location
    assert (new.name, new.latitude, new.precision) == ("The blue house", None, "")
    assert new.phones.get().international == "+12145550111"
    assert old.phones.count() == 1


def test_a_service_met_nowhere_gets_a_place_and_its_forum_stays() -> None:
    forum = build_location(
        None, location_type="virtual", url="https://forum.example.org", city="", region="", country=""
    )
    service = build_service(at=[forum])
    take_over(service, city="Dallas", region="TX")
    assert service.service_at_locations.count() == 2


def test_words_about_times_become_dates_where_they_are_read_whole_and_a_note_elsewhere() -> None:
    service = build_service(
        at=[DALLAS], schedules=[{"description": "Mondays", "freq": "WEEKLY", "byday": "MO", "interval": 1}]
    )
    old = Schedule.objects.get()
    take_over(service, times="First Tuesday of the month, 7 pm")
    read = Schedule.objects.get()
    assert read.pk == old.pk
    assert (read.freq, read.byday, read.opens_at) == ("MONTHLY", "1TU", time(19))
    take_over(service, times="Whenever the moon is full")
    note = Schedule.objects.get()
    assert (note.description, note.freq, note.byday, note.opens_at, note.interval) == (
        *("Whenever the moon is full", "", "", None, None),
    )
    assert note.timezone == "America/Chicago"


def test_a_service_that_loses_its_last_way_to_make_contact_is_withdrawn() -> None:
    service = build_service("Silent group", phone="", url="https://kind.example.org")
    assert [each.pk for each in take_over(service, url="")] == [service.pk]
    assert reloaded(service).status == Status.INACTIVE


# ---- a suggestion is taken over


WHOLE = {
    "name": "Butterfly room",
    "organization": "Kind charity",
    "kind": "support_group",
    "description": "For parents.",
    "url": "https://kind.example.org",
    "country": "US",
    "phone": "214 555 0142",
    "email": "hello@example.org",
    "where": "75201",
    "cost": "Free",
    "times": "Every Tuesday, 7 pm",
}


def test_a_whole_suggestion_becomes_a_service_that_is_not_shown() -> None:
    build_places()
    curator = build_curator()
    suggestion = suggest(proposed=WHOLE)
    service = accept_suggestion(suggestion=suggestion, organization=None, values=WHOLE, by=curator, at=NOW)
    service = reloaded(service)
    assert (service.status, service.held) == (Status.INACTIVE, False)
    assert service.status_reason == "Created from a suggestion. Check it, then publish."
    assert (service.name, service.kind, service.url) == (
        "Butterfly room",
        "support_group",
        "https://kind.example.org",
    )
    assert (service.organization.name, service.organization.operator_stated) == ("Kind charity", True)
    assert service.phones.get().international == "+12145550142"
    location = service.service_at_locations.get().location
    assert (location.postal_code, location.region, location.precision) == ("75201", "TX", Precision.AREA)
    assert service.schedules.get().byday == "TU"
    assert service.assured_date is None
    assert not Listing.objects.exists()
    assert reloaded(suggestion).service == service
    assert reloaded(suggestion).accepted == list(WHOLE)
    assert service.attribution["email"] == ["public", "2026-11-28"]
    assert revisions.revisions_of(service).get().comment == "Made from a suggestion."


def test_only_what_is_taken_over_is_written_and_a_known_organization_is_used() -> None:
    suggestion, known = suggest(proposed=WHOLE), build_organization("Kind charity")
    values = {"name": "Butterfly room", "kind": "helpline"}
    service = accept_suggestion(suggestion=suggestion, organization=known, values=values, by=None, at=NOW)
    assert (service.organization, service.kind, service.url) == (known, "helpline", "")
    assert Organization.objects.count() == 1


def test_an_organization_that_nobody_named_is_named_after_the_service() -> None:
    values = {"name": "Butterfly room", "kind": "forum"}
    made = accept_suggestion(suggestion=suggest(), organization=None, values=values, by=None, at=NOW)
    assert (made.organization.name, made.organization.operator_stated) == ("Butterfly room", False)


@pytest.mark.parametrize(
    ("values", "boxes"),
    [
        ({"name": "Butterfly room"}, {"kind"}),
        ({"kind": "forum"}, {"name"}),
        ({"name": "Butterfly room", "kind": "party"}, {"kind"}),
        ({"name": "Butterfly room", "kind": "forum", "where": "Atlantis"}, {"where"}),
        ({"name": "Butterfly room", "kind": "forum", "phone": "x", "where": "Atlantis"}, {"phone", "where"}),
    ],
    ids=["no kind", "no name", "another kind", "no such place", "two things"],
)
def test_what_cannot_become_a_service_is_said_by_box(values: dict[str, str], boxes: set[str]) -> None:
    with pytest.raises(CannotAccept) as refused:
        accept_suggestion(suggestion=suggest(), organization=None, values=values, by=None, at=NOW)
    assert set(refused.value.message_dict) == boxes
    assert not Service.objects.exists()
    assert not Organization.objects.exists()


# ---- decided


def decide_all(by: User | None) -> list[Any]:
    service = build_service()
    values = {"name": "Butterfly room", "kind": "forum"}
    corrected, suggested = correct(service, note="a"), suggest()
    declined: list[Any] = [correct(service, note="b"), suggest(proposed={"name": "b"})]
    accept_correction(correction=corrected, values={}, by=by, at=NOW)
    accept_suggestion(suggestion=suggested, organization=None, values=values, by=by, at=NOW)
    for each in declined:
        decline(contribution=each, by=by, at=NOW)
    return [corrected, suggested, *declined]


def test_a_way_to_answer_and_a_claim_go_with_the_decision() -> None:
    curator = build_curator()
    undecided = correct(build_service(), note="undecided")
    waiting = suggest(proposed={"name": "z"})
    for contribution in (undecided, waiting):
        Claim.objects.create(subject=contribution.pk, by=curator, claimed_at=NOW)
    decide_all(curator)
    assert {reply.correction or reply.suggestion for reply in ReplyAddress.objects.all()} == {
        undecided,
        waiting,
    }
    decline(contribution=undecided, by=curator, at=NOW)
    assert [claim.subject for claim in Claim.objects.all()] == [waiting.pk]
    assert Suggestion.objects.get(pk=waiting.pk).decision == Decision.OPEN


def test_it_is_decided_once_and_said_by_whom() -> None:
    curator = build_curator()
    corrected, suggested, *declined = decide_all(curator)
    by: dict[str, Any] = {"by": curator, "at": NOW}
    again: list[Any] = [
        partial(accept_correction, correction=corrected, values={"name": "New"}, **by),
        partial(accept_suggestion, suggestion=suggested, organization=None, values=WHOLE, **by),
        *(partial(decline, contribution=each, **by) for each in declined),
    ]
    number = Service.objects.count()
    for decide, decision in zip(again, ("Accepted", "Accepted", "Declined", "Declined"), strict=True):
        with pytest.raises(AlreadyDecided, match=f"{decision} by ada on 2026-11-28."):
            decide()
    assert Service.objects.count() == number
    assert not Service.objects.filter(name="New").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_curators_at_the_same_moment_one_decides_and_the_other_is_told() -> None:
    service = build_service("Evening circle", description="Old")
    correction = correct(service, proposed={"description": "New"})
    start = Barrier(2)
    ends: list[str] = []

    def decide(words: str) -> None:
        start.wait()
        try:
            accept_correction(correction=correction, values={"description": words}, by=None, at=NOW)
            ends.append(words)
        except AlreadyDecided:
            ends.append("told")
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(words,)) for words in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends)[1:] == ["told"]
    assert reloaded(service).description == min(ends)


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (Role.VIEWER, {}),
        (Role.EDITOR, {"edits_wait": True}),
        (Role.EDITOR, {"regions": ["US-CA"]}),
    ],
    ids=["a viewer", "an editor whose edits wait", "an editor of another region"],
)
def test_who_may_not_decide_is_refused(role: str, fields: dict[str, Any]) -> None:
    curator = build_curator(role=role, **fields)
    correction = correct(build_service(areas=["US-TX"], description="Old"), proposed={"description": "New"})
    for action in (
        lambda: accept_correction(correction=correction, values={"description": "New"}, by=curator, at=NOW),
        lambda: decline(contribution=correction, by=curator, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            action()
    assert Service.objects.get().description == "Old"
    assert reloaded(correction).decision == Decision.OPEN
    assert ReplyAddress.objects.exists()


def test_an_editor_decides_in_their_own_region() -> None:
    curator = build_curator(regions=["US-TX"])
    service = build_service(areas=["US-TX"])
    take_over(service, by=curator, description="New")
    assert reloaded(service).description == "New"


# ---- forgotten


DAY = timedelta(days=1)


def test_a_way_to_answer_goes_after_thirty_days_decided_or_not() -> None:
    suggest(at=NOW)
    assert purge(at=NOW + 30 * DAY - timedelta(seconds=1)) == {"contacts": 0, "contributions": 0}
    assert ReplyAddress.objects.exists()
    assert purge(at=NOW + 30 * DAY) == {"contacts": 1, "contributions": 0}
    assert not ReplyAddress.objects.exists()
    assert Suggestion.objects.get().decision == Decision.OPEN


def test_what_was_decided_goes_whole_half_a_year_later_and_what_waits_stays() -> None:
    decide_all(None)
    waiting = suggest(proposed={"name": "waiting"}, address="")
    made = Service.objects.count()
    assert purge(at=NOW + 180 * DAY - timedelta(seconds=1))["contributions"] == 0
    assert purge(at=NOW + 180 * DAY)["contributions"] == 4
    assert [*Suggestion.objects.all(), *Correction.objects.all()] == [waiting]
    assert Service.objects.count() == made


def test_the_command_forgets_by_the_clock_and_says_what_it_did() -> None:
    suggest(at=NOW)
    decline(contribution=suggest(proposed={"name": "b"}), by=None, at=NOW)
    output = StringIO()
    with time_machine.travel(NOW + 29 * DAY, tick=False):
        call_command("purge_contributions", stdout=output)
    assert output.getvalue() == "0 contact details deleted.\n0 decided contributions deleted.\n"
    output = StringIO()
    with time_machine.travel(NOW + 180 * DAY, tick=False):
        call_command("purge_contributions", stdout=output)
    assert output.getvalue() == "1 contact detail deleted.\n1 decided contribution deleted.\n"


# ---- places and times that a correction touches


def comments(record: Any) -> list[str]:
    return [revision.comment for revision in revisions.revisions_of(record)]


def test_a_number_of_a_place_is_kept_in_the_history_of_the_place() -> None:
    place = build_location(name="The blue house", last_modified=NOW - DAY)
    Phone.objects.create(location=place, number="214-555-0111", country="US")
    service = build_service(phone="", at=[place])
    take_over(service, phone="214-555-0142")
    assert place.phones.get().number == "214-555-0142"
    assert reloaded(place).last_modified == NOW
    assert comments(place) == ["A correction was accepted: phone number.", revisions.INITIAL_COMMENT]
    restore.undo(record=place, by=None, at=NOW + DAY)
    assert place.phones.get().number == "214-555-0111"


def test_a_place_that_is_left_with_a_new_number_is_kept_in_the_history_too() -> None:
    old = build_location(last_modified=NOW - DAY)
    Phone.objects.create(location=old, number="214-555-0111", country="US")
    service = build_service(phone="", at=[old])
    take_over(service, phone="214-555-0142", city="Houston", region="TX")
    comment = "A correction was accepted: phone number and address."
    assert comments(old) == [comment, revisions.INITIAL_COMMENT]
    assert comments(service.service_at_locations.get().location) == [comment]


def test_a_first_place_is_its_organization_s_and_a_place_that_was_left_alone_is_not_told_of() -> None:
    forum = build_location(
        None, location_type="virtual", url="https://forum.example.org", city="", region="", country=""
    )
    service = build_service(at=[forum], areas=["US-TX"])
    take_over(service, city="Dallas", region="TX")
    made = service.service_at_locations.exclude(location=forum).get().location
    assert made.organization == service.organization
    assert comments(made) == ["A correction was accepted: address."]
    assert comments(forum) == []


@pytest.mark.parametrize("words", ["First Tuesday of the month, 7 pm", "Whenever the moon is full"])
def test_what_was_noted_beside_the_times_stays(words: str) -> None:
    noted: dict[str, Any] = {
        "notes": "Moves for holidays.",
        "valid_from": NOW.date(),
        "valid_to": (NOW + 90 * DAY).date(),
        "schedule_link": "https://kind.example.org/dates",
    }
    service = build_service(schedules=[{"freq": "WEEKLY", "byday": "MO", "opens_at": time(9), **noted}])
    take_over(service, times=words)
    schedule = Schedule.objects.get()
    assert schedule.description == words
    assert {name: getattr(schedule, name) for name in noted} == noted
