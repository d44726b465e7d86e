"""What is left over of somebody's words and would turn what was read of them into something else."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.timing.parsing.draft import DATE, DAY, KEPT, MONTHS, OTHER, TIME, AmbiguousText, Draft
from resources.timing.parsing.months import check_months
from resources.timing.parsing.terms import MONTH

MARKED = f"[{DAY}{DATE}]"
NUMBERED = r"\b(?:[0-9]{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)\b"
LINKED = r"[ ,:(&/+\n-]{0,3}(?:(?:and|or|to|the|of|on|through) )*"
READ = f"[{DAY}{DATE}{TIME}{OTHER}{MONTHS}]"
GOES_ON = rf"(?= ?(?:$|[,.;:)&/+\n-]|(?:and|or|of|weeks?|weekends?|days?|month)\b|{READ}))"
NAMED_AFTER_A_MONTH = r"(?<!contact )(?<!call )(?<!email )(?<!text )(?<!with )(?<!by )(?<!ask for )"

WHICH_DAYS = gettext_lazy("It does not say on which days.")
HOW_OFTEN = gettext_lazy("It does not say how often it meets.")
DOUBTS = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            r"\b(?:until further notice|hiatus|no longer|not currently|currently not|suspended|on hold|paused"
            r"|discontinued|not meeting)\b"
            rf"|(?:^|[,.;:()\n-] ?|{READ}) ?(?:is |are )?cancell?ed\b ?(?:$|[,.;)\n])",
            gettext_lazy("It may not meet at present."),
        ),
        (rf"{MARKED} ?,? ?or (?:the |on |every )*{MARKED}", gettext_lazy("It says one day or another.")),
        (
            r"\b(?:before|after|following|preceding|prior to|nearest|closest to|weeks? of|until|till|by"
            rf"|since) (?:the |each |every |on )*{MARKED}",
            gettext_lazy("It counts from another day."),
        ),
        (
            r"\b(?:next|this|coming|upcoming|some|most|many|certain|select(?:ed)?|various|occasional(?:ly)?|odd|even"
            rf"|rotating|varying|different|one|either|any|few|several) (?:of )?(?:the )?[{DAY}]",
            WHICH_DAYS,
        ),
        (rf"{NUMBERED}{LINKED}{MARKED}|{MARKED}{LINKED}{NUMBERED}{GOES_ON}", WHICH_DAYS),
        (
            rf"{NUMBERED} (?:full )?(?:weeks?|weekends?|days?)\b|\bweeks? [0-9]|\b(?:odd|even) weeks?\b",
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


def check_what_is_left(draft: Draft) -> None:
    """Raises Unclear where no date should be claimed for what stands beside the days."""
    for pattern, why in DOUBTS:
        if pattern.search(draft.left):
            raise AmbiguousText(str(why))
    if draft.weekdays and A_LONE_NUMBER.search(draft.left):
        raise AmbiguousText(str(WHICH_DAYS))
    check_months(draft)
    if len(re.findall(f"[{DAY}]+", draft.left)) > 1 and SOMETIMES.search(draft.left):
        raise AmbiguousText(_("It names a day that holds only sometimes."))
    limits = draft.months or draft.months_without or draft.dates.get("without")
    if limits and draft.day_groups() > 1:
        raise AmbiguousText(_("It may have other days in some months. Write one line for each."))
