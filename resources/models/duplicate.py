"""Services that may be one."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import Decision


class DuplicatePair(models.Model):
    """Two services that may be one, found by what they share exactly. `first` has the lower id.

    `reasons` are the codes of `curation.duplicates`: what is equal.
    """

    first = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="duplicates_after")
    second = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="duplicates_before")
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=20, choices=Decision.choices, default=Decision.OPEN)

    class Meta:
        ordering = ("id",)
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_once"),
            choice_check("decision", Decision, name="duplicate_pair_decision"),
        )

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"
