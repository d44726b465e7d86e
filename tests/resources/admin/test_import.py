"""Lists by upload: each page for each role, what is read of a bad file, and one list from end to end."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from resources.exchange import uploads
from resources.models import ImportRun, Service, Source, Upload
from resources.vocabulary import Role, Status, UploadStep
from tests.api.asking import build_place
from tests.resources.admin.desk import build_curator, messages_of, sign_in

pytestmark = pytest.mark.django_db

START = "/admin/import/"
LIST = (
    b"Our support groups,,,,\n"
    b"Group,Hospital,Telephone,Cost,Contact\n"
    b"Angels Above,Harris Hospital,214-653-0142,free,Jane S\n"
    b"Rainbow Circle,Harris Hospital,214-653-0143,free?,Tom B\n"
)
DEFAULTS = {"kind": "support_group", "country": "US", "losses": ["miscarriage"]}


@pytest.fixture(autouse=True)
def gazetteer() -> None:
    build_place("Dallas", "US", region="TX", latitude=32.78, longitude=-96.8)


def send_file(client: Client, data: bytes = LIST, name: str = "list.csv", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return client.post(START, {"file": file, "list_name": "The hospital", **fields})


def sent(client: Client, data: bytes = LIST, **fields: Any) -> str:
    """The address of the plan of a file that was sent."""
    response = send_file(client, data, **fields)
    assert response.status_code == 302, response.context["form"].errors
    return str(response.url)


def act(client: Client, page: str, action: str, **fields: Any) -> Any:
    version = client.get(page).context["upload"].version
    return client.post(page, {"do": action, "version": version, **fields}, follow=True)


def map_columns(client: Client, page: str, **chosen: str) -> Any:
    """Send the form of columns, some of them changed by heading."""
    context = client.get(page).context
    columns = {
        f"column-{each['number']}": chosen.get(each["heading"].lower(), each["column"])
        for each in context["headings"]
    }
    return act(client, page, "read", **columns, **DEFAULTS)


def test_a_list_is_uploaded_mapped_corrected_imported_and_undone(chief: Client) -> None:
    page = sent(chief)
    shown = chief.get(page)
    assert "lacks the column kind" in shown.content.decode()
    assert shown.context["unchosen"] == 1
    shown = map_columns(chief, page, contact="")
    assert [each["count"] for each in shown.context["filters"]] == [2, 0, 0, 1]
    [row] = shown.context["rows"]
    assert (row["name"], row["line"], row["refusals"][0]["cell"]) == ("Rainbow Circle", 4, "free?")

    shown = act(chief, page, "correct", **{"line": 4, "column-0": "cost", "old-0": "free?", "new-0": "free"})
    assert shown.context["counts"]["to_correct"] == 0
    shown = act(chief, page, "confirm", publish="yes")
    run = ImportRun.objects.get()
    assert shown.redirect_chain[-1][0] == reverse("admin:resources_importrun_change", args=[run.pk])
    assert {service.name for service in shown.context["services"]} == {"Angels Above", "Rainbow Circle"}
    assert set(Service.objects.values_list("status", flat=True)) == {Status.ACTIVE}
    assert chief.get(page, follow=True).redirect_chain == shown.redirect_chain[-1:]

    undo = reverse("admin:import_undo", args=[run.pk])
    assert chief.get(undo).context["removed"] == 2
    assert "2 services were removed." in messages_of(chief.post(undo, follow=True))
    assert not Service.objects.exists()
    assert "undone already" in messages_of(chief.get(undo, follow=True))


def test_undoing_tells_what_a_curator_has_edited_since(chief: Client) -> None:
    page = sent(chief)
    map_columns(chief, page, contact="")
    act(chief, page, "confirm")
    run = ImportRun.objects.get()
    Service.objects.filter(name="Angels Above").update(last_modified=run.started_at.replace(year=2099))
    context = chief.get(reverse("admin:import_undo", args=[run.pk])).context
    assert ([each.name for each in context["kept"]], context["removed"]) == (["Angels Above"], 1)
    answer = chief.post(reverse("admin:import_undo", args=[run.pk]), follow=True)
    assert "1 was edited since and stays." in messages_of(answer)
    assert [service.name for service in Service.objects.all()] == ["Angels Above"]


FORMS = [
    # what is sent, what is said, beside which field
    ({"file": None}, "Select a file.", "file"),
    ({"data": b""}, "This file is empty.", "file"),
    ({"data": b"%PDF-1.7"}, "list.csv is a PDF, not a table.", "file"),
    ({"data": b"a\0b"}, "there is a NUL character", "file"),
    ({"list_name": ""}, "Enter a name for the new list", "list_name"),
    ({"list_name": "<b>x</b>"}, "HTML", "list_name"),
    ({"source": "99999"}, "not one of the available choices", "source"),
    ({"source": "x"}, "not one of the available choices", "source"),
]


@pytest.mark.parametrize(("fields", "words", "field"), FORMS)
def test_what_is_wrong_is_said_beside_the_field(
    chief: Client, fields: dict[str, Any], words: str, field: str
) -> None:
    if "file" in fields:
        response = chief.post(START, {"list_name": "The hospital"})
    else:
        response = send_file(chief, **fields)
    assert response.status_code == 400
    assert words in " ".join(response.context["form"].errors[field]).replace("’", "'")
    assert not Upload.objects.exists()
    assert not Source.objects.exists()


def test_a_second_list_has_another_name_and_a_newer_file_names_its_list(chief: Client) -> None:
    sent(chief)
    assert "list_name" in send_file(chief).context["form"].errors
    sent(chief, source=Source.objects.get().pk, list_name="")
    assert Source.objects.count() == 1


@pytest.mark.parametrize("length", ["134217729", "99999999999"])
def test_what_is_far_too_long_is_refused_before_it_is_read(chief: Client, length: str) -> None:
    assert chief.post(START, {}, CONTENT_LENGTH=length).status_code == 413


def test_a_file_larger_than_the_most_is_refused_unread(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.admin.importing.MAX_UPLOAD_BYTES", 10)
    response = send_file(chief)
    assert "larger than 0 MB" in str(response.context["form"].errors["file"])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_read_why_they_may_not_and_nothing_happens(chief: Client, role: Role) -> None:
    page = sent(chief)
    map_columns(chief, page, contact="")
    client = sign_in(Client(), build_curator(role, role))
    for address in (START, page, f"{page}refused.csv", f"{START}template.csv"):
        response = client.get(address)
        assert response.status_code == 403
        assert "may not import lists" in response.content.decode()
        assert 'id="header"' in response.content.decode()
    version = Upload.objects.get().version
    for action in ("confirm", "discard", "read", "correct"):
        assert client.post(page, {"do": action, "version": version}).status_code == 403
    assert "/admin/import/" not in client.get("/admin/").content.decode()
    assert Upload.objects.get().step == UploadStep.READY

    act(chief, page, "confirm")
    run = ImportRun.objects.get()
    shown = client.get(reverse("admin:resources_importrun_change", args=[run.pk]))
    assert (shown.status_code, shown.context["undo"]) == (200, None)
    assert client.get(reverse("admin:import_run_refused", args=[run.pk])).status_code == 200
    assert client.post(reverse("admin:import_undo", args=[run.pk])).status_code == 403
    assert Service.objects.count() == 2


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    assert client.get(START).status_code == 302
    assert send_file(client).status_code == 302
    assert not Upload.objects.exists()


def test_of_two_curators_the_second_reads_that_the_plan_has_changed(chief: Client) -> None:
    page = sent(chief)
    map_columns(chief, page, contact="")
    other = sign_in(Client(), build_curator("lin", Role.ADMINISTRATOR))
    read = other.get(page).context["upload"].version
    act(chief, page, "leave-out", line=4)
    for action in ("confirm", "read", "correct", "leave-out"):
        fields = {"line": 3, "column-0": "cost", "old-0": "free", "new-0": "$5"}
        answer = other.post(page, {"do": action, "version": read, **fields}, follow=True)
        assert "not the newest any more" in messages_of(answer)
    act(chief, page, "confirm")
    answer = other.post(page, {"do": "confirm", "version": read}, follow=True)
    assert "not the newest any more" in messages_of(answer)
    assert [service.name for service in Service.objects.all()] == ["Angels Above"]


def test_a_file_can_be_discarded(chief: Client) -> None:
    page = sent(chief)
    assert "was discarded" in messages_of(act(chief, page, "discard"))
    assert chief.get(page).status_code == 404
    assert not Upload.objects.exists()


def test_a_long_list_is_worked_on_and_says_so(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES_AT_ONCE", 10)
    page = sent(chief)
    shown = chief.get(page)
    assert shown.headers["Refresh"] == "3"
    assert "We are reading list.csv" in shown.content.decode()
    assert "Being read" in chief.get(START).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "correct", "line": "x"},
        {"do": "correct", "line": "3", "column-0": "nonsense", "new-0": "x"},
        {"do": "leave-out", "line": "99999999999999999"},
        {"do": "read", "column-0": "nonsense", "kind": "nonsense"},
        {"do": "read", "losses": ["nonsense"]},
        {"do": "nonsense"},
        {},
    ],
)
def test_a_forged_form_does_no_harm(chief: Client, fields: dict[str, Any]) -> None:
    page = sent(chief)
    before = Upload.objects.get().version
    answer = chief.post(page, {"version": before, **fields}, follow=True)
    assert answer.status_code in (200, 400)
    assert Upload.objects.get().version in (before, before + 1)
    assert chief.get(f"{page}?show=nonsense&p=nonsense").status_code == 200
    assert not Service.objects.exists()


def test_two_headings_of_one_column_are_told_on_the_page(chief: Client) -> None:
    page = sent(chief)
    answer = map_columns(chief, page, contact="service")
    assert answer.status_code == 400
    assert "Two headings become “service”" in answer.content.decode()


def rows_of(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_refused_cells_are_downloaded_and_no_spreadsheet_runs_them(chief: Client) -> None:
    data = LIST.replace(b"free?", b"=SUM(A:A)")
    page = sent(chief, data)
    map_columns(chief, page)  # one heading is left to choose
    expected = [
        ["line", "column", "cell", "why", "read as"],
        ["", "Contact", "", "is not a column we know, and is not read", ""],
        ["4", "cost", "'=SUM(A:A)"],
    ]
    rows = rows_of(chief.get(f"{page}refused.csv"))
    assert [rows[0], rows[1], rows[2][:3]] == expected
    act(chief, page, "confirm")
    again = rows_of(chief.get(reverse("admin:import_run_refused", args=[ImportRun.objects.get().pk])))
    assert [again[0], again[1], again[2][:3]] == expected


def test_the_template_can_be_uploaded_as_it_is(chief: Client) -> None:
    build_place(
        "Dallas", "US", code="75201", region="TX", county="Dallas County", latitude=32.8, longitude=-96.8
    )
    for ending in ("csv", "xlsx"):
        template = chief.get(f"{START}template.{ending}").content
        page = sent(chief, template, name=f"list.{ending}", list_name=ending)
        counts = chief.get(page).context["counts"]
        assert (counts["new"], counts["cells"]) == (2, 0)
    assert chief.get(f"{START}template.pdf").status_code == 404


def test_pages_of_a_plan_that_is_long(chief: Client) -> None:
    lines = b"".join(b"Group %d,Harris Hospital,214-653-0142,free,x\n" % number for number in range(60))
    page = sent(chief, LIST.split(b"\n", 2)[1] + b"\n" + lines)
    map_columns(chief, page, contact="")
    assert [len(chief.get(f"{page}?show=new&p={number}").context["rows"]) for number in (1, 3, 9)] == [
        25,
        10,
        10,
    ]
