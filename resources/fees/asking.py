"""What somebody tells of their household, the same for the page and for programs. Nothing of it is kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from resources.fees.household import Household
from resources.vocabulary import GuidelineRegion, Period

MOST_PEOPLE = 20
MOST_INCOME = 10_000_000
# "1200", "1,200.50", "$1 200": digits, in threes where they are parted at all.
INCOME = re.compile(
    r"[$£€]?\s*(?P<whole>[0-9]{1,60}|[0-9]{1,3}(?:[, ][0-9]{3}){1,3})(?:\.(?P<cents>[0-9]{1,2}))?"
)
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices.")}


class IncomeField(forms.CharField):
    """Money as people write it, as a Decimal."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if re.match(r"[-−]\s*[$£€]?[0-9]", text):
            raise ValidationError(_("An income is zero or more."))
        match = INCOME.fullmatch(text)
        if not match:
            raise ValidationError(_("Write an income as a number, such as 1200 or 1,200.50."))
        income = Decimal(f"{re.sub(r'[, ]', '', match['whole'])}.{match['cents'] or 0}")
        if income > MOST_INCOME:
            raise ValidationError(_("Write an income of at most 10,000,000."))
        return income


class PeopleField(forms.CharField):
    """A number of people."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_PEOPLE:
            raise ValidationError(
                _("Write how many people you are, from 1 to %(most)d.") % {"most": MOST_PEOPLE}
            )
        return int(text)


class HouseholdForm(forms.Form):
    household_size = PeopleField(
        label=_("How many people are in your household?"),
        help_text=_("You and those you live with and share money with, from 1 to 20."),
        max_length=80,
        error_messages={
            "required": _("Write how many people you are."),
            "max_length": _("Write how many people you are, from 1 to 20."),
        },
    )
    income = IncomeField(
        label=_("What is your income together, before tax?"),
        help_text=_("Before tax, of all of you, for one period; from 0 to 10,000,000."),
        max_length=80,
        error_messages={
            "required": _("Write your income. It may be 0."),
            "max_length": _("Write an income as a number, such as 1200 or 1,200.50."),
        },
    )
    period = forms.ChoiceField(
        label=_("That is for"),
        choices=Period.choices,
        required=False,
        initial=Period.YEAR,
        help_text=_("What the income is for: a year if not given. An hour is one of 40 in a week."),
        error_messages=NOT_A_CHOICE,
    )
    region = forms.ChoiceField(
        label=_("Where do you live?"),
        choices=GuidelineRegion.choices,
        required=False,
        help_text=_("Which table of the US poverty guideline counts; where the service is, if not given."),
        error_messages=NOT_A_CHOICE,
    )

    def household(self, *, region: str) -> Household:
        """What was told; `region` is the service's own. Only for a form without errors."""
        told = self.cleaned_data
        return Household(
            size=told["household_size"],
            income=told["income"],
            period=told["period"] or Period.YEAR,
            region=told["region"] or region,
        )
