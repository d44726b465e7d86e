"""Services that may be one, and services that were merged."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import Decision


class DuplicatePair(models.Model):
    """Two services that may be one. `first` has the lower id.

    `reasons` are the codes of `curation.duplicates`: what is alike. `score` is how likely they are one: 1 to
    99.
    """

    first = models.ForeignKey(
        Service, verbose_name=_("first"), on_delete=models.CASCADE, related_name="duplicates_after"
    )
    second = models.ForeignKey(
        Service, verbose_name=_("second"), on_delete=models.CASCADE, related_name="duplicates_before"
    )
    reasons = models.JSONField(_("reasons"), default=list)
    score = models.PositiveSmallIntegerField(_("likelihood"), default=0)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decision = models.CharField(_("decision"), max_length=20, choices=Decision.choices, default=Decision.OPEN)

    class Meta:
        ordering = ("id",)
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_once"),
            choice_check("decision", Decision, name="duplicate_pair_decision"),
        )
        indexes = (models.Index(fields=("decision", "-score"), name="duplicate_pair_order"),)

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> MergeQuerySet:
        """Merges that were not undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """`merged` became part of `kept`. Its record stays, unpublished, and its address leads to `kept`.

    `changes` is what undoing needs: "fields" of `kept` as {name: [before, after]}, "rows" that changed hands
    as [model, id, field, id of the owner before, after], "status" of each record before, as {id: [status,
    reason]}.
    """

    kept = models.ForeignKey(Service, verbose_name=_("kept"), on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(
        Service, verbose_name=_("merged into it"), on_delete=models.CASCADE, related_name="merged_into"
    )
    made_at = models.DateTimeField(_("merged"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("merged by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changes = models.JSONField(_("changes"), default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = (
            models.UniqueConstraint(fields=("merged",), condition=Q(undone_at=None), name="merged_into_one"),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=models.F("merged"))),
        )

    def __str__(self) -> str:
        return f"{self.merged} / {self.kept}"
