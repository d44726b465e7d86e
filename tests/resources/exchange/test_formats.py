"""Each format is read back by a reader that is not ours, and is written while it is read."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.exchange.formats import FORMATS, Format, format_named
from resources.exchange.formats.csv import COLUMNS, plain_cell, safe_cell
from resources.search.filters import ListingFilterSet
from tests.build import DALLAS, build_organization, build_service

ABOUT = {"question": "All kinds of support.", "count": 3}
ODD = ('=HYPERLINK("http://x")', "+1 214", "-1", "@x", "\tx", "\rx", "\0x", "'x", 'a,b\n"c"', "مجموعة")


@pytest.fixture
def results(db: None) -> list[dict[str, Any]]:
    build_service("Dallas café", at=[DALLAS], cost="sliding_scale", price=5, phone="+1 214-555-0100")
    build_service("=HYPERLINK()", areas=["US"], organization=build_organization('@Kind, "People"'))
    build_service("Line\nbreak", areas=["*"], languages=["en", "es"], losses=["miscarriage", "stillbirth"])
    found = ListingFilterSet({"sort": "name"}).answer().results
    assert len(found) == 3
    return found


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
    assert (rows[0]["phones"], plain_cell(rows[0]["phones"])) == (
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


@pytest.mark.parametrize("text", ODD)
def test_an_odd_cell_comes_back_as_it_was(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\0"))


@given(st.text())
def test_every_cell_comes_back_as_it_was(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\0"))
