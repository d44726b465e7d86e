"""Upkeep of listings: contact details that may be dead, and requests to providers to confirm."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import ContactKind, Decision, ProviderAnswer


class ContactCheck(models.Model):
    """What checks found about one web address, or about one phone number of a service.

    Of a web address every check is counted: `failures` in a row since `first_failed_at`, and `problem`, the
    code of the last one. A number has a row only while `failures` sources state another one, `problem`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    value = models.CharField(_("address or number"), max_length=500)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), null=True, on_delete=models.CASCADE, related_name="contact_checks"
    )
    checked_at = models.DateTimeField(_("checked"), db_index=True)
    answered_at = models.DateTimeField(_("last answered"), null=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    first_failed_at = models.DateTimeField(_("fails since"), null=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True)

    class Meta:
        ordering = ("-failures", "value")
        verbose_name = _("contact check")
        verbose_name_plural = _("contact checks")
        constraints = (
            choice_check("kind", ContactKind, name="contact_check_kind"),
            models.UniqueConstraint(
                fields=("value",), condition=Q(kind=ContactKind.WEBSITE), name="contact_check_website_once"
            ),
            models.UniqueConstraint(
                fields=("service", "value"),
                condition=Q(kind=ContactKind.PHONE),
                name="contact_check_number_once",
            ),
        )

    def __str__(self) -> str:
        return self.value


class AssuranceRequest(models.Model):
    """A message that asked a provider whether a listing is right. It counts once: `answered_at` is its end.

    The address it went to is not stored: `recipient` is a keyed digest of it. `decision` is about the answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="assurance_requests"
    )
    recipient = models.CharField(_("recipient"), max_length=64, db_index=True)
    sent_at = models.DateTimeField(_("sent"), db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.CharField(_("answer"), max_length=20, choices=ProviderAnswer.choices, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ("-sent_at", "id")
        verbose_name = _("request to a provider")
        verbose_name_plural = _("requests to providers")
        constraints = (
            choice_check("answer", ProviderAnswer, name="assurance_request_answer", blank=True),
            choice_check("decision", Decision, name="assurance_request_decision"),
        )
        indexes = (models.Index(fields=("decision", "answer"), name="assurance_request_open"),)

    def __str__(self) -> str:
        return f"{self.service}, {self.sent_at:%Y-%m-%d}"


class MailOptOut(models.Model):
    """An address that wants no more messages, as the keyed digest of it. The address itself is not stored."""

    recipient = models.CharField(max_length=64, primary_key=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.recipient[:8]
