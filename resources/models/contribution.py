"""Contributions of the public, and edits that wait for a reviewer."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.contact import one_owner_q
from resources.models.provenance import Source
from resources.models.service import Service
from resources.vocabulary import Decision, ProblemType


class DecidedModel(models.Model):
    """Something that waits for a curator's decision. `decided_by` is None for the operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received_at = models.DateTimeField(_("received"))
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN, db_index=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(_("reason for the decision"), max_length=255, blank=True)

    class Meta:
        abstract = True


class Contribution(DecidedModel):
    """What a member of the public proposed, by form field: {field name: text}. Anonymous.

    `accepted` are the parts that a curator accepted. `stamp` is the digest of the form's stamp, so that no
    form counts twice; None for contributions through the API.
    """

    proposed = models.JSONField(_("suggested changes"), default=dict)
    note = models.TextField(_("note"), blank=True)
    accepted = models.JSONField(_("accepted"), default=list)
    stamp = models.CharField(_("stamp"), max_length=64, null=True, unique=True)  # noqa: DJ001 (several have none)

    class Meta:
        abstract = True


class Suggestion(Contribution):
    """A service that is not listed yet. `service` is the service it became."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), null=True, on_delete=models.SET_NULL, related_name="suggestions"
    )

    class Meta:
        ordering = ("received_at", "id")
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = (choice_check("decision", Decision, name="suggestion_decision"),)

    def __str__(self) -> str:
        return str(self.proposed.get("name") or self.id)


class Correction(Contribution):
    """A correction of a listed service."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="corrections"
    )
    wrong = models.CharField(
        _("what is wrong"), max_length=20, choices=ProblemType.choices, default=ProblemType.WRONG
    )

    class Meta:
        ordering = ("received_at", "id")
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        permissions = (("decide_correction", "Can decide about what the public wrote"),)
        constraints = (
            choice_check("decision", Decision, name="correction_decision"),
            choice_check("wrong", ProblemType, name="correction_wrong"),
        )

    def __str__(self) -> str:
        return str(self.service)


class ReplyAddress(models.Model):
    """How to answer a contribution, if its writer wants an answer.

    It has a table of its own, so that it can be left out of every copy. Deleted with the decision, or after
    `CONTACT_RETENTION_DAYS`.
    """

    suggestion = models.OneToOneField(
        Suggestion, null=True, on_delete=models.CASCADE, related_name="reply_address"
    )
    correction = models.OneToOneField(
        Correction, null=True, on_delete=models.CASCADE, related_name="reply_address"
    )
    address = models.CharField(max_length=255)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="reply_address_one_owner", condition=one_owner_q("suggestion", "correction")
            ),
        )

    def __str__(self) -> str:
        return "reply address"


class PendingEdit(DecidedModel):
    """An edit of a published record that waits for a reviewer.

    `before` and `after` are snapshots (`history.snapshots`) of the record `model`, `object_id` with its
    related rows, before and after the edit. `declined` are the parts that a reviewer left out when accepting
    it, [model, id, field] each ("" for a whole row). It comes from a curator (`made_by`) or from a list
    (`source`) whose import met a curator's own edit.
    """

    model = models.CharField(max_length=60)
    object_id = models.UUIDField(db_index=True)
    name = models.CharField(_("record"), max_length=255)
    before = models.JSONField()
    after = models.JSONField()
    declined = models.JSONField(_("declined parts"), default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="pending_edits",
    )
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="pending_edits")

    class Meta:
        ordering = ("received_at", "id")
        verbose_name = _("pending edit")
        verbose_name_plural = _("pending edits")
        permissions = (("approve_pendingedit", "Can approve edits of others"),)
        constraints = (
            choice_check("decision", Decision, name="pending_edit_decision"),
            models.UniqueConstraint(
                fields=("model", "object_id", "made_by"),
                condition=Q(decision=Decision.OPEN),
                name="pending_edit_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def author(self) -> str:
        """The curator's user name, or the name of the list; "" if the account is gone."""
        if self.made_by is not None:
            return self.made_by.get_username()
        return self.source.name if self.source is not None else ""
