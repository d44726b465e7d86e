"""Checks of services: when someone checked, and the outcome."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import Learned, Outcome


class Assurance(models.Model):
    """One check of a service. `by` is None for the operator.

    `learned` is how the curator knows, "" if that was not recorded. `facts` are the codes of what was
    confirmed (`curation.assurance.FACTS`); [] is everything.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="assurances"
    )
    outcome = models.CharField(_("result"), max_length=20, choices=Outcome.choices)
    made_at = models.DateTimeField(_("checked"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("checked by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    learned = models.CharField(_("learned"), max_length=20, choices=Learned.choices, blank=True)
    facts = models.JSONField(_("facts"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        ordering = ("-made_at", "id")
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        constraints = (
            choice_check("outcome", Outcome, name="assurance_outcome"),
            choice_check("learned", Learned, name="assurance_learned", blank=True),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.made_at:%Y-%m-%d}"
