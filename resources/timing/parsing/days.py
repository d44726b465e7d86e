"""Recurring days in free text, and the months they are limited to.

"2nd and 4th Wednesday", "Mon-Fri", "every other Tuesday", "15th of each month", "no meetings in July".
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.timing.checking import LAST_SAFE_DAY
from resources.timing.parsing.draft import (
    AND,
    DATE,
    DAY,
    DAY_RANGE,
    EACH_MONTH,
    KEPT,
    MONTH,
    MONTHS,
    NOT,
    NOT_HELD_WORDS,
    NUMBER,
    ORDINAL,
    OTHER,
    TO,
    WEEKDAY,
    YEAR,
    AmbiguousText,
    Draft,
    days_of,
    months_of,
    number_of,
    position_of,
)
from resources.vocabulary import DAY_CODES

# ---- exclusions and months

MONTH_ITEM = rf"{MONTH}(?:{TO}{MONTH})?"
MONTH_LIST = rf"{MONTH_ITEM}(?:{AND}{MONTH_ITEM})*+"
MONTH_LIST_LEFT_OUT = rf"{MONTH_ITEM}(?:(?:{AND}| or ){MONTH_ITEM})*+"
NO_YEAR = rf"(?!,? ?{YEAR})"
ONLY_THEN = rf"(?! ?(?:[0-9]|if\b|when\b|unless\b|on\b|the\b|first|second|third|fourth|last|{WEEKDAY}))"

MONTHS_LEFT_OUT = re.compile(
    rf"{NOT}(?: {NOT})?(?: {NOT_HELD_WORDS})*:? (?P<list>{MONTH_LIST_LEFT_OUT}){NO_YEAR}{ONLY_THEN}"
    r"(?: (?:meetings?|sessions?|gatherings?|groups?)\b)?"
)
LEFT_OUT_AFTER = re.compile(
    rf"(?:\b(?:in|during) )?(?P<list>{MONTH_LIST_LEFT_OUT}){NO_YEAR} ?[:(-]? ?"
    r"(?:no (?:meetings?|groups?|sessions?)\b|closed\b|off\b|excluded\b|excepted\b|excl\b\.?)"
)
DAYS_LEFT_OUT = re.compile(
    rf"{NOT}(?: {NOT_HELD_WORDS})* "
    rf"(?P<list>(?:{DAY_RANGE}|{WEEKDAY}|weekends)(?:(?:{AND}| or )(?:{DAY_RANGE}|{WEEKDAY}))*+)"
    r"(?! (?:in|of|before|after|during|when|if|the)\b)"
)
MONTHS_KEPT_TO = re.compile(
    r"\b(?:(?:only )?(?:in|during|for|of)|only|months?:?)(?: the months? of)? "
    rf"(?P<list>{MONTH_LIST}){NO_YEAR}(?: only\b)?"
    rf"|\bbetween (?P<first>{MONTH}) and (?P<last>{MONTH}){NO_YEAR}"
    rf"|(?:\bfrom )?(?P<alone>{MONTH_LIST}){NO_YEAR}(?: only\b)?"
)
# A clause about exceptions. Parsed as if it said when they meet, it would mean the opposite.
OTHERWISE = re.compile(
    rf"(?:{NOT}|\b(?:if|unless|when|whenever|instead|rather|rescheduled|moved)\b)[^.;()\n]*"
)
CALENDAR = re.compile(
    rf"{WEEKDAY}|[{DATE}]|\b(?:weekdays?|weekends?|daily)\b|\b[0-9]{{1,2}}(?:st|nd|rd|th)\b"
    rf"|(?!\bmay\b|\bmarch\b){MONTH}"
)
FIFTH_IF_ANY = re.compile(
    rf"\bif (?:the |a |there are )?(?:month has )?(?:5|five|a 5th|a fifth) ?(?:weeks|{WEEKDAY})?"
    r"(?: in (?:the|a) month)? ?[:,]? ?(?:then )?(?:(?:it|we|meetings?|group)\b ?)?"
    r"(?:(?:will|is|are|also|be|held|meets?|meeting)\b ?)*"
    r"(?:on )?(?:the )?(?=5th|fifth)"
    r"| ?,? ?\(?\b(?:if|when(?:ever)?) (?:there (?:is|are) (?:one|any)|applicable|it occurs|any)\b\)?"
)
NAMED_DAYS = re.compile(
    r"\b(?:(?:good|black) friday|(?:easter|whit|cyber|bank holiday|holiday) mondays?|ash wednesday"
    r"|maundy thursday|(?:palm|easter|mothering) sunday|shrove tuesday)\b"
)


def parse_exclusions(draft: Draft) -> None:
    """Read months and weekdays without meetings. A clause that excludes something else is kept as typed."""
    draft.read(FIFTH_IF_ANY, OTHER, lambda draft, match: True)
    draft.read(NAMED_DAYS, KEPT, lambda draft, match: True)
    for pattern in (MONTHS_LEFT_OUT, LEFT_OUT_AFTER):
        draft.read(pattern, OTHER, lambda draft, match: draft.months_without.update(months_of(match["list"])))
    draft.read(DAYS_LEFT_OUT, OTHER, lambda draft, match: draft.days_without.update(days_of(match["list"])))
    # Only if days or months come before its first comma; else the clause is about something else.
    draft.read(OTHERWISE, KEPT, lambda draft, match: bool(CALENDAR.search(match.group().split(",")[0])))


def parse_months(draft: Draft) -> None:
    """Read the months it is limited to: "September to May", "in June and July".

    A month alone may be a name, or "may".
    """
    draft.read(MONTHS_KEPT_TO, MONTHS, _keep_to_months)


def _keep_to_months(draft: Draft, match: re.Match[str]) -> bool:
    if match["alone"] and re.fullmatch(MONTH, match["alone"]):
        return False
    listed = f"{match['first']} to {match['last']}" if match["first"] else match["list"] or match["alone"]
    draft.months.update(months_of(listed))
    return True


# ---- how often

EVERY_OTHER = r"(?:every (?:other|alternate)|alternat(?:e|ing)|on alternate)"
STEPS = re.compile(
    rf"\b(?:once )?every (?P<number>{NUMBER})[ -](?P<unit>week|month)s?\b"
    rf"|\b(?:of )?{EVERY_OTHER} (?P<other>week|month)s?\b"
    r"|\bevery (?P<nth>second|third|fourth|fifth|sixth|2nd|3rd|[456]th) (?P<unit_of_nth>week|month)\b(?! of)"
    rf"|\b{EVERY_OTHER} (?={WEEKDAY})"
    r"|\b(?:fortnightly|(?:every|each|once a) fortnight)\b"
    r"|\b(?P<quarter>quarterly|every quarter|each quarter|once a quarter)\b"
)
TIMES_IN = re.compile(
    rf"\b(?P<number>once|twice|{NUMBER})(?:x| times?)? (?:a|per|each|every|in a) (?P<unit>week|month)\b"
    r"|\b(?P<twice>once|twice) (?P<adverb>week|month)ly\b"
)
AMBIGUOUS_STEPS = re.compile(r"\b(?:bi|semi)[ -]?(?P<unit>week|month)ly\b")
MEANINGS = {
    "week": gettext_lazy("%s: every two weeks, or twice a week?"),
    "month": gettext_lazy("%s: every two months, or twice a month?"),
}
COUNTS = re.compile(
    rf"\b(?:for )?(?P<count>{NUMBER}) (?:times|sessions|meetings)\b"
    rf"|\bfor (?P<weeks>{NUMBER}) weeks\b"
    rf"|\b(?P<series>{NUMBER})[ -]weeks?[ -](?:series|course|program(?:me)?|group)\b"
)


def parse_steps(draft: Draft) -> None:
    """Read how often it meets: "every other week", "twice a month". Raises AmbiguousText for two meanings."""
    if match := AMBIGUOUS_STEPS.search(draft.unparsed):
        raise AmbiguousText(MEANINGS[match["unit"]] % match.group().capitalize())
    draft.read(STEPS, OTHER, _step)
    draft.read(TIMES_IN, OTHER, _times_in)


def _step(draft: Draft, match: re.Match[str]) -> None:
    if match["quarter"]:
        draft.facts.add("quarterly")
        step, unit = 3, "month"
    else:
        step = number_of(match["number"] or match["nth"] or "two")
        unit = match["unit"] or match["other"] or match["unit_of_nth"] or "week"
    if draft.unit and (draft.step, draft.unit) != (step, unit):
        raise AmbiguousText(_("It says how often in two different ways."))
    draft.step, draft.unit = step, unit


def _times_in(draft: Draft, match: re.Match[str]) -> None:
    draft.times_in = (number_of(match["number"] or match["twice"]), match["unit"] or match["adverb"])


def _count(draft: Draft, match: re.Match[str]) -> None:
    if match["count"]:
        draft.count = number_of(match["count"])
    else:
        draft.weeks = number_of(match["weeks"] or match["series"])


# ---- which days

DAY_WORD = (
    r"(?:(?:[0-9]{1,2}(?:st|nd|rd|th)|second|third|fourth|fifth)[ -]to[ -])?last(?: day)?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)(?: day)?|(?:first|second|third|fourth|fifth)(?: day)?"
)
DAY_LIST = rf"(?:{DAY_WORD})(?:{AND}(?:the )?(?:{DAY_WORD}))*"
DAYS_OF_MONTH = re.compile(
    rf"(?:\b(?:on |every )?(?:the )?(?P<days>{DAY_LIST}),? ?{EACH_MONTH}"
    rf"|\b(?:monthly|(?:each|every) month),? ?(?:on )?the (?P<of>{DAY_LIST})"
    rf"(?! ?(?:{AND})?(?:the )?(?:{WEEKDAY}|[0-9]|week|last|first|second|third|fourth|fifth)))"
)
POSITIONED = re.compile(
    rf"(?P<every>\b(?:every|each) )?(?P<positions>{ORDINAL}(?:{AND}(?:the )?{ORDINAL})*) (?P<day>{WEEKDAY})"
)
LISTED_DAYS = re.compile(rf"(?P<every>\b(?:every|each|all) )?(?P<list>{DAY_RANGE}|{WEEKDAY})")
IN_THE_MONTH = re.compile(EACH_MONTH)
FACTS = (
    ("weekdays", DAY, re.compile(r"\b(?:every |on )?weekdays?\b")),
    ("weekends", DAY, re.compile(r"\b(?:every |on |at )?weekends?\b")),
    ("daily", DAY, re.compile(r"\b(?:every ?day|each day|daily|(?:7|seven) days a week|365 days a year)\b")),
    ("weekly", OTHER, re.compile(r"\b(?:weekly|(?:every|each) week|(?:a|per) week)\b")),
    ("yearly", OTHER, re.compile(r"\b(?:annually|annual|yearly|every year|each year|once a year)\b")),
)


def parse_days(draft: Draft) -> None:
    """Read days of the month, weekdays and their positions. Raises AmbiguousText for the 31st."""
    draft.read(DAYS_OF_MONTH, DATE, _days_of_month)
    draft.read(POSITIONED, DAY, _positioned)
    draft.read(LISTED_DAYS, DAY, _listed)
    for name, mark, pattern in FACTS:
        for match in pattern.finditer(draft.unparsed):
            draft.facts.add(name)
            draft.mark_parsed(match.span(), mark)
    draft.read(IN_THE_MONTH, OTHER, _in_the_month)
    draft.read(COUNTS, OTHER, _count)
    draft.weekdays += DAY_CODES[:5] if "weekdays" in draft.facts else ()
    draft.weekdays += DAY_CODES[5:] if "weekends" in draft.facts else ()


def _in_the_month(draft: Draft, match: re.Match[str]) -> None:
    draft.facts.add("of the month" if match.group().startswith(("of", "in", "the")) else "monthly")


def _days_of_month(draft: Draft, match: re.Match[str]) -> bool:
    words = re.findall(DAY_WORD, match["days"] or match["of"])
    if "last" in words and not words[-1].endswith("day"):
        return False
    for day in map(position_of, words):
        if day == 0 or day > LAST_SAFE_DAY:
            raise AmbiguousText(_no_such_day(day))
        draft.month_days.append(day)
    return True


def _no_such_day(day: int) -> str:
    in_some_months = {
        29: _("Not every month has a 29th."),
        30: _("Not every month has a 30th."),
        31: _("Not every month has a 31st."),
    }
    return in_some_months.get(day) or _("No month has a day %(number)d.") % {"number": day}


def _positioned(draft: Draft, match: re.Match[str]) -> None:
    positions = [position_of(words) for words in re.findall(ORDINAL, match["positions"])]
    draft.ordinals += [f"{position}{days_of(match['day'])[0]}" for position in positions]
    is_of_month = IN_THE_MONTH.match(draft.unparsed, match.end() + 1)
    if match["every"] and len(positions) == 1 and 1 < positions[0] < 5 and not is_of_month:
        draft.every_nth = match["positions"]


def _listed(draft: Draft, match: re.Match[str]) -> None:
    draft.weekdays += days_of(match["list"])
    if match["every"]:
        draft.facts.add("every weekday named")
