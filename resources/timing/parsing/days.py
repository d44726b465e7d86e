"""Days that come again in people's words: "2nd and 4th Wednesday", "Mon-Fri", "every other Tuesday"."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.timing.parsing.draft import DAY, OTHER, AmbiguousText, Draft
from resources.timing.parsing.months import days_listed
from resources.timing.parsing.terms import (
    AND,
    DAY_RANGE,
    EACH_MONTH,
    NUMBER,
    ORDINAL,
    WEEKDAY,
    number_of,
    position_of,
    weekday_of,
)
from resources.vocabulary import DAY_CODES

OTHER_ONE = r"(?:every (?:other|alternate)|alternat(?:e|ing)|on alternate)"
NTH = {
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "sixth": 6,
    "6th": 6,
}
STEPS = re.compile(
    rf"\b(?:once )?every (?P<number>{NUMBER})[ -](?P<unit>week|month)s?\b"
    rf"|\b(?:of )?{OTHER_ONE} (?P<other>week|month)s?\b"
    rf"|\bevery (?P<nth>{'|'.join(NTH)}) (?P<unit_of_nth>week|month)\b(?! of)"
    rf"|\b{OTHER_ONE} (?={WEEKDAY})"
    r"|\b(?P<fortnight>fortnightly|(?:every|each|once a) fortnight)\b"
    r"|\b(?P<quarter>quarterly|every quarter|each quarter|once a quarter)\b"
)
TIMES_IN = re.compile(
    rf"\b(?P<number>once|twice|{NUMBER}(?:x| times?)?) (?:a|per|each|every|in a) (?P<unit>week|month)\b"
    r"|\b(?P<twice>once|twice) (?P<adverb>weekly|monthly)\b"
)
SEVERAL_MEANINGS = re.compile(r"\b(?:bi|semi)[ -]?(?P<adverb>weekly|monthly)\b")
MEANINGS = {
    "weekly": gettext_lazy("%s: every two weeks, or twice a week?"),
    "monthly": gettext_lazy("%s: every two months, or twice a month?"),
}
YEARLY = re.compile(r"\b(?:annually|annual|yearly|every year|each year|once a year)\b")
WEEKLY = re.compile(r"\b(?:weekly|(?:every|each) week|(?:a|per) week)\b")
EVERY_DAY = re.compile(r"\b(?:every ?day|each day|daily|(?:7|seven) days a week|365 days a year)\b")
WORKING_DAYS = re.compile(r"\b(?:every |on )?weekdays?\b")
WEEKENDS = re.compile(r"\b(?:every |on |at )?weekends?\b")
POSITIONED = re.compile(
    rf"(?P<every>\b(?:every|each) )?(?P<positions>{ORDINAL}(?:{AND}(?:the )?{ORDINAL})*) (?P<day>{WEEKDAY})"
)
LISTED_DAYS = re.compile(rf"(?P<every>\b(?:every|each|all) )?(?P<list>{DAY_RANGE}|{WEEKDAY})")
IN_THE_MONTH = re.compile(EACH_MONTH)
COUNTS = re.compile(
    rf"\b(?:for )?(?P<count>{NUMBER}) (?:times|sessions|meetings)\b"
    rf"|\bfor (?P<weeks>{NUMBER}) weeks\b"
    rf"|\b(?P<series>{NUMBER})[ -]weeks?[ -](?:series|course|program(?:me)?|group)\b"
)


def read_steps(draft: Draft) -> None:
    """How often: "every other week", "twice a month". Raises Unclear where the words have two meanings."""
    if match := SEVERAL_MEANINGS.search(draft.left):
        raise AmbiguousText(MEANINGS[match["adverb"]] % match.group().capitalize())
    draft.read(STEPS, OTHER, _step)
    draft.read(TIMES_IN, OTHER, _times_in)
    draft.read(YEARLY, OTHER, _fact("yearly"))


def read_days(draft: Draft) -> None:
    """Weekdays, and which of the month they are; days of the month are read before."""
    draft.read(POSITIONED, DAY, _positioned)
    draft.read(LISTED_DAYS, DAY, _listed)
    draft.read(WORKING_DAYS, DAY, lambda draft, match: draft.weekdays.extend(DAY_CODES[:5]))
    draft.read(WEEKENDS, DAY, lambda draft, match: draft.weekdays.extend(DAY_CODES[5:]))
    draft.read(EVERY_DAY, DAY, _fact("daily"))
    draft.read(WEEKLY, OTHER, _fact("weekly"))
    draft.read(IN_THE_MONTH, OTHER, _in_the_month)
    draft.read(COUNTS, OTHER, _count)


def _fact(name: str) -> Callable[[Draft, re.Match[str]], None]:
    return lambda draft, match: draft.said.add(name)


def _step(draft: Draft, match: re.Match[str]) -> None:
    unit = match["unit"] or match["other"] or match["unit_of_nth"] or "week"
    if match["number"]:
        step = number_of(match["number"])
    elif match["quarter"]:
        draft.said.add("quarterly")
        step, unit = 3, "month"
    else:
        step = NTH.get(match["nth"] or "", 2)
    if draft.unit and (draft.step, draft.unit) != (step, unit):
        raise AmbiguousText(_("It says two ways how often it meets."))
    draft.step, draft.unit = step, unit


def _times_in(draft: Draft, match: re.Match[str]) -> None:
    number = (
        (match["number"] or match["twice"]).removesuffix(" times").removesuffix(" time").removesuffix("x")
    )
    times = {"once": 1, "twice": 2}.get(number) or number_of(number)
    draft.times_in = (times, match["unit"] or match["adverb"].removesuffix("ly"))


def _positioned(draft: Draft, match: re.Match[str]) -> None:
    positions = [position_of(word) for word in re.findall(ORDINAL, match["positions"])]
    draft.ordinals += [f"{position}{weekday_of(match['day'])}" for position in positions]
    is_of_month = IN_THE_MONTH.match(draft.left, match.end() + 1)
    if match["every"] and len(positions) == 1 and 1 < positions[0] < 5 and not is_of_month:
        draft.every_nth = match["positions"]


def _listed(draft: Draft, match: re.Match[str]) -> None:
    draft.weekdays += days_listed(match["list"])
    if match["every"]:
        draft.said.add("every weekday named")


def _in_the_month(draft: Draft, match: re.Match[str]) -> None:
    draft.said.add("of the month" if match.group().startswith(("of", "in", "the")) else "monthly")


def _count(draft: Draft, match: re.Match[str]) -> None:
    if match["count"]:
        draft.count = number_of(match["count"])
    else:
        draft.weeks = number_of(match["weeks"] or match["series"])
