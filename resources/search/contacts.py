"""Web addresses, e-mail addresses and phone numbers as words, so that a search finds who has them. Pure.

A listing's text holds a token for the host of its website, for its e-mail address and for each of its
numbers; a question that looks like one asks for the same token, or for its own letters as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from resources.models.web import host_of

# Begins with the mark of concepts, so that no word of a text is one.
_WEBSITE, _PHONE = "0web", "0tel"
_ENDINGS = (
    "org|com|net|info|gov|edu|co|uk|ie|ca|au|nz|us|scot|wales|cymru|ngo|care|help|support|foundation|charity"
    "|community|health|life|online|app|biz|cc|eu|me|to"
)
# Behind "https://", "www." or "@" any ending is one.
WEBSITE = re.compile(
    r"(?:(?:https?://(?:www\.)?|www\.|[\w.+%-]+@)((?:[a-z0-9-]+\.)+[a-z]{2,})"
    rf"|((?:[a-z0-9-]+\.)+(?:{_ENDINGS}))(?![\w.-]*\w))(?:[/?#]\S*)?",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w.])\+?\(?[0-9][0-9 ().-]{1,20}[0-9](?:,? ?(?:ext(?:ension|n)?\.?|x) ?[0-9]{1,6})?(?![\w])",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r",? ?(?:e?x).*", re.IGNORECASE)
# A number with letters for its end: "1-800-273-TALK", "1800 RESPECT", "13 YARN"; and two words of the length
# of a local number, "TLC-MAMA". "13 weeks" is none.
VANITY = re.compile(
    r"(?<![\w-])(?:\+?1[ -])?(?:\(?8[0-9]{2}\)?[ -])?[A-Z]{3}-[A-Z]{4}(?![\w-])"
    r"|(?<![\w-])(?:\+?1[ -]?)?\(?8[0-9]{2}\)?[ -]?"
    r"(?:[0-9]{3}[ -]?(?=[0-9]*[A-Z])[0-9A-Z]{4,}|[A-Z][A-Z-]{4,})(?![\w-])"
    r"|(?<![\w-])(?:0800|1[38]00)[ -]?(?:[0-9]{2}[ -]?)?[A-Z]{4,}(?![\w-])"
    r"|(?<![\w-])(?:0800 |1[38]00 |13 ?)(?-i:[A-Z][A-Z ]*[A-Z])(?![\w-])",
    re.IGNORECASE,
)
_KEYS = {
    letter: key
    for key, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}
_COUNTRY_CODES = {"353": 10, "44": 11, "61": 11, "64": 10, "1": 11}  # with so many digits at least
_MIN_DIGITS, _SHORT_DIGITS, _LOCAL_DIGITS, _NATIONAL_DIGITS = 3, 6, 7, 10
_FREE_TEN = ("1800", "1300", "0800")  # ten digits in Australia and New Zealand; "1-800" has eleven


@lru_cache(maxsize=2_000)
def website_tokens(url: str) -> tuple[str, ...]:
    """Return the token of the host of an address: "https://www.mend.org/groups" is "mend.org"."""
    letters = re.sub(r"[^a-z0-9]", "", host_of(url.strip()))
    return (f"{_WEBSITE}{letters}",) if letters else ()


def email_tokens(address: str) -> Iterator[str]:
    """Yield the token of a whole e-mail address: its host may be that of everybody's mail."""
    if letters := re.sub(r"[^a-z0-9]", "", address.lower()):
        yield f"{_WEBSITE}{letters}"


def phone_tokens(numbers: Iterable[str]) -> Iterator[str]:
    """Yield the tokens of phone numbers in any form: whole, without the country's code, and local."""
    for number in numbers:
        yield from (f"{_PHONE}{form}" for digits in _digits(number) for form in _forms(digits))


def contacts_in(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return each part of a text that looks like a web address or a number, with its tokens."""
    found = []
    rest = text
    for pattern in (WEBSITE, VANITY, PHONE):
        for match in pattern.finditer(rest):
            tokens = _tokens_of_host(match) if pattern is WEBSITE else _asked(match[0], pattern)
            if tokens and _is_a_contact(match[0], text):
                found.append((match[0], tokens))
                rest = rest.replace(match[0], " ")
    return found


def asks_for_a_contact(tokens: Iterable[str]) -> bool:
    """Return True if any of the tokens of a question is that of a phone number or a web address."""
    return any(token.startswith((_PHONE, _WEBSITE)) for token in tokens)


def asks_for_a_number(tokens: Iterable[str]) -> bool:
    """Return True if any of the tokens of a question is that of a phone number."""
    return any(token.startswith(_PHONE) for token in tokens)


def _is_a_contact(part: str, text: str) -> bool:
    """Return False for "new-born" among other words: letters alone are a number if they are capitals."""
    has_digit = any(letter.isdigit() for letter in part)
    return has_digit or "." in part or part.isupper() or part.strip() == text.strip()


def _tokens_of_host(match: re.Match[str]) -> tuple[str, ...]:
    host = website_tokens(match[1] or match[2])
    return (*email_tokens(match[0]), *host) if "@" in match[0] else host


def _asked(number: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    dialed = _EXTENSION.sub("", number) if pattern is PHONE else number
    return tuple(dict.fromkeys(phone_tokens([dialed])))


def _digits(number: str) -> list[str]:
    """Return the digits that are dialed: letters by their keys.

    A word may be longer than the number: what is cut depends on the country, so that there may be two.
    """
    digits = "".join(_KEYS.get(letter, letter) for letter in number.lower() if letter.isalnum())
    digits = "".join(digit for digit in digits if digit.isdigit())
    if not any(letter.isalpha() for letter in number):
        return [digits.removeprefix("00") if len(digits) > _NATIONAL_DIGITS else digits]
    if digits.startswith(_FREE_TEN):
        return list(dict.fromkeys((digits[:_NATIONAL_DIGITS], digits[: _NATIONAL_DIGITS + 1])))
    if digits.startswith("13") and len(digits) <= _NATIONAL_DIGITS:
        return [digits[:_SHORT_DIGITS]]
    start = 1 if digits.startswith("1") else 0
    has_area = digits[start : start + 1] == "8" and len(digits) > _LOCAL_DIGITS + start
    return [digits[: start + (_NATIONAL_DIGITS if has_area else _LOCAL_DIGITS)]]


def _forms(digits: str) -> list[str]:
    """Return a number as dialed, without its country's code or a leading zero, and the local part of it."""
    forms = [digits]
    for code, length in _COUNTRY_CODES.items():
        if digits.startswith(code) and len(digits) >= length:
            forms.append(digits.removeprefix(code).lstrip("0"))
            break
    forms.append(digits.lstrip("0"))
    national = min((form for form in forms if form), key=len, default="")
    if len(national) == _NATIONAL_DIGITS:
        forms.append(national[-_LOCAL_DIGITS:])
    return [form for form in dict.fromkeys(forms) if len(form) >= _MIN_DIGITS]
