"""The filter set behind pages and API: parses a question, reports errors in it, and answers it.

The parameters are those of the public surface. Empty values count as not given, because forms send them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from resources.geo.geocoding import FoundPlace, PlaceName, PlaceNotFound, find_place
from resources.models import Listing
from resources.search.engine import Answer, Matches, find, search_listings
from resources.search.facets import FACETS, Facet
from resources.search.question import (
    MAX_PAGE_SIZE,
    PAGE_SIZE,
    Distance,
    MeetingTimes,
    Question,
    Reach,
    Sort,
    Unknown,
    Widen,
    no_distance,
    usual_distance,
)
from resources.search.tokens import fold, says_nothing
from resources.vocabulary import CURRENCIES, Section, Weekday

WITHIN = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)\s*(mi|miles?|km)?", re.IGNORECASE)
# "7" alone is not accepted: it may be morning or evening.
CLOCK = re.compile(
    r"(?P<hour>[01]?[0-9]|2[0-3])[:.](?P<minute>[0-5][0-9])"
    r"|(?P<hour12>0?[1-9]|1[0-2])(?:[:.](?P<minute12>[0-5][0-9]))?\s*(?P<half>[ap])\.?\s?m\.?",
    re.IGNORECASE,
)
NOT_A_CHOICE = {"invalid_choice": _("“%(value)s” is not one of the choices.")}
MAX_WORDS_LENGTH = 500
MAX_PLACE_LENGTH = 200
MAX_DAYS = 62
MAX_PRICE = 100_000


@dataclass(frozen=True)
class ParameterError:
    """A parameter that cannot be used, with the reason and alternatives; "" names no parameter."""

    parameter: str
    message: str
    choices: tuple[str, ...] = ()


class DistanceField(forms.CharField):
    """Parses "25mi", "40 km" or a bare number into (number, unit); unit "" is the place's own."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        match = WITHIN.fullmatch(text)
        if not match or not 1 <= float(match[1]) <= 500:
            raise ValidationError(_("Enter a distance from 1 to 500, such as 25mi or 40km."))
        unit = (match[2] or "").lower()
        return float(match[1]), "mi" if unit.startswith("mi") else unit


class WithinFilter(django_filters.Filter):
    field_class = DistanceField


class OneLineField(forms.CharField):
    """Text with every run of whitespace reduced to one space."""

    default_error_messages = {
        "max_length": _("Use %(limit_value)d characters at most."),
        "null_characters_not_allowed": _("This contains a character we cannot search for. Please retype it."),
    }

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class TextFilter(django_filters.Filter):
    field_class = OneLineField


class Amount(NamedTuple):
    """An amount of money as someone wrote it; `currency` is "" where they wrote none that is clear."""

    number: Decimal
    currency: str


# A dollar is of the country that is asked about.
_CURRENCY_WORDS = {
    **dict.fromkeys(("£", "gbp", "pound", "pounds", "quid"), "GBP"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "EUR"),
    **dict.fromkeys(("us$", "usd"), "USD"),
    **dict.fromkeys(("ca$", "c$", "cad", "can$"), "CAD"),
    **dict.fromkeys(("au$", "a$", "aud"), "AUD"),
    **dict.fromkeys(("nz$", "nzd"), "NZD"),
    **dict.fromkeys(("$", "dollar", "dollars", "bucks", ""), ""),
}
_NOTHING = ("free", "nothing", "gratis", "gratuit", "zero", "none", "no cost")
_AMOUNT = re.compile(
    r"(?:up to |under |max(?:imum)? |less than )?(?P<before>[a-z]{0,3}[$£€]|[a-z]{3})?\s*"
    r"(?P<number>[0-9][0-9.,'\s]*?)\s*(?P<after>[$£€]|[a-z]{2,7})?"
    r"(?: ?(?:a|per|/) ?(?:session|visit|hour|hr|time|week|month)| max(?:imum)?| or less)?\.?"
)


def read_amount(text: str) -> Amount | None:
    """Return the amount of "$20", "£10", "7,50", "1,000", "20 dollars" or "free"; None if it is none.

    A comma before one or two last digits is a decimal comma; before three it parts thousands.
    """
    said = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if said in _NOTHING:
        return Amount(Decimal(0), "")
    match = _AMOUNT.fullmatch(said)
    if match is None:
        return None
    words = [match["before"] or "", match["after"] or ""]
    if not all(word in _CURRENCY_WORDS for word in words):
        return None
    number = re.sub(r"[\s']", "", match["number"])
    if re.fullmatch(r"[0-9.]*,[0-9]{1,2}", number):
        number = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?", number):
        number = number.replace(",", "")
    if not re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,2})?", number):
        return None
    return Amount(Decimal(number), next((code for word in words if (code := _CURRENCY_WORDS[word])), ""))


class PriceField(forms.CharField):
    """An amount of money as people write it; every error has the same message."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        amount = read_amount(text)
        if amount is None or amount.number > MAX_PRICE:
            raise ValidationError(_("Enter an amount from 0 to 100,000, such as 20 or 7.50."))
        return amount


class PriceFilter(django_filters.Filter):
    field_class = PriceField


class WholeNumberField(forms.IntegerField):
    """A whole number of up to nine digits."""

    default_error_messages = {
        "min_value": _("Enter %(limit_value)d or more."),
        "max_value": _("Enter %(limit_value)d or less."),
    }

    def to_python(self, value: Any) -> int | None:
        if value and not re.fullmatch(r"[0-9]{1,9}", str(value)):
            raise ValidationError(_("Enter a whole number."))
        number: int | None = super().to_python(value)
        return number


class WholeNumberFilter(django_filters.Filter):
    field_class = WholeNumberField


class IdsField(forms.CharField):
    """UUIDs of records, any of which may match. Returns a tuple."""

    def clean(self, value: Any) -> tuple[UUID, ...]:
        try:
            return tuple(UUID(str(item).strip()) for item in value or ())
        except ValueError:
            raise ValidationError(_("Enter a valid UUID.")) from None


class IdsFilter(django_filters.Filter):
    field_class = IdsField


class DayField(forms.DateField):
    """A date in ISO 8601, so that it means the same in every country."""

    input_formats = ("%Y-%m-%d",)
    default_error_messages = {"invalid": _("Enter a date as 2026-01-31.")}


class DayFilter(django_filters.Filter):
    field_class = DayField


class ClockField(forms.CharField):
    """Parses a time of day, "18:30" or "6:30 pm", into minutes of the day."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        match = CLOCK.fullmatch(text)
        if not match:
            raise ValidationError(_("Enter a time of day, such as 18:00 or 6 pm."))
        hour, minute = int(match["hour"] or match["hour12"]), int(match["minute"] or match["minute12"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] in "pP" else 0)
        return hour * 60 + minute


class ClockFilter(django_filters.Filter):
    field_class = ClockField


def facet_filter(facet: Facet) -> django_filters.MultipleChoiceFilter:
    """Return a multiple-choice parameter for a facet."""
    return django_filters.MultipleChoiceFilter(
        choices=facet.choices(),
        label=facet.label,
        help_text=facet.help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_A_CHOICE,
    )


class StrictFilterSet(django_filters.FilterSet):
    """A filter set that ignores no parameter: `parameter_errors()` reports each one it cannot use.

    `offered` are the names suggested for an unknown parameter; all of them if not set.
    """

    offered: ClassVar[tuple[str, ...] | None] = None

    def __init__(self, data: Any, queryset: Any = None, **options: Any) -> None:
        self.strange = tuple(name for name in data if name not in self.base_filters)
        super().__init__(data, Listing.objects.none() if queryset is None else queryset, **options)

    def parameter_errors(self) -> list[ParameterError]:
        """Return an error for each parameter that cannot be used, unknown ones first. Empty if all can."""
        offered = tuple(self.base_filters) if self.offered is None else self.offered
        unknown = [ParameterError(name[:100], _now("Unknown parameter."), offered) for name in self.strange]
        return unknown + self.invalid_values()

    def invalid_values(self) -> list[ParameterError]:
        """Return an error for each parameter with an invalid value."""
        return form_errors(self.form)


class Parsed:
    """What was given, cleaned field by field: as a bound form has it, at a tenth of the cost of making one.

    `cleaned_data` has every field, those not given as an empty form has them; `errors` the messages by field.
    """

    place: FoundPlace | None = None

    def __init__(self, filters: type[StrictFilterSet], data: MultiValueDict[str, Any]) -> None:
        self.fields = fields_of(filters)
        self.cleaned_data: dict[str, Any] = dict(_not_given(filters))
        self.errors: dict[str, list[str]] = {}
        for name in self.fields:
            if name in data:
                self._clean(name, data)

    def _clean(self, name: str, data: MultiValueDict[str, Any]) -> None:
        field = self.fields[name]
        try:
            self.cleaned_data[name] = field.clean(field.widget.value_from_datadict(data, {}, name))
        except ValidationError as error:
            for message in error.messages:
                self.add_error(name, message)

    def add_error(self, name: str, message: Any) -> None:
        """Add an error to a field, whose value then counts for nothing."""
        self.errors.setdefault(name, []).append(str(message))
        self.cleaned_data.pop(name, None)


@cache
def fields_of(filters: type[StrictFilterSet]) -> Mapping[str, forms.Field]:
    """Return the form fields of a filter set, which all its forms share."""
    return {name: each.field for name, each in filters.base_filters.items()}


@cache
def _not_given(filters: type[StrictFilterSet]) -> Mapping[str, Any]:
    """Return what each field is cleaned to if nothing was given."""
    empty: MultiValueDict[str, Any] = MultiValueDict()
    return {
        name: field.clean(field.widget.value_from_datadict(empty, {}, name))
        for name, field in fields_of(filters).items()
    }


class SharedFields(dict[str, forms.Field]):
    """Fields that no form changes: a form copies those of its class, which takes a millisecond."""

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        return dict(self)


@cache
def _form_class(filters: type[StrictFilterSet]) -> type[forms.Form]:
    made: Any = type("QuestionForm", (forms.Form,), {})
    made.base_fields = SharedFields(fields_of(filters))
    form_class: type[forms.Form] = made
    return form_class


def form_errors(form: forms.Form) -> list[ParameterError]:
    """Return the errors of each field, with the values that could be given instead."""
    return [
        ParameterError(name, " ".join(map(str, errors)), field_choices(form.fields[name]))
        for name, errors in form.errors.items()
    ]


def field_choices(field: forms.Field) -> tuple[str, ...]:
    """Return the values a field accepts; empty if they are not a list."""
    return tuple(str(value) for value, _label in getattr(field, "choices", ()) if value)


class ListingFilterSet(StrictFilterSet):
    """The parameters of a question about listings; `answer()` answers it.

    Where neither `widen` nor `unknown` is given, a program is answered strictly.
    """

    widen_unless_told = Widen.NO
    unknown_unless_told = Unknown.EXCLUDE

    near = TextFilter(
        label=_("Where"),
        help_text=_(
            "A postal code, a town, a county, island, metro area, state or country, or latitude and longitude"
            " such as 32.78,-96.80. An area is searched as a whole."
        ),
        max_length=MAX_PLACE_LENGTH,
    )
    within = WithinFilter(
        label=_("How far"),
        help_text=_(
            "From 1 to 500, in mi or km. Without it 25mi in the US and Britain, 40km elsewhere. Around an"
            " area, it is added to what lies in it."
        ),
        max_length=20,
    )
    reach = django_filters.ChoiceFilter(
        choices=Reach.choices,
        label=_("Near or remote"),
        help_text=_("Only near, only from elsewhere, or both."),
        error_messages=NOT_A_CHOICE,
    )
    q = TextFilter(
        label=_("Words"),
        help_text=_(
            "All words must match, or a synonym. Words in quotation marks must match exactly. If"
            " nothing matches, one typo per word is corrected, then most of the words are searched for. Web"
            " addresses and phone numbers find who has them."
        ),
        max_length=MAX_WORDS_LENGTH,
    )
    max_price = PriceFilter(
        label=_("The most you can pay for a session"),
        help_text=_(
            "Services with a stated price of at most this much per session. 0 finds only free services."
        ),
        max_length=40,
    )
    currency = django_filters.ChoiceFilter(
        choices=[(code, code) for code in sorted(set(CURRENCIES.values()))],
        label=_("Currency"),
        help_text=_("The currency of max_price; without it that of the place's country."),
        error_messages=NOT_A_CHOICE,
    )
    organization = IdsFilter(
        label=_("Organization"),
        help_text=_("UUID of an organization."),
        widget=forms.MultipleHiddenInput,
    )
    assured_since = DayFilter(
        label=_("Checked since"),
        help_text=_("Checked on or after this date, such as 2026-01-31."),
    )
    day = django_filters.MultipleChoiceFilter(
        choices=Weekday.choices,
        label=_("Day of the week"),
        help_text=_("Meets on this weekday. Only groups whose dates have been checked are included."),
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_A_CHOICE,
    )
    after = ClockFilter(
        label=_("Not before"),
        help_text=_("Starts at this local time or later, such as 18:00."),
        max_length=20,
    )
    before = ClockFilter(
        label=_("Before"), help_text=_("Starts before this local time, such as 12:00."), max_length=20
    )
    upcoming = WholeNumberFilter(
        label=_("How soon"),
        help_text=_("Meets within this many days, from 1 (today) to 62."),
        min_value=1,
        max_value=MAX_DAYS,
    )
    section = django_filters.MultipleChoiceFilter(
        choices=Section.choices,
        label=_("Section"),
        help_text=_("Only this section of the results, as each result names it."),
        widget=forms.MultipleHiddenInput,
        error_messages=NOT_A_CHOICE,
    )
    widen = django_filters.ChoiceFilter(
        choices=Widen.choices,
        label=_("Widen"),
        help_text=_(
            "Whether, if nothing matches, the day, the radius and then the way to meet may be widened. The"
            " answer says so. Default: no; on pages and handouts yes."
        ),
        widget=forms.HiddenInput,
        error_messages=NOT_A_CHOICE,
    )
    unknown = django_filters.ChoiceFilter(
        choices=Unknown.choices,
        label=_("What is not stated"),
        help_text=_(
            "For cost, max_price, loss and avoid: whether listings that do not state it follow those that"
            " do. Default: exclude; on pages and handouts include."
        ),
        widget=forms.HiddenInput,
        error_messages=NOT_A_CHOICE,
    )
    sort = django_filters.ChoiceFilter(
        choices=Sort.choices,
        label=_("Order"),
        help_text=_("distance needs near."),
        error_messages=NOT_A_CHOICE,
    )
    page = WholeNumberFilter(label=_("Page"), help_text=_("The first page is 1."), min_value=1)
    page_size = WholeNumberFilter(
        label=_("Results on a page"),
        help_text=_("From 1 to 100; 40 if not given."),
        min_value=1,
        max_value=MAX_PAGE_SIZE,
    )

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        """Return the filters declared here plus one for each facet."""
        return super().get_filters() | OrderedDict((facet.name, facet_filter(facet)) for facet in FACETS)

    def __init__(self, data: Mapping[str, Any], queryset: Any = None, **options: Any) -> None:
        query = data if isinstance(data, MultiValueDict) else _query_of(data)
        # Not the base's own, which copies every filter: there is no queryset to filter.
        self.is_bound, self.given = True, _without_empties(query)
        self.strange = tuple(name for name in query if name not in self.base_filters)
        self.spellings: tuple[PlaceName, ...] = ()

    @cached_property
    def parsed(self) -> Parsed:
        """What was given, with the place looked up: an unknown place is an error of its field."""
        parsed = Parsed(type(self), self.given)
        if near := parsed.cleaned_data.get("near"):
            self._look_up(parsed, near)
        self.check(parsed)
        return parsed

    @cached_property
    def form(self) -> Any:
        """The bound form, to be drawn."""
        form: Any = _form_class(type(self))(self.given)
        form.cleaned_data = self.parsed.cleaned_data
        form._errors = ErrorDict(
            {
                name: form.error_class(messages, renderer=form.renderer)
                for name, messages in self.parsed.errors.items()
            }
        )
        return form

    def _look_up(self, parsed: Parsed, near: str) -> None:
        chosen: list[str] = list(parsed.cleaned_data.get("country") or ())
        country = chosen[0] if len(chosen) == 1 else ""
        try:
            parsed.place = find_place(near, default_country=settings.DEFAULT_COUNTRY, country=country)
        except PlaceNotFound as error:
            self.spellings = tuple(error.suggestions)
            message = _now(
                "We could not find that place. Try a postal code, or a town or county with its state or"
                " country."
            )
            parsed.add_error("near", message)

    def check(self, parsed: Parsed) -> None:
        """Add the errors that depend on more than one value."""
        if (
            parsed.cleaned_data.get("sort") == Sort.DISTANCE
            and not parsed.cleaned_data.get("near")
            and "near" not in parsed.errors
        ):
            parsed.add_error("sort", _now("To sort by distance, enter a place."))

    def invalid_values(self) -> list[ParameterError]:
        """Return an error for each invalid value; for an unknown place its choices are similar names."""
        errors, fields = self.parsed.errors, fields_of(type(self))
        places = tuple(place.query for place in self.spellings)
        return [
            ParameterError(
                name, " ".join(messages), places if name == "near" else field_choices(fields[name])
            )
            for name, messages in errors.items()
        ]

    def question(self) -> Question:
        """Return the parsed question. Only for a form without errors."""
        cleaned, place = self.parsed.cleaned_data, self.parsed.place
        country = place.country if place and place.country else settings.DEFAULT_COUNTRY
        price: Amount | None = cleaned["max_price"]
        words, when = read_times(words_that_ask(cleaned["q"]), _meeting_times(cleaned))
        return Question(
            default_country=settings.DEFAULT_COUNTRY,
            place=place,
            within=_distance(cleaned["within"], country, place),
            reach=cleaned["reach"] or Reach.ANY,
            words=words,
            facets={facet.name: tuple(cleaned[facet.name]) for facet in FACETS if cleaned[facet.name]},
            max_price=None if price is None else int(price.number * 100),
            currency=cleaned["currency"] or (price and price.currency) or CURRENCIES.get(country, "USD"),
            organizations=cleaned["organization"],
            assured_since=cleaned["assured_since"],
            when=when,
            sections=tuple(cleaned["section"]),
            widens=(cleaned.get("widen") or self.widen_unless_told) == Widen.YES,
            includes_unknown=(cleaned["unknown"] or self.unknown_unless_told) == Unknown.INCLUDE,
            sort=cleaned["sort"] or Sort.BEST,
            page=cleaned["page"] or 1,
            page_size=cleaned["page_size"] or PAGE_SIZE,
        )

    def answer(self) -> Answer:
        """Return one page of the answer. Raises PageNotFound past the end."""
        return search_listings(self.question())

    def matches(self) -> Matches:
        """Return the matches, counted but not yet read."""
        return find(self.question())


class VisitorFilterSet(ListingFilterSet):
    """The same for people, who are shown what may help and told what it does not state."""

    widen_unless_told = Widen.YES
    unknown_unless_told = Unknown.INCLUDE


def _meeting_times(cleaned: Mapping[str, Any]) -> MeetingTimes:
    return MeetingTimes(
        days=tuple(Weekday(day).number for day in cleaned["day"]),
        after=cleaned["after"],
        before=cleaned["before"],
        upcoming=cleaned["upcoming"],
    )


_NEAR_ME = re.compile(r"near(?:by|est)|(?:close|closest) to (?:me|us)|around here|in my area|where i live")


def words_that_ask(words: str) -> str:
    """Return "" for "near me" or "I need help": they name no need, and the place is asked for beside them."""
    folded = fold(words)
    said = folded.split()
    asks = len(said) < 2 or '"' in words or not all(says_nothing(word) for word in said)
    return words if asks and not _NEAR_ME.fullmatch(folded) else ""


# Of what happened today no meeting is asked for: "I lost my baby today".
_HAPPENED = re.compile(
    r"\b(?:had|lost|los(?:e|ing)|died|passed|miscarr\w+|bleed\w*|happened|found out|told|born|diagnosed)\b",
    re.IGNORECASE,
)
_SOON = re.compile(r"\b(tonight|this evening|today|this week)\b", re.IGNORECASE)
_SOON_TIMES = {
    "today": MeetingTimes(upcoming=1),
    "this week": MeetingTimes(upcoming=7),
    "tonight": MeetingTimes(upcoming=1, after=17 * 60),
    "this evening": MeetingTimes(upcoming=1, after=17 * 60),
}


def read_times(words: str, when: MeetingTimes) -> tuple[str, MeetingTimes]:
    """Return the words without "tonight" or "this week", and the meeting times these ask for.

    Unchanged if times were given otherwise, the words stand in quotation marks, or they say what happened.
    """
    match = _SOON.search(words)
    if match is None or when or '"' in words or _HAPPENED.search(words):
        return words, when
    return " ".join(_SOON.sub(" ", words).split()), _SOON_TIMES[match[0].lower()]


def _distance(given: tuple[float, str] | None, country: str, place: FoundPlace | None) -> Distance:
    default = no_distance(country) if place and place.has_extent else usual_distance(country)
    return default if given is None else Distance(given[0], given[1] or default.unit)


def _query_of(data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    query: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in data.items():
        query.setlist(name, list(value) if isinstance(value, list | tuple) else [str(value)])
    return query


def _without_empties(query: MultiValueDict[str, Any]) -> MultiValueDict[str, Any]:
    given: MultiValueDict[str, Any] = MultiValueDict()
    for name, values in query.lists():
        if non_empty := [value for value in values if str(value).strip()]:
            given.setlist(name, non_empty)
    return given
