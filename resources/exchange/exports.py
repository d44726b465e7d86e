"""The whole catalog as files, which a job writes when the catalog has changed and the API sends.

Each file is named by the digest of what is in it, and the list of them is replaced in one step: whoever reads
meets a whole set, and may go on reading a file that is no longer listed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

import orjson
from django.conf import settings
from django.utils import translation

from resources.exchange.formats import FORMATS, Format, format_named
from resources.models import Listing
from resources.models.batches import batches
from resources.presentation.results import NO_ANSWER, NO_TIMES, timeless_facts, with_addresses
from resources.search.results import cards_of
from resources.search.standing import section_of
from resources.search.version import catalog_version
from resources.vocabulary import Fit, Kind

LIST = "exports.json"
BATCH = 500  # results in memory at a time
MAX_TRIES = 3  # at files of one version, while the catalog changes


@dataclass(frozen=True)
class Export:
    """A file of the whole catalog. `made_at` is an ISO 8601 time, `version` that of the catalog in it."""

    name: str
    format: str
    rows: int
    size: int
    sha256: str
    made_at: str
    version: str

    @property
    def path(self) -> Path:
        return Path(settings.EXPORTS_ROOT) / f"{self.sha256}-{self.name}"

    @property
    def media_type(self) -> str:
        export_format = format_named(self.format)
        return export_format.media_type if export_format else "application/octet-stream"


def made_exports() -> list[Export]:
    """Return the files that are there, in the order of FORMATS; none until they were first made."""
    try:
        return [Export(**each) for each in json.loads((Path(settings.EXPORTS_ROOT) / LIST).read_bytes())]
    except (OSError, ValueError, TypeError):  # never made, or by another release
        return []


def export_names() -> list[str]:
    """Return the names that exports have, made or not."""
    return [f"catalog.{export_format.name}" for export_format in FORMATS]


def open_export(name: str) -> tuple[Export, IO[bytes]] | None:
    """Return the export of this name and its open file; None if it is not made yet."""
    for _try in range(2):  # the file may go between reading the list and opening it
        for export in made_exports():
            if export.name == name:
                try:
                    return export, export.path.open("rb")
                except FileNotFoundError:
                    break
    return None


def are_outdated() -> bool:
    """True if the exports are not there, or the catalog has changed since. One query at most."""
    made = made_exports()
    return [each.name for each in made] != export_names() or made[0].version != catalog_version()


def write_exports(*, at: datetime) -> Mapping[str, int]:
    """Write every format and put the new files in the place of the old. Return counts for the log."""
    root = Path(settings.EXPORTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    lines = root / f"new-{os.getpid()}.ndjson"
    try:
        for _try in range(MAX_TRIES):
            version = catalog_version()
            rows = _write(lines, (orjson.dumps(each) + b"\n" for each in all_results()))[0]
            if version == catalog_version():
                break
        made = [_export(each, lines, rows, version, at) for each in FORMATS]
    finally:
        lines.unlink(missing_ok=True)
    new_list = root / f"new-{os.getpid()}.json"
    new_list.write_text(json.dumps([asdict(each) for each in made]), encoding="utf-8")
    old = {each.path for each in made_exports()}
    new_list.replace(root / LIST)
    # What was listed before stays for whoever has just read that list; all else goes.
    kept = {root / LIST, *old, *(each.path for each in made)}
    for path in root.iterdir():
        if path not in kept:
            path.unlink()
    return {"rows": rows, "files": len(made)}


def all_results() -> Iterator[dict[str, Any]]:
    """Yield every listing as a result of no question and no time, by its id. A query for each BATCH."""
    pks = list(Listing.objects.order_by("public_id").values_list("pk", flat=True))

    def absolute(path: str) -> str:
        return urljoin(settings.SITE_URL, path)

    for batch in batches(pks, BATCH):
        cards = dict(cards_of(batch))
        with translation.override(settings.LANGUAGE_CODE):
            found = [_result(cards[pk], absolute) for pk in batch if pk in cards]
        yield from found


def _result(card: Mapping[str, Any], absolute: Callable[[str], str]) -> dict[str, Any]:
    section = str(section_of(Kind(card["kind"]), Fit(card["fit"]), is_here=False))
    result = {**timeless_facts(card), **NO_ANSWER, **NO_TIMES, "section": section, "leads_by_name": False}
    return with_addresses(result, absolute)


def _export(export_format: Format, lines: Path, rows: int, version: str, at: datetime) -> Export:
    """Write a file from the results in `lines`, under its final name."""
    name, new = f"catalog.{export_format.name}", lines.with_suffix(f".new-{export_format.name}")
    with lines.open("rb") as results:
        pieces = export_format.write(map(orjson.loads, results), {"count": rows})
        _pieces, size, sha256 = _write(new, pieces)
    export = Export(name, export_format.name, rows, size, sha256, at.isoformat(), version)
    new.replace(export.path)
    return export


def _write(path: Path, pieces: Iterable[bytes]) -> tuple[int, int, str]:
    """Write the pieces. Return how many there were, their bytes, and the SHA-256 of all."""
    number, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            number += 1
            file.write(piece)
            digest.update(piece)
        return number, file.tell(), digest.hexdigest()
