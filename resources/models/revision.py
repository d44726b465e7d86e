"""Revisions: what every record was, and who changed it when."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models


class Revision(models.Model):
    """The state of a record with its related rows after a change (`history.snapshots`).

    `made_by` is None for the operator and for imports. `modified_at` is the record's `last_modified` at the
    time, None for records without one. `was_published` is set for published services.
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
        """The model class of the record."""
        return apps.get_model(self.model)

    @property
    def kind(self) -> str:
        """The verbose name of the record's model."""
        return str(self.record_model._meta.verbose_name)
