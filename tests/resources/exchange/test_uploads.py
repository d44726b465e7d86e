"""Uploaded lists: mapped, corrected, planned, confirmed once, withdrawn and undone; bad files are told."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from resources.curation import permissions
from resources.exchange import reading, uploads
from resources.exchange.reading import FileRefused
from resources.exchange.sources.spreadsheet import Correction
from resources.exchange.uploads import UploadChanged
from resources.exchange.workbook import write_workbook
from resources.management.jobs import run_due_jobs
from resources.models import ImportRun, Listing, PendingEdit, PlannedRow, Service, Source, Upload
from resources.search.drift import find_drift
from resources.vocabulary import LANGUAGES, PlannedOutcome, Role, Status, UploadStep
from tests.api.asking import build_place
from tests.resources.admin.desk import build_curator

pytestmark = [pytest.mark.django_db, pytest.mark.slow("reads and plans a file in each test")]

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 9, tzinfo=UTC)
HEADINGS = ("Group", "Hospital", "Type", "Telephone", "Town", "State", "Meets", "Cost", "Losses", "Contact")
ROW = (
    "Angels Above",
    "Harris Hospital",
    "support group",
    "214-653-0142",
    "Dallas",
    "TX",
    "1st Tuesday 7pm",
    "free",
    "miscarriage",
    "Jane S",
)
OTHER = ("Rainbow Circle", *ROW[1:])


@pytest.fixture(autouse=True)
def gazetteer() -> None:
    build_place("Dallas", "US", region="TX", county="Dallas County", latitude=32.78, longitude=-96.8)


@pytest.fixture
def grace() -> User:
    return build_curator("grace", Role.REVIEWER)


def table(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def bring(data: bytes, *, source: Source | None = None, **fields: Any) -> Upload:
    name = fields.pop("name", "list.csv")
    upload = uploads.receive(
        by=None, at=AT, name=name, data=data, source=source, list_name="The hospital", **fields
    )
    upload.refresh_from_db()
    return upload


def mapped(data: bytes, **fields: Any) -> Upload:
    """An upload whose country is said."""
    upload = bring(data, **fields)
    read_again(upload, defaults={"country": "US"})
    return upload


def read_again(
    upload: Upload,
    *,
    columns: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
    is_whole_list: bool = False,
) -> None:
    chosen = {choice.heading: choice.column or "" for choice in uploads.heading_choices(upload)}
    uploads.change_reading(
        upload=upload,
        by=None,
        version=upload.version,
        columns=chosen | (columns or {}),
        defaults=upload.source.defaults if defaults is None else defaults,
        is_whole_list=is_whole_list,
    )
    upload.refresh_from_db()


def confirm(upload: Upload, *, at: datetime = AT, publishes: bool = True) -> ImportRun:
    upload.refresh_from_db()
    uploads.confirm(upload=upload, by=None, at=at, version=upload.version, publishes=publishes)
    upload.refresh_from_db()
    assert upload.step == UploadStep.APPLIED, upload.problem
    assert upload.run is not None
    return upload.run


def rows_of(upload: Upload) -> list[tuple[str, str]]:
    return [(row.name, row.outcome) for row in upload.rows.all()]


def reasons_of(upload: Upload) -> list[str]:
    return [
        f"{refusal['line']} {refusal['column']} {refusal['cell']} {refusal['reason']}"
        for row in upload.rows.all()
        for refusal in row.facts.get("refusals", ())
    ]


# ---- columns

GUESSES = [
    # heading, column
    ("Group", "service"),
    ("GROUP NAME", "service"),
    ("Hospital", "organization"),
    ("Zip", "postal_code"),
    ("Day and time", "when"),
    ("E-mail", "email"),
    ("Phone 2", "phone"),
    ("price_min", "price_min"),
    ("Contact", None),
    ("Mascot", None),
]


@pytest.mark.parametrize(("heading", "column"), GUESSES)
def test_columns_are_guessed_from_what_people_call_them(heading: str, column: str | None) -> None:
    upload = bring(table(("x", "y"), headings=("Losses", heading)))
    assert uploads.heading_choices(upload)[1].column == column


def test_an_exact_name_goes_before_a_guess() -> None:
    upload = bring(table(("a", "b"), headings=("Name", "service")))
    assert [choice.column for choice in uploads.heading_choices(upload)] == [None, "service"]


def test_titles_above_the_headings_are_passed_over() -> None:
    data = b"Support groups 2026,,,\n,,,\nGroup,Meets,Telephone,Town\nAngels,Monday,1,Dallas\n"
    head = bring(data).head
    assert (head["line"], head["examples"]) == (3, ["Angels", "Monday", "1", "Dallas"])


def test_headings_that_nobody_knows_can_be_mapped() -> None:
    upload = bring(table(("Angels", "Harris"), headings=("Quoi", "Qui")))
    assert upload.problem
    read_again(upload, columns={"Quoi": "service", "Qui": "organization"}, defaults={"kind": "support_group"})
    assert rows_of(upload) == [("Angels", PlannedOutcome.NEW)]


def test_what_a_heading_becomes_is_remembered_for_the_list() -> None:
    upload = mapped(table(ROW))
    read_again(upload, columns={"Contact": "", "Cost": "cost_note"})
    second = bring(table(ROW), source=upload.source)
    chosen = {choice.heading: choice.column for choice in uploads.heading_choices(second)}
    assert (chosen["Contact"], chosen["Cost"], second.source.defaults) == ("", "cost_note", {"country": "US"})
    assert uploads.heading_choices(bring(table(ROW)))[7].column == "cost"  # of another list


def test_two_headings_of_one_column_are_joined_where_it_holds_several() -> None:
    headings = (*HEADINGS, "Phone 2")
    upload = mapped(table((*ROW, "214-653-0143"), headings=headings))
    confirm(upload)
    numbers = Service.objects.get().phones.order_by("number").values_list("number", flat=True)
    assert [number[-4:] for number in numbers] == ["0142", "0143"]


def test_two_headings_of_one_plain_column_are_refused() -> None:
    upload = bring(table(ROW))
    with pytest.raises(Exception, match="Two headings become “place”"):
        read_again(upload, columns={"Town": "place", "Contact": "place"})


def test_what_a_list_lacks_can_be_the_same_for_every_row() -> None:
    upload = bring(table(("Angels", "Monday 7pm"), headings=("Group", "Meets")))
    assert "lacks the column" in upload.problem
    read_again(upload, defaults={"organization": "Harris", "kind": "support_group", "country": "US"})
    assert (upload.problem, rows_of(upload)) == ("", [("Angels", PlannedOutcome.NEW)])


# ---- the plan, and correcting it


def test_a_plan_writes_nothing_and_says_what_becomes_of_each_row() -> None:
    upload = mapped(table(ROW, ("", *ROW[1:]), ("Odd", "Harris", "bakery", *ROW[3:])))
    assert not Service.objects.exists()
    assert rows_of(upload) == [
        ("Angels Above", PlannedOutcome.NEW),
        ("", PlannedOutcome.REFUSED),
        ("Odd", PlannedOutcome.REFUSED),
    ]
    assert upload.counts["new"] == upload.counts["publishable"] == 1
    assert upload.rows.all()[0].facts["facts"][:2] == ["Free", "1st Tuesday 7pm"]


CORRECTIONS: list[tuple[int, str, Correction, list[str]]] = [
    # column and cell of the row, what is corrected, what is left to correct
    (2, "bakery", Correction(2, "kind", "bakery", "support_group"), []),
    (6, "every other Thurs; 1st Monday 7pm", Correction(2, "when", "every other Thurs", ""), []),
    (8, "miscarriage; sadness", Correction(2, "losses", "sadness", ""), []),
    (7, "free?", Correction(2, "cost", "free?", "free"), []),
    (0, "", Correction(2, "service", "", "Angels Above"), []),
]


@pytest.mark.parametrize(("place", "cell", "correction", "left"), CORRECTIONS)
def test_a_refused_cell_is_corrected_in_place(
    place: int, cell: str, correction: Correction, left: list[str]
) -> None:
    row = list(ROW)
    row[place] = cell
    upload = mapped(table(row))
    uploads.correct(upload=upload, by=None, version=upload.version, corrections=[correction])
    upload.refresh_from_db()
    read_again(upload, columns={"Contact": ""})
    assert rows_of(upload) == [("Angels Above", PlannedOutcome.NEW)]
    assert reasons_of(upload) == left
    confirm(upload)
    assert Service.objects.get().name == "Angels Above"


def test_a_cell_of_another_row_of_the_same_service_is_corrected_where_it_is_told() -> None:
    headings = ("id", "service", "organization", "kind", "losses", "phone", "country", "postal_code", "city")
    same = ("1", "Angels", "Harris", "support_group", "miscarriage", "214-653-0142", "US")
    build_place("Dallas", "US", code="75201", region="TX", latitude=32.79, longitude=-96.8)
    upload = bring(table((*same, "75201", "Dallas"), (*same, "99999", "Plano"), headings=headings))
    [row] = upload.rows.filter(has_refusals=True)
    refusal = row.facts["refusals"][0]
    fixed = Correction(refusal["line"], refusal["column"], refusal["cell"], "75201")
    uploads.correct(upload=upload, by=None, version=upload.version, corrections=[fixed])
    upload.refresh_from_db()
    assert reasons_of(upload) == []


def test_a_line_can_be_left_out() -> None:
    upload = mapped(table(ROW, ("Last updated in May",)))
    assert [outcome for _name, outcome in rows_of(upload)] == ["new", "refused"]
    uploads.correct(upload=upload, by=None, version=upload.version, corrections=[Correction(3)])
    upload.refresh_from_db()
    read_again(upload, columns={"Contact": ""})
    assert rows_of(upload) == [("Angels Above", PlannedOutcome.NEW)]


def test_changes_are_shown_cell_by_cell() -> None:
    first = mapped(table(ROW))
    confirm(first)
    upload = bring(table((*ROW[:7], "$20", *ROW[8:])), source=first.source)
    [row] = upload.rows.all()
    assert (row.outcome, row.facts["changes"]) == ("changed", [["cost", "free", "$20"]])


def test_a_new_service_that_is_like_another_is_marked_with_its_name() -> None:
    confirm(mapped(table(ROW)))
    upload = mapped(table(ROW))
    [row] = upload.rows.filter(has_duplicates=True)
    [duplicate] = row.facts["duplicates"]
    assert duplicate["name"] == "Angels Above, Harris Hospital"
    assert duplicate["reasons"] == ["nearly the same name", "the same phone number"]


# ---- confirming


@pytest.mark.parametrize(("publishes", "status"), [(False, Status.INACTIVE), (True, Status.ACTIVE)])
def test_new_services_wait_for_a_curator_unless_they_are_published(publishes: bool, status: Status) -> None:
    confirm(mapped(table(ROW)), publishes=publishes)
    assert Service.objects.get().status == status
    assert Listing.objects.exists() == publishes


def test_the_file_is_gone_once_it_is_imported(grace: User) -> None:
    upload = mapped(table(ROW))
    uploads.confirm(upload=upload, by=grace, at=AT, version=upload.version, publishes=True)
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.head, upload.rows.count()) == (b"", {}, 0)
    assert upload.run is not None
    assert (upload.run.made_by, upload.run.file_name) == (grace, "list.csv")


def test_nobody_confirms_another_plan_than_they_have_read() -> None:
    upload = mapped(table(ROW))
    read_at = upload.version
    read_again(upload, columns={"Cost": ""})
    with pytest.raises(UploadChanged):
        uploads.confirm(upload=upload, by=None, at=AT, version=read_at, publishes=True)
    with pytest.raises(UploadChanged):
        uploads.correct(upload=upload, by=None, version=read_at, corrections=[Correction(2)])
    assert not Service.objects.exists()


def test_a_plan_is_confirmed_once() -> None:
    upload = mapped(table(ROW))
    confirm(upload)
    with pytest.raises(UploadChanged):
        uploads.confirm(upload=upload, by=None, at=AT, version=upload.version, publishes=True)
    with pytest.raises(UploadChanged):
        uploads.discard(upload=upload, by=None)
    assert uploads.apply_upload(upload, at=AT) is None
    assert ImportRun.objects.count() == 1


def test_two_files_of_one_list_are_not_both_applied_by_plans_of_before() -> None:
    first = mapped(table(ROW))
    second = bring(table(ROW), source=first.source)
    confirm(first)
    uploads.confirm(upload=second, by=None, at=LATER, version=second.version, publishes=True)
    second.refresh_from_db()
    assert (second.step, second.counts["changed_since"]) == (UploadStep.READY, True)
    assert rows_of(second) == [("Angels Above", PlannedOutcome.UNCHANGED)]
    assert ImportRun.objects.count() == 1


def test_a_curators_edit_after_the_plan_is_not_overwritten() -> None:
    first = mapped(table(ROW))
    confirm(first)
    upload = bring(table((*ROW[:7], "$20", *ROW[8:])), source=first.source)
    Service.objects.update(description="Ours", last_modified=LATER)
    later = LATER + timedelta(days=1)
    uploads.confirm(upload=upload, by=None, at=later, version=upload.version, publishes=True)
    upload.refresh_from_db()
    assert (upload.step, rows_of(upload)) == (UploadStep.READY, [("Angels Above", PlannedOutcome.HELD)])
    confirm(upload, at=later)
    [edit] = PendingEdit.objects.all()
    assert (edit.author, Service.objects.get().description) == ("The hospital", "Ours")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_those_who_may_import_do(role: Role) -> None:
    upload, by = mapped(table(ROW)), build_curator(role, role)
    with pytest.raises(permissions.NotAllowed):
        uploads.receive(by=by, at=AT, name="a.csv", data=table(ROW), list_name="Mine")
    with pytest.raises(permissions.NotAllowed):
        uploads.confirm(upload=upload, by=by, at=AT, version=upload.version, publishes=True)
    with pytest.raises(permissions.NotAllowed):
        uploads.discard(upload=upload, by=by)
    assert not Service.objects.exists()


def test_discarding_a_file_takes_its_list_along_unless_something_is_of_it() -> None:
    upload = mapped(table(ROW))
    uploads.discard(upload=upload, by=None)
    assert not Source.objects.exists()
    first = mapped(table(ROW))
    confirm(first)
    uploads.discard(upload=bring(table(OTHER), source=first.source), by=None)
    assert Source.objects.count() == 1
    assert not PlannedRow.objects.exists()


# ---- the whole list


def whole(*rows: Sequence[str], source: Source) -> Upload:
    return bring(table(*rows), source=source, is_whole_list=True)


def test_what_a_whole_list_no_longer_has_is_shown_and_then_withdrawn() -> None:
    first = mapped(table(ROW, OTHER))
    confirm(first)
    upload = whole(ROW, source=first.source)
    assert rows_of(upload) == [("Angels Above", "unchanged"), ("Rainbow Circle", "withdrawn")]
    assert Service.objects.filter(status=Status.ACTIVE).count() == 2
    run = confirm(upload, at=LATER)
    gone = Service.objects.get(name="Rainbow Circle")
    assert (gone.status, gone.status_reason) == (Status.INACTIVE, "no longer in the source")
    assert run.counts["withdrawn"] == 1
    assert list(find_drift(LATER)) == []
    again = whole(ROW, OTHER, source=first.source)
    assert rows_of(again) == [("Angels Above", "unchanged"), ("Rainbow Circle", "changed")]
    confirm(again, at=LATER + timedelta(days=1))
    assert Service.objects.filter(status=Status.ACTIVE).count() == 2


def test_a_file_that_is_not_the_whole_list_withdraws_nothing() -> None:
    first = mapped(table(ROW, OTHER))
    confirm(first)
    upload = bring(table(ROW), source=first.source)
    assert (rows_of(upload), upload.counts["missing"]) == ([("Angels Above", "unchanged")], 1)


def test_a_whole_list_leaves_what_a_curator_has_edited() -> None:
    first = mapped(table(ROW, OTHER))
    confirm(first)
    Service.objects.filter(name="Rainbow Circle").update(last_modified=LATER)
    upload = whole(ROW, source=first.source)
    assert (rows_of(upload), upload.counts["missing"]) == ([("Angels Above", "unchanged")], 1)


def test_a_whole_list_withdraws_nothing_while_rows_cannot_be_read() -> None:
    first = mapped(table(ROW, OTHER))
    confirm(first)
    upload = whole(ROW, ("", *OTHER[1:]), source=first.source)
    assert upload.counts["withdrawn"] == 0
    assert upload.counts["lost_rows"] == 1


def test_a_whole_list_that_names_its_services_by_their_id_here_has_them() -> None:
    first = mapped(table(ROW))
    confirm(first)
    service = Service.objects.get()
    row = (str(service.pk), "Angels Above", "Harris Hospital", "support group")
    headings = ("id", "service", "organization", "kind")
    upload = bring(table(row, headings=headings), source=first.source, is_whole_list=True)
    assert upload.counts["withdrawn"] == upload.counts["missing"] == 0


def test_undoing_a_whole_list_shows_what_it_withdrew() -> None:
    first = mapped(table(ROW, OTHER))
    confirm(first)
    run = confirm(whole(ROW, source=first.source), at=LATER)
    undone = uploads.ask_to_undo(run=run, by=None, at=LATER)
    assert undone is not None
    assert (undone.restored, Listing.objects.count()) == (1, 2)
    assert rows_of(whole(ROW, OTHER, source=first.source)) == [
        ("Angels Above", "unchanged"),
        ("Rainbow Circle", "unchanged"),
    ]


# ---- long lists, by the jobs


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is too long to be worked on while a curator waits."""
    monkeypatch.setattr(uploads, "MAX_BYTES_AT_ONCE", 10)
    monkeypatch.setattr(uploads, "MAX_SERVICES_UNDONE_AT_ONCE", 0)


@pytest.mark.usefixtures("long_lists")
def test_a_long_list_is_planned_applied_and_undone_by_the_jobs() -> None:
    upload = bring(table(ROW))
    steps = [upload.step]
    minute = timedelta(minutes=1)

    def work(number: int) -> None:
        ran = {run.name: run.detail for run in run_due_jobs(at=AT + number * minute)}
        steps.append(ran.get("uploads", "nothing"))
        upload.refresh_from_db()

    work(1)
    uploads.confirm(upload=upload, by=None, at=AT, version=upload.version, publishes=True)
    work(2)
    assert upload.run is not None
    assert uploads.ask_to_undo(run=upload.run, by=None, at=AT) is None
    work(3)
    work(4)
    assert steps == [
        UploadStep.PLANNING,
        "planned=1 applied=0 undone=0",
        "planned=0 applied=1 undone=0",
        "planned=0 applied=0 undone=1",
        "nothing",
    ]
    assert not Service.objects.exists()


def test_a_run_that_a_later_one_has_built_on_is_not_tried_to_be_undone_for_ever() -> None:
    first = mapped(table(ROW))
    run = confirm(first)
    ImportRun.objects.filter(pk=run.pk).update(undo_asked_at=AT)
    confirm(bring(table(OTHER), source=first.source), at=LATER)
    assert uploads.is_work_waiting()
    assert uploads.work_on_waiting(LATER)["undone"] == 0
    assert not uploads.is_work_waiting()
    assert Service.objects.count() == 2


@pytest.mark.usefixtures("long_lists")
def test_an_import_whose_process_was_killed_is_tried_again_and_not_for_ever() -> None:
    upload = bring(table(ROW))
    uploads.plan_upload(upload)
    upload.refresh_from_db()
    uploads.confirm(upload=upload, by=None, at=AT, version=upload.version, publishes=True)
    Upload.objects.update(attempts=uploads.MAX_ATTEMPTS)  # as each attempt left it that was killed
    assert uploads.apply_upload(upload, at=AT) is None
    upload.refresh_from_db()
    assert (upload.step, upload.problem) == (
        UploadStep.READY,
        "The import was interrupted. Nothing was changed.",
    )


@pytest.mark.usefixtures("long_lists")
def test_a_plan_that_was_changed_while_it_was_read_is_not_stored() -> None:
    upload = bring(table(ROW))
    Upload.objects.update(version=upload.version + 1)
    uploads.plan_upload(upload)
    assert not PlannedRow.objects.exists()


def test_uploads_are_deleted_after_two_weeks() -> None:
    bring(table(ROW))
    assert uploads.purge_uploads(at=AT + timedelta(days=13)) == 0
    assert uploads.purge_uploads(at=AT + timedelta(days=15)) == 1
    assert not Source.objects.exists()


# ---- bad input


def zip_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(*rows: Sequence[str]) -> bytes:
    return write_workbook({"Sheet": rows})


MEGABYTE = 1024**2


def with_a_cell_of(length: int) -> bytes:
    """A workbook of a few kilobytes whose second heading unpacks to so many characters."""
    cell = '<c r="{}1" t="inlineStr"><is><t>{}</t></is></c>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = cell.format("A", "service") + cell.format("B", "a" * length)
    sheet = f'<worksheet xmlns="{space}"><sheetData><row r="1">{row}</row></sheetData></worksheet>'
    parts = zipfile.ZipFile(io.BytesIO(workbook(HEADINGS)))
    unpacked = {name: parts.read(name) for name in parts.namelist()}
    return zip_of({**unpacked, "xl/worksheets/sheet1.xml": sheet.encode()})


LONG_HEAD = ",".join(HEADINGS).encode() + b"\n"
# Large ones are made when they are sent, and not whenever tests are collected.
Bytes = bytes | Callable[[], bytes]
REFUSED_AT_ONCE: list[tuple[str, str, Bytes, str]] = [
    # what, name, bytes, what is said
    ("a PDF", "list.csv", b"%PDF-1.7 ...", "is a PDF"),
    ("nothing", "list.csv", b"", "is empty"),
    ("empty lines", "list.csv", b"\n\n , ,\n", "is empty"),
    ("NUL", "list.csv", LONG_HEAD + b"a\0b", "NUL"),
    ("an encoding that changes", "list.csv", LONG_HEAD + "é,".encode() + b"\xe9", "encoding changes"),
    ("a picture", "list.xlsx", b"\x89PNG\r\n", "is a picture"),
    ("a zip of something", "list.xlsx", zip_of({"a.txt": b"a"}), "without an Excel workbook"),
    ("half a workbook", "list.xlsx", workbook(HEADINGS, ROW)[:900], "damaged"),
    (
        "a zip bomb",
        "list.xlsx",
        lambda: zip_of({"xl/workbook.xml": b"", "xl/sharedStrings.xml": b"\0" * 200 * MEGABYTE}),
        "unpacks to more",
    ),
    ("a gzip bomb", "list.csv.gz", lambda: gzip.compress(b"," * 65 * MEGABYTE), "unpacks to more"),
    ("17 MB", "list.csv", lambda: LONG_HEAD + b"a" * 17 * MEGABYTE, "larger than 16 MB"),
    (
        "a cell of 15 MB in the first lines",
        "list.csv",
        lambda: LONG_HEAD + b"a" * 15 * MEGABYTE,
        "not a table",
    ),
    (
        "a heading of 100 MB",
        "list.xlsx",
        lambda: with_a_cell_of(100 * MEGABYTE),
        "a heading has more than 200",
    ),
    ("a hundred columns", "list.csv", b",".join([b"a"] * 100), "60 is the most"),
]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        pytest.param(*case, id=what, marks=[pytest.mark.nightly("reads 100 MB")] if "100 MB" in what else [])
        for what, *case in REFUSED_AT_ONCE
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(name: str, data: Bytes, words: str) -> None:
    sent = data() if callable(data) else data
    with pytest.raises(FileRefused, match=words):
        bring(sent, name=name)
    assert not Upload.objects.exists()
    assert not Source.objects.exists()


PROBLEMS = [
    ("a heading twice", table(ROW, headings=("Cost", *HEADINGS[1:])), "names a column twice"),
    ("no name and no kind", table(("a", "b"), headings=("Cost", "Meets")), "lacks the column"),
    ("a long cell far down", LONG_HEAD + b"a,b\n" * 30 + b"a" * 200_000, "not a table"),
]


@pytest.mark.parametrize(
    ("data", "words"), [case[1:] for case in PROBLEMS], ids=[case[0] for case in PROBLEMS]
)
def test_a_table_that_cannot_be_planned_says_why(data: bytes, words: str) -> None:
    upload = bring(data)
    uploads.plan_upload(upload)  # where it is too long to wait for
    upload.refresh_from_db()
    assert (upload.step, upload.rows.count()) == (UploadStep.READY, 0)
    assert words in upload.problem
    with pytest.raises(UploadChanged):
        uploads.confirm(upload=upload, by=None, at=AT, version=upload.version, publishes=True)


BAD_CELLS: list[tuple[str, Iterable[dict[str, str]], list[str]]] = [
    ("one id twice", [{"id": "1"}, {"id": "1", "cost": "$5"}], ["2 cost free differs", "3 cost $5 differs"]),
    ("an unknown kind", [{"kind": "bakery"}], ["2 kind bakery is not"]),
    ("a price with a question", [{"cost": "free?"}], ["2 cost free? is not"]),
    ("checked next year", [{"checked_on": "2031-01-01"}], ["2 checked_on 2031-01-01 is in the future"]),
    ("languages of a mad list", [{"languages": "; ".join(f"tongue {n}" for n in range(40))}], ["tongue 39"]),
    ("a cell too many", [{"id": "1\t2"}], []),
    ("a long cell", [{"description": "a" * 30_000}], ["30,000 characters; 20,000 is the most"]),
    ("markup", [{"description": "<script>"}], ["HTML tag"]),
]


@pytest.mark.parametrize(
    ("rows", "told"), [case[1:] for case in BAD_CELLS], ids=[case[0] for case in BAD_CELLS]
)
def test_a_bad_cell_is_told_with_its_line_and_column(rows: list[dict[str, str]], told: list[str]) -> None:
    plain = {
        "id": "",
        "service": "Angels",
        "organization": "Harris",
        "kind": "support_group",
        "phone": "214-653-0142",
        "country": "US",
        "cost": "free",
        "losses": "miscarriage",
        "languages": "English",
        "checked_on": "",
        "description": "",
    }
    upload = bring(table(*([*{**plain, **row}.values()] for row in rows), headings=tuple(plain)))
    reasons = reasons_of(upload)
    assert all(any(words in reason for reason in reasons) for words in told), reasons
    if len(told) == 2:
        assert rows_of(upload) == [("", "refused"), ("", "refused")]


def test_forty_languages_are_forty_languages() -> None:
    codes = [code for code in LANGUAGES if len(code) == 2][:40]
    headings = ("service", "organization", "kind", "languages")
    upload = bring(table(("Angels", "Harris", "support_group", "; ".join(codes)), headings=headings))
    assert len(codes) == 40
    assert not [reason for reason in reasons_of(upload) if "languages" in reason]


def test_a_million_rows_are_refused_after_the_first_quarter_million(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    lines = reading._table

    def counted(file: Any) -> Any:
        for line in lines(file):
            read.append(line[0])
            yield line

    monkeypatch.setattr(reading, "_table", counted)
    upload = bring(LONG_HEAD + b",\n" * 1_000_000)
    assert upload.step == UploadStep.PLANNING  # far too long to wait for
    uploads.plan_upload(upload)
    upload.refresh_from_db()
    assert "more than 250,000 rows" in upload.problem
    assert max(read) < 250_100
