"""Web addresses and phone numbers as words, so that a search finds who has them. Pure.

A listing's text holds a token for the host of its website and for each of its numbers; a question that looks
like one asks for the same token, or for its own letters as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Begins with the mark of concepts, so that no word of a text is one.
_WEBSITE, _PHONE = "0web", "0tel"
_ENDINGS = (
    "org|com|net|info|gov|edu|co|uk|ie|ca|au|nz|us|scot|wales|cymru|ngo|care|help|support|foundation|charity"
)
WEBSITE = re.compile(
    rf"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+(?:{_ENDINGS}))(?![\w.-]*\w)(?:[/?#]\S*)?", re.IGNORECASE
)
PHONE = re.compile(r"(?<![\w.])\+?\(?[0-9][0-9 ().-]{1,20}[0-9](?![\w])")
VANITY = re.compile(
    r"(?<![\w-])(?:\+?1[ -])?(?:\(?8[0-9]{2}\)?[ -])?[A-Z]{3}-[A-Z]{4}(?![\w-])"
    r"|(?<![\w-])(?:\+?1[ -])?\(?[18][38]00\)?[ -][A-Z]{5,}(?![\w-])"
    r"|(?<![\w-])(?:\+?1[ -])?\(?8[0-9]{2}\)?[ -][A-Z-]{5,}(?![\w-])",
    re.IGNORECASE,
)
_KEYS = {
    letter: key
    for key, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}
_COUNTRY_CODES = ("353", "44", "61", "64", "1")
_MIN_DIGITS, _LOCAL_DIGITS, _NATIONAL_DIGITS = 3, 7, 10


def website_tokens(url: str) -> Iterator[str]:
    """Yield the token of the host of an address: "https://www.mend.org/groups" is "mend.org"."""
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", url.strip().lower()).partition("/")[0]
    if letters := re.sub(r"[^a-z0-9]", "", host):
        yield f"{_WEBSITE}{letters}"


def phone_tokens(numbers: Iterable[str]) -> Iterator[str]:
    """Yield the tokens of phone numbers in any form: whole, without the country's code, and local."""
    for number in numbers:
        yield from (f"{_PHONE}{digits}" for digits in _forms(_digits(number)))


def contacts_in(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return each part of a text that looks like a web address or a number, with its tokens."""
    found = []
    rest = text
    for pattern in (WEBSITE, VANITY, PHONE):
        for match in pattern.finditer(rest):
            tokens = tuple(website_tokens(match[1])) if pattern is WEBSITE else _asked(_digits(match[0]))
            if tokens and _is_a_contact(match[0], text):
                found.append((match[0], tokens))
                rest = rest.replace(match[0], " ")
    return found


def asks_for_a_number(tokens: Iterable[str]) -> bool:
    """Return True if any of the tokens of a question is that of a phone number."""
    return any(token.startswith(_PHONE) for token in tokens)


def _is_a_contact(part: str, text: str) -> bool:
    """Return False for "new-born" among other words: letters alone are a number if they are capitals."""
    has_digit = any(letter.isdigit() for letter in part)
    return has_digit or "." in part or part.isupper() or part.strip() == text.strip()


def _asked(digits: str) -> tuple[str, ...]:
    return tuple(f"{_PHONE}{form}" for form in _forms(digits)) if len(digits) >= _MIN_DIGITS else ()


def _digits(number: str) -> str:
    """Return the digits that are dialed: letters by their keys, cut where a vanity number is too long."""
    digits = "".join(_KEYS.get(letter, letter) for letter in number.lower() if letter.isalnum())
    digits = "".join(digit for digit in digits if digit.isdigit())
    if any(letter.isalpha() for letter in number):
        start = 1 if digits.startswith("1") else 0
        has_area = digits[start : start + 1] == "8" and len(digits) > _LOCAL_DIGITS + start
        digits = digits[: start + (_NATIONAL_DIGITS if has_area else _LOCAL_DIGITS)]
    return digits.removeprefix("00")


def _forms(digits: str) -> list[str]:
    """Return a number as dialed, without its country's code or a leading zero, and the local part of it."""
    forms = [digits]
    for code in _COUNTRY_CODES:
        if digits.startswith(code) and len(digits) > _NATIONAL_DIGITS - 1 + (code != "1"):
            forms.append(digits.removeprefix(code).lstrip("0"))
            break
    forms.append(digits.lstrip("0"))
    national = min((form for form in forms if form), key=len, default="")
    if len(national) == _NATIONAL_DIGITS:
        forms.append(national[-_LOCAL_DIGITS:])
    return [form for form in dict.fromkeys(forms) if len(form) >= _MIN_DIGITS]
