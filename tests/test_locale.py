"""The source is American; the catalogs of other English-speaking countries are whole, compiled and in use."""

from __future__ import annotations

import gettext
import re
from datetime import date
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from resources.vocabulary import AccessFeature, Kind
from resources.wording.times import day_and_date
from tests.resources.pages.test_words import every_phrase

ROOT = Path(settings.BASE_DIR)
CATALOGS = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
NAMES = [path.parts[-3] for path in CATALOGS]
# American words that are spelled otherwise in Canada, and those that are other words in Britain.
CANADA = re.compile(
    r"\bcounsel(?:ing|ors?)\b|\bcolors?\b|\bkilometers?\b|\bmeters\b|\bcatalog\b|\bhonor\b", re.IGNORECASE
)
BRITAIN = re.compile(CANADA.pattern + r"|\belevator\b|\bfarther\b|\borganizations?\b", re.IGNORECASE)
POLICY = "listing-policy.md"  # a document, shown as it stands
# Read by programs and operators, whatever the country; and names that others gave.
NOT_TRANSLATED = re.compile(r"UUID|`near`|University|^Organizations$|published service|^Get an")


def compiler() -> Any:
    loader = SourceFileLoader("compile_locale", str(ROOT / "bin" / "compile-locale"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def read(path: Path) -> dict[str, str]:
    messages: dict[str, str] = compiler().read_catalog(path)
    return messages


def test_there_are_catalogs_for_britain_and_canada() -> None:
    assert NAMES == ["en_CA", "en_GB"]
    assert all(len(read(path)) > 30 for path in CATALOGS)


@pytest.mark.parametrize("path", CATALOGS, ids=NAMES)
def test_the_compiled_catalog_says_what_the_catalog_says(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    messages = read(path)
    assert path.with_suffix(".mo").read_bytes() == compiler().compile_catalog(messages)
    assert {msgid: compiled.gettext(msgid) for msgid in messages if msgid} == {
        msgid: text for msgid, text in messages.items() if msgid
    }


@pytest.mark.parametrize("path", CATALOGS, ids=NAMES)
def test_a_catalog_holds_only_what_is_said_and_differs(path: Path) -> None:
    source = {phrase for _where, phrase in every_phrase()}
    messages = {msgid: text for msgid, text in read(path).items() if msgid}
    assert [msgid for msgid in messages if msgid not in source] == []
    assert [msgid for msgid, text in messages.items() if text in ("", msgid)] == []
    placeholders = re.compile(r"%\(\w+\)[sd]|%[sd]")
    for msgid, text in messages.items():
        assert sorted(placeholders.findall(msgid)) == sorted(placeholders.findall(text))


@pytest.mark.parametrize(("path", "american"), list(zip(CATALOGS, (CANADA, BRITAIN), strict=True)), ids=NAMES)
def test_no_american_word_is_left_without_its_own(path: Path, american: re.Pattern[str]) -> None:
    messages = read(path)
    spoken = {
        phrase
        for where, phrase in every_phrase()
        if where != POLICY and american.search(phrase) and not NOT_TRANSLATED.search(phrase)
    }
    assert sorted(phrase for phrase in spoken if phrase not in messages) == []


@pytest.mark.parametrize(
    ("country", "counseling", "lift", "day", "with_weekday"),
    [
        ("US", "Counseling", "Elevator", "Dec. 8, 2026", "Tuesday, December 8, 2026"),
        ("CA", "Counselling", "Elevator", "8 Dec 2026", "Tuesday, 8 December 2026"),
        *(
            (country, "Counselling", "Lift", "8 Dec 2026", "Tuesday, 8 December 2026")
            for country in ("GB", "IE", "AU", "NZ")
        ),
    ],
)
def test_each_country_has_its_words_and_dates(
    country: str, counseling: str, lift: str, day: str, with_weekday: str
) -> None:
    with translation.override(settings.LANGUAGE_BY_COUNTRY[country]):
        assert Kind.COUNSELLING.label == counseling
        assert AccessFeature.LIFT.label == lift
        assert date_format(date(2026, 12, 8)) == day
        assert day_and_date(date(2026, 12, 8)) == with_weekday
