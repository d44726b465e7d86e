"""Names and phrases shared by all kinds of records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from resources.vocabulary import COUNTRIES, LANGUAGES

KM_PER_MILE = 1.609344
MILE_COUNTRIES = ("US", "GB")
IN_A_SENTENCE = {"US": gettext_lazy("the US"), "GB": gettext_lazy("the UK")}
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def is_language_tag(code: str) -> bool:
    """True if `code` looks like a BCP 47 tag: "es", "fr-CA", "zh-Hant"."""
    return bool(LANGUAGE_TAG.fullmatch(code))


def language_name(code: str) -> str:
    """Return the name of a language, or the code if it has none here."""
    return str(LANGUAGES.get(code, code))


def country_name(code: str) -> str:
    """Return the name of a country we serve, else its code."""
    return _country_name(code, get_language())


@lru_cache(maxsize=1_000)
def _country_name(code: str, language: str | None) -> str:
    """Translate it once: every listing says it twice."""
    return str(COUNTRIES.get(code, code))


def the_country(code: str) -> str:
    """Return a country as it appears in a sentence: "the UK", "Canada"; "" for none."""
    return str(IN_A_SENTENCE.get(code, "")) or country_name(code)


def join_words(parts: Sequence[Any], *, last: str = "") -> str:
    """Return "a", "a and b" or "a, b and c"; `last` is the word before the last one."""
    words = [str(part) for part in parts]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last or _('and')} {words[-1]}"


def capitalize_first(phrases: Sequence[Any]) -> list[str]:
    """Return phrases for the start of a sentence: "Mentions pregnancy", "shows photographs"."""
    first, *others = [str(phrase) for phrase in phrases] or [""]
    return [capfirst(first), *others] if first else []


def audience_lines(people: Sequence[Any], *, made_for: Sequence[Any] = (), only: bool = False) -> list[str]:
    """Return a line for whom it is made for and one for who may come too.

    With `only`, one for all who may.
    """
    if only:
        return [_("Only for: %s.") % _dotted(people)]
    others = [person for person in people if person not in made_for]
    lines = ((_("Made for: %s"), made_for), (_("Also open to: %s"), others))
    return [template % _dotted(group) for template, group in lines if group]


def _dotted(phrases: Sequence[Any]) -> str:
    return " · ".join(map(str, phrases))


def distance(km: float | None, *, country: str, about: bool = False) -> str:
    """Return "3 miles" or "5 km", as usual in the country; "about" if only the town is known; "" for None."""
    if km is None:
        return ""
    miles = country in MILE_COUNTRIES
    value = km / KM_PER_MILE if miles else km
    if value < 1:
        return _("under a mile") if miles else _("under 1 km")
    number = round(value)
    if miles:
        phrase = ngettext("%(number)d mile", "%(number)d miles", number) % {"number": number}
    else:
        phrase = _("%(number)d km") % {"number": number}
    return _("about %(distance)s") % {"distance": phrase} if about else phrase


def check_status(on: Any, *, has_place: bool, has_phone: bool) -> str:
    """Return when a listing was last checked, or that it was not and what to do about that.

    `on` is a date or None. `has_place`: there is a place to go to; `has_phone`: there is a number to call.
    """
    if on is None and has_place:
        return (
            _("Not checked by us yet. Call before you go.")
            if has_phone
            else _("Not checked by us yet. Contact them before you go.")
        )
    if on is None:
        return _("Not checked by us yet. Details may have changed.")
    return _("Last checked %(date)s") % {"date": date_format(on)}


def recent_outcomes(*, full_on: Any, unanswered_on: Any) -> list[str]:
    """Return what the last contact found that matters before calling; nothing for None."""
    outcomes = (
        (full_on, _("Full when we last checked, on %(date)s. Ask about a waiting list.")),
        (unanswered_on, _("We could not reach them on %(date)s.")),
    )
    return [sentence % {"date": date_format(day)} for day, sentence in outcomes if day]
