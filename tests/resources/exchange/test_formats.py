"""Each format is read back by a reader that is not ours, and is written while it is read."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resources.exchange.formats import FORMATS, Format, format_named
from resources.exchange.formats.csv import COLUMNS, escape_formula, unescape_formula
from resources.exchange.reading import open_file, read_rows
from resources.search.filters import ListingFilterSet
from tests.build import DALLAS, build_organization, build_service

LISTS = (
    *("formats", "losses", "audiences", "led_by", "access", "payments", "languages", "areas", "phones"),
    "content_notes",
)
ABOUT = {"question": "All kinds of support.", "count": 3}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")
RUN = (
    '=HYPERLINK("http://x")',
    "+1 214",
    "-1",
    "@x",
    "\tx",
    "\rx",
    "\0x",
    " =1",
    "\n=1",
    "\u00a0=1",
    "＝1",
    "'=1",
)
KEPT = ("'Ohana", "'", "", "x=1", 'a,b\n"c"', "مجموعة دعم", "\u200f+1")
ODD = (*RUN, *KEPT)


@pytest.fixture
def results(db: None) -> list[dict[str, Any]]:
    build_service("Dallas café", at=[DALLAS], cost="sliding_scale", price=5, phone="+1 214-555-0100")
    build_service("=HYPERLINK()", areas=["US"], organization=build_organization('@Kind, "People"'))
    build_service("Line\nbreak", areas=["*"], languages=["en", "es"], losses=["miscarriage", "stillbirth"])
    found = ListingFilterSet({"sort": "name"}).answer().results
    assert len(found) == 3
    return found


def result(**values: Any) -> dict[str, Any]:
    """A result that says little: `said` is what matters. "later" is a key that no column names."""
    unknown = ("section", "why", "distance_km", "email", "website", "assured_date", "summary")
    return {
        **dict.fromkeys(unknown),
        **{name: [] for name in LISTS},
        "id": "1f0c",
        "service": {"id": "5e", "name": "Circle", "page_url": "https://example.org/services/5e/"},
        "organization": {"id": "0a", "name": "Kind People"},
        "kind": "support_group",
        "fit": "specialist",
        "location": None,
        "cost": {"phrase": "Free", "kinds": ["free"], "joining_fee": None},
        "schedules": [],
        "reported_times": None,
        "next_meetings": [],
        "later": {"x": 1},
        **values,
    }


def csv_rows(results: list[dict[str, Any]]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", results).removeprefix("\ufeff"), newline="")))


def written(name: str, results: Any) -> str:
    form = format_named(name)
    assert form
    return b"".join(form.write(results, ABOUT)).decode()


def test_csv_has_a_row_a_result_that_no_spreadsheet_runs(results: list[dict[str, Any]]) -> None:
    text = written("csv", results)
    assert text.startswith("\ufeffid,")
    assert text.count("\r\n") == 4
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["service_name"] for row in rows] == ["Dallas café", "'=HYPERLINK()", "Line\nbreak"]
    assert rows[1]["organization_name"] == '\'@Kind, "People"'
    assert (rows[0]["min_price"], rows[0]["currency"], rows[0]["latitude"]) == ("5", "USD", str(DALLAS[0]))
    assert (rows[0]["phones"], unescape_formula(rows[0]["phones"])) == (
        "'+1 214-555-0100 (voice)",
        "+1 214-555-0100 (voice)",
    )
    assert rows[2]["losses"] == "miscarriage; stillbirth"
    assert rows[2]["latitude"] == ""


def test_geojson_is_a_collection_whose_points_are_longitude_first(results: list[dict[str, Any]]) -> None:
    collection = json.loads(written("geojson", results))
    assert (collection["type"], collection["question"], collection["count"]) == (
        "FeatureCollection",
        "All kinds of support.",
        3,
    )
    assert "GeoNames" in collection["licence"]
    assert [feature["id"] for feature in collection["features"]] == [each["id"] for each in results]
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(collection)  # RFC 7946, 7.1
    geometries = [feature["geometry"] for feature in collection["features"]]
    assert geometries == [{"type": "Point", "coordinates": [DALLAS[1], DALLAS[0]]}, None, None]
    assert [feature["properties"] for feature in collection["features"]] == results


def test_ndjson_is_a_result_a_line(results: list[dict[str, Any]]) -> None:
    assert [json.loads(line) for line in written("ndjson", results).splitlines()] == results


@pytest.mark.parametrize("form", FORMATS, ids=[form.name for form in FORMATS])
def test_nothing_found_is_a_whole_file(form: Format) -> None:
    text = written(form.name, [])
    if form.name == "geojson":
        assert json.loads(text)["features"] == []
    else:
        assert text == ("\ufeff" + ",".join(COLUMNS) + "\r\n" if form.name == "csv" else "")


@pytest.mark.parametrize("form", FORMATS, ids=[form.name for form in FORMATS])
def test_a_file_is_written_while_it_is_read(form: Format, results: list[dict[str, Any]]) -> None:
    read: list[int] = []

    def one_by_one() -> Iterator[dict[str, Any]]:
        for number, result in enumerate(results):
            read.append(number)
            yield result

    pieces = form.write(one_by_one(), ABOUT)
    next(pieces)
    assert len(read) <= 1
    assert b"".join(pieces)
    assert read == [0, 1, 2]


@pytest.mark.parametrize("point", [(None, None), (None, -96.8), (32.7, None)])
def test_half_a_point_is_none(point: tuple[float | None, float | None]) -> None:
    at = {"latitude": point[0], "longitude": point[1]}
    (feature,) = json.loads(written("geojson", [result(location=at)]))["features"]
    assert feature["geometry"] is None


def test_the_equator_is_a_place() -> None:
    at = {"latitude": 0.0, "longitude": 0.0}
    (feature,) = json.loads(written("geojson", [result(location=at)]))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.0, 0.0]}


def test_every_number_has_its_extension_and_type() -> None:
    phones = [
        {"number": "+1 214-555-0100", "extension": "12", "type": "voice"},
        {"number": "741741", "extension": None, "type": "sms"},
    ]
    (row,) = csv_rows([result(phones=phones)])
    assert row["phones"] == "'+1 214-555-0100 x12 (voice); 741741 (sms)"


def test_when_it_meets_is_told_in_words_and_in_moments() -> None:
    timed = {"date": "2026-12-08", "starts_at": "2026-12-08T19:00:00-06:00"}
    schedules = [{"phrase": "2nd Tuesday of the month, 7 pm", "notes": None, "link": None}]
    row = csv_rows(
        [result(schedules=schedules, next_meetings=[timed, {"date": "2027-01-12", "starts_at": None}])]
    )[0]
    assert row["schedules"] == "2nd Tuesday of the month, 7 pm"
    assert row["next_meetings"] == "2026-12-08T19:00:00-06:00; 2027-01-12"


def test_a_number_below_zero_is_a_number_still() -> None:
    (row,) = csv_rows([result(location={"latitude": -33.87, "longitude": -0.13})])
    assert (row["latitude"], row["longitude"]) == ("-33.87", "-0.13")


def test_what_no_column_names_is_data_to_json_and_nothing_to_csv() -> None:
    assert json.loads(written("ndjson", [result()]))["later"] == {"x": 1}
    assert list(csv_rows([result()])[0]) == list(COLUMNS)


def test_our_own_reader_gives_back_what_was_written(tmp_path: Path) -> None:
    texts = [text for text in ODD if text and "\0" not in text]  # our reader refuses a file with a NUL
    path = tmp_path / "listings.csv"
    path.write_bytes(written("csv", [result(summary=text) for text in texts]).encode())
    rows = list(read_rows(open_file(path), required=list(COLUMNS)))
    assert [row.problem for row in rows] == [""] * len(texts)
    assert [unescape_formula(row.cells["summary"]) for row in rows] == texts


@pytest.mark.parametrize("text", ODD)
def test_an_odd_cell_comes_back_as_it_was(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_might_run_is_made_text(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", KEPT)
def test_other_cells_stand_as_they_are(text: str) -> None:
    assert escape_formula(text) == text
    assert unescape_formula(text) == text


odd_text = (
    st.text(st.sampled_from("'=+-@\t\r\n\0 ;,\"a\u00e9\u0645\u202e\u2028\uff1d"), max_size=12) | st.text()
)


@given(odd_text)
@example("''=")
@pytest.mark.slow("makes up tables in every format")
def test_every_cell_comes_back_as_it_was(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text
    assert not escape_formula(text).startswith(FORMULA_SIGNS)


@given(st.lists(st.tuples(odd_text, odd_text), max_size=4))
def test_any_text_survives_every_format(texts: list[tuple[str, str]]) -> None:
    results = [result(summary=summary, areas=[area]) for summary, area in texts]
    rows = csv_rows(results)
    assert [(unescape_formula(row["summary"]), unescape_formula(row["areas"])) for row in rows] == texts
    assert not any(cell.startswith(FORMULA_SIGNS) for row in rows for cell in row.values())
    features = json.loads(written("geojson", results))["features"]
    assert [feature["properties"] for feature in features] == results
    lines = written("ndjson", results).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == results
