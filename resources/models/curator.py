"""Who curates: the limits of the people who sign in, and what they are at work on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.organization import Organization


class Curator(models.Model):
    """What the group of an account cannot say: the limits of an editor.

    `regions` are keys as of a service area: "US", "US-TX". With neither regions nor organizations an editor
    may edit everywhere. `edits_wait` holds what an editor changes on a published record for a reviewer.
    `time_zone` is an IANA name, or "" for that of the site.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="curator", primary_key=True
    )
    regions = models.JSONField(_("regions"), default=list, blank=True)
    organizations = models.ManyToManyField(
        Organization, verbose_name=_("organizations"), blank=True, related_name="curators"
    )
    edits_wait = models.BooleanField(
        _("edits wait for a reviewer"),
        default=False,
        help_text=_("What an editor changes on a published record is shown once a reviewer has approved it."),
    )

    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        help_text=_(
            "By which “today” goes for this person, such as Pacific/Auckland. Empty: the site's own."
        ),
    )

    class Meta:
        verbose_name = _("curator")
        verbose_name_plural = _("curators")

    def __str__(self) -> str:
        return str(self.user)


class Claim(models.Model):
    """A curator is at work on one thing of the queue: a service, a contribution or an edit, by its id."""

    subject = models.UUIDField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.subject)
