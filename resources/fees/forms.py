"""The form about a household, the same for pages and API. Nothing of it is stored."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resources import wording
from resources.fees.household import Household
from resources.vocabulary import GuidelineRegion, Period

MAX_PEOPLE = 20
MAX_INCOME = 10_000_000
# "1200", "1,200.50", "$1 200": digits, in groups of three if grouped at all. The browser uses the same
# patterns, so they contain only what both engines understand alike.
INCOME = (
    r"(?P<money>[A-Z]{0,3}[$£€]?) *"
    r"(?P<whole>[0-9]{1,60}|[0-9]{1,3}([, \u00a0\u202f][0-9]{3}){1,3})(\.(?P<cents>[0-9]{1,2}))?"
)
BELOW_ZERO = r"[-−] *[A-Z]{0,3}[$£€]? *[0-9].*"
CURRENCY_MARKS = {
    "USD": ("$", "US$", "USD"),
    "GBP": ("£", "GBP"),
    "EUR": ("€", "EUR"),
    "CAD": ("$", "CA$", "C$", "CAD"),
    "AUD": ("$", "AU$", "A$", "AUD"),
    "NZD": ("$", "NZ$", "NZD"),
}
PEOPLE_REQUIRED = _("Enter the number of people in your household.")
PEOPLE_INVALID = _("Enter a number of people from 1 to 20.")
INCOME_REQUIRED = _("Enter your household income. It can be 0.")
INCOME_INVALID = _("Enter an income as a number, such as 1200 or 1,200.50.")
NEGATIVE = _("An income is zero or more.")
TOO_LARGE = _("Enter an income up to 10,000,000.")
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices.")}


class IncomeField(forms.CharField):
    """Parses money as people write it into a Decimal; `money` is the sign or code before it, "" if none."""

    money = ""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if re.fullmatch(BELOW_ZERO, text):
            raise ValidationError(NEGATIVE)
        match = re.fullmatch(INCOME, text)
        if not match:
            raise ValidationError(INCOME_INVALID)
        income = Decimal(f"{re.sub(r'[^0-9]', '', match['whole'])}.{match['cents'] or 0}")
        if income > MAX_INCOME:
            raise ValidationError(TOO_LARGE)
        self.money = match["money"]
        return income


class PeopleField(forms.CharField):
    """A number of people from 1 to MAX_PEOPLE."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_PEOPLE:
            raise ValidationError(PEOPLE_INVALID)
        return int(text)


class HouseholdForm(forms.Form):
    """The size and income of a household."""

    household_size = PeopleField(
        label=_("How many people are in your household?"),
        help_text=_("You and the people you live with and share money with, from 1 to 20."),
        max_length=80,
        error_messages={
            "required": PEOPLE_REQUIRED,
            "max_length": PEOPLE_INVALID,
        },
    )
    income = IncomeField(
        label=_("What is your household income, before tax?"),
        help_text=_("Before tax, of all of you, for one period; from 0 to 10,000,000."),
        max_length=80,
        error_messages={
            "required": INCOME_REQUIRED,
            "max_length": INCOME_INVALID,
        },
    )
    period = forms.ChoiceField(
        label=_("Time period"),
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

    def check_currency(self, currency: str) -> bool:
        """True if the income is in `currency`, or names none; else add an error to its field."""
        money = self.fields["income"].money  # type: ignore[attr-defined]
        if not money or not currency or money in CURRENCY_MARKS.get(currency, (currency,)):
            return True
        self.add_error("income", wrong_currency_message(currency))
        return False

    def household(self, *, region: str) -> Household:
        """Return the household; `region` is the service's own. Only for a form without errors."""
        answers = self.cleaned_data
        return Household(
            size=answers["household_size"],
            income=answers["income"],
            period=answers["period"] or Period.YEAR,
            region=answers["region"] or region,
        )


def wrong_currency_message(currency: str) -> str:
    """Return the error for an income in another currency."""
    return gettext("Enter the income in %(money)s, as a number.") % {"money": wording.money_name(currency)}


def client_parsing_rules(currency: str) -> dict[str, Any]:
    """Return how the browser parses the fields and what it says about errors, the same as this form."""
    return {
        "income": INCOME.replace("?P<", "?<"),
        "below_zero": BELOW_ZERO,
        "signs": CURRENCY_MARKS.get(currency, (currency,)) if currency else None,
        "most_cents": MAX_INCOME * 100,
        "most_people": MAX_PEOPLE,
        "no_people": str(PEOPLE_REQUIRED),
        "wrong_people": str(PEOPLE_INVALID),
        "no_income": str(INCOME_REQUIRED),
        "no_number": str(INCOME_INVALID),
        "negative": str(NEGATIVE),
        "too_large": str(TOO_LARGE),
        "wrong_money": wrong_currency_message(currency) if currency else "",
    }
