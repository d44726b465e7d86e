"""What one kind of cell accepts and becomes: one kind, one class, which reads a value or says why not.

A new kind of cell is one more class here. `Cells` reads a record's cells and keeps every refusal, so that a
bad cell costs the record that cell and nothing else, and is never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumbers import shortnumberinfo

from resources.exchange.records import PhonePart, Refusal
from resources.geo.names import fold
from resources.models import Place
from resources.vocabulary import PhoneType
from resources.wording import is_language_tag

Value = TypeVar("Value")
Answer = TypeVar("Answer", covariant=True)


class InvalidCell(Exception):
    """The cell cannot be read. The message goes on from the cell: "is not an amount; write ..."."""


class Column(Protocol[Answer]):
    """One kind of cell."""

    def read(self, cell: str) -> Answer:
        """The value of a cell that is not empty. CellRefused says why there is none."""


class Cells:
    """The cells of one record, and what could not be read of them."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.refusals: list[Refusal] = []

    def read(self, column: Column[Value], name: str, cell: str | None, default: Value) -> Value:
        """The cell's value; `default` where it is empty or refused."""
        if not (cell or "").strip():
            return default
        try:
            return column.read(str(cell))
        except InvalidCell as refused:
            self.refuse(name, str(cell), str(refused))
            return default

    def refuse(self, name: str, cell: str, reason: str) -> None:
        self.refusals.append(Refusal(self.where, name, cell, reason))


class Text:
    """Words, with runs of spaces made one."""

    def __init__(self, max_length: int = 255) -> None:
        self.max_length = max_length

    def read(self, cell: str) -> str:
        text = " ".join(cell.split())
        if len(text) > self.max_length:
            raise InvalidCell(f"is longer than {self.max_length} characters; shorten it")
        return text


ACRONYMS = frozenset(
    """
    AACI ACRS AHC AHS AIDS AKA BACHC BHA BHO BTAMC CABUN CCBHC CHASS CHCI CHPY CISS CSI CSVS DBA ECCHC ENT
    EOC GYN HIV HOAP HOST ICB ICHS IHC II III ISU IV IX JWCH KIPP KMOH LGBTQ LLC MDU MLK MVSU NAACP NE
    NEMS NY NYC OB OHI OPSAM OVH PACE PO RHI SANE SE SEIA SIHF SLO SW UC UCLA UCSF UNHS UNM USA USARC USC
    UTEP VA VI VII VIII WIC WYA XI XII YMCA YVFWC YWCA
    """.split()  # noqa: SIM905  (a page of quotation marks hides the words)
)
SMALL_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "de", "del", "for", "from", "in", "of", "on", "the", "to"}
)
# Shortened words that have no vowel and are still not acronyms.
SHORTENED = frozenset(
    """
    APT BLDG BLVD CLN CNTY CT CTR CTRS CTY DR FT GRP HLTH HSPTL HWY JR LN LTD MED MGMT MR MRS MT MTN
    PHCY PKWY PL PRK RD RM SCH SQ SR ST STR SVC SVCS SVS TPKE TR TWP WMN
    """.split()  # noqa: SIM905
)
STATES = frozenset(
    """
    AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM
    NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY
    """.split()  # noqa: SIM905
)
# Words that show that a run of capitals is plain words and not a string of acronyms.
ORDINARY = frozenset(
    """
    ASSOCIATION BUILDING CARE CENTER CENTERS CLINIC CLINICS COMMUNITY DENTAL EXPRESS FAMILY HEALTH
    HEALTHCARE HOMELESS HOUSE MEDICAL MEDICINE MOBILE OFFICE PEDIATRIC PLAZA PRIMARY PROGRAM PROJECT
    SCHOOL SERVICES STREET SYSTEM UNIVERSITY WOMEN
    """.split()  # noqa: SIM905
)
_WORD = re.compile(r"(?:[A-Z]\.)+[A-Z]?(?![A-Z])|[A-Z0-9][A-Z0-9'’]*")
_CAPITALS = re.compile(r"(?<![\w'’])[A-Z][A-Z'’.]*(?:[ ,/&-]+[A-Z][A-Z'’.]*)*(?![\w'’])")
_SCRAPS = re.compile(r"^(?:\(DBA\)|DBA)\s+|(?:\.{2,}|[\s,]+|\s*\(DBA\))$", re.IGNORECASE)


class Name(Text):
    """A name as one reads it: double spaces and scraps of punctuation closed up and ALL CAPS taken down,
    in the whole name or in a run of it, acronyms kept.

    >>> Name().read("SUNSET  CHC - ST. MARY'S HEALTH CENTER OF MCALLEN II")
    "Sunset CHC - St. Mary's Health Center of McAllen II"
    """

    def read(self, cell: str) -> str:
        text = super().read(cell)
        text = _SCRAPS.sub("", text) or text
        if text == text.upper():
            # A name of one or two short words in capitals is as likely an acronym.
            return _taken_down(text, 0, len(text)) if re.search(r"[A-Z]{4}", text) else text
        for run in reversed(list(_CAPITALS.finditer(text))):
            if _is_plain_words(run.group()):
                text = _taken_down(text, *run.span())
        return text


def _is_plain_words(run: str) -> bool:
    words = re.findall(r"[A-Z][A-Z'’]{3,}", run)
    return len(words) > 1 and any(word in ORDINARY for word in words)


def _taken_down(text: str, start: int, end: int) -> str:
    """The text with the capitals between `start` and `end` taken down."""

    def read(found: re.Match[str]) -> str:
        if not start <= found.start() < end or _stands(text, found):
            return found.group()
        return _readable(found.group(), _is_inside(text, found.start(), found.end()))

    return _WORD.sub(read, text)


def _stands(text: str, found: re.Match[str]) -> bool:
    """Whether what is around a word shows it to be letters: "(KMOH)", "ZACHARY, LA", "MI, INC", "UNIT A"."""
    word, before, after = found.group(), text[: found.start()], text[found.end() :]
    if before.endswith("(") and after.startswith(")") and len(word) <= 5:
        return True
    if word in STATES and re.match(r",? INC\b", after, re.IGNORECASE):
        return True
    if word in STATES and before.endswith(", ") and re.match(r"\s*(?:$|[,)(/-])", after):
        return True
    if word == "A" and re.search(r"\b(?:UNIT|SUITE|STE|BUILDING|BLDG|MDU) $", before, re.IGNORECASE):
        return True
    return word == "LAC" and after.startswith("-")


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether a word stands inside a phrase, where small words are small. The last word does not."""
    return bool(re.search(r"[\w.,&)']\s+$", text[:start]) and text[end:])


def _readable(word: str, inside: bool) -> str:
    if "." in word or word in ACRONYMS or (len(word) == 1 and not (inside and word == "A")):
        return word
    if inside and word.lower() in SMALL_WORDS:
        return word.lower()
    if word[0].isdigit():
        return word if word.isdigit() or not re.fullmatch(r"\d+(ST|ND|RD|TH|FT)", word) else word.lower()
    first, apostrophe, rest = (
        re.split(r"(['’])", word, maxsplit=1) if re.search(r"['’]", word) else (word, "", "")
    )
    if not apostrophe and word not in SHORTENED and not re.search(r"[AEIOU]|(?<=.)Y", word):
        return word
    if apostrophe and len(first) == 1 and len(rest) > 1:
        return f"{first}{apostrophe}{rest.capitalize()}"
    is_mac = re.fullmatch(r"MC[A-Z]{3,}", first)
    first = f"Mc{first[2:].capitalize()}" if is_mac else first.capitalize()
    return f"{first}{apostrophe}{rest.lower()}"


_EXTENSION = re.compile(r"[\s,;]*(?:\bx|\bext\.?|\bextension|#)\s*(\d{1,10})\s*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]+)\)$")


class Street(Name):
    """A street as one reads it; a post office box keeps its initials."""

    def read(self, cell: str) -> str:
        return re.sub(r"\b(P\.? ?O\.?) BOX\b", r"\1 Box", super().read(cell))


class PhoneNumber:
    """A number as it is dialled in `country`, with its extension and the word it may be remembered by.

    Short numbers (988, 116 123, 741741) stay short and have no international form.
    """

    def __init__(self, country: str, type: str = PhoneType.VOICE) -> None:  # noqa: A002  (the model's own word)
        self.country = country
        self.type = type

    def read(self, cell: str) -> PhonePart:
        text = " ".join(cell.split())
        if len(re.findall(r"\d", text)) < 3:
            raise InvalidCell("is not a telephone number; write its digits, such as 800-555-0199")
        extension = ""
        if found := _EXTENSION.search(text):
            text, extension = text[: found.start()], found.group(1)
        number, description = _spelled_out(text)
        if len(number) > 40:
            raise InvalidCell("is longer than any telephone number; write one number in this cell")
        return PhonePart(number, self._international(number), extension, self.type, self.country, description)

    def _international(self, number: str) -> str:
        try:
            parsed = phonenumbers.parse(number, self.country or None)
        except phonenumbers.NumberParseException:
            raise InvalidCell("is not a telephone number; write its digits, such as 800-555-0199") from None
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if shortnumberinfo.is_valid_short_number_for_region(parsed, self.country):
            return ""
        where = self.country or "any country"
        raise InvalidCell(f"is not a number that can be dialled in {where}; check its digits")


def _spelled_out(text: str) -> tuple[str, str]:
    """(digits as dialled, the way it is remembered): "1-800-662-HELP (4357)" is 1-800-662-4357."""
    found = _IN_BRACKETS.match(text)
    before, bracket = found.groups() if found else (text, "")
    if not re.search(r"[A-Za-z]", before):
        return before, bracket
    digits = phonenumbers.convert_alpha_characters_in_number(before)
    in_full = len(re.sub(r"\D", "", bracket)) >= 10
    return (bracket if in_full else digits), before


class TextLine:
    """What one is told to text: "Text HOME to 741741", "Text 800-944-4773 (English) or ..."."""

    def __init__(self, country: str) -> None:
        self.number = PhoneNumber(country, PhoneType.SMS)

    def read(self, cell: str) -> tuple[PhonePart, ...]:
        words = re.sub(r"^text\s+", "", " ".join(cell.split()), flags=re.IGNORECASE)
        if keyword := re.fullmatch(r"(\S+) to (.+)", words):
            part = self.number.read(keyword.group(2))
            return (
                PhonePart(
                    part.number, part.international, "", part.type, part.country, f"Text {keyword.group(1)}"
                ),
            )
        return tuple(self.number.read(number) for number in words.split(" or "))


_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")

_MISTYPED_WWW = re.compile(r"^(?:ww|wwww|wwe)\.")


class Website:
    """A web address: https:// is put before one that names no scheme, the host is written small, and a
    mistyped www. is mended.
    """

    def read(self, cell: str) -> str:
        text = cell.strip()
        if re.search(r"\s", text):
            raise InvalidCell("has a space in it; give one web address without spaces")
        if not re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) or re.match(r"[^/]+\.[^/]+:\d", text):
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            host, port = _MISTYPED_WWW.sub("www.", (parts.hostname or "").rstrip(".")), parts.port
        except ValueError:
            raise InvalidCell("is not a web address; write it like https://example.org/") from None
        if parts.scheme.lower() not in ("http", "https"):
            raise InvalidCell("is not a web address; it should begin with https:// or http://")
        if parts.username is not None:
            raise InvalidCell("carries a user name; give the address without what stands before the @")
        if not _HOST.fullmatch(host):
            raise InvalidCell(f"has no such host as '{host}'; check what stands after //")
        if len(text) > 500:
            raise InvalidCell("is longer than 500 characters; give a shorter address")
        netloc = f"{host}:{port}" if port else host
        return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment))


class Email:
    """An e-mail address."""

    def read(self, cell: str) -> str:
        text = cell.strip()
        try:
            validate_email(text)
        except ValidationError:
            raise InvalidCell("is not an e-mail address; write it like name@example.org") from None
        return text


class Degrees:
    """A latitude (`limit` 90) or longitude (`limit` 180) in WGS 84 degrees."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def read(self, cell: str) -> float:
        try:
            degrees = float(cell)
        except ValueError:
            degrees = float("nan")
        if not abs(degrees) <= self.limit:
            raise InvalidCell(f"is not a number of degrees between -{self.limit} and {self.limit}")
        return degrees


class Zip:
    """A United States ZIP code, or ZIP+4."""

    def read(self, cell: str) -> str:
        if not re.fullmatch(r"\d{5}(-\d{4})?", cell.strip()):
            raise InvalidCell("is not a ZIP code; write five digits, or five and four: 75201-1234")
        return cell.strip()


class Language:
    """A BCP 47 language tag."""

    def read(self, cell: str) -> str:
        if not is_language_tag(cell.strip()):
            raise InvalidCell("is not a language code; write one such as en, es or fr-CA")
        return cell.strip()


class Amount:
    """A price: a number of the currency's units, not below zero."""

    def read(self, cell: str) -> Decimal:
        try:
            amount = Decimal(cell.strip())
        except InvalidOperation:
            raise InvalidCell("is not an amount; write a number such as 20 or 7.50") from None
        if not (amount.is_finite() and 0 <= amount < 10**7):
            raise InvalidCell("is not an amount a person could be asked to pay")
        return amount.quantize(Decimal("0.01"))


class PostalCentre:
    """The middle of a postal code's area, from the gazetteer: (latitude, longitude)."""

    def __init__(self, country: str) -> None:
        self.country = country

    def read(self, cell: str) -> tuple[float, float]:
        code = cell.strip()[:5] if self.country == "US" else cell.strip()
        place = Place.objects.with_code([(self.country, code)]).first()
        if place is None:
            raise InvalidCell("is not in the gazetteer, so the place is not on the map")
        return place.latitude, place.longitude


class Town:
    """The middle of a town, from the gazetteer: (latitude, longitude).

    Where a country has states, the state must be known too: there are thirty Portlands.
    """

    def __init__(self, country: str, region: str) -> None:
        self.country = country
        self.region = region

    def read(self, cell: str) -> tuple[float, float]:
        if not self.region and self.country in ("US", "CA", "AU"):
            raise InvalidCell("could be one of several towns: no state or province is given with it")
        towns = Place.objects.towns().named([fold(cell)]).filter(country=self.country)
        place = (towns.filter(region=self.region) if self.region else towns).first()
        if place is None:
            raise InvalidCell("is not in the gazetteer, so the place is not on the map")
        return place.latitude, place.longitude


def unique(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values in their order, each once."""
    return tuple(dict.fromkeys(values))
