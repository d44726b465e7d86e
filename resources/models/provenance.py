"""Where each record came from, and which run brought it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.location import Location
from resources.models.organization import Organization
from resources.models.service import Service
from resources.models.web import WebField
from resources.vocabulary import PlannedOutcome, UploadStep


class Source(models.Model):
    """A feed or file that records come from, with its licence.

    Of a list that curators upload (`is_list`), `headings` remembers the column that each heading of its
    files becomes ("" for one that is left out), and `defaults` the cells of rows that have none.
    """

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=255)
    url = WebField(_("web page"), max_length=500, blank=True)
    licence = models.CharField(_("license"), max_length=255, blank=True)
    publishes = models.BooleanField(
        _("publish without a check"),
        default=False,
        help_text=_("Whether its services are shown before a curator has checked them."),
    )
    is_list = models.BooleanField(_("uploaded by curators"), default=False, editable=False)
    headings = models.JSONField(_("columns of its headings"), default=dict, editable=False)
    defaults = models.JSONField(_("the same for every row"), default=dict, editable=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file applied in one transaction, with counts of what changed.

    `undo_asked_at`: when a curator asked to undo it, while that waits for `manage.py run_jobs`.
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="runs"
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    refusals = models.JSONField(_("refusals"), default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undo_asked_at = models.DateTimeField(_("undo requested"), null=True, editable=False)

    class Meta:
        ordering = ("-started_at",)
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")

    def __str__(self) -> str:
        return f"{self.source}, {self.started_at:%Y-%m-%d %H:%M}"


class ImportChange(models.Model):
    """One record as it was before a run changed it, with what hangs on it (`history.snapshots`)."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    before = models.JSONField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("run", "model", "object_id"), name="import_change_once"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class Upload(models.Model):
    """A file that a curator uploaded for a list, until its plan is applied (`exchange.uploads`).

    `content` is the file, packed; it is emptied once the plan is applied. `head` is its line of headings and
    the row below: {"line", "headings", "examples"}. `corrections` are cells that the
    curator changed, [{"line", "column", "old", "new"}]. `version` grows with every change of what would be
    applied, so that nobody confirms another plan than they have read. `problem` says why there is no plan.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="uploads"
    )
    run = models.ForeignKey(
        ImportRun, verbose_name=_("import run"), null=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    content = models.BinaryField(_("content"), default=bytes)
    head = models.JSONField(_("headings and first row"), default=dict)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    step = models.CharField(_("step"), max_length=10, choices=UploadStep.choices, default=UploadStep.PLANNING)
    attempts = models.PositiveSmallIntegerField(_("attempts to import"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1)
    corrections = models.JSONField(_("corrections"), default=list)
    is_whole_list = models.BooleanField(_("the whole list"), default=False)
    publishes = models.BooleanField(_("publish without a check"), default=False)
    counts = models.JSONField(_("counts"), default=dict)
    plan_digest = models.CharField(_("digest of the plan"), max_length=64, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)

    class Meta:
        ordering = ("-uploaded_at", "id")
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        constraints = (choice_check("step", UploadStep, name="upload_step"),)

    def __str__(self) -> str:
        return self.file_name


class PlannedRow(models.Model):
    """One line of the plan of an upload: a record, or a row that is none, and what would become of it.

    `facts` is what the page of the plan shows of it (`exchange.preview`).
    """

    upload = models.ForeignKey(
        Upload, verbose_name=_("uploaded file"), on_delete=models.CASCADE, related_name="rows"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=PlannedOutcome.choices)
    name = models.CharField(_("name"), max_length=255)
    has_refusals = models.BooleanField(_("has refused cells"), default=False)
    has_duplicates = models.BooleanField(_("has possible duplicates"), default=False)
    facts = models.JSONField(_("what is shown"), default=dict)

    class Meta:
        ordering = ("id",)
        verbose_name = _("planned row")
        verbose_name_plural = _("planned rows")
        constraints = (choice_check("outcome", PlannedOutcome, name="planned_row_outcome"),)
        indexes = (models.Index(fields=("upload", "outcome"), name="planned_row_by_outcome"),)

    def __str__(self) -> str:
        return self.name


class SourceRecord(models.Model):
    """A record of a source, unchanged (`raw`), and the service it became.

    `digest` is the SHA-256 of the raw record and the version of the rules that read it: the same digest means
    that nothing is new. `part` distinguishes the services that one record may become.
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="records"
    )
    key = models.CharField(_("the source's own id"), max_length=120)
    part = models.CharField(_("part"), max_length=60, blank=True)
    raw = models.JSONField(_("raw data"))
    digest = models.CharField(_("digest"), max_length=64)
    refusals = models.JSONField(_("unreadable values"), default=list, blank=True)
    source_url = WebField(_("page it was seen on"), max_length=500, blank=True)
    seen_on = models.DateField(_("retrieved on"), null=True, blank=True)
    first_run = models.ForeignKey(
        ImportRun, verbose_name=_("first import"), on_delete=models.PROTECT, related_name="first_records"
    )
    last_run = models.ForeignKey(
        ImportRun, verbose_name=_("last import"), on_delete=models.PROTECT, related_name="last_records"
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="source_records",
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="source_records",
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="source_records",
    )

    class Meta:
        ordering = ("source", "key", "part")
        verbose_name = _("source record")
        verbose_name_plural = _("source records")
        constraints = (models.UniqueConstraint(fields=("source", "key", "part"), name="source_record_once"),)

    def __str__(self) -> str:
        return f"{self.key} {self.part}".strip()

    @property
    def source_type(self) -> str:
        """Whose page it was seen on, such as "own" or "news", as a list states it; "" if it does not."""
        rows = self.raw.get("rows")
        return str(rows[0].get("source_type") or "") if isinstance(rows, list) and rows else ""

    @property
    def seen_year(self) -> int | None:
        """The year in which it was seen there, if that is known."""
        year = str(self.raw.get("source_year") or (self.seen_on and self.seen_on.year) or "")
        return int(year) if year.isdigit() else None
