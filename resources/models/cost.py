"""What a person would pay."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.service import Service
from resources.vocabulary import Cost, CostUnit


class CostOption(models.Model):
    """HSDS `cost_option`: one price, band or discount. Free is zero; an unstated amount is null, never zero.

    `amount` is the lowest stated price in `currency` (ISO 4217) for one `unit`, `amount_max` the highest.
    A joining fee is paid once, beside the price of the help itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    kind = models.CharField(_("kind of cost"), max_length=20, choices=Cost.choices)
    option = models.CharField(_("for whom or what"), max_length=255, blank=True)
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
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        ordering = ("is_joining_fee", "amount", "id")
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
            models.CheckConstraint(
                name="cost_validity_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
            ),
        )

    def __str__(self) -> str:
        return self.option or str(Cost(self.kind).label)

    def clean(self) -> None:
        if self.kind == Cost.FREE and self.amount is None:
            self.amount = Decimal(0)
        if self.kind == Cost.FREE and (self.amount or self.amount_max):
            raise ValidationError({"amount": _("Free means zero. Choose another kind of cost for a price.")})
        if self.kind == Cost.UNKNOWN and self.amount is not None:
            raise ValidationError({"amount": _("A stated amount is not an unknown cost.")})
        if self.amount_max is not None and (self.amount is None or self.amount_max < self.amount):
            raise ValidationError({"amount_max": _("Give the lowest amount first, then the highest.")})
        if self.amount and not self.currency:
            raise ValidationError({"currency": _("Say which currency.")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This date is before the one it starts from.")})
