"""Files as they come: what is read, and what is refused in a sentence."""

import gzip
from pathlib import Path

import pytest

from resources.exchange import reading
from resources.exchange.reading import FileRefused, open_file, read_json, read_rows


def write(folder: Path, content: bytes, name: str = "services.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_rows_come_with_the_line_they_start_on(tmp_path: Path) -> None:
    path = write(tmp_path, b'\xef\xbb\xbfname,note\nA,"two\nlines"\n\nB,x\n')
    rows = list(read_rows(open_file(path)))
    assert [(row.line, row.cells) for row in rows] == [
        (2, {"name": "A", "note": "two\nlines"}),
        (5, {"name": "B", "note": "x"}),
    ]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(b"name\nA\n"), "services.csv.gz")
    assert [row.cells for row in read_rows(open_file(path))] == [{"name": "A"}]


def test_a_header_that_ends_in_a_comma_has_no_last_column(tmp_path: Path) -> None:
    path = write(tmp_path, b"name,city,\nA,Dallas\nB,Austin,\n")
    assert [row.cells["city"] for row in read_rows(open_file(path))] == ["Dallas", "Austin"]


def test_a_row_of_another_length_is_a_problem_and_the_next_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"name,city\nA\nB,Austin\nC,Dallas,TX\n")
    problems = [(row.line, row.problem) for row in read_rows(open_file(path))]
    assert problems == [
        (2, "has 1 cells where the first line names 2 columns"),
        (3, ""),
        (4, "has 3 cells where the first line names 2 columns"),
    ]


def test_a_cell_too_long_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, b"name\n" + b"x" * (reading.MAX_CELL_LENGTH + 1) + b"\nB\n")
    rows = list(read_rows(open_file(path)))
    assert rows[0].problem == "has a cell of 20,001 characters; 20,000 is the most"
    assert rows[1].cells == {"name": "B"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name\nA\nB\x81\n", "services.csv, line 3: this is not text. Save the file as UTF-8."),
        (b"name\nA\0\n", "services.csv, line 2: there is a NUL character, so this is not a text file."),
        (b"PK\x03\x04...", "services.csv is a damaged zip or Excel file. Save the sheet as CSV."),
        (b"", "services.csv is empty: its first line should name the columns."),
        (b"name,name\nA,B\n", "services.csv names a column twice: name."),
        (b"city\nDallas\n", "services.csv lacks the column name."),
        (b"\x1f\x8bnot gzip at all", "services.csv is a broken gzip file"),
        (b"name\n" + b"x" * 200_000 + b"\n", "services.csv, line 2: this is not a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(FileRefused) as refused:
        list(read_rows(open_file(path), required=("name",)))
    assert str(refused.value).startswith(sentence)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"^nothing\.csv cannot be opened: No such file or directory\.$"):
        open_file(tmp_path / "nothing.csv")


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1024**2)
    path = write(tmp_path, gzip.compress(b"x" * 2 * 1024**2), "bomb.csv.gz")
    with pytest.raises(FileRefused, match=r"^bomb\.csv\.gz unpacks to more than 1 MB\."):
        open_file(path)


def test_a_file_too_large_or_with_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, b"name\nA\nB\nC\n")
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    with pytest.raises(FileRefused, match="more than 2 rows"):
        list(read_rows(open_file(path)))
    monkeypatch.setattr(reading, "MAX_BYTES", 4)
    with pytest.raises(FileRefused, match="is larger than 0 MB"):
        open_file(path)


def test_what_is_not_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"^services\.csv is not JSON"):
        read_json(open_file(write(tmp_path, b"{'a'}")))
