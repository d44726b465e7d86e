"""The months a group keeps to, and what it leaves out: "September to May", "no meetings in July"."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from resources.timing.parsing.draft import DATE, DAY, KEPT, MONTHS, OTHER, TIME, AmbiguousText, Draft
from resources.timing.parsing.terms import (
    AND,
    DAY_RANGE,
    MONTH,
    NOT,
    NOT_HELD,
    TO,
    WEEKDAY,
    YEAR,
    month_of,
    weekday_of,
    weekdays_between,
)

ITEM = rf"{MONTH}(?:{TO}{MONTH})?"
LIST = rf"{ITEM}(?:{AND}{ITEM})*+"
LIST_LEFT_OUT = rf"{ITEM}(?:(?:{AND}| or ){ITEM})*+"
NO_YEAR = rf"(?!,? ?{YEAR})"
ONLY_THEN = rf"(?! ?(?:[0-9]|if\b|when\b|unless\b|on\b|the\b|first|second|third|fourth|last|{WEEKDAY}))"

MONTHS_LEFT_OUT = re.compile(
    rf"{NOT}(?: {NOT})?(?: {NOT_HELD})*:? (?P<list>{LIST_LEFT_OUT}){NO_YEAR}{ONLY_THEN}"
    r"(?: (?:meetings?|sessions?|gatherings?|groups?)\b)?"
)
LEFT_OUT_AFTER = re.compile(
    rf"(?:\b(?:in|during) )?(?P<list>{LIST_LEFT_OUT}){NO_YEAR} ?[:(-]? ?"
    r"(?:no (?:meetings?|groups?|sessions?)\b|closed\b|off\b|excluded\b|excepted\b|excl\b\.?)"
)
DAYS_LEFT_OUT = re.compile(
    rf"{NOT}(?: {NOT_HELD})* "
    rf"(?P<list>(?:{DAY_RANGE}|{WEEKDAY}|weekends)(?:(?:{AND}| or )(?:{DAY_RANGE}|{WEEKDAY}))*+)"
    r"(?! (?:in|of|before|after|during|when|if|the)\b)"
)
KEPT_TO = re.compile(
    r"\b(?:(?:only )?(?:in|during|for|of)|only|months?:?)(?: the months? of)? "
    rf"(?P<list>{LIST}){NO_YEAR}(?: only\b)?"
    rf"|\bbetween (?P<first>{MONTH}) and (?P<last>{MONTH}){NO_YEAR}"
    rf"|(?:\bfrom )?(?P<alone>{LIST}){NO_YEAR}(?: only\b)?"
)
# A clause that says when something is otherwise. Read as if it said when it meets, it would say the opposite.
OTHERWISE = re.compile(
    rf"(?:{NOT}|\b(?:if|unless|when|whenever|instead|rather|rescheduled|moved)\b)[^.;()\n]*"
)
CALENDAR = re.compile(
    rf"{WEEKDAY}|[{DATE}]|\b(?:weekdays?|weekends?|daily)\b|\b[0-9]{{1,2}}(?:st|nd|rd|th)\b|(?!\bmay\b|\bmarch\b){MONTH}"
)
FIVE_WEEKS = re.compile(
    rf"\bif (?:the |a |there are )?(?:month has )?(?:5|five|a 5th|a fifth) ?(?:weeks|{WEEKDAY})?"
    r"(?: in (?:the|a) month)? ?[:,]? ?(?:then )?(?:(?:it|we|meetings?|group)\b ?)?"
    r"(?:(?:will|is|are|also|be|held|meets?|meeting)\b ?)*"
    r"(?:on )?(?:the )?(?=5th|fifth)"
)
IF_ANY = re.compile(
    r" ?,? ?\(?\b(?:if|when(?:ever)?) (?:there (?:is|are) (?:one|any)|applicable|it occurs|any)\b\)?"
)
NAMED_DAYS = re.compile(
    r"\b(?:(?:good|black) friday|(?:easter|whit|cyber|bank holiday|holiday) mondays?|ash wednesday"
    r"|maundy thursday|(?:palm|easter|mothering) sunday|shrove tuesday)\b"
)
MAY_BEGIN = re.compile(
    rf"(?:^|[,.;:()\n-] ?|[{DATE}{DAY}{TIME}{MONTHS}{OTHER}{KEPT}],? ?)"
    r"(?:(?:we|it|group|groups|meets?|held|runs?) )*$"
)
TAKEN_BACK = re.compile(
    rf" ?[^.;()\n{DATE}{DAY}{TIME}{OTHER}]{{0,40}}?"
    r"\b(?:off|closed|breaks?|recess|excluded|excepted|cancell?ed|no|not)\b"
)


def read_what_is_left_out(draft: Draft) -> None:
    """Months and weekdays without meetings. A clause that leaves out something else is kept as typed."""
    draft.read(FIVE_WEEKS, OTHER, lambda draft, match: True)
    draft.read(IF_ANY, OTHER, lambda draft, match: True)
    draft.read(NAMED_DAYS, KEPT, lambda draft, match: True)
    draft.read(MONTHS_LEFT_OUT, OTHER, _leave_out_months)
    draft.read(LEFT_OUT_AFTER, OTHER, _leave_out_months)
    draft.read(DAYS_LEFT_OUT, OTHER, _leave_out_days)
    draft.read(OTHERWISE, KEPT, _changes_the_calendar)


def read_months(draft: Draft) -> None:
    """The months kept to: "September to May", "in June and July"."""
    draft.read(KEPT_TO, MONTHS, _keep_to_months)


def check_months(draft: Draft) -> None:
    """Raises Unclear where other words may turn the months round: "we rest in August"."""
    for match in re.finditer(f"[{MONTHS}]+", draft.left):
        if not MAY_BEGIN.search(draft.left[: match.start()][-60:]) or TAKEN_BACK.match(
            draft.left, match.end()
        ):
            raise AmbiguousText(_("It is not clear whether it meets in these months."))


def _leave_out_months(draft: Draft, match: re.Match[str]) -> None:
    draft.months_without |= _months(match["list"])


def _leave_out_days(draft: Draft, match: re.Match[str]) -> None:
    draft.days_without |= set(days_listed(match["list"]))


def _changes_the_calendar(draft: Draft, match: re.Match[str]) -> bool:
    """Whether days or months are named before its first comma: else it is about something else."""
    return bool(CALENDAR.search(match.group().split(",")[0]))


def _keep_to_months(draft: Draft, match: re.Match[str]) -> bool:
    if match["first"]:
        draft.months |= set(_from_to(match["first"], match["last"]))
        return True
    listed = match["list"] or match["alone"]
    is_one = re.fullmatch(MONTH, listed)
    if match["alone"] and is_one:
        return False
    draft.months |= _months(listed)
    return True


def _months(listed: str) -> set[int]:
    months: set[int] = set()
    for item in re.finditer(ITEM, listed):
        names = re.findall(MONTH, item.group())
        months |= set(_from_to(names[0], names[-1]))
    return months


def _from_to(first: str, last: str) -> list[int]:
    begins = month_of(first)
    return [(begins - 1 + step) % 12 + 1 for step in range((month_of(last) - begins) % 12 + 1)]


def days_listed(listed: str) -> list[str]:
    """Of weekdays and ranges of them, as codes: "Mon-Thu, Sat"."""
    days: list[str] = []
    for match in re.finditer(rf"(?P<range>{DAY_RANGE})|{WEEKDAY}|weekends", listed):
        if match["range"]:
            ends = re.findall(WEEKDAY, match.group()) or ["mo", "fr"]
            days += weekdays_between(*map(weekday_of, ends))
        else:
            days += ["SA", "SU"] if match.group() == "weekends" else [weekday_of(match.group())]
    return days
