"""No file says on which machine it was made, and no document names what is not there."""

import contextlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

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
        for name in set(files) - {"uv.lock", ".git"}:
            path = Path(folder, name)
            with contextlib.suppress(UnicodeDecodeError):  # a picture, or packed data
                yield path, path.read_text(encoding="utf-8")


@pytest.mark.slow("reads every file")
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


# ---- documents

# A folder and a file, or a folder that ends in a slash, as documents write them between backticks.
NAMED_PATH = re.compile(r"`((?:[\w.*-]+/)+[\w.-]*)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
OUR_FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - NOT_OURS


def documents() -> list[Path]:
    return sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("resources/data/*/README.md")})


def anchors_of(document: Path) -> set[str]:
    """What a link to a heading of it may end in, as repository hosts make it."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path, text: str) -> Iterator[str]:
    """Relative links of `text` to what is not there, and paths of ours named in it that do not exist."""
    for target in LINK.findall(text):
        name, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        path = document.parent / name if name else document
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            yield target
    for name in NAMED_PATH.findall(text):
        if name.split("/")[0] in OUR_FOLDERS and not list(ROOT.glob(name)):
            yield name


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_or_names_exists(document: Path) -> None:
    assert list(broken_links(document, FENCE.sub("", document.read_text(encoding="utf-8")))) == []


# A name of Python: `refresh_listings`, `ListingFilterSet`, or the last part of `Service.attribution`.
IDENTIFIER = re.compile(r"`(?:[A-Za-z]\w*\.)*([A-Za-z]+_\w+|[A-Z][a-z]+[A-Z]\w+|[A-Z]{4,})(?:\(\))?`")
NAMES_OF_OTHERS = {"pg_dump", "IMMEDIATE"}


def test_every_name_in_a_document_is_one_of_the_code() -> None:
    sources = [text for path, text in our_texts() if path.suffix != ".md" and path.parent.name != "vendored"]
    code = "".join(sources)
    unknown = {
        f"{document.relative_to(ROOT)}: {name}"
        for document in documents()
        for name in IDENTIFIER.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
        if name not in code and name not in NAMES_OF_OTHERS
    }
    assert unknown == set()


def test_a_broken_link_and_a_wrong_path_are_found() -> None:
    text = "[a](docs/none.md) [b](docs/api.md#no-such-heading) [c](docs/api.md#files) `api/none.py` `api/v1/`"
    assert list(broken_links(ROOT / "README.md", text)) == [
        "docs/none.md",
        "docs/api.md#no-such-heading",
        "api/none.py",
    ]


def test_every_decision_is_in_the_table_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    table = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md"))] == re.findall(r"\((0[^)]+\.md)\)", table)


def test_every_package_and_no_other_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    rows = re.findall(
        r"^\| ([a-z][a-z0-9, -]+) \|",
        (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    named = {name.strip() for row in rows for name in row.split(",")} - {"package"}
    assert named == {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in declared}


def test_the_readme_names_every_setting_and_no_other() -> None:
    settings = (ROOT / "directory" / "settings.py").read_text(encoding="utf-8")
    read = re.findall(r'env\.read_\w+\("([A-Z_]+)"(?:, "([A-Z_]+)")?', settings)
    # The key is read by a function of its own, and the two that the server needs by `bin/serve`.
    known = {name for names in read for name in names if name} | {
        "SECRET_KEY",
        "SECRET_KEY_FILE",
        "BIND",
        "PORT",
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Settings")[2].partition("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named == known


def test_every_command_in_a_document_exists() -> None:
    named = {
        (str(document.relative_to(ROOT)), command)
        for document in documents()
        for command in re.findall(
            r"\bmanage(?:\.py)? ([a-z]+(?:_[a-z]+)+|backup|restore|migrate)\b",
            document.read_text(encoding="utf-8"),
        )
    }
    assert {command for _document, command in named} - set(get_commands()) == set()
    assert ("docs/operating.md", "run_jobs") in named
