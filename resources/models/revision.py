"""What every record was, and who changed it when."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models


class Revision(models.Model):
    """One record, with all that hangs on it, as somebody left it (`history.snapshots`).

    `made_by` is None for the operator, and for what was there before anybody edited it. `modified_at` is what
    the record then said of its own last change, None for a record that does not say. `was_published` is of a
    service: visitors were shown it.
    """

    model = models.CharField(max_length=60)  # as "resources.service"
    object_id = models.UUIDField()
    name = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    comment = models.TextField(blank=True)
    modified_at = models.DateTimeField(null=True)
    was_published = models.BooleanField(default=False)
    snapshot = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=("model", "object_id"), name="revision_of_record"),)

    def __str__(self) -> str:
        return self.name

    @property
    def record_model(self) -> Any:
        return apps.get_model(self.model)

    @property
    def kind(self) -> str:
        """What kind of record it is of, in words."""
        return str(self.record_model._meta.verbose_name)
