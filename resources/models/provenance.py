"""Where each record came from, and which run brought it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.location import Location
from resources.models.organization import Organization
from resources.models.service import Service
from resources.models.web import WebField


class Source(models.Model):
    """A feed or file that records come from, with its licence."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=255)
    url = WebField(_("web page"), max_length=500, blank=True)
    licence = models.CharField(_("license"), max_length=255, blank=True)
    publishes = models.BooleanField(
        _("publish without a check"),
        default=False,
        help_text=_("Whether its services are shown before a curator has checked them."),
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file applied in one transaction, with counts of what changed."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="runs"
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    refusals = models.JSONField(_("refusals"), default=list, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

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
