"""What is imported from elsewhere is declared in pyproject.toml, and is what its makers offer to others."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("manage.py", "directory", "api", "resources")
TOOLS = ("tests", "benchmarks")
OURS = {Path(name).stem for name in (*PRODUCT, *TOOLS)}


def imported_modules(text: str) -> Iterator[str]:
    """Yield each module that is imported, and each name that is imported from one, wherever in the text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign_modules(*places: str) -> dict[str, str]:
    """Return {module: the file that imports it} for what is neither ours nor Python's."""
    files = [file for place in places for file in sorted([ROOT / place, *(ROOT / place).rglob("*.py")])]
    return {
        module: str(file.relative_to(ROOT))
        for file in files
        if file.suffix == ".py"
        for module in imported_modules(file.read_text(encoding="utf-8"))
        if module.partition(".")[0] not in OURS | sys.stdlib_module_names
    }


def declared_packages(*, for_tools: bool) -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = list(settings["project"]["dependencies"])
    if for_tools:
        requirements += settings["dependency-groups"]["dev"]
    return {normalized(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def undeclared(modules: Iterable[str], declared: set[str]) -> set[str]:
    providers = packages_distributions()
    names = {module.partition(".")[0] for module in modules}
    return {name for name in names if not declared & set(map(normalized, providers.get(name, ())))}


@pytest.mark.parametrize(("places", "for_tools"), [(PRODUCT, False), (TOOLS, True)], ids=["product", "tools"])
@pytest.mark.slow("reads every file")
def test_every_package_that_is_imported_is_declared(places: tuple[str, ...], for_tools: bool) -> None:
    found = foreign_modules(*places)
    assert "django" in {module.partition(".")[0] for module in found}
    assert undeclared(found, declared_packages(for_tools=for_tools)) == set()


@pytest.mark.parametrize(("file", "for_tools"), [("requirements.txt", False), ("requirements-dev.txt", True)])
def test_every_declared_package_is_pinned(file: str, for_tools: bool) -> None:
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / file).read_text(), re.MULTILINE)
    assert declared_packages(for_tools=for_tools) <= set(map(normalized, pinned))


@pytest.mark.slow("reads every file")
def test_nothing_is_imported_that_another_package_keeps_to_itself() -> None:
    """Its makers change it without a word, and this is where a sign-in would break."""
    found = foreign_modules(*PRODUCT, *TOOLS)
    assert {module: file for module, file in found.items() if is_internal(module)} == {}


def is_internal(module: str) -> bool:
    """True for `allauth.account.internal.flows` and for a private name (`x._y`), not for `__version__`."""
    return any(part == "internal" or re.match(r"_[^_]", part) for part in module.split("."))


@pytest.mark.parametrize(
    ("text", "internal"),
    [
        ("from allauth.account.internal import flows", True),
        ("from allauth.account import internal", True),
        ("def later():\n    import allauth.mfa.totp.internal.auth", True),
        ("from allauth.account.internal.flows.login import x", True),
        ("from django.core import _private", True),
        ("from allauth.mfa.utils import encrypt", False),
        ("from rich import __version__", False),
    ],
)
def test_an_import_of_internals_is_known_wherever_it_stands(text: str, internal: bool) -> None:
    assert [is_internal(module) for module in imported_modules(text)] == [internal]


def test_a_package_that_comes_only_with_another_is_not_declared() -> None:
    assert undeclared(["qrcode.image.svg", "django.db", "nowhere"], {"django"}) == {"qrcode", "nowhere"}
