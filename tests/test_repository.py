"""No file says on which machine it was made."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Written in two parts, so that this file does not hold what it looks for.
MACHINE_FOLDERS = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
PACKAGE_INDEXES = ["pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "index" + "-url"]
# A folder counts where a path begins; in the middle of a web address it is only a word.
TELLTALE = re.compile(
    "|".join([rf"(?<![\w.~:/-]){re.escape(folder)}" for folder in MACHINE_FOLDERS])
    + "|"
    + "|".join(map(re.escape, PACKAGE_INDEXES))
)
NOT_OURS = {"var", "__pycache__", "node_modules", "test-results"}


def our_texts() -> Iterator[tuple[Path, str]]:
    """Every text file that is committed: not what running makes, nor the dotted folders of tools."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or not (name in NOT_OURS or name[0] == ".")]
        for name in set(files) - {"uv.lock"}:
            path = Path(folder, name)
            with contextlib.suppress(UnicodeDecodeError):  # a picture, or packed data
                yield path, path.read_text(encoding="utf-8")


def test_no_file_names_a_folder_of_the_machine_or_a_package_index() -> None:
    told = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path, text in our_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if TELLTALE.search(line)
    ]
    assert told == []


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        (f"open('{MACHINE_FOLDERS[0]}data.csv')", True),
        (f"{MACHINE_FOLDERS[1]}.venv/bin/python", True),
        (f"https://example.org{MACHINE_FOLDERS[2]}", False),
        (f"https://files.{PACKAGE_INDEXES[1]}.example/", True),
        ("the road home is long", False),
    ],
)
def test_a_line_that_tells_is_known_from_one_that_does_not(line: str, tells: bool) -> None:
    assert bool(TELLTALE.search(line)) is tells
