"""The English words for days, months and numbers, as pieces of patterns over lower-case text."""

from __future__ import annotations

from resources.vocabulary import DAY_CODES

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "next": 2}

SHORT_DAY = r"(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)"
FULL_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
ONE_DAY = rf"\b(?:{FULL_DAY}\b(?!')|{SHORT_DAY}\b(?!')\.?)"
WEEKDAY = rf"\b(?:{FULL_DAY}(?:'?s)?\b|(?:{SHORT_DAY}|mons|fris|sats|suns)\b\.?)"
TO = r"(?: ?- ?| (?:to|through|thru) )"
DAY_RANGE = rf"(?:{WEEKDAY}{TO}{WEEKDAY}|\bm-f\b)"

FULL_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
MONTH = rf"\b(?:{FULL_MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
YEAR = r"(?:19|20|21)[0-9]{2}(?![0-9:])"

NUMBER = rf"(?:[1-9][0-9]?|{'|'.join(NUMBERS)})"
FROM_THE_END = (
    r"(?:(?:[2-5](?:nd|rd|th)|second|third|fourth|fifth|next)[ -]to[ -]last"
    r"|(?:2nd|second)[ -]last|penultimate)"
)
ORDINAL = rf"\b(?:{FROM_THE_END}|1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last)\b"
AND = r"(?: ?, ?(?:and |& )?| ?& ?| ?/ ?| and )"
EACH_MONTH = (
    r"(?:(?:of |in )?(?:the|each|every|a|any) (?:calendar )?month\b|\bof month\b|\bmonthly\b|/ ?mo(?:nth)?\b)"
)
# How a group says when it does not meet, and the words between that and the days or months.
NOT = (
    r"\b(?:but )?(?:(?:(?:do|does|is|are|will) )?not(?! (?:an?|required|needed|necessary|for)\b)|never"
    r"|except(?:ing|ion|ions)?|excluding|excl?"
    r"|no(?! (?:cost|charge|fees?|registration|rsvp|need|sign|booking|appointment|referral|pressure)\b)"
    r"|closed(?! (?:group|caption))|skip(?:s|ped|ping)?|cancell?ed|apart from|other than|but|minus|off"
    r"|breaks?|recess|hiatus|dark|omit(?:s|ted|ting)?|without|[a-z]{2,6}n't|cannot)\b"
)
NOT_HELD = (
    r"(?:(?:any|at|be|being|classe?s?|do|does|during|for|gatherings?|groups?|have|held|hold|in|is|are|it|meet|meets"
    r"|meetings?|months?|of|on|running|scheduled|sessions?|support|that|the|there|we|will)\b)"
)


def weekday_of(word: str) -> str:
    """ "TU" for "tues." and "tuesdays"."""
    return word[:2].upper()


def weekdays_between(first: str, last: str) -> list[str]:
    """Of "FR" and "MO" all days from Friday to Monday."""
    begins = DAY_CODES.index(first)
    length = (DAY_CODES.index(last) - begins) % 7 + 1
    return [DAY_CODES[(begins + step) % 7] for step in range(length)]


def month_of(word: str) -> int:
    return MONTHS.index(word[:3]) + 1


def number_of(word: str) -> int:
    return NUMBERS.get(word) or int(word)


def position_of(word: str) -> int:
    """Of ORDINAL: 2 for "2nd" and "second", -1 for "last", -2 for "2nd to last" and "penultimate"."""
    if word == "penultimate":
        return -2
    first = word.replace("-", " ").split()[0]
    position = ORDINALS.get(first) or int(first[0])
    return -position if word.endswith("last") and word != "last" else position
