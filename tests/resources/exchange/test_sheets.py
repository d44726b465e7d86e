"""What is exported imports as unchanged, and a row that names a record by its id changes only that cell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.exchange.applying import apply_plan
from resources.exchange.layout import COLUMNS
from resources.exchange.planning import Plan, plan_import
from resources.exchange.reading import SourceFile, source_file
from resources.exchange.sheets import (
    HEADINGS,
    help_rows,
    service_rows,
    template_rows,
    write_csv,
    write_xlsx,
)
from resources.exchange.sources.spreadsheet import Spreadsheet
from resources.exchange.undo import undo_import
from resources.models import (
    CostOption,
    ImportRun,
    Listing,
    Location,
    PendingEdit,
    Phone,
    Schedule,
    Service,
    TaxonomyTerm,
)
from resources.search.projection import refresh_listings
from resources.vocabulary import (
    Access,
    AudienceRule,
    ContentNote,
    Cost,
    Format,
    Kind,
    LedBy,
    Loss,
    OpenTo,
    Payment,
)
from tests.build import DALLAS, build_cost, build_location, build_organization, build_service, build_term
from tests.resources.exchange.feeds import everything

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow("exports and imports in each test"),
    pytest.mark.sqlite("how a sheet is read is the same on both; test_uploads writes on both"),
]

FEED = Spreadsheet(publishes=True)
TODAY = date(2026, 8, 1)
AT = datetime(2026, 8, 1, 9, tzinfo=UTC)


def exported() -> list[list[str]]:
    return list(service_rows(list(Service.objects.values_list("pk", flat=True)), today=TODAY))


def as_file(rows: list[list[str]], *, workbook: bool = False) -> SourceFile:
    if workbook:
        return source_file("list.xlsx", write_xlsx(rows))
    return source_file("list.csv", b"".join(write_csv(rows)))


def change(**cells: str) -> SourceFile:
    """An export of the one service with these cells written over."""
    [row] = exported()
    return as_file([[cells.get(name, cell) for name, cell in zip(HEADINGS, row, strict=True)]])


def bring(file: SourceFile, at: datetime = AT) -> tuple[Plan, ImportRun]:
    plan = plan_import(FEED, file)
    return plan, apply_plan(plan=plan, at=at)


def build_full(**fields: Any) -> Service:
    service = build_service(
        "Gentle group",
        organization=build_organization(website="https://kind.example/"),
        areas=["US", "US-TX"],
        languages=["en", "es"],
        audiences=["partner", "fathers"],
        topics=TaxonomyTerm.objects.all() or [build_term("Grief"), build_term("Jewish", "Faiths")],
        losses=[Loss.STILLBIRTH],
        formats=[Format.IN_PERSON, Format.VIDEO],
        content_notes=[ContentNote.PHOTOGRAPHS],
        content_clear=[ContentNote.COMMERCIAL],
        schedules=[{"description": "2nd Tuesday 7pm"}],
        **{"cost": "free", "at": [build_location(address_1="1 Elm St")], **fields},
    )
    service.audiences.filter(audience="fathers").update(rule=AudienceRule.DESIGNED_FOR)
    return service


@pytest.mark.parametrize("workbook", [False, True])
def test_what_was_exported_imports_as_unchanged(workbook: bool) -> None:
    build_full()
    build_full(at=[build_location(city="Waco"), build_location(city="Austin")], phone="")
    build_service("Bare", phone="")
    plan = plan_import(FEED, as_file(exported(), workbook=workbook))
    assert (plan.unchanged, plan.records, plan.refusals) == (3, (), ())


text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
codes: dict[str, Any] = {
    "formats": Format,
    "losses": Loss,
    "led_by": LedBy,
    "access": Access,
    "payments": Payment,
    "open_to": OpenTo,
}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=text.filter(str.strip),
    description=text,
    kind=st.sampled_from(Kind),
    masks=st.fixed_dictionaries({name: st.sets(st.sampled_from(list(each))) for name, each in codes.items()}),
    price=st.none() | st.integers(0, 10**6),
    cost=st.sampled_from(Cost),
)
def test_whatever_a_record_holds_its_export_imports_as_unchanged(
    name: str, description: str, kind: Kind, masks: dict[str, set[Any]], price: int | None, cost: Cost
) -> None:
    Service.objects.all().delete()
    fields: dict[str, Any] = {column: list(values) for column, values in masks.items()}
    service = build_service(name, kind=kind, description=description, refresh=False, **fields)
    amount = price if cost not in (Cost.UNKNOWN, Cost.FREE) else None
    build_cost(service, cost, None if amount is None else amount / 100)
    plan = plan_import(FEED, as_file(exported()))
    assert plan.unchanged == 1
    assert plan.refusals == ()


def test_a_row_that_names_a_record_changes_only_the_cells_that_differ() -> None:
    service = build_full(cost=None)
    for amount in (10, 20):
        build_cost(service, Cost.SLIDING_SCALE, amount)
    kept = everything(CostOption, Location, Schedule)
    plan, run = bring(change(description="New words", phone="214-653-0142; TTY 711"))
    assert (len(plan.changed), plan.refusals) == (1, ())
    service.refresh_from_db()
    assert (service.description, service.last_modified) == ("New words", AT)
    assert [(phone.type, phone.number) for phone in Phone.objects.all()] == [
        ("tty", "711"),
        ("voice", "214-653-0142"),
    ]
    assert everything(CostOption, Location, Schedule) == kept
    assert Listing.objects.get().text.card["summary"] == "New words"
    undo_import(run=run, at=AT)
    service.refresh_from_db()
    assert service.description == ""


def test_a_hyphen_clears_and_an_empty_cell_changes_nothing() -> None:
    build_full()
    bring(change(**{"for": "-", "languages": ""}))
    service = Service.objects.get()
    assert (service.audiences.count(), service.languages.count()) == (0, 2)


def test_a_moved_place_keeps_its_address() -> None:
    build_full()
    before = Listing.objects.get().public_id
    bring(change(city="Waco", address="2 Oak St"))
    assert Location.objects.get().address_1 == "2 Oak St"
    assert Listing.objects.get().public_id == before


def test_more_than_a_cell_can_hold_is_left_as_it_is() -> None:
    service = build_full(cost=None)
    for amount in (10, 20):
        build_cost(service, Cost.SLIDING_SCALE, amount)
    [row] = exported()
    assert row[HEADINGS.index("cost")] == "(kept)"
    plan = plan_import(FEED, change(cost="free"))
    assert plan.unchanged == 1
    assert "more than a cell can hold" in str(plan.refusals[0])


def test_what_a_curator_set_waits_in_the_queue() -> None:
    service = build_full(attribution={"description": ["curator", "2026-07-01"]}, description="Ours")
    plan, run = bring(change(description="Theirs"))
    service.refresh_from_db()
    assert (len(plan.held), service.description) == (1, "Ours")
    [edit] = PendingEdit.objects.all()
    assert edit.after["resources.service"][str(service.pk)]["description"] == "Theirs"
    assert run.counts["held"] == 1


def test_an_id_of_no_record_here_makes_one_of_that_id() -> None:
    service = build_full()
    rows, pk = exported(), service.pk
    Service.objects.all().delete()
    plan, _run = bring(as_file(rows))
    assert [record.entry.key for record in plan.new] == [str(pk)]
    assert Service.objects.get().pk == pk


def test_no_spreadsheet_runs_a_cell_and_the_text_comes_back() -> None:
    service = build_service("=HYPERLINK(1)", description="-dash", at=[DALLAS])
    rows = exported()
    data = b"".join(write_csv(rows)).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in data
    Service.objects.filter(pk=service.pk).update(name="Other")
    refresh_listings([service.pk], at=AT)
    bring(as_file(rows))
    assert Service.objects.get().name == "=HYPERLINK(1)"


def test_the_template_is_read_without_a_refusal_and_says_what_each_column_holds(tmp_path: Any) -> None:
    for name in ("template.csv", "template.xlsx"):
        call_command("export_services", "--format", "template", tmp_path / name)
        plan = plan_import(FEED, source_file(name, (tmp_path / name).read_bytes()))
        assert len(plan.new) == 2
        assert {refusal.column for refusal in plan.refusals} <= {"city", "postal_code", "serves", "phone"}
    helped = {row[0]: row for row in help_rows()}
    assert all(helped[column.name][1] == column.help for column in COLUMNS)
    assert "support_group" in helped["kind"][4]
    assert len(template_rows()) == 2


def test_the_command_exports_every_service_and_names_its_formats(tmp_path: Any) -> None:
    build_service("Shown"), build_service("Held", status="inactive")
    call_command("export_services", "--format", "spreadsheet", tmp_path / "all.csv")
    assert plan_import(FEED, source_file("all.csv", (tmp_path / "all.csv").read_bytes())).unchanged == 2
    with pytest.raises(CommandError, match="The formats are: spreadsheet, template"):
        call_command("export_services", "--format", "pdf")
