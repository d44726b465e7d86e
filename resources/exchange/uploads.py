"""Lists that curators upload: received, mapped and corrected, planned, confirmed, applied, and undone.

A curator's change makes a new plan, at once where the file is small, else by `manage.py run_jobs`
(`work_on_waiting`), which also applies what was confirmed. Nothing is written to the catalog before that, and
then in one transaction, only if the plan is still the one that was confirmed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.permissions import Action
from resources.exchange.applying import apply_plan
from resources.exchange.layout import BY_NAME, guess_column
from resources.exchange.planning import Plan, plan_import
from resources.exchange.preview import outcome_counts, plan_digest, planned_rows, publishable
from resources.exchange.reading import (
    GZIP_MAGIC,
    FileRefused,
    SourceFile,
    first_lines,
    plain_heading,
    source_file,
)
from resources.exchange.sources.spreadsheet import Correction, Spreadsheet
from resources.exchange.undo import CannotUndo, Undone, plan_undo, undo_import
from resources.exchange.workbook import ZIP_MAGIC
from resources.geo.names import fold
from resources.models import ImportRun, PlannedRow, Source, Upload
from resources.models.batches import batches
from resources.vocabulary import UploadStep

MAX_UPLOAD_BYTES = 16 * 1024 * 1024  # as it is sent; longer lists come by `import_services`
# Files up to this size are planned and applied while the curator waits: some 300 rows, a few seconds.
MAX_BYTES_AT_ONCE = 96 * 1024
MAX_SERVICES_UNDONE_AT_ONCE = 300
MAX_ATTEMPTS = 3  # to apply a plan whose process was killed
KEPT_FOR = timedelta(days=14)  # an upload, from its day on, applied or not
MAX_HEADINGS = 60  # of a file that a person maps
MAX_HEADING = 200  # characters
MAX_EXAMPLE = 120  # characters of the row below the headings
ROWS_AT_ONCE = 1000  # of a plan, written by one statement
# The columns that may have one value for every row of a list.
DEFAULT_COLUMNS = ("organization", "kind", "country", "region", "losses", "languages")
# Headings, folded, below which people write who they are. None of the columns is for that.
PERSONAL_HEADINGS = frozenset(
    {
        *("contact", "contact name", "contact person", "leader", "facilitator", "facilitators"),
        *("coordinator", "group leader", "led by name", "staff", "chaplain", "nurse"),
    }
)


class UploadChanged(ValidationError):
    """Someone changed the upload, or the catalog, since this curator read its plan."""


@dataclass(frozen=True)
class HeadingChoice:
    """A heading of the file, the cell below it, and the column it becomes: "" none, None not chosen yet."""

    heading: str
    example: str
    column: str | None

    @property
    def is_personal(self) -> bool:
        return fold(self.heading) in PERSONAL_HEADINGS


def lists() -> models.QuerySet[Source]:
    """Return the lists that curators have uploaded, by name."""
    return Source.objects.filter(is_list=True).order_by("name")


def open_uploads() -> models.QuerySet[Upload]:
    """Return the uploads that are not imported yet, newest first, without their content."""
    uploads = Upload.objects.exclude(step=UploadStep.APPLIED).select_related("source", "uploaded_by")
    return uploads.defer("content", "head", "corrections")


# ---- receiving


def receive(
    *,
    by: User | None,
    at: datetime,
    name: str,
    data: bytes,
    source: Source | None = None,
    list_name: str = "",
    is_whole_list: bool = False,
) -> Upload:
    """Store a file for a list, or for a new list of this name, and plan it where it is small.

    Raises FileRefused for what is no table, and NotAllowed.
    """
    permissions.require_permission(by, Action.IMPORT)
    name = _file_name(name)
    if len(data) > MAX_UPLOAD_BYTES:
        raise FileRefused(
            _("%(name)s is larger than %(most)d MB. Split it and upload the parts.")
            % {"name": name, "most": MAX_UPLOAD_BYTES // 1024**2}
        )
    file = source_file(name, data)
    head = read_head(file, source.headings if source else {})
    is_packed = data.startswith((ZIP_MAGIC, GZIP_MAGIC))
    with transaction.atomic():
        upload = Upload.objects.create(
            source=source or _new_list(list_name),
            file_name=name,
            file_digest=hashlib.sha256(data).hexdigest(),
            content=data if is_packed else gzip.compress(data, 6, mtime=0),
            head=head,
            uploaded_at=at,
            uploaded_by=by,
            is_whole_list=is_whole_list,
        )
    plan_if_small(upload)
    return upload


def _file_name(name: str) -> str:
    plain = re.sub(r"[^\w .()&+-]", "_", PurePath(name.replace("\\", "/")).name).strip()
    return plain[-100:] or "list"


def _new_list(name: str) -> Source:
    # No word of its name is in the short name: that is in the log.
    return Source.objects.create(slug=f"list-{uuid4().hex[:12]}", name=name, is_list=True)


def read_head(file: SourceFile, remembered: Mapping[str, str]) -> dict[str, Any]:
    """Return the line of headings and the row below it: {"line", "headings", "examples"}.

    It is the first line with two headings that are known; else the first of those with the most cells.
    Raises FileRefused.
    """
    lines = [(line, _without_end(cells)) for line, cells in first_lines(file)]
    filled = [(line, cells) for line, cells in lines if any(cells)]
    if not filled:
        raise FileRefused(
            _("%(name)s is empty: its first line should name the columns.") % {"name": file.name}
        )

    def known(cells: Sequence[str]) -> int:
        return sum(1 for cell in cells if guess_column(cell) or remembered.get(fold(cell)))

    widest = max(sum(map(bool, cells)) for _line, cells in filled)
    number, header = next(
        ((line, cells) for line, cells in filled if known(cells) >= 2),
        next((line, cells) for line, cells in filled if sum(map(bool, cells)) == widest),
    )
    if len(header) > MAX_HEADINGS:
        words = _("%(name)s has %(number)d columns; %(most)d is the most. Remove those that nobody needs.")
        raise FileRefused(words % {"name": file.name, "number": len(header), "most": MAX_HEADINGS})
    if any(len(heading) > MAX_HEADING for heading in header):
        raise FileRefused(
            _("%(name)s, line %(line)d: a heading has more than %(most)d characters. Shorten it.")
            % {"name": file.name, "line": number, "most": MAX_HEADING}
        )
    below = next((cells for line, cells in filled if line > number), [])
    examples = [cell[:MAX_EXAMPLE] for cell in below[: len(header)]]
    return {"line": number, "headings": header, "examples": examples}


def _without_end(cells: Sequence[str]) -> list[str]:
    plain = [plain_heading(cell) for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return plain


# ---- mapping and correcting


def heading_choices(upload: Upload) -> list[HeadingChoice]:
    """Return what each heading of the file becomes: as the list remembers it, as it is named, or guessed."""
    headings = upload.head.get("headings", [])
    names = [heading or f"(column {number})" for number, heading in enumerate(headings, start=1)]
    chosen: dict[int, str] = {}
    remembered = upload.source.headings
    for place, name in enumerate(names):
        if fold(name) in remembered:
            chosen[place] = remembered[fold(name)]
    for place, name in sorted(enumerate(names), key=lambda item: _rank(item[1])):
        column = guess_column(name)
        if place not in chosen and column and (column.several or column.name not in chosen.values()):
            chosen[place] = column.name
    examples = [*upload.head.get("examples", []), *("" for _name in names)]
    return [HeadingChoice(name, examples[place], chosen.get(place)) for place, name in enumerate(names)]


def _rank(heading: str) -> bool:
    """Headings that are named as a column is come first."""
    column = guess_column(heading)
    return column is None or fold(heading).replace(" ", "") != column.name.replace("_", "")


def change_reading(
    *,
    upload: Upload,
    by: User | None,
    version: int,
    columns: Mapping[str, str],
    defaults: Mapping[str, str],
    is_whole_list: bool,
) -> None:
    """Say what the headings become, and what every row has; the list remembers it. Plans the file again.

    `columns`: {heading: column}, "" for one that is left out. Raises UploadChanged, NotAllowed, and
    ValidationError where two headings become one column that holds a single value.
    """
    used = [name for name in columns.values() if name and not BY_NAME[name].several]
    if twice := sorted({name for name in used if used.count(name) > 1}):
        raise ValidationError(
            _("Two headings become “%(names)s”. Choose another column for one of them.")
            % {"names": ", ".join(name.replace("_", " ") for name in twice)}
        )

    def change(current: Upload) -> None:
        source = current.source
        source.headings |= {fold(heading): column for heading, column in columns.items()}
        source.defaults = {name: cell for name, cell in defaults.items() if cell}
        source.save(update_fields=["headings", "defaults"])
        current.is_whole_list = is_whole_list

    _change(upload, by, version, change)


def correct(*, upload: Upload, by: User | None, version: int, corrections: Iterable[Correction]) -> None:
    """Correct cells, or leave out lines, and plan the file again. Raises UploadChanged and NotAllowed."""

    def change(current: Upload) -> None:
        current.corrections += [asdict(correction) for correction in corrections]

    _change(upload, by, version, change)


def _change(upload: Upload, by: User | None, version: int, change: Callable[[Upload], None]) -> None:
    permissions.require_permission(by, Action.IMPORT)
    with transaction.atomic():
        current = _unchanged(upload, version)
        change(current)
        current.version += 1
        current.step = UploadStep.PLANNING
        current.save()
    plan_if_small(current)


def _unchanged(upload: Upload, version: int) -> Upload:
    """Return the upload, locked, if it is as its curator read it. Raises UploadChanged."""
    current = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("source")
        .filter(pk=upload.pk, step=UploadStep.READY, version=version)
        .first()
    )
    if current is None:
        raise UploadChanged(_("Nothing was changed: this plan is not the newest any more. Check it again."))
    return current


def discard(*, upload: Upload, by: User | None) -> None:
    """Delete an upload that is not being imported, and its list if nothing else is of it."""
    permissions.require_permission(by, Action.IMPORT)
    with transaction.atomic():
        current = Upload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
        if current is None:
            return
        if current.step in (UploadStep.APPLYING, UploadStep.APPLIED):
            raise UploadChanged(_("This file is being imported already. You can undo the import afterwards."))
        current.delete()
        unused = Source.objects.filter(pk=current.source_id, is_list=True, runs=None, uploads=None)
        unused.delete()


# ---- planning


def is_small(upload: Upload) -> bool:
    """Return True for a file that is planned and applied while the curator waits."""
    content = bytes(upload.content)
    if content.startswith(ZIP_MAGIC):
        try:
            parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
        except zipfile.BadZipFile:
            return True
        return sum(part.file_size for part in parts) <= 10 * MAX_BYTES_AT_ONCE
    with gzip.open(io.BytesIO(content)) as stream:
        return len(stream.read(MAX_BYTES_AT_ONCE + 1)) <= MAX_BYTES_AT_ONCE


def plan_if_small(upload: Upload) -> None:
    if is_small(upload):
        plan_upload(upload)


def plan_upload(upload: Upload) -> None:
    """Read the file and store the plan's rows, or why there is none; nothing if it was changed meanwhile."""
    rows: list[PlannedRow] = []
    values: dict[str, Any] = {"counts": {}, "plan_digest": "", "problem": ""}
    try:
        plan = _plan(upload, publishes=True)
    except FileRefused as refused:
        values["problem"] = str(refused)[:500]
    except Exception:
        values["problem"] = _("This file could not be read. Nothing was changed.")
        Upload.objects.filter(pk=upload.pk, version=upload.version).update(step=UploadStep.READY, **values)
        raise
    else:
        rows = list(planned_rows(plan))
        values |= {"counts": _counts(plan, rows), "plan_digest": plan_digest(plan)}
    with transaction.atomic():
        current = Upload.objects.select_for_update(of=("self",)).defer("content")
        found = current.filter(pk=upload.pk, version=upload.version, step=UploadStep.PLANNING).first()
        if found is None:
            return
        found.rows.all().delete()
        for batch in batches(rows, ROWS_AT_ONCE):
            for row in batch:
                row.upload = found
            PlannedRow.objects.bulk_create(batch)
        Upload.objects.filter(pk=found.pk).update(step=UploadStep.READY, **values)


def _plan(upload: Upload, *, publishes: bool) -> Plan:
    source = upload.source
    columns = {
        choice.heading: choice.column for choice in heading_choices(upload) if choice.column is not None
    }
    feed = Spreadsheet(
        source.slug,
        source.name,
        licence=source.licence,
        publishes=publishes,
        headings=columns,
        header=upload.head.get("headings", []),
        defaults=source.defaults,
        corrections=[Correction(**correction) for correction in upload.corrections],
    )
    file = replace(source_file(upload.file_name, bytes(upload.content)), digest=upload.file_digest)
    return plan_import(feed, file, is_whole_list=upload.is_whole_list)


def _counts(plan: Plan, rows: Sequence[PlannedRow]) -> dict[str, Any]:
    return {
        **outcome_counts(rows),
        "publishable": publishable(plan),
        "missing": plan.missing,
        "lost_rows": plan.lost_rows,
    }


# ---- applying


def confirm(*, upload: Upload, by: User | None, at: datetime, version: int, publishes: bool) -> None:
    """Import what the plan says: at once where the file is small, else by the next run of the jobs.

    `publishes`: show what can be shown at once. Raises UploadChanged and NotAllowed.
    """
    permissions.require_permission(by, Action.IMPORT)
    with transaction.atomic():
        current = _unchanged(upload, version)
        if current.problem:
            raise UploadChanged(current.problem)
        current.step, current.attempts = UploadStep.APPLYING, 0
        current.confirmed_by, current.publishes = by, publishes
        current.save(update_fields=["step", "attempts", "confirmed_by", "publishes"])
    if is_small(current):
        apply_upload(current, at=at)


def apply_upload(upload: Upload, *, at: datetime) -> ImportRun | None:
    """Apply a confirmed plan in one transaction. Return the run.

    None where another process has done it, where the catalog has changed since the plan was confirmed (the
    new plan then waits to be confirmed), or where this has ended badly MAX_ATTEMPTS times.
    """
    waiting = Upload.objects.filter(pk=upload.pk, step=UploadStep.APPLYING)
    if not waiting.update(attempts=models.F("attempts") + 1):
        return None
    if waiting.filter(attempts__gt=MAX_ATTEMPTS).exists():
        waiting.update(step=UploadStep.READY, problem=_("The import was interrupted. Nothing was changed."))
        return None
    try:
        plan = _plan(upload, publishes=upload.publishes)
        if plan_digest(plan) != upload.plan_digest:
            _plan_again(upload)
            return None
        with transaction.atomic():
            locked = Upload.objects.select_for_update(of=("self",)).defer("content")
            if not locked.filter(pk=upload.pk, step=UploadStep.APPLYING).exists():
                return None
            run = apply_plan(plan=plan, at=at, by=upload.confirmed_by)
            upload.rows.all().delete()
            waiting.update(step=UploadStep.APPLIED, run=run, content=b"", head={}, corrections=[])
    except Exception:
        waiting.update(step=UploadStep.READY, problem=_("The import did not finish. Nothing was changed."))
        raise
    return run


def _plan_again(upload: Upload) -> None:
    """Make the plan of a confirmed upload again: the catalog is not as it was."""
    version = upload.version + 1
    Upload.objects.filter(pk=upload.pk, step=UploadStep.APPLYING).update(
        step=UploadStep.PLANNING, version=version
    )
    upload.version = version
    plan_upload(upload)
    current = Upload.objects.filter(pk=upload.pk, step=UploadStep.READY).first()
    if current is not None and not current.problem:
        current.counts["changed_since"] = True
        current.save(update_fields=["counts"])


# ---- undoing


def ask_to_undo(*, run: ImportRun, by: User | None, at: datetime) -> Undone | None:
    """Undo a run: at once where it is small, else by the next run of the jobs (None). Raises CannotUndo."""
    permissions.require_permission(by, Action.IMPORT)
    plan = plan_undo(run)
    if len(plan.removed) + len(plan.restored) <= MAX_SERVICES_UNDONE_AT_ONCE:
        return undo_import(run=run, at=at)
    ImportRun.objects.filter(pk=run.pk, undone_at=None).update(undo_asked_at=at)
    return None


# ---- by the jobs


def is_work_waiting() -> bool:
    """Return True if `work_on_waiting` has something to do. Two queries."""
    steps = (UploadStep.PLANNING, UploadStep.APPLYING)
    return Upload.objects.filter(step__in=steps).exists() or _runs_to_undo().exists()


def work_on_waiting(at: datetime) -> Mapping[str, int]:
    """Plan, apply and undo what waits, the oldest first. Return how many of each."""
    counts = {"planned": 0, "applied": 0, "undone": 0}
    for upload in Upload.objects.filter(step=UploadStep.PLANNING).order_by("uploaded_at"):
        plan_upload(upload)
        counts["planned"] += 1
    for upload in Upload.objects.filter(step=UploadStep.APPLYING).order_by("uploaded_at"):
        counts["applied"] += apply_upload(upload, at=at) is not None
    for run in _runs_to_undo():
        counts["undone"] += _undo_or_give_up(run, at)
    return counts


def _undo_or_give_up(run: ImportRun, at: datetime) -> bool:
    """Undo a run. Return False if it cannot be undone any more: a later import came meanwhile."""
    try:
        undo_import(run=run, at=at)
    except Exception as error:
        ImportRun.objects.filter(pk=run.pk).update(undo_asked_at=None)  # nobody waits for it for ever
        if not isinstance(error, CannotUndo):
            raise
        return False
    return True


def _runs_to_undo() -> models.QuerySet[ImportRun]:
    return ImportRun.objects.filter(undo_asked_at__isnull=False, undone_at=None)


def purge_uploads(*, at: datetime) -> int:
    """Delete uploads that are older than KEPT_FOR, with their files. Return their number."""
    old = Upload.objects.filter(uploaded_at__lt=at - KEPT_FOR).exclude(step=UploadStep.APPLYING)
    number = old.count()
    old.delete()
    unused = Source.objects.filter(is_list=True, runs=None, uploads=None)
    unused.delete()
    return number
