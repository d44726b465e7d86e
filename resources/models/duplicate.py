"""Records that may be one, and records that were merged: services, and organizations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.organization import Organization
from resources.models.service import Service
from resources.vocabulary import Decision


class Pair(models.Model):
    """Two records that may be one. `first` has the lower id.

    `reasons` are the codes of `curation.duplicates`: what is alike. `score` is how likely they are one: 1 to
    99.
    """

    first: Any
    second: Any
    reasons = models.JSONField(_("reasons"), default=list)
    score = models.PositiveSmallIntegerField(_("likelihood"), default=0)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decision = models.CharField(_("decision"), max_length=20, choices=Decision.choices, default=Decision.OPEN)

    class Meta:
        abstract = True
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class DuplicatePair(Pair):
    """Two services that may be one."""

    first = models.ForeignKey(
        Service, verbose_name=_("first"), on_delete=models.CASCADE, related_name="duplicates_after"
    )
    second = models.ForeignKey(
        Service, verbose_name=_("second"), on_delete=models.CASCADE, related_name="duplicates_before"
    )

    class Meta(Pair.Meta):
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_once"),
            choice_check("decision", Decision, name="duplicate_pair_decision"),
        )
        indexes = (models.Index(fields=("decision", "-score"), name="duplicate_pair_order"),)


class OrganizationPair(Pair):
    """Two organizations that may be one."""

    first = models.ForeignKey(
        Organization, verbose_name=_("first"), on_delete=models.CASCADE, related_name="duplicates_after"
    )
    second = models.ForeignKey(
        Organization, verbose_name=_("second"), on_delete=models.CASCADE, related_name="duplicates_before"
    )

    class Meta(Pair.Meta):
        verbose_name = _("possible duplicate organization")
        verbose_name_plural = _("possible duplicate organizations")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="organization_pair_once"),
            choice_check("decision", Decision, name="organization_pair_decision"),
        )
        indexes = (models.Index(fields=("decision", "-score"), name="organization_pair_order"),)


class MergeQuerySet(models.QuerySet["Any"]):
    def standing(self) -> MergeQuerySet:
        """Merges that were not undone."""
        return self.filter(undone_at=None)


class Merging(models.Model):
    """`merged` became part of `kept`. Its record stays, and its address leads to `kept`.

    `changes` is what undoing needs: "fields" of `kept` as {name: [before, after]}, "rows" that changed hands
    as [model, id, field, id of the owner before, after], and "status" of each service before, as {id:
    [status, reason]}.
    """

    kept: Any
    merged: Any
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
        abstract = True
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.merged} / {self.kept}"


class Merge(Merging):
    """A service that became part of another. The merged one is not published."""

    kept = models.ForeignKey(Service, verbose_name=_("kept"), on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(
        Service, verbose_name=_("merged into it"), on_delete=models.CASCADE, related_name="merged_into"
    )

    class Meta(Merging.Meta):
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = (
            models.UniqueConstraint(fields=("merged",), condition=Q(undone_at=None), name="merged_into_one"),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=models.F("merged"))),
        )


class OrganizationMerge(Merging):
    """An organization that became part of another, with its services."""

    kept = models.ForeignKey(
        Organization, verbose_name=_("kept"), on_delete=models.CASCADE, related_name="merges"
    )
    merged = models.ForeignKey(
        Organization, verbose_name=_("merged into it"), on_delete=models.CASCADE, related_name="merged_into"
    )

    class Meta(Merging.Meta):
        verbose_name = _("merge of organizations")
        verbose_name_plural = _("merges of organizations")
        constraints = (
            models.UniqueConstraint(
                fields=("merged",), condition=Q(undone_at=None), name="organization_merged_into_one"
            ),
            models.CheckConstraint(name="organization_merge_of_two", condition=~Q(kept=models.F("merged"))),
        )


PAIRS: dict[type[models.Model], Any] = {Service: DuplicatePair, Organization: OrganizationPair}
MERGES: dict[type[models.Model], Any] = {Service: Merge, Organization: OrganizationMerge}


def merged_organizations() -> dict[UUID, UUID]:
    """Return {id of a merged organization: id of the one that has its services now}. One query."""
    into: dict[UUID, UUID] = dict(
        OrganizationMerge.objects.standing().order_by().values_list("merged", "kept")
    )
    for merged in into:
        while into[merged] in into:
            into[merged] = into[into[merged]]
    return into


def is_merged(record: models.Model) -> bool:
    """Return True if this record is part of another now."""
    merges = MERGES.get(type(record))
    return merges is not None and merges.objects.standing().filter(merged=record.pk).exists()
