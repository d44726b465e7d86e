"""Spreadsheets: what each cell becomes, what a second load changes, and what undoing puts back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from resources.curation import pending_edits
from resources.exchange import reading
from resources.exchange.applying import apply_plan
from resources.exchange.layout import COLUMNS
from resources.exchange.planning import Plan, plan_import
from resources.exchange.reading import FileRefused, SourceFile, source_file
from resources.exchange.records import Record, ServicePart
from resources.exchange.sources.spreadsheet import Spreadsheet
from resources.exchange.undo import CannotUndo, undo_import
from resources.exchange.workbook import write_workbook
from resources.history import revisions
from resources.models import (
    CostOption,
    DuplicatePair,
    ImportChange,
    ImportRun,
    Listing,
    Location,
    Organization,
    PendingEdit,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
)
from resources.search.drift import find_drift
from resources.vocabulary import Status
from tests.api.asking import build_place
from tests.resources.exchange.feeds import everything

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("imports a list in each test"),
    pytest.mark.sqlite("how a row is read is the same on both; test_uploads writes on both"),
]

FEED = Spreadsheet("hospital", "The hospital's list", publishes=True)
AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATEST = datetime(2026, 10, 1, 9, tzinfo=UTC)
ROW = {
    "id": "angels",
    "service": "Angels Above",
    "organization": "Harris Hospital",
    "kind": "support_group",
    "phone": "214-653-0142",
    "city": "Dallas",
    "region": "TX",
    "country": "US",
    "losses": "miscarriage",
}


@pytest.fixture(autouse=True)
def gazetteer() -> None:
    build_place("Dallas", "US", region="TX", county="Dallas County", latitude=32.78, longitude=-96.8)
    build_place(
        "Dallas", "US", code="75201", region="TX", county="Dallas County", latitude=32.79, longitude=-96.8
    )


def table(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> SourceFile:
    out = io.StringIO(newline="")
    headings = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return source_file("list.csv", out.getvalue().encode(encoding))


def read(**cells: str) -> tuple[ServicePart, Record]:
    entries, _refusals = FEED.find_entries(table({**ROW, **cells}))
    record = FEED.read(entries[0])
    return record.services[0], record


def bring(*rows: dict[str, str], at: datetime = AT, feed: Spreadsheet = FEED) -> tuple[Plan, ImportRun]:
    plan = plan_import(feed, table(*rows))
    return plan, apply_plan(plan=plan, at=at)


# ---- cells


CELLS: list[tuple[dict[str, str], str, Any]] = [
    # cells, value of the service, what it is
    ({"kind": "Support group"}, "kind", "support_group"),
    ({"kind": "SPECIALIST-CLINIC"}, "kind", "specialist_clinic"),
    ({"losses": "Miscarriage; stillbirth"}, "losses", ("miscarriage", "stillbirth")),
    ({"losses": "", "kind": "bereavement_care"}, "fit", "perinatal_or_grief"),
    ({"losses": "miscarriage"}, "fit", "specialist"),
    ({"content_notes": "faith_based; not:photographs"}, "content_notes", ("faith_based",)),
    ({"content_notes": "faith_based; not:photographs"}, "content_clear", ("photographs",)),
    ({"faith": "Christian"}, "content_notes", ("faith_based",)),
    ({"languages": "English; es; Welsh"}, "languages", ("en", "es", "cy")),
    ({"open_to": "own_patients"}, "open_to", ("own_patients",)),
    ({"payment": "Medicaid (US, including CHIP); self pay"}, "payments", ("medicaid", "self_pay")),
    ({"website": "example.org/group"}, "url", "https://example.org/group"),
    ({"checked_on": "2026-07-19"}, "assured_date", date(2026, 7, 19)),
    ({"status": "held", "status_reason": "Find its page"}, "status", Status.INACTIVE),
    ({"status": "closed"}, "status", Status.DEFUNCT),
    ({"phone": ""}, "status_reason", "no contact details"),
    ({"losses": ""}, "status_reason", "how close it is to pregnancy loss is not stated"),
    ({"cost_note": "By income"}, "fees_description", "By income"),
]


@pytest.mark.parametrize(("cells", "name", "value"), CELLS, ids=lambda value: str(value)[:40])
def test_a_cell_becomes_a_value(cells: dict[str, str], name: str, value: Any) -> None:
    service, _record = read(**cells)
    assert getattr(service, name) == value


COSTS: list[tuple[dict[str, str], list[tuple[str, Any, Any, str, str]]]] = [
    ({"cost": "free"}, [("free", Decimal(0), None, "", "")]),
    ({"cost": "$40-60 sliding"}, [("sliding_scale", Decimal(40), Decimal(60), "USD", "")]),
    ({"cost": "fixed", "price_min": "40,00 €"}, [("fixed", Decimal(40), None, "EUR", "")]),
    ({"cost": "Sliding scale", "price_min": "$20", "price_max": "60", "per": "session"},
     [("sliding_scale", Decimal(20), Decimal(60), "USD", "session")]),
    ({"price_min": "1,234.50"}, [("fixed", Decimal("1234.50"), None, "USD", "")]),
    ({"cost": "donation; insurance"}, [("donation", None, None, "", ""), ("insurance", None, None, "", "")]),
    ({"cost": "free?"}, []),
    ({"price_min": "cheap"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "costs"), COSTS, ids=lambda value: str(value)[:40])
def test_prices_are_read_with_the_money_of_the_country(cells: dict[str, str], costs: list[Any]) -> None:
    service, record = read(**cells)
    found = [(row.kind, row.amount, row.amount_max, row.currency, row.unit) for row in service.costs]
    assert found == costs
    assert costs or record.refusals


def test_areas_that_are_served_are_found_by_name() -> None:
    service, record = read(serves="Dallas County, TX; Texas; United States; world; Middle Earth")
    assert [area.area for area in service.areas] == ["US-TX/dallas", "US-TX", "US", "*"]
    [refusal] = record.refusals
    assert (refusal.where, refusal.column, refusal.cell) == ("Line 2", "serves", "Middle Earth")


def test_a_british_county_that_also_stands_under_another_nation_is_the_one_of_most_of_its_places() -> None:
    for number, nation in enumerate(("ENG", "ENG", "WLS")):
        build_place(f"Kendal {number}", "GB", region=nation, county="Cumbria", latitude=54.3, longitude=-2.7)
    service, record = read(country="GB", region="", city="", phone="0300 123 4567", serves="Cumbria")
    assert ([area.area for area in service.areas], record.refusals) == (["GB-ENG/cumbria"], ())


def test_an_american_county_whose_name_several_states_have_is_not_guessed() -> None:
    for state in ("TX", "TX", "OK"):
        build_place("Orange", "US", region=state, county="Orange County", latitude=30.1, longitude=-93.7)
    service, record = read(serves="Orange County")
    assert (service.areas, len(record.refusals)) == ((), 1)


def test_when_it_meets_is_a_schedule_where_the_words_are_certain() -> None:
    [certain], [vague] = read(when="2nd Tuesday 7-8:30pm")[0].schedules, read(when="Monthly")[0].schedules
    assert (certain["byday"], certain["opens_at"], certain["timezone"]) == (
        "2TU",
        time(19),
        "America/Chicago",
    )
    assert vague == {"description": "Monthly"}


POINTS = [
    # latitude, longitude, precision, what is told
    ("32.79", "-96.80", "exact", ""),
    ("-96.80", "32.79", "area", "the two numbers are swapped"),
    ("32.79", "96.80", "area", "a minus is missing"),
    ("0", "0", "area", "a point in the sea"),
    ("40.7", "-74.0", "area", "far from its postal code"),
]


@pytest.mark.parametrize(("latitude", "longitude", "precision", "told"), POINTS)
def test_a_point_is_checked_against_its_postal_code(
    latitude: str, longitude: str, precision: str, told: str
) -> None:
    service, record = read(postal_code="75201", latitude=latitude, longitude=longitude)
    assert service.locations[0].precision == precision
    assert [told in str(refusal) for refusal in record.refusals] == ([True] if told else [])


def test_a_point_in_another_state_gives_way_to_the_town() -> None:
    service, record = read(latitude="40.7", longitude="-74.0")
    assert service.locations[0].precision == "town"
    assert "does not lie in TX" in str(record.refusals[0])


@pytest.mark.parametrize(
    ("typed", "code"),
    [("75201.0", "75201"), ('="75201"', "75201"), ("752011234", "75201-1234"), ("75201", "75201")],
)
def test_a_zip_that_a_spreadsheet_has_changed_is_mended_and_told(typed: str, code: str) -> None:
    service, record = read(postal_code=typed)
    assert service.locations[0].postal_code == code
    assert len(record.refusals) == (typed not in (code, f'="{code}"'))


# ---- files


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_as_any_excel_writes_it(delimiter: str, encoding: str) -> None:
    file = table({**ROW, "service": "Féileacáin"}, delimiter=delimiter, encoding=encoding)
    entries, refusals = FEED.find_entries(file)
    assert FEED.read(entries[0]).services[0].name == "Féileacáin"
    assert refusals == []


def test_a_workbook_is_read_and_its_help_is_not() -> None:
    title = ["Groups of our hospital"]
    data = write_workbook({"List": [title, [], list(ROW), list(ROW.values())], "Help": [["id", "service"]]})
    [entry], _refusals = FEED.find_entries(source_file("list.xlsx", data))
    assert entry.where == "Line 4"
    assert FEED.read(entry).services[0].name == "Angels Above"


def test_headings_are_found_whatever_their_case_and_unknown_ones_are_told() -> None:
    text = "sep=;\nService;ORGANIZATION;Kind;Postal-Code;Contact person\nA;B;forum;75201;Jane\n"
    entries, refusals = FEED.find_entries(source_file("list.csv", text.encode()))
    assert entries[0].raw["rows"][0]["postal_code"] == "75201"
    assert [(refusal.where, refusal.column) for refusal in refusals] == [("Headings", "Contact person")]


def test_headings_can_be_mapped() -> None:
    feed = Spreadsheet("x", "X", headings={"Group": "service", "Run by": "organization", "Contact": ""})
    text = "Group,Run by,kind,Contact\nA,B,forum,Jane\n"
    entries, refusals = feed.find_entries(source_file("list.csv", text.encode()))
    assert entries[0].raw["rows"][0]["service"] == "A"
    assert refusals == []


REFUSED: list[tuple[bytes, str]] = [
    (b"%PDF-1.7\nservice,organization", "is a PDF"),
    (b"", "has no line of column names"),
    (b"PK\x03\x04broken", "damaged zip or Excel file"),
    (b"\xd0\xcf\x11\xe0old", "old or password-protected"),
    (b"service,organization,kind\nA\0,B,forum\n", "NUL character"),
    (b"service,organization,kind,service\nA,B,forum,C\n", "names a column twice"),
    (b"service,Service,organization,kind\nA,B,C,forum\n", "has two columns for service"),
    (b"service,organization\nA,B\n", "lacks the column kind"),
    ("service,organization,kind\nÉ,B,forum\n".encode() + b"\xe9,C,forum\n", "the encoding changes here"),
    (b'service,organization,kind\n"' + b"x" * 200_000, "not a table"),
    (b"<!DOCTYPE html><html>", "is a web page"),
]


@pytest.mark.parametrize(("data", "sentence"), REFUSED, ids=lambda value: str(value)[:30])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        plan_import(FEED, source_file("list.csv", data))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(monkeypatch: Any) -> None:
    data = write_workbook({"List": [list(ROW)]})
    monkeypatch.setattr("resources.exchange.workbook.MAX_UNPACKED", 100)
    with pytest.raises(FileRefused, match="unpacks to more"):
        plan_import(FEED, source_file("bomb.xlsx", data))


def test_too_many_rows_are_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 1)
    with pytest.raises(FileRefused, match="more than 1 rows"):
        plan_import(FEED, table(ROW, {**ROW, "id": "other"}))


def test_bad_rows_and_cells_are_refused_and_the_others_are_read() -> None:
    rows = [
        {**ROW, "id": "1", "kind": "spa"},
        {**ROW, "id": "2", "service": ""},
        {**ROW, "id": "3", "checked_on": "2099-01-01", "phone": "123"},
        {**ROW, "id": "4", "description": "<b>x</b>"},
        {**ROW, "id": "5"},
        {**ROW, "id": "5", "kind": "forum"},
        {**ROW, "id": "6", "languages": "; ".join(["en"] * 40)},
    ]
    plan = plan_import(FEED, table(*rows))
    told = {(refusal.where, refusal.column) for refusal in plan.refusals}
    assert told == {
        ("Line 2", "kind"),
        ("Line 3", "service"),
        ("Line 4", "checked_on"),
        ("Line 4", "phone"),
        ("Line 5", "description"),
        ("Line 6", "kind"),
        ("Line 7", "kind"),
    }
    assert [record.entry.key for record in plan.new if record.services] == ["3", "4", "6"]
    assert not Service.objects.exists()


# ---- loads


def test_two_rows_of_one_id_are_one_service_at_two_places() -> None:
    other = {"id": "angels", "service": "Angels Above", "organization": "Harris Hospital", "kind": ""}
    bring({**ROW, "address": "1 Elm St", "when": "1st Monday 7pm"}, {**ROW, **other, "address": "2 Oak St"})
    service = Service.objects.get()
    assert {place.location.address_1 for place in service.service_at_locations.all()} == {
        "1 Elm St",
        "2 Oak St",
    }
    [schedule] = Schedule.objects.all()
    assert schedule.service_at_location is not None
    assert schedule.service_at_location.location.address_1 == "1 Elm St"
    assert Listing.objects.count() == 2


def test_a_second_load_changes_what_it_says_and_nothing_else() -> None:
    bring({**ROW, "description": "Old", "email": "a@example.org", "cost": "free"})
    [there] = ServiceAtLocation.objects.values_list("pk")
    plan, _run = bring({**ROW, "description": "New", "email": "-", "cost": ""}, at=LATER)
    service = Service.objects.get()
    assert (len(plan.changed), service.description, service.email) == (1, "New", "")
    assert CostOption.objects.get().kind == "free"
    assert [there] == list(ServiceAtLocation.objects.values_list("pk"))
    needed = {name: ROW[name] for name in ("id", "service", "organization", "kind")}
    assert plan_import(FEED, table(needed)).unchanged == 1


def test_a_service_waits_for_a_curator_unless_its_list_is_published() -> None:
    bring(ROW, feed=Spreadsheet("upload", "An upload"))
    service = Service.objects.get()
    assert (service.status, service.held) == (Status.INACTIVE, True)


def test_a_new_service_that_is_like_one_of_another_list_is_a_possible_duplicate() -> None:
    bring(ROW)
    elsewhere = Spreadsheet("elsewhere", "Another list", publishes=True)
    rows = (ROW, {**ROW, "id": "other", "service": "Other", "phone": "214-653-0199"})
    plan, run = bring(*rows, feed=elsewhere)
    [found] = plan.duplicates
    assert {"name", "phone"} <= set(found.match.reasons)
    assert "1 possible duplicates" in plan.summary
    assert run.counts["duplicates"] == 1
    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"Angels Above"}


# ---- what a curator did meanwhile


def edited_meanwhile(**fields: Any) -> Service:
    """The one service, after a curator has changed it since the first load."""
    service = Service.objects.get()
    Service.objects.filter(pk=service.pk).update(**{"description": "Ours", "last_modified": LATER, **fields})
    revisions.save_revision([service], by=None, at=LATER, comment="Edited.")
    return service


def test_what_a_list_would_change_of_an_edited_service_waits_under_the_name_of_the_list() -> None:
    bring(ROW)
    edited_meanwhile()
    bring({**ROW, "description": "Theirs"}, at=LATEST)
    [edit] = PendingEdit.objects.all()
    assert (edit.author, Service.objects.get().description) == ("The hospital's list", "Ours")


@pytest.mark.parametrize(
    "change",
    [
        {"address": "1 New Street", "accessibility": "step_free"},  # of the place that it has
        {"city": "-", "region": "-", "country": "-"},  # the place is gone
    ],
)
def test_approving_what_a_list_says_of_an_edited_service_changes_its_places(change: dict[str, str]) -> None:
    bring(ROW)
    service = edited_meanwhile()
    bring({**ROW, **change}, at=LATEST)
    [edit] = PendingEdit.objects.all()
    assert pending_edits.conflicts_of(edit) == []
    pending_edits.approve(edit=edit, by=None, at=LATEST)
    places = Location.objects.filter(service_at_locations__service=service)
    assert [place.address_1 for place in places] == [change["address"] for _ in places]
    assert len(places) == ("address" in change)
    assert list(find_drift(LATEST)) == []


@pytest.mark.parametrize("before", [ROW, {**ROW, "city": "", "region": ""}])
def test_a_place_that_a_list_adds_to_an_edited_service_is_there_once_approved(before: dict[str, str]) -> None:
    bring(before)
    service = edited_meanwhile()
    bring({**ROW, "address": "2 Other Street"}, {**ROW, "address": "3 Third Street"}, at=LATEST)
    [edit] = PendingEdit.objects.all()
    assert "2 Other Street" in " ".join(map(str, pending_edits.changes_of(edit)))
    pending_edits.approve(edit=edit, by=None, at=LATEST)
    streets = Location.objects.filter(service_at_locations__service=service).values_list(
        "address_1", flat=True
    )
    assert {"2 Other Street", "3 Third Street"} <= set(streets)
    assert Service.objects.get().description == "Ours"
    assert list(find_drift(LATEST)) == []


def test_a_location_that_somebody_else_has_moved_meanwhile_is_a_conflict() -> None:
    bring(ROW)
    edited_meanwhile()
    bring({**ROW, "address": "1 New Street"}, at=LATEST)
    Location.objects.update(address_1="9 Our Street")
    [edit] = PendingEdit.objects.all()
    assert [
        change.after for _conflict, changes in pending_edits.conflicts_of(edit) for change in changes
    ] == ["9 Our Street"]


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.TEMPORARILY_CLOSED])
def test_a_list_that_may_not_publish_leaves_what_a_curator_decided(status: Status) -> None:
    feed = Spreadsheet("hospital", "The hospital's list")
    bring(ROW, feed=feed)
    Service.objects.update(status=status, status_reason="", held=False)
    bring({**ROW, "description": "New"}, at=LATER, feed=feed)
    service = Service.objects.get()
    assert (service.description, service.status, service.held) == ("New", status, False)


# ---- undoing

CATALOG = (
    *(Service, Organization, Location, ServiceAtLocation, Phone, CostOption, Schedule, ServiceArea),
    *(ServiceAudience, SourceRecord),
)
FULL = {
    **ROW,
    "cost": "free",
    "when": "1st Monday 7pm",
    "serves": "Texas",
    "for": "partner",
    "faith": "jewish",
    "accessibility": "step_free",
}


def test_undoing_a_first_load_leaves_nothing() -> None:
    before = everything(*CATALOG)
    _plan, run = bring(FULL, {**FULL, "id": "other", "service": "Other"})
    undone = undo_import(run=run, at=LATER)
    assert (undone.removed, undone.restored, undone.kept) == (2, 0, 0)
    assert everything(*CATALOG) == before
    assert not Listing.objects.exists()


def test_undoing_a_second_load_puts_back_what_it_changed() -> None:
    bring(FULL)
    before = everything(*CATALOG)
    shown = list(Listing.objects.values_list("public_id", "sort_key"))
    changed = {**FULL, "service": "New name", "cost": "$20", "city": "-", "for": "-", "organization": "New"}
    _plan, run = bring(changed, {**FULL, "id": "other"}, at=LATER)
    assert everything(*CATALOG) != before
    undone = undo_import(run=run, at=LATER)
    assert (undone.removed, undone.restored) == (1, 1)
    assert everything(*CATALOG) == before
    assert list(Listing.objects.values_list("public_id", "sort_key")) == shown


def test_undoing_keeps_what_somebody_has_edited_since() -> None:
    _plan, run = bring(FULL, {**FULL, "id": "other"})
    edited = Service.objects.values_list("pk", flat=True)[0]
    Service.objects.filter(pk=edited).update(description="Ours", last_modified=LATER)
    undone = undo_import(run=run, at=LATER)
    assert (undone.removed, undone.kept) == (1, 1)
    assert Service.objects.get().description == "Ours"


def test_an_import_is_undone_once_and_the_last_first() -> None:
    _plan, first = bring(FULL)
    _plan, second = bring({**FULL, "description": "New"}, at=LATER)
    with pytest.raises(CannotUndo, match=rf"Undo run {second.pk} first"):
        undo_import(run=first, at=LATER)
    undo_import(run=second, at=LATER)
    with pytest.raises(CannotUndo, match="undone already"):
        undo_import(run=second, at=LATER)
    undo_import(run=first, at=LATER)
    assert not Service.objects.exists()
    assert ImportChange.objects.exists()


def test_every_column_has_a_sentence_of_help() -> None:
    assert all(column.help.endswith(".") for column in COLUMNS)
