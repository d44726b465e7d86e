"""The last run of each periodic job."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """When a job of `resources.management.jobs` last started and finished, and its outcome.

    `outcome` is "" while it runs, and stays so if the process is killed; the job runs again when it is next
    due.
    """

    OK, FAILED = "ok", "failed"

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    detail = models.CharField(_("result"), max_length=255, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.name
