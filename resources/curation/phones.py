"""The one reader of phone numbers: what people type, and what lists and forms hold, as numbers to dial."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import shortnumberinfo

from resources.vocabulary import COUNTRIES, PhoneType

NO_COUNTRY = "no_country"
NOT_A_NUMBER = "not_a_number"
SEVERAL_NUMBERS = "several_numbers"
MAX_TYPED = 200  # characters; more is a paragraph, and no number
MAX_NUMBER = 40

_SEPARATOR = re.compile(r"\s*(?:[;/|]|,|\b(?:or|and)\b)\s*", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:(?<=\d)x|\bx|\bext(?:ension|n)?\b\.?|#)\s*[:.]?\s*(\d{1,10})\s*\)?$", re.IGNORECASE
)
_BARE_EXTENSION = re.compile(r"(?<=\d)\s*,\s*(\d{1,6})$")
_START = re.compile(r"\+?\(?\d")
_DIGITS = re.compile(r"\+?[\d\s().-]+")
_SPELLED = re.compile(r"\+?[\d\s().-]+(?:(?<=[\s\d-])[A-Z]{2,}[\d\s.-]*|(?<=-)[A-Za-z]{2,}[\d\s.-]*)+")
_SPELLED_LOOSELY = re.compile(r"\+?[\d\s().-]+[A-Za-z]{3,}")
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
_VERBS = re.compile(
    r"\b(?:call|ring|dial|phone|telephone|tel|text|txt|sms|send|to|us|on|at|free)\b[:.]?", re.IGNORECASE
)
_TYPES = (
    (re.compile(r"\b(?:tty|tdd|textphone|minicom)\b[:.]?", re.IGNORECASE), PhoneType.TTY),
    (re.compile(r"\bfax\b[:.]?", re.IGNORECASE), PhoneType.FAX),
    (re.compile(r"\b(?:text|txt|sms)\b", re.IGNORECASE), PhoneType.SMS),
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True)
class ParsedPhone:
    """A number as it is dialed, where it works, and its E.164 form ("" for a short number such as 988).

    `note` are the words around it. `type` is a PhoneType where those words say one, else "".
    """

    number: str
    international: str
    extension: str
    country: str
    note: str = ""
    type: str = ""


def parse_phone(typed: str, country: str, *, texts: bool = False) -> ParsedPhone:
    """Return the one number that someone typed. Raises ValidationError for none, several, and no number.

    `country` may be "" where the number starts with + and its country. Numbers that take texts may be any
    short code of the right length: new ones are given out faster than lists of them are printed.
    """
    parsed = parse_phones(typed, country, texts=texts)
    if len(parsed) > 1:
        raise ValidationError(_("There are several numbers here. Enter one."), code=SEVERAL_NUMBERS)
    return parsed[0]


def parse_phones(typed: str, country: str, *, texts: bool = False) -> list[ParsedPhone]:
    """Return every number in `typed`, at least one. Raises ValidationError if one cannot be read."""
    text = " ".join(unicodedata.normalize("NFKC", typed).translate(_DASHES).split())
    if len(text) > MAX_TYPED or not re.search(r"\d", text):
        raise ValidationError(_("Enter a valid phone number."), code=NOT_A_NUMBER)
    if not country and "+" not in text:
        raise ValidationError(
            _("Choose the country of this number, or start it with + and the country code."),
            code=NO_COUNTRY,
        )
    return [_parse(part, country, texts=texts) for part in _split_numbers(text)]


def _split_numbers(text: str) -> list[str]:
    """Split where both sides hold a number; "608-271-9000, 11" is one with an extension."""
    parts: list[str] = []
    begin = 0
    for separator in _SEPARATOR.finditer(text):
        before, after = text[begin : separator.start()], text[separator.end() :]
        following = _SEPARATOR.split(after, maxsplit=1)[0]
        if _count_digits(before) < 3 or _count_digits(following) < 3 or _is_extension(before, following):
            continue
        parts.append(before)
        begin = separator.end()
    return [*parts, text[begin:]]


def _is_extension(before: str, following: str) -> bool:
    is_bare = following.isdigit() and len(following) <= 6 and _count_digits(before) >= 7
    return is_bare or re.match(r"(?:x|ext)", following, re.IGNORECASE) is not None


def _count_digits(text: str) -> int:
    return len(re.findall(r"\d", text))


def _parse(text: str, country: str, *, texts: bool) -> ParsedPhone:
    text, extension = _without_extension(text.strip(" ,.:"))
    start = _START.search(text)
    if start is None:
        raise ValidationError(_("Enter a valid phone number."), code=NOT_A_NUMBER)
    lead, rest = text[: start.start()].strip(" ,:-("), text[start.start() :]
    kind = next((kind for pattern, kind in _TYPES if pattern.search(lead)), "")
    is_short_code = re.fullmatch(r"\d{4,6}", rest) is not None
    keyword = re.search(r"\b([A-Z][A-Z0-9]+)\b(?:\s+to)?$", lead) if is_short_code else None
    if keyword and kind in ("", PhoneType.SMS) and not _VERBS.fullmatch(keyword.group(1)):
        kind, lead = PhoneType.SMS, ""
    else:
        keyword, lead = None, _plain_words(lead)
    number, tail, international = _find_number(rest, country, texts=texts or kind == PhoneType.SMS)
    note = (
        _("Text %(word)s") % {"word": keyword.group(1)} if keyword else ", ".join(filter(None, (lead, tail)))
    )
    region = country
    if not region and international:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(international)) or ""
    return ParsedPhone(number, international, extension, region, note[:255], str(kind))


def _without_extension(text: str) -> tuple[str, str]:
    for pattern in (_EXTENSION, _BARE_EXTENSION):
        match = pattern.search(text)
        if match and _count_digits(text[: match.start()]) >= 3:
            return text[: match.start()].rstrip(" ,;("), match.group(1)
    return text, ""


def _plain_words(lead: str) -> str:
    """Return the words before a number, without those that only say what to do with it ("Ring", "TTY")."""
    for pattern, _type in _TYPES:
        lead = pattern.sub(" ", lead)
    return " ".join(_VERBS.sub(" ", lead).split()).strip(" ,:-()")


def _find_number(text: str, country: str, *, texts: bool) -> tuple[str, str, str]:
    """Return (number as dialed, words around it, E.164 form) of the first reading that can be dialed."""
    for number, words in _readings(text):
        international = _dial(number, country, texts=texts and number.isdigit())
        if international is not None:
            return number, words, international
    where = COUNTRIES.get(country, country) or _("that country")
    raise ValidationError(_("This is not a valid number in %(country)s.") % {"country": where})


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield (number, words around it) for each reading; letters are digits only inside a number."""
    bracket = _BRACKET.search(text)
    before = text[: bracket.start()] if bracket else text
    if bracket and _count_digits(bracket.group(1)) >= 9 and re.search(r"[A-Za-z]", before):
        yield bracket.group(1).strip(), before.strip()  # "1-833-TLC-MAMA (1-833-852-6262)"
    spelled = _SPELLED.match(before)
    if spelled:
        yield _as_digits(spelled.group()), _join_words(spelled.group(), before[spelled.end() :])
    plain = _DIGITS.match(before)
    if plain:
        number = plain.group().rstrip(" .-(")
        yield number, _join_words(text[len(number) :])
    spelled = spelled or _SPELLED_LOOSELY.match(before)
    if spelled:  # a word longer than the number has room for, such as "1-800-GRIEVING"
        digits = _as_digits(spelled.group())
        yield from ((digits[: len(digits) - cut], spelled.group().strip()) for cut in range(4))


def _join_words(*words: str) -> str:
    return ", ".join(filter(None, (" ".join(part.split()).strip(" ,;:-()") for part in words)))


def _as_digits(spelled: str) -> str:
    return str(phonenumbers.convert_alpha_characters_in_number(spelled.strip()))


def _dial(number: str, country: str, *, texts: bool) -> str | None:
    """Return the E.164 form, "" for a short number that works in `country`, None if nobody can dial it."""
    if not number or len(number) > MAX_NUMBER:
        return None
    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(parsed):
        return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    is_short = (
        shortnumberinfo.is_possible_short_number_for_region
        if texts
        else shortnumberinfo.is_valid_short_number_for_region
    )
    return "" if country and is_short(parsed, country) else None
