"""Prices of services."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import Cost, CostUnit

# Pairs of fields that limit a band: over the first, up to the second.
BOUNDS = (
    ("guideline_over", "guideline_up_to"),
    ("income_over", "income_up_to"),
    ("household_from", "household_to"),
)


class CostOptionQuerySet(models.QuerySet["CostOption"]):
    def valid_on(self, day: date) -> CostOptionQuerySet:
        """Prices that are valid on this day: begun, and not over."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def changing_between(self, earlier: date, later: date) -> CostOptionQuerySet:
        """Prices that are valid on one of these days and not on the other."""
        begins = Q(valid_from__gt=earlier, valid_from__lte=later)
        return self.filter(begins | Q(valid_to__gte=earlier, valid_to__lt=later))


def _order_check(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """Return a constraint: if both fields are set, the first is not above the last."""
    unstated = Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__isnull": True})
    return models.CheckConstraint(name=name, condition=unstated | Q(**{f"{first}__lte": F(last)}))


class CostOption(models.Model):
    """HSDS `cost_option`: one price, band or discount. Free is zero; an unstated amount is null, never zero.

    `amount` is the lowest stated price in `currency` (ISO 4217) for one `unit`, `amount_max` the highest. A
    joining fee is paid once, in addition to the price of the help itself.

    A band of a sliding scale is limited by a yearly income in `currency`, a number of people in the
    household, or a percentage of the US poverty guideline. Each is *over* its lower limit and *up to* its
    upper one; a null limit is not stated. A discount is `percent_off` a full fee, which may be stated
    (`full_fee`) or not. `resources.fees` reads all of this.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="cost_options"
    )
    kind = models.CharField(_("kind of cost"), max_length=20, choices=Cost.choices)
    option = models.CharField(_("who or what it is for"), max_length=255, blank=True)
    amount = models.DecimalField(_("from"), max_digits=9, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField(_("to"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as USD."))],
    )
    unit = models.CharField(_("for"), max_length=20, choices=CostUnit.choices, blank=True)
    amount_description = models.TextField(_("in words"), blank=True)
    is_joining_fee = models.BooleanField(_("a joining fee"), default=False)
    percent_off = models.DecimalField(
        _("% off"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("Discount on the full fee: 80 means the client pays 20%."),
    )
    full_fee = models.DecimalField(_("full fee"), max_digits=9, decimal_places=2, null=True, blank=True)
    guideline_over = models.DecimalField(
        _("over % of guideline"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    guideline_up_to = models.DecimalField(
        _("up to % of guideline"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    income_over = models.DecimalField(
        _("yearly income over"), max_digits=11, decimal_places=2, null=True, blank=True
    )
    income_up_to = models.DecimalField(
        _("yearly income up to"), max_digits=11, decimal_places=2, null=True, blank=True
    )
    household_from = models.PositiveSmallIntegerField(_("smallest household"), null=True, blank=True)
    household_to = models.PositiveSmallIntegerField(_("largest household"), null=True, blank=True)
    checked_on = models.DateField(_("price last checked on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = CostOptionQuerySet.as_manager()

    class Meta:
        # Explicit, because the two databases sort null amounts differently.
        ordering = ("is_joining_fee", F("amount").asc(nulls_last=True), "id")
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = (
            choice_check("kind", Cost, name="cost_kind_known"),
            choice_check("unit", CostUnit, name="cost_unit_known", blank=True),
            models.CheckConstraint(
                name="cost_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="cost_amounts_in_order",
                condition=Q(amount_max__isnull=True)
                | (Q(amount__isnull=False) & Q(amount_max__gte=F("amount"))),
            ),
            models.CheckConstraint(
                name="cost_amount_has_currency",
                condition=Q(amount__isnull=True) | Q(amount=0) | ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="cost_free_is_zero",
                condition=~Q(kind=Cost.FREE)
                | Q(amount=0, amount_max__isnull=True)
                | Q(amount=0, amount_max=0),
            ),
            models.CheckConstraint(
                name="cost_unknown_has_no_amount", condition=~Q(kind=Cost.UNKNOWN) | Q(amount__isnull=True)
            ),
            _order_check("valid_from", "valid_to", name="cost_validity_in_order"),
            _order_check("guideline_over", "guideline_up_to", name="cost_guideline_in_order"),
            _order_check("income_over", "income_up_to", name="cost_income_in_order"),
            _order_check("household_from", "household_to", name="cost_household_in_order"),
            models.CheckConstraint(
                name="cost_percent_off",
                condition=Q(percent_off__isnull=True) | Q(percent_off__gte=0, percent_off__lte=100),
            ),
            models.CheckConstraint(
                name="cost_full_fee",
                condition=Q(full_fee__isnull=True) | (Q(full_fee__gte=0) & ~Q(currency="")),
            ),
        )

    def __str__(self) -> str:
        return self.option or str(Cost(self.kind).label)

    def is_valid_on(self, day: date) -> bool:
        """Return True if the price is valid on this day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def clean(self) -> None:
        """Set the amount of a free price to zero, and check amounts, dates and bands."""
        if self.kind == Cost.FREE and self.amount is None:
            self.amount = Decimal(0)
        if self.kind == Cost.FREE and (self.amount or self.amount_max):
            raise ValidationError(
                {"amount": _("“Free” means no charge. Choose another kind of cost to enter a price.")}
            )
        if self.kind == Cost.UNKNOWN and self.amount is not None:
            raise ValidationError({"amount": _("A stated amount is not an unknown cost.")})
        if self.amount_max is not None and (self.amount is None or self.amount_max < self.amount):
            raise ValidationError({"amount_max": _("Enter the lowest amount first, then the highest.")})
        if self.amount and not self.currency:
            raise ValidationError({"currency": _("Choose a currency.")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This date is before the one it starts from.")})
        self._check_band()

    def _check_band(self) -> None:
        for first, last in BOUNDS:
            low, high = getattr(self, first), getattr(self, last)
            if low is not None and low < 0:
                raise ValidationError({first: _("Enter zero or more.")})
            if high is not None and (high <= 0 or (low is not None and high < low)):
                raise ValidationError({last: _("The upper limit is below the lower one.")})
        if self.percent_off is not None and not 0 <= self.percent_off <= 100:
            raise ValidationError({"percent_off": _("Enter a percentage from 0 to 100.")})
        if self.full_fee is not None and self.percent_off is None:
            raise ValidationError({"percent_off": _("Enter the discount on the full fee.")})
        if self.percent_off is not None and self.amount is not None:
            raise ValidationError({"percent_off": _("Enter an amount or a discount, not both.")})
        if (self.full_fee or self.income_over or self.income_up_to) and not self.currency:
            raise ValidationError({"currency": _("Choose a currency.")})
