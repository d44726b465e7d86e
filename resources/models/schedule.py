"""Schedules: when a service meets or is open."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from resources.models.contact import one_owner_q, owner_indexes
from resources.models.dates import DatesField
from resources.models.location import ServiceAtLocation
from resources.models.service import Service
from resources.models.web import WebField


class Frequency(models.TextChoices):
    """The two frequencies of HSDS. Daily is WEEKLY on every day."""

    WEEKLY = "WEEKLY", _("Weekly")
    MONTHLY = "MONTHLY", _("Monthly")


class Schedule(models.Model):
    """HSDS `schedule`: RFC 5545 fields, in the local time of `timezone` (an IANA name).

    Fields that HSDS lacks: the months in which it meets (`bymonth`), dates without it (`exception_dates`) and
    extra dates (`added_dates`). Opening hours use the same fields: 00:00 to 00:00 is the whole day, and hours
    that end before they begin end on the next day.

    `description` is the source's own text. A row with only a description claims no dates; `resources.timing`
    decides which rows claim any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="schedules",
        db_index=False,  # see `owner_indexes`
    )
    service_at_location = models.ForeignKey(
        ServiceAtLocation,
        verbose_name=_("place of the service"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="schedules",
        db_index=False,  # see `owner_indexes`
    )
    description = models.TextField(_("in words"), blank=True)
    freq = models.CharField(_("repeats"), max_length=10, choices=Frequency.choices, blank=True)
    interval = models.PositiveSmallIntegerField(_("every"), null=True, blank=True)
    byday = models.CharField(
        _("days"), max_length=60, blank=True, help_text=_("For example: TU, or 2TU for the second.")
    )
    bymonthday = models.CharField(_("days of the month"), max_length=60, blank=True)
    bymonth = models.CharField(
        _("months"),
        max_length=40,
        blank=True,
        help_text=_("For example: 1,2,3 for January to March. Empty means all of them."),
    )
    count = models.PositiveSmallIntegerField(
        _("number of times"), null=True, blank=True, help_text=_("Counted from the first date.")
    )
    wkst = models.CharField(
        _("week starts on"), max_length=2, choices=[("MO", _("Monday")), ("SU", _("Sunday"))], blank=True
    )
    exception_dates = DatesField(
        _("not on"), help_text=_("Dates when it does not meet, such as 2026-12-25, separated by commas.")
    )
    added_dates = DatesField(_("also on"), help_text=_("Extra dates, in the same format."))
    dtstart = models.DateField(_("first date"), null=True, blank=True)
    until = models.DateField(_("last date"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    opens_at = models.TimeField(_("from"), null=True, blank=True)
    closes_at = models.TimeField(_("to"), null=True, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=60, blank=True, help_text=_("For example: America/Chicago.")
    )
    schedule_link = WebField(
        _("page of dates"), max_length=500, blank=True, help_text=_("URL where they publish their dates.")
    )
    notes = models.TextField(
        _("note"), blank=True, help_text=_("Shown beside the dates, such as: moves for holidays.")
    )

    class Meta:
        ordering = ("id",)
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        indexes = owner_indexes("schedule", "service", "service_at_location")
        constraints = (
            models.CheckConstraint(
                name="schedule_one_owner", condition=one_owner_q("service", "service_at_location")
            ),
            models.CheckConstraint(name="schedule_freq", condition=Q(freq__in=["", *Frequency.values])),
            models.CheckConstraint(
                name="schedule_dates_in_order",
                condition=Q(dtstart__isnull=True) | Q(until__isnull=True) | Q(dtstart__lte=F("until")),
            ),
            models.CheckConstraint(
                name="schedule_validity_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
            ),
            models.CheckConstraint(
                name="schedule_interval", condition=Q(interval__isnull=True) | Q(interval__gte=1)
            ),
            models.CheckConstraint(name="schedule_count", condition=Q(count__isnull=True) | Q(count__gte=1)),
        )

    def __str__(self) -> str:
        return self.description or self.byday or str(self.id)

    def clean(self) -> None:
        if self.dtstart and self.until and self.until < self.dtstart:
            raise ValidationError({"until": _("The last date is before the first.")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This date is before the one it starts from.")})
        if self.interval == 0:
            raise ValidationError({"interval": _("Enter 1 for every week or month, 2 for every second one.")})
