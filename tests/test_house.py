"""The house stands: each room imports only from the rooms below it, and no file tells where it was made."""

import ast
import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the top of the house to the ground. Rooms on one floor never import each other.
FLOORS = [
    ["directory"],
    [
        "api",
        "resources.pages",
        "resources.admin",
        "resources.management",
        "resources.templatetags",
    ],
    ["resources.http"],
    ["resources.exchange"],
    ["resources.curation"],
    ["resources.search"],
    ["resources.fees", "resources.timing"],
    ["resources.geo"],
    ["resources.models"],
    ["resources.wording"],
    ["resources.vocabulary"],
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# Django's own corners of the app: they may use any room of it, and belong to no floor.
CORNERS = {"resources.apps", "resources.migrations"}

BELOW_THE_DOORS = 3
ONLY_FOR_DOORS = ("django.http", "django.shortcuts", "django.dispatch", "django.db.models.signals")

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


def imports_of(source: str) -> Iterator[str]:
    """Every dotted name that `source` imports, wherever it does; `from a import b` may mean a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    """The room that `module` stands in; None outside the house."""
    return next((room for room in FLOOR_OF if f"{module}.".startswith(f"{room}.")), None)


def wrong_imports(module: str, source: str) -> list[str]:
    """What `source`, standing at `module`, imports from a room on its own floor or above."""
    here = room_of(module)
    if here is None:
        return []
    wrong = []
    for name in imports_of(source):
        there = room_of(name)
        climbs = there not in (None, here) and FLOOR_OF[there or ""] <= FLOOR_OF[here]
        if climbs or is_banned(name, module, FLOOR_OF[here]):
            wrong.append(f"{module} imports {name}")
    return wrong


def is_banned(name: str, module: str, floor: int) -> bool:
    """Whether an outside package is kept from the rooms at `floor`."""
    if module.startswith("resources.") and re.search(r"\brest_framework\b", name):
        return True
    return floor >= BELOW_THE_DOORS and any(f"{name}.".startswith(f"{door}.") for door in ONLY_FOR_DOORS)


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("directory", "api", "resources"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__"), path


def test_a_room_imports_only_from_rooms_below_it() -> None:
    wrong = [line for module, path in modules() for line in wrong_imports(module, path.read_text())]
    assert wrong == []


def test_every_module_of_the_domain_stands_in_a_room() -> None:
    homeless = [
        module
        for module, _ in modules()
        if room_of(module) is None
        and module != "resources"
        and ".".join(module.split(".")[:2]) not in CORNERS
    ]
    assert homeless == []


@pytest.mark.parametrize(
    ("module", "source", "is_wrong"),
    [
        ("resources.geo.cells", "from resources.models import Place", False),
        ("resources.models.place", "from resources.geo import cells", True),
        ("resources.models.place", "def late():\n    import resources.search.facets", True),
        ("resources.pages.views", "from resources.search import filters", False),
        ("resources.pages.views", "from resources import admin", True),
        ("resources.http.caching", "from django.http import HttpRequest", False),
        ("resources.exchange.reading", "from django.http import HttpRequest", True),
        ("resources.search.filters", "from django_filters.rest_framework import FilterSet", True),
        ("resources.http.caching", "import rest_framework", True),
        ("api.v1.views", "from rest_framework import generics", False),
        ("api.v1.views", "from directory import settings", True),
    ],
)
def test_an_import_that_climbs_is_seen(module: str, source: str, is_wrong: bool) -> None:
    assert bool(wrong_imports(module, source)) is is_wrong


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
