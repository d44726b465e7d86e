"""Parses free text about meeting times into a recurrence. English only; it never guesses.

Each rule looks for one kind of expression (a date, a weekday, a time) and marks what it understood. What is
left over is reported. Ambiguous text is not parsed: it stays a note, with a sentence that says what is
missing. So does text whose remainder could reverse the meaning of the rest.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.models.schedule import Frequency
from resources.timing.checking import LAST_SAFE_DAY, faults
from resources.timing.parsing.clock import parse_times, parse_zone
from resources.timing.parsing.dates import parse_dates, resolve_year, resolve_years
from resources.timing.parsing.days import parse_days, parse_exclusions, parse_months, parse_steps
from resources.timing.parsing.draft import (
    AND,
    DATE,
    DAY,
    KEPT,
    MONTH,
    MONTHS,
    OTHER,
    TIME,
    AmbiguousText,
    Draft,
    ParsedDate,
)
from resources.timing.recurrence import Recurrence, days_between
from resources.vocabulary import DAY_CODES

MAX_LENGTH = 1_000  # characters; a longer text is not only about times, and the rest may change the meaning
RULES = (
    parse_dates,
    parse_exclusions,
    parse_months,
    parse_steps,
    parse_days,
    parse_times,
    parse_zone,
)


@dataclass(frozen=True)
class ParsedSchedule:
    """The result of parsing a text.

    `recurrence` is None if it claims no dates: the text is then a note, `remainder` is all of it, and
    `reason` says what is missing. `remainder` is what was not understood, as typed; `assumed` are sentences
    about assumptions. `is_ambiguous` is True if those go beyond am or pm.
    """

    recurrence: Recurrence | None
    remainder: str
    assumed: tuple[str, ...]
    reason: str
    is_ambiguous: bool = False

    @property
    def is_certain(self) -> bool:
        """True if an importer may accept it without a person."""
        return self.recurrence is not None and not self.remainder and not self.is_ambiguous


def parse_schedule(text: str, *, today: date) -> ParsedSchedule:
    """Parse what `text` says about days and times. Never raises.

    `today` resolves years that are not stated.
    """
    note = text.strip()
    if len(note) > MAX_LENGTH:
        return ParsedSchedule(None, note, (), _("This is too long to read. Enter only the days and times."))
    draft = Draft(normalize_whitespace(note), today)
    try:
        recurrence = _recurrence(draft)
    except AmbiguousText as error:
        return ParsedSchedule(None, note, (), str(error))
    rest = draft.remainder()
    assumed = tuple(dict.fromkeys(draft.assumed))
    return ParsedSchedule(recurrence, rest, assumed, draft.ambiguity if rest else "", draft.is_ambiguous)


def normalize_whitespace(text: str) -> str:
    """Return the text with single spaces and its line breaks, so that no pattern need expect more."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _recurrence(draft: Draft) -> Recurrence:
    for rule in RULES:
        rule(draft)
    _parse_day_of_year(draft)
    _complete_weekdays(draft)
    _check_consistency(draft)
    _check_the_step(draft)
    recurrence = _with_dates(draft, _with_times(draft, _with_days(draft)))
    _check_remainder(draft)
    for fault in faults(replace(recurrence, timezone=recurrence.timezone or "UTC")):
        raise AmbiguousText(fault.message)
    if recurrence.interval > 1 and not _counts_from_its_day(recurrence):
        raise AmbiguousText(_("It does not meet on the date it counts from."))
    return recurrence


# ---- which days


def _parse_day_of_year(draft: Draft) -> None:
    """Read "15 October every year" as monthly, limited to one month."""
    dates = draft.dates.get("every year")
    if not dates:
        return
    if len(dates) > 1:
        raise AmbiguousText(_("It names several dates of the year. Enter one line for each."))
    day, month = dates[0].day, dates[0].month
    if (day, month) == (29, 2):
        raise AmbiguousText(_("Not every year has a 29 February."))
    if day > LAST_SAFE_DAY:
        raise AmbiguousText(_("Only days up to the 28th can repeat every year. Enter each date."))
    draft.month_days.append(day)
    draft.months.add(month)


def _complete_weekdays(draft: Draft) -> None:
    """Add every day to text that is open 24 hours and names no days."""
    names_days = draft.weekdays or draft.ordinals or draft.month_days or draft.dates.get("")
    if ("daily" in draft.facts and not draft.weekdays) or ("all hours" in draft.facts and not names_days):
        draft.weekdays += DAY_CODES
    remaining = [day for day in draft.weekdays if day not in draft.days_without]
    if draft.days_without & {day[-2:] for day in draft.ordinals} or (draft.weekdays and not remaining):
        raise AmbiguousText(_("It both names these days and excludes them."))
    draft.weekdays = remaining


def _is_weekly(draft: Draft) -> bool:
    return draft.unit == "week" or "weekly" in draft.facts


def _is_monthly(draft: Draft) -> bool:
    return draft.unit == "month" or "monthly" in draft.facts


def _check_consistency(draft: Draft) -> None:
    weekly, of_the_month = _is_weekly(draft), "of the month" in draft.facts
    monthly = _is_monthly(draft) or draft.times_in == (1, "month")
    monthly = monthly or (of_the_month and "every weekday named" not in draft.facts)
    if draft.weekdays and (draft.ordinals or monthly):
        name = WEEKDAYS[DAY_CODES.index(draft.weekdays[0])]
        raise AmbiguousText(_("Which %(weekday)s of the month?") % {"weekday": name})
    if draft.month_days and (draft.ordinals or draft.weekdays):
        raise AmbiguousText(_("Is it a day of the week, or of the month?"))
    if weekly and (draft.ordinals or draft.month_days or monthly):
        raise AmbiguousText(_("Is it by the week, or by the month?"))
    if draft.every_nth and len(draft.ordinals) == 1 and not monthly and not of_the_month:
        raise AmbiguousText(_("The %(nth)s of each month, or every %(nth)s one?") % {"nth": draft.every_nth})
    repeats = draft.ordinals or draft.month_days or draft.weekdays or weekly or monthly
    if draft.dates.get("") and repeats:
        raise AmbiguousText(_("Is it on one date, or does it repeat?"))


def _check_the_step(draft: Draft) -> None:
    """Check that an interval in weeks or months has a date to count from."""
    if "quarterly" in draft.facts and (draft.months or draft.months_without):
        draft.step, draft.unit = 1, ""
    if "yearly" in draft.facts and not draft.months:
        raise AmbiguousText(_("It does not say in which month."))
    if draft.step == 1 or _has_first_date(draft):
        return
    if "a date in doubt" in draft.facts:
        raise AmbiguousText(draft.ambiguity)
    message = {
        (True, "week"): _("Every second week needs one date to count from."),
        (True, "month"): _("Every second month needs one date to count from."),
        (False, "week"): _("To count every %(number)d weeks, give one date."),
        (False, "month"): _("To count every %(number)d months, give one date."),
    }[draft.step == 2, draft.unit]
    raise AmbiguousText(message % {"number": draft.step})


def _has_first_date(draft: Draft) -> bool:
    return bool(draft.dates.get("begin")) and "no first date" not in draft.facts


def _with_days(draft: Draft) -> Recurrence:
    """Return the days of the week or month. Raises AmbiguousText if the text states none."""
    days = Recurrence(timezone=draft.zone, interval=draft.step)
    if draft.ordinals:
        days = replace(days, freq=Frequency.MONTHLY, byday=tuple(dict.fromkeys(draft.ordinals)))
    elif draft.month_days:
        days = replace(days, freq=Frequency.MONTHLY, bymonthday=tuple(dict.fromkeys(draft.month_days)))
    elif draft.weekdays:
        byday = tuple(day for day in DAY_CODES if day in draft.weekdays)
        days = replace(days, freq=Frequency.WEEKLY, byday=byday)
    elif _has_first_date(draft) and _is_weekly(draft):
        days = replace(days, freq=Frequency.WEEKLY)
    else:
        _check_dates_alone(draft)
    # "Twice a month" adds nothing to "1st and 3rd Tuesday", and is not enough by itself.
    freq = {"week": Frequency.WEEKLY, "month": Frequency.MONTHLY}
    if draft.times_in and (len(days.byday) + len(days.bymonthday), days.freq) != (
        draft.times_in[0],
        freq[draft.times_in[1]],
    ):
        raise AmbiguousText(_("It does not say on which days."))
    return days


def _check_dates_alone(draft: Draft) -> None:
    """Raise AmbiguousText unless the text states single dates."""
    if _has_first_date(draft) and _is_monthly(draft):
        raise AmbiguousText(_("Is it on that day of the month, or on that weekday?"))
    if draft.dates.get("begin"):
        raise AmbiguousText(_("Choose whether it repeats weekly or monthly."))
    if draft.dates.get("") or draft.dates.get("besides"):
        return
    _check_remainder(draft)
    raise AmbiguousText(draft.ambiguity if "a date in doubt" in draft.facts else _("It names no day."))


# ---- times, months and dates


def _with_times(draft: Draft, recurrence: Recurrence) -> Recurrence:
    if "all hours" not in draft.facts:
        return replace(recurrence, opens_at=draft.opens_at, closes_at=draft.closes_at)
    if draft.opens_at is not None:
        raise AmbiguousText(_("It names several times of day. Enter one line for each."))
    return replace(recurrence, opens_at=time(), closes_at=time())


def _with_dates(draft: Draft, days: Recurrence) -> Recurrence:
    """Return `days` limited to its first and last date and its months, with added and excluded dates."""
    begin, end = _only(draft, "begin"), _only(draft, "end")
    dtstart = None
    if begin and end and end.year and not begin.year:
        # A year stated for the last date holds for the first one too: "6 January to 3 March 2027".
        dtstart = resolve_years(draft, [begin, end])[0]
    elif begin:
        dtstart = resolve_year(draft, begin, weekdays=days.byday if days.freq == Frequency.WEEKLY else ())
    if days.freq == Frequency.WEEKLY and not days.byday and dtstart:
        days = replace(days, byday=(DAY_CODES[dtstart.weekday()],))
    single = resolve_years(draft, draft.dates.get("", ()))
    besides = resolve_years(draft, draft.dates.get("besides", ()), coming=True)
    if len(single) == 1:
        dtstart = single[0]
    elif single:
        besides = sorted({*single, *besides})
    return replace(
        days,
        bymonth=_months(draft),
        count=_count(draft, days),
        dtstart=dtstart,
        until=resolve_year(draft, end, since=dtstart or draft.today) if end else None,
        exception_dates=tuple(resolve_years(draft, draft.dates.get("without", ()), coming=True)),
        added_dates=tuple(besides),
    )


def _only(draft: Draft, purpose: str) -> ParsedDate | None:
    dates = draft.dates.get(purpose, [])
    if len(dates) > 1:
        raise AmbiguousText(_("It names several first or last dates."))
    return dates[0] if dates else None


def _months(draft: Draft) -> tuple[int, ...]:
    """Return the months it is limited to, without those excluded; empty for all."""
    all_months = set(range(1, 13))
    remaining = (draft.months or all_months) - draft.months_without
    if not remaining:
        raise AmbiguousText(_("It leaves out every month."))
    return () if remaining == all_months else tuple(sorted(remaining))


def _count(draft: Draft, days: Recurrence) -> int | None:
    """Return the number of times; six weeks of two days each are twelve."""
    if draft.weeks is None:
        return draft.count
    if draft.count or days.freq != Frequency.WEEKLY or draft.step != 1:
        raise AmbiguousText(_("It is not clear how many times it meets."))
    return draft.weeks * max(1, len(days.byday))


def _counts_from_its_day(recurrence: Recurrence) -> bool:
    """True if the first date of an interval is one of its days.

    An interval of months counts from a month, in which its day may be still to come.
    """
    first = last = recurrence.dtstart or date.min
    if recurrence.freq == Frequency.MONTHLY:
        last = first.replace(day=monthrange(first.year, first.month)[1])
    without = replace(recurrence, exception_dates=(), added_dates=(), bymonth=())
    return any(days_between(without, first, last))


# ---- remaining text that would change the meaning of the rest

MARKED = f"[{DAY}{DATE}]"
NUMBERED = r"\b(?:[0-9]{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)\b"
LINKED = r"[ ,:(&/+\n-]{0,3}(?:(?:and|or|to|the|of|on|through) )*"
READ = f"[{DAY}{DATE}{TIME}{OTHER}{MONTHS}]"
GOES_ON = rf"(?= ?(?:$|[,.;:)&/+\n-]|(?:and|or|of|weeks?|weekends?|days?|month)\b|{READ}))"
NAMED_AFTER_A_MONTH = r"(?<!contact )(?<!call )(?<!email )(?<!text )(?<!with )(?<!by )(?<!ask for )"

WHICH_DAYS = gettext_lazy("It does not say on which days.")
HOW_OFTEN = gettext_lazy("It does not say how often it meets.")
AMBIGUITIES = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            r"\b(?:until further notice|hiatus|no longer|not currently|currently not|suspended|on hold|paused"
            r"|discontinued|not meeting)\b"
            rf"|(?:^|[,.;:()\n-] ?|{READ}) ?(?:is |are )?cancell?ed\b ?(?:$|[,.;)\n])",
            gettext_lazy("It may not be meeting at the moment."),
        ),
        (rf"{MARKED} ?,? ?or (?:the |on |every )*{MARKED}", gettext_lazy("It gives alternative days.")),
        (
            r"\b(?:before|after|following|preceding|prior to|nearest|closest to|weeks? of|until|till|by"
            rf"|since) (?:the |each |every |on )*{MARKED}",
            gettext_lazy("It counts from another day."),
        ),
        (
            r"\b(?:next|this|coming|upcoming|some|most|many|certain|select(?:ed)?|various|occasional(?:ly)?|odd|even"
            rf"|rotating|varying|different|one|either|any|few|several) (?:of )?(?:the )?[{DAY}]"
            rf"|{NUMBERED}{LINKED}{MARKED}|{MARKED}{LINKED}{NUMBERED}{GOES_ON}"
            rf"|{NUMBERED} (?:full )?(?:weeks?|weekends?|days?)\b|\bweeks? [0-9]|\b(?:odd|even) weeks?\b",
            WHICH_DAYS,
        ),
        (
            r"\b(?:every|each) (?:[0-9]|few|couple|so|now|once|several|other|alternate|second|third|quarter"
            r"|term)",
            HOW_OFTEN,
        ),
        (
            rf"{NAMED_AFTER_A_MONTH}"
            r"(?:\b(?:in|of|from|until|since|to|through|[0-9]{1,2}) (?:may|mar|march)\b"
            rf"|(?!\b(?:may|mar|march)\b){MONTH})",
            gettext_lazy("It is not clear which dates or months are meant."),
        ),
    )
)
A_LONE_NUMBER = re.compile(rf"\b(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth)\b{GOES_ON}")
SOMETIMES = re.compile(rf"[{DAY}] ?,? ?(?:(?:if|when|instead|on (?:a )?holidays?)\b|[{KEPT}])")
DAY_GROUP = re.compile(rf"[{DAY}]+(?:(?:{AND}|, | )(?:on |the |every )*[{DAY}]+)*")
# Months whose meaning other words may reverse: "we rest in August".
MONTHS_MAY_BEGIN = re.compile(
    rf"(?:^|[,.;:()\n-] ?|[{DATE}{DAY}{TIME}{MONTHS}{OTHER}{KEPT}],? ?)"
    r"(?:(?:we|it|group|groups|meets?|held|runs?) )*$"
)
MONTHS_WITHDRAWN = re.compile(
    rf" ?[^.;()\n{DATE}{DAY}{TIME}{OTHER}]{{0,40}}?"
    r"\b(?:off|closed|breaks?|recess|excluded|excepted|cancell?ed|no|not)\b"
)


def _check_remainder(draft: Draft) -> None:
    """Raise AmbiguousText if the text beside the days means that no date should be claimed."""
    remaining = draft.unparsed
    for pattern, why in AMBIGUITIES:
        if pattern.search(remaining):
            raise AmbiguousText(str(why))
    if draft.weekdays and A_LONE_NUMBER.search(remaining):
        raise AmbiguousText(str(WHICH_DAYS))
    for match in re.finditer(f"[{MONTHS}]+", remaining):
        begins = MONTHS_MAY_BEGIN.search(draft.before(match.start()))
        if not begins or MONTHS_WITHDRAWN.match(remaining, match.end()):
            raise AmbiguousText(_("It is not clear whether it meets in these months."))
    if len(re.findall(f"[{DAY}]+", remaining)) > 1 and SOMETIMES.search(remaining):
        raise AmbiguousText(_("It names a day that applies only sometimes."))
    # "1st and 3rd Tuesday" names days once.
    limits = draft.months or draft.months_without or draft.dates.get("without")
    if limits and len(DAY_GROUP.findall(remaining)) > 1:
        raise AmbiguousText(_("It may have other days in some months. Enter one line for each."))
