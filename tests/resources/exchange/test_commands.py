"""The operator's two commands."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from resources.exchange.sources import FEEDS, feed_named
from resources.exchange.sources.hrsa import HealthCenters
from resources.exchange.sources.samhsa import MentalHealthClinics
from resources.exchange.sources.shipped import LocalSupport
from resources.models import ImportRun, Service
from tests.resources.exchange.feeds import some_rows
from tests.world import build_places

pytestmark = pytest.mark.django_db
DOWNLOAD = Path(__file__).parent / "data" / "hrsa_download.csv"


def output_of(command: str, *words: object) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def test_import_services_shows_the_plan_and_changes_nothing() -> None:
    output = output_of("import_services", "--source", "hrsa", DOWNLOAD)
    assert "7 new, 0 changed, 0 refused." in output
    assert "Nothing changed (dry run). Add --commit to apply this plan." in output
    assert not Service.objects.exists()


def test_import_services_commits_when_asked_and_then_has_nothing_to_do() -> None:
    assert "Applied, as import run" in output_of("import_services", "--source", "hrsa", DOWNLOAD, "--commit")
    assert Service.objects.count() == 7
    output = output_of("import_services", "--source", "hrsa", DOWNLOAD)
    assert "0 new, 0 changed, 0 refused, 7 unchanged." in output


def test_import_services_prints_every_refusal(tmp_path: Path) -> None:
    bad = ("999-999-9999", "606-000-0000")
    file = tmp_path / "sites.csv"
    file.write_text(some_rows(HealthCenters(), lambda row: row["phone"] in bad).text)
    output = output_of("import_services", "--source", "hrsa", file)
    assert output.count("is not a number that can be dialed in US; check its digits.") == 8


@pytest.mark.parametrize(
    ("source", "content", "sentence"),
    [
        ("hrsa", b"PK\x03\x04", "sites.csv is a damaged zip or Excel file."),
        ("hrsa", b"name,city\nA,Dallas\n", "sites.csv is not a list of health center sites"),
        ("starter", b"name,city\nA,Dallas\n", "sites.csv has no line of column names"),
        (
            "nobody",
            b"",
            "There is no source called nobody. The sources are: starter, local_support, hrsa, samhsa,"
            " spreadsheet.",
        ),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_written(
    tmp_path: Path, source: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / "sites.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        output_of("import_services", "--source", source, file, "--commit")
    assert str(refused.value).startswith(sentence)
    assert refused.value.returncode == 1
    assert not ImportRun.objects.exists()


def test_an_import_is_undone_by_its_number() -> None:
    output_of("import_services", "--source", "hrsa", DOWNLOAD, "--commit")
    run = ImportRun.objects.get()
    assert output_of("undo_import", run.pk).startswith("Undone: 7 removed, 0 restored, 0 kept")
    assert not Service.objects.exists()
    with pytest.raises(CommandError, match="undone already"):
        output_of("undo_import", run.pk)
    with pytest.raises(CommandError, match="no import run 999"):
        output_of("undo_import", 999)


def test_load_catalogue_asks_for_the_gazetteer_first() -> None:
    with pytest.raises(CommandError, match="Run load_places first"):
        output_of("load_catalogue")


@pytest.mark.slow("loads all the shipped data")
def test_load_catalogue_loads_once_prints_the_counts_and_respects_a_newer_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """With a slice of it: the whole of what ships is loaded where the product is served."""
    build_places()
    shipped = tmp_path / "sites.csv"
    shipped.write_text(some_rows(HealthCenters(), lambda row: row["city"] == "Adak").text)
    monkeypatch.setattr(HealthCenters, "shipped", shipped)
    monkeypatch.setattr(MentalHealthClinics, "shipped", None)
    [local] = [feed for feed in FEEDS if isinstance(feed, LocalSupport)]
    part = tmp_path / "local.csv"
    part.write_text(some_rows(local, lambda row: row["region"] in ("TX", "OR")).text)
    monkeypatch.setattr(local, "shipped", part)
    output = output_of("load_catalogue")
    assert "Starter catalog of this project: 102 new, 0 changed" in output
    assert "HRSA health center service delivery sites: 1 new, 0 changed, 0 cells rejected." in output
    assert "16    no contact details" in output
    assert int(re.findall(r"(\d+)    for other reasons", output)[0]) > 0
    of_one_source = re.split(r"^\S.*$", output, flags=re.MULTILINE)
    assert max(len(re.findall(r"^ +[\d,]+    \S", lines, re.MULTILINE)) for lines in of_one_source) == 11
    assert output_of("load_catalogue") == "The starter catalog and the clinics are already loaded.\n"
    settings.CATALOGUE_COUNTRIES = ["GB"]
    assert "  1    of a country that this site does not list" in output_of("load_catalogue")
    clinics = Service.objects.published().filter(source_records__source__slug="hrsa")
    assert not clinics.exists()
    settings.CATALOGUE_COUNTRIES = ["US", "GB", "IE", "CA", "AU", "NZ"]
    assert "HRSA health center service delivery sites: 0 new, 1 changed" in output_of("load_catalogue")
    output_of("import_services", "--source", "hrsa", DOWNLOAD, "--commit")
    runs = ImportRun.objects.count()
    monkeypatch.setattr(HealthCenters, "rules", "later")
    output_of("load_catalogue")
    assert ImportRun.objects.count() == runs


def test_every_feed_has_a_name_of_its_own_and_a_shipped_file_that_is_there() -> None:
    assert len({feed.slug for feed in FEEDS}) == len(FEEDS)
    assert all(feed_named(feed.slug) is feed for feed in FEEDS)
    assert all(feed.shipped.is_file() for feed in FEEDS if feed.shipped)
