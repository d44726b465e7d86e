"""Curators: limits of accounts, links that set passwords, claims on work, drafts and saved views of lists."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.organization import Organization


class Curator(models.Model):
    """Limits of an editor, which the group of the account cannot express.

    `regions` are keys like those of service areas: "US", "US-TX". With neither regions nor organizations an
    editor may edit everywhere. If `edits_wait`, the editor's changes to published records need a review.
    `time_zone` is an IANA name, or "" for the site's.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="curator",
        primary_key=True,
    )
    regions = models.JSONField(_("regions"), default=list, blank=True)
    organizations = models.ManyToManyField(
        Organization, verbose_name=_("organizations"), blank=True, related_name="curators"
    )
    edits_wait = models.BooleanField(
        _("edits need a reviewer"),
        default=False,
        help_text=_("Changes to published records go live only after a reviewer approves them."),
    )

    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        help_text=_("This person’s time zone, such as Pacific/Auckland. Leave empty to use the site’s."),
    )

    class Meta:
        verbose_name = _("curator")
        verbose_name_plural = _("curators")

    def __str__(self) -> str:
        return str(self.user)


class PasswordLink(models.Model):
    """An emailed link that sets an account's password: an invitation, or for a password that was forgotten.

    At most one for each account. Deleted when it is used or withdrawn; `key` is part of what its token signs,
    so that no later row revives it. `mailed_at` None: the message waits to be sent, not before `try_at`.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="password_link",
        primary_key=True,
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    is_invitation = models.BooleanField(_("invitation"))
    asked_at = models.DateTimeField(_("asked"))
    mailed_at = models.DateTimeField(_("sent"), null=True)
    try_at = models.DateTimeField(_("sent from"), db_index=True)

    class Meta:
        verbose_name = _("link that sets a password")
        verbose_name_plural = _("links that set passwords")

    def __str__(self) -> str:
        return str(self.user)


class Claim(models.Model):
    """A curator is working on one entry of the queue: a service, a contribution or an edit, by its id."""

    subject = models.UUIDField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.subject)


class Draft(models.Model):
    """What a curator has typed into the form of a record and not saved. Purged after `DRAFT_RETENTION_DAYS`.

    `model` is the record's label ("resources.service"). `object_id` is "" for a record to be added. `data`
    has the form's fields as a browser submits them: {name: [value, ...]}, with the version that it showed.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("curator"), on_delete=models.CASCADE, related_name="drafts"
    )
    model = models.CharField(_("kind of record"), max_length=60)
    object_id = models.CharField(_("id"), max_length=36, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    data = models.JSONField(_("what was typed"))
    saved_at = models.DateTimeField(_("kept"), db_index=True)

    class Meta:
        ordering = ("-saved_at", "id")
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = (models.UniqueConstraint(fields=("by", "model", "object_id"), name="draft_once"),)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A curator's own filters of a list, under a name. `query` is the query string of the list's address."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("curator"),
        on_delete=models.CASCADE,
        related_name="saved_views",
    )
    model = models.CharField(_("list"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = (models.UniqueConstraint(fields=("by", "model", "name"), name="saved_view_once"),)

    def __str__(self) -> str:
        return self.name
