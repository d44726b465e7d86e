"""Organizations and their identifiers."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.web import WebField


class Organization(models.Model):
    """HSDS `organization`: who runs one or more services.

    `operator_stated` is False if the source names a site and not who runs it. The organization is then named
    after its website or site, and pages say so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=255)
    alternate_name = models.CharField(_("other name"), max_length=255, blank=True)
    description = models.TextField(_("description"), blank=True)
    email = models.EmailField(_("email"), blank=True)
    website = WebField(_("website"), max_length=500, blank=True)
    operator_stated = models.BooleanField(
        _("operator known"),
        default=True,
        help_text=_("Clear this if the source names a place but not who runs it."),
    )
    parent_organization = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
    )
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = (
            models.CheckConstraint(name="organization_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="organization_not_its_own_parent",
                condition=models.Q(parent_organization__isnull=True)
                | ~models.Q(parent_organization=models.F("id")),
            ),
        )
        indexes = (models.Index(fields=("name",)),)

    def __str__(self) -> str:
        return self.name


class OrganizationIdentifier(models.Model):
    """HSDS `organization_identifier`: the organization's number in another register."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="identifiers"
    )
    identifier_scheme = models.CharField(
        _("scheme"), max_length=60, blank=True, help_text=_("For example: US-EIN or GB-CHC.")
    )
    identifier_type = models.CharField(_("type"), max_length=120)
    identifier = models.CharField(_("identifier"), max_length=120)

    class Meta:
        ordering = ("identifier_type", "identifier")
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "identifier_type", "identifier"), name="identifier_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.identifier_type} {self.identifier}"
