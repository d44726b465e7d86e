"""Kinds of cell: each class reads the text of a cell into a value, or says why it cannot.

A new kind of cell is one more class here. `Cells` reads a record's cells and collects every refusal, so that
a bad cell costs the record that cell and nothing else, and is never dropped silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count

from resources.curation.phones import NO_COUNTRY, NOT_A_NUMBER, parse_phones
from resources.curation.validators import has_bidi_control, has_markup, mend_text
from resources.exchange.records import AreaPart, AudiencePart, CostPart, PhonePart, Refusal, TopicPart
from resources.geo.geocoding import county_area
from resources.geo.names import county_key, fold
from resources.geo.regions import country_named, region_named
from resources.geo.schemes import normalize
from resources.models import Place
from resources.models.place import PlaceKind
from resources.vocabulary import (
    COUNTRIES,
    CURRENCIES,
    LANGUAGES,
    Audience,
    AudienceRule,
    ContentNote,
    Cost,
    CostUnit,
    Extent,
    PhoneType,
    Vocabulary,
)
from resources.wording import is_language_tag

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)


DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
FAITHS = {
    word: word.capitalize()
    for word in (
        *("christian", "catholic", "protestant", "orthodox", "quaker", "jewish", "muslim", "hindu"),
        *("buddhist", "sikh", "interfaith"),
    )
}


class InvalidCell(Exception):
    """The cell cannot be read. The message continues from the cell: "is not an amount; use ..."."""


class Column(Protocol[Value_co]):
    """One kind of cell."""

    def read(self, cell: str) -> Value_co:
        """Return the value of a cell that is not empty. Raises InvalidCell, which says why there is none."""


class Cells:
    """Reads the cells of one record, and collects those that cannot be read in `refusals`."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.refusals: list[Refusal] = []

    def read(self, column: Column[Value], name: str, cell: str | None, default: Value) -> Value:
        """Return the cell's value, or `default` if it is empty or refused."""
        if not (cell or "").strip():
            return default
        try:
            return column.read(str(cell))
        except InvalidCell as refused:
            self.reject(name, str(cell), str(refused))
            return default

    def read_several(self, column: Column[Value], name: str, cell: str | None) -> tuple[Value, ...]:
        """Return the values of a cell that holds several, between semicolons. One refused costs itself."""
        parts = [part for part in re.split(r"[;\n]", cell or "") if part.strip()]
        values: list[Value] = []
        for part in parts:
            try:
                values.append(column.read(part.strip()))
            except InvalidCell as refused:
                self.reject(name, part.strip(), str(refused))
        return unique(values)

    def record_correction(self, name: str, cell: str, value: str, reason: str) -> None:
        """Record that another value was taken than the cell holds."""
        self.refusals.append(Refusal(self.where, name, cell, reason, value))

    def reject(self, name: str, cell: str, reason: str) -> None:
        """Record a refusal of a cell: `name` is its column, and `reason` continues from the cell."""
        self.refusals.append(Refusal(self.where, name, cell, reason))


class TextColumn:
    """Plain text, mended where it has one meaning, with each run of whitespace replaced by one space."""

    def __init__(self, max_length: int = 255) -> None:
        self.max_length = max_length

    def read(self, cell: str) -> str:
        text = " ".join(mend_text(cell).split())
        if len(text) > self.max_length:
            raise InvalidCell(f"is longer than {self.max_length} characters; shorten it")
        if has_markup(text):
            raise InvalidCell("contains an HTML tag; use plain text")
        if has_bidi_control(text):
            raise InvalidCell("contains a hidden character that changes the direction of the text; retype it")
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
# Abbreviations that have no vowel and are still not acronyms.
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
# Words that show that a run of capitals is ordinary words and not a string of acronyms.
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


class NameColumn(TextColumn):
    """A name in normal capitalization, without double spaces and stray punctuation.

    ALL CAPS become capitalized words, in the whole name or in a run of it; acronyms stay.

    >>> NameColumn().read("SUNSET  CHC - ST. MARY'S HEALTH CENTER OF MCALLEN II")
    "Sunset CHC - St. Mary's Health Center of McAllen II"
    """

    def read(self, cell: str) -> str:
        text = super().read(cell)
        text = _SCRAPS.sub("", text) or text
        if text == text.upper():
            # A name of one or two short words in capitals may as well be an acronym.
            return _capitalize_words(text, 0, len(text)) if re.search(r"[A-Z]{4}", text) else text
        for run in reversed(list(_CAPITALS.finditer(text))):
            if _is_plain_words(run.group()):
                text = _capitalize_words(text, *run.span())
        return text


def _is_plain_words(run: str) -> bool:
    words = re.findall(r"[A-Z][A-Z'’]{3,}", run)
    return len(words) > 1 and any(word in ORDINARY for word in words)


def _capitalize_words(text: str, start: int, end: int) -> str:
    """Return the text with the words in ALL CAPS between `start` and `end` capitalized normally."""

    def capitalize(match: re.Match[str]) -> str:
        if not start <= match.start() < end or _is_code(text, match):
            return match.group()
        return _capitalize_word(match.group(), _is_inside(text, match.start(), match.end()))

    return _WORD.sub(capitalize, text)


def _is_code(text: str, match: re.Match[str]) -> bool:
    """True if the context shows a word to be a code: "(KMOH)", "ZACHARY, LA", "MI, INC", "UNIT A"."""
    word, before, after = match.group(), text[: match.start()], text[match.end() :]
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
    """True if a word is inside a phrase, where small words are in lower case. The last word is not."""
    return bool(re.search(r"[\w.,&)']\s+$", text[:start]) and text[end:])


def _capitalize_word(word: str, inside: bool) -> str:
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


class StreetColumn(NameColumn):
    """A street in normal capitalization; "P.O. Box" keeps its initials."""

    def read(self, cell: str) -> str:
        return re.sub(r"\b(P\.? ?O\.?) BOX\b", r"\1 Box", super().read(cell))


class PhoneColumn:
    """Phone numbers as dialed in `country`, each with its extension and the words around it.

    Short numbers (988, 116 123, 741741) stay short and have no international form. Of a number whose words
    say that it takes texts or is a textphone or a fax, that is its type; else `type`.
    """

    def __init__(self, country: str, type: str = PhoneType.VOICE) -> None:  # noqa: A002  (the model's own word)
        self.country = country
        self.type = type

    def read(self, cell: str) -> tuple[PhonePart, ...]:
        try:
            parsed = parse_phones(cell, self.country, texts=self.type == PhoneType.SMS)
        except ValidationError as error:
            if error.code in (NOT_A_NUMBER, NO_COUNTRY):
                reason = "is not a phone number; use its digits, such as 800-555-0199"
            else:
                where = self.country or "any country"
                reason = f"is not a number that can be dialed in {where}; check its digits"
            raise InvalidCell(reason) from None
        return tuple(
            PhonePart(
                phone.number,
                phone.international,
                phone.extension[:10],
                phone.type or self.type,
                phone.country,
                phone.note,
            )
            for phone in parsed
        )


_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")

_MISTYPED_WWW = re.compile(r"^(?:ww|wwww|wwe)\.")


class WebsiteColumn:
    """A web address. Adds https:// where no scheme is given, lowercases the host and fixes a mistyped www."""

    def read(self, cell: str) -> str:
        text = mend_text(cell).strip()
        if re.search(r"\s", text):
            raise InvalidCell("has a space in it; give one web address without spaces")
        if not re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) or re.match(r"[^/]+\.[^/]+:\d", text):
            text = f"https://{text}"
        try:
            parts = urlsplit(text)
            host, port = _MISTYPED_WWW.sub("www.", (parts.hostname or "").rstrip(".")), parts.port
        except ValueError:
            raise InvalidCell("is not a web address; use the form https://example.org/") from None
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


class EmailColumn:
    """An email address."""

    def read(self, cell: str) -> str:
        text = cell.strip()
        try:
            validate_email(text)
        except ValidationError:
            raise InvalidCell("is not an email address; use the form name@example.org") from None
        return text


class CoordinateColumn:
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


class ZipColumn:
    """A United States ZIP code, or ZIP+4."""

    def read(self, cell: str) -> str:
        if not re.fullmatch(r"\d{5}(-\d{4})?", cell.strip()):
            raise InvalidCell("is not a ZIP code; use five digits, or five and four: 75201-1234")
        return cell.strip()


class LanguageColumn:
    """A BCP 47 language tag."""

    def read(self, cell: str) -> str:
        if not is_language_tag(cell.strip()):
            raise InvalidCell("is not a language code; use one such as en, es or fr-CA")
        return cell.strip()


class AmountColumn:
    """A price: a number of the currency's units (such as dollars), at least 0, rounded to hundredths."""

    def read(self, cell: str) -> Decimal:
        try:
            amount = Decimal(cell.strip())
        except InvalidOperation:
            raise InvalidCell("is not an amount; use a number such as 20 or 7.50") from None
        if not (amount.is_finite() and 0 <= amount < 10**7):
            raise InvalidCell("is not an amount a person could be asked to pay")
        return amount.quantize(Decimal("0.01"))


class PostalPointColumn:
    """The center of a postal code's area, from the gazetteer: (latitude, longitude). One query."""

    def __init__(self, country: str) -> None:
        self.country = country

    def read(self, cell: str) -> tuple[float, float]:
        code = cell.strip()[:5] if self.country == "US" else cell.strip()
        place = Place.objects.with_code([(self.country, code)]).first()
        if place is None:
            raise InvalidCell("is not in the gazetteer, so the place is not on the map")
        return place.latitude, place.longitude


class TownPointColumn:
    """The center of a town, from the gazetteer: (latitude, longitude). One query.

    By any of its names; or of what the post calls so, for a place that the gazetteer has no town of.
    In a country with states the state must be given too: there are thirty Portlands.
    """

    def __init__(self, country: str, region: str) -> None:
        self.country = country
        self.region = region

    def read(self, cell: str) -> tuple[float, float]:
        if not self.region and self.country in ("US", "CA", "AU"):
            raise InvalidCell("could be one of several towns: no state or province is given with it")
        kinds = (PlaceKind.TOWN, PlaceKind.POSTAL_CODE)
        towns = Place.objects.named([fold(cell)]).filter(kind__in=kinds, country=self.country)
        place = (towns.filter(region=self.region) if self.region else towns).first()
        if place is None:
            raise InvalidCell("is not in the gazetteer, so the place is not on the map")
        return place.latitude, place.longitude


class ChoiceColumn:
    """One value of a vocabulary, by its code or its label, whatever the case and the marks between words."""

    def __init__(self, vocabulary: type[Vocabulary], also: Mapping[str, str] | None = None) -> None:
        self.vocabulary = vocabulary
        self.values = {fold(member.value): member.value for member in vocabulary}
        self.values |= {fold(str(member.label)): member.value for member in vocabulary}
        self.values |= {fold(word): value for word, value in (also or {}).items()}

    def read(self, cell: str) -> str:
        value = self.values.get(fold(mend_text(cell)))
        if value is None:
            choices = ", ".join(self.vocabulary.values[:30])
            raise InvalidCell(f"is not one of the choices; use one of: {choices}")
        return str(value)


class ContentNoteColumn(ChoiceColumn):
    """A content note, or one with "not:" before it: (code, whether it is known not to mention it)."""

    def __init__(self) -> None:
        super().__init__(ContentNote)

    def read(self, cell: str) -> tuple[str, bool]:  # type: ignore[override]
        negated = re.match(r"\s*not:\s*", cell, re.IGNORECASE)
        return super().read(cell[negated.end() :] if negated else cell), bool(negated)


class AudienceColumn(ChoiceColumn):
    """Who is welcome, or whom it is made for, with "designed_for:" before it; else `rule` says how firmly."""

    def __init__(self, rule: str) -> None:
        super().__init__(Audience)
        self.rule = rule

    def read(self, cell: str) -> AudiencePart:  # type: ignore[override]
        made = re.match(r"\s*designed[ _]for:\s*", cell, re.IGNORECASE)
        code = super().read(cell[made.end() :] if made else cell)
        return AudiencePart(code, AudienceRule.DESIGNED_FOR if made else self.rule)


class FaithColumn:
    """The faith of whoever runs it, as a term of the taxonomy of faiths."""

    def read(self, cell: str) -> TopicPart:
        word = fold(mend_text(cell))
        if word not in FAITHS:
            raise InvalidCell(f"is not a faith we know; use one of: {', '.join(FAITHS)}")
        return TopicPart(word, FAITHS[word], "Faiths")


class LanguageNameColumn:
    """A language by its English name or its BCP 47 tag."""

    def read(self, cell: str) -> str:
        return _languages_by_name().get(fold(cell)) or LanguageColumn().read(cell)


@cache
def _languages_by_name() -> dict[str, str]:
    return {fold(str(name)): code for code, name in LANGUAGES.items()}


class CountryColumn:
    """A country, by name or code, as its ISO 3166-1 code."""

    def read(self, cell: str) -> str:
        country = country_named(cell)
        if country is None:
            raise InvalidCell("is not a country; use its name or its two-letter code, such as US")
        return country.code


class RegionColumn:
    """A state, province or nation of `country`, by name or code, as its code."""

    def __init__(self, country: str) -> None:
        self.country = country

    def read(self, cell: str) -> str:
        region = region_named(cell, self.country or None)
        if region is not None:
            return region.code
        if self.country in COUNTRIES or len(cell.strip()) > 10:
            raise InvalidCell(f"is not a state or region of {self.country or 'one country'}")
        return cell.strip()


class PostalCodeColumn:
    """A postal code. Puts back what spreadsheets take from a ZIP code: 2134, 2134.0 and 021341234."""

    def __init__(self, country: str) -> None:
        self.country = country

    def read(self, cell: str) -> str:
        code = " ".join(unicodedata.normalize("NFKC", cell).upper().translate(DASHES).split())
        if self.country == "US":
            digits = re.sub(r"\.0$", "", code)
            if re.fullmatch(r"\d{3,5}", digits):
                code = digits.zfill(5)
            elif re.fullmatch(r"\d{7,9}", digits):
                code = f"{digits.zfill(9)[:5]}-{digits.zfill(9)[5:]}"
        elif self.country in ("AU", "NZ"):
            code = re.sub(r"\.0$", "", code)
            code = code.zfill(4) if code.isdigit() else code
        if self.country in COUNTRIES and normalize(self.country, code) is None:
            raise InvalidCell(f"is not a postal code of {self.country}")
        return code[:20]


class AreaColumn:
    """An area that is served: the world, a country, a state, or a county with its state."""

    def __init__(self, country: str, counties: dict[str, dict[tuple[str, str], str]]) -> None:
        self.country = country
        self.counties = counties  # of each country, filled when first needed

    def read(self, cell: str) -> AreaPart:
        name = TextColumn().read(cell)
        if named := _AREA_WITH_KEY.fullmatch(name):
            return AreaPart(named[1], _extent_of(named[2]), named[2])
        area = area_named(name, self.country)
        if not area:
            if self.country not in self.counties:
                self.counties[self.country] = _county_areas(self.country)
            known = self.counties[self.country]
            area = known.get(_county_of(name, self.country)) or known.get(("", fold(name)), "")
        if not area:
            raise InvalidCell("is not an area we know; use a county with its state, a state or a country")
        return AreaPart(name, _extent_of(area), area)


# "Western Massachusetts [US-MA/berkshire]": a name of one's own, and the key of `ServiceArea`.
_AREA_WITH_KEY = re.compile(r"(.*\S)\s*\[(\*|[A-Z]{2}(?:-[A-Z0-9]{1,3}(?:/[^\[\]]+)?|:[A-Z0-9]+)?)\]")
_WORLD = ("world", "the world", "worldwide", "international", "everywhere")


def area_named(name: str, country: str) -> str:
    """The key of the world, a country or a state that `name` says by itself; "" for any other area.

    What is a country and a state is the state where `country` has one of that name: "Georgia".
    """
    if fold(name) in _WORLD:
        return "*"
    region = region_named(name, country or None)
    if region and region.country == country:
        return f"{region.country}-{region.code}"
    if found := country_named(name):
        return found.code
    return f"{region.country}-{region.code}" if region else ""


def _extent_of(area: str) -> str:
    if area == "*":
        return Extent.WORLD
    if ":" in area:
        return Extent.POSTAL_CODE
    if "/" in area:
        return Extent.COUNTY
    return Extent.REGION if "-" in area else Extent.COUNTRY


def _county_of(name: str, country: str) -> tuple[str, str]:
    """(region or "", county) as keys: ("TX", "dallas") of "Dallas County, TX"."""
    county, _comma, state = name.rpartition(",")
    region = region_named(state, country or None) if county else None
    return (region.code, county_key(county)) if region else ("", county_key(name))


# Countries in which no two counties have one name; the gazetteer has some under a second nation by mistake.
_EACH_COUNTY_ONCE = ("GB",)


def _county_areas(country: str) -> dict[tuple[str, str], str]:
    """The service areas of a country's counties and named areas, by (region, name); by ("", name) too.

    By ("", county) only where one region has it. A county stands before a named area.
    """
    rows = Place.objects.filter(country=country).exclude(county="").exclude(region="").order_by()
    found: dict[tuple[str, str], str] = {}
    regions: dict[str, Counter[str]] = {}
    for region, county, number in rows.values_list("region", "county").annotate(number=Count("pk")):
        key = county_key(county)
        found[region, key] = county_area(country, region, county)
        regions.setdefault(key, Counter())[region] += number
    alone = {
        ("", key): found[of_key.most_common(1)[0][0], key]
        for key, of_key in regions.items()
        if len(of_key) == 1 or country in _EACH_COUNTY_ONCE
    }
    areas = Place.objects.filter(kind=PlaceKind.AREA, country=country).exclude(region="")
    named: dict[tuple[str, str], str] = {}
    by_name: dict[str, set[str]] = {}
    for region, name, keys in areas.values_list("region", "name_key", "areas"):
        named[region, name] = keys.partition(";")[0]
        by_name.setdefault(name, set()).add(named[region, name])
    named |= {("", name): keys.pop() for name, keys in by_name.items() if len(keys) == 1}
    return named | found | alone


CURRENCY_SIGNS = {"£": "GBP", "€": "EUR", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD"}
_MONEY = re.compile(
    r"(?P<sign>US\$|CA\$|NZ\$|A\$|C\$|[$£€])?\s*(?P<number>\d[\d.,]*)\s*(?P<after>[€]|[A-Za-z]{3}\b)?"
)


class PriceColumn:
    """An amount and its currency, "" where only the country tells it: "$40", "40,00 €", "20 GBP", "free"."""

    def read(self, cell: str) -> tuple[Decimal, str]:
        text = " ".join(mend_text(cell).split())
        if text.lower() == "free":
            return Decimal(0), ""
        match = _MONEY.fullmatch(text)
        after = (match["after"] or "").upper() if match else ""
        sign = (match["sign"] or "") if match else ""
        if match is None or (after and after != "€" and after not in CURRENCIES.values()):
            raise InvalidCell("is not an amount; use a number such as 20 or 7.50, or leave it empty")
        currency = CURRENCY_SIGNS.get(sign or after) or (after if after in CURRENCIES.values() else "")
        return AmountColumn().read(_decimal(match["number"])), currency


def _decimal(number: str) -> str:
    """A number with a point: of "1,234.50", "1.234,50" and "40,00" the last mark before two digits is one."""
    number = number.rstrip(".,")
    if re.search(r"[.,]\d{1,2}$", number):
        whole, cents = re.split(r"[.,](?=\d{1,2}$)", number)
        return f"{re.sub(r'[.,]', '', whole)}.{cents}"
    return re.sub(r"[.,]", "", number)


class CostColumn(ChoiceColumn):
    """A kind of cost, with the amounts that stand beside it: "sliding_scale", "$40-60 sliding", "Free"."""

    def __init__(self) -> None:
        super().__init__(
            Cost,
            {
                "sliding": Cost.SLIDING_SCALE,
                "sliding fee": Cost.SLIDING_SCALE,
                "no charge": Cost.FREE,
                "no cost": Cost.FREE,
                "donations": Cost.DONATION,
                "by donation": Cost.DONATION,
                "": Cost.FIXED,
            },
        )

    def read(self, cell: str) -> CostPart:  # type: ignore[override]
        text = " ".join(mend_text(cell).split())
        found = list(_MONEY.finditer(text))
        words = re.sub(r"\b(?:per|a) (?:session|visit)\b|\bto\b|[-–]", " ", _MONEY.sub(" ", text))
        if len(found) > 2 or "?" in text or (not found and not words.strip()):
            raise InvalidCell("is not a cost; use free, donation, sliding_scale, reduced_fee or fixed")
        kind = super().read(words)
        prices = [PriceColumn().read(match.group()) for match in found]
        amounts = sorted(amount for amount, _currency in prices)
        low, high = (amounts[0], amounts[-1]) if amounts else (None, None)
        currency = next((currency for _amount, currency in prices if currency), "")
        unit = CostUnit.SESSION if "session" in text else CostUnit.VISIT if "visit" in text else ""
        return CostPart(kind, low, high if high != low else None, currency, unit)


class DateColumn:
    """A day that has come: 2026-07-19, or as the United States writes it, 07/19/2026."""

    def __init__(self, today: date) -> None:
        self.today = today

    def read(self, cell: str) -> date:
        text = cell.strip()
        if us := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
            text = f"{us[3]}-{int(us[1]):02}-{int(us[2]):02}"
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InvalidCell("is not a date; use the form 2026-07-19") from None
        if day > self.today:
            raise InvalidCell("is in the future; use the day of the check")
        return day


class YearOrDateColumn(DateColumn):
    """When something was seen: a date, or only its year."""

    def read(self, cell: str) -> date | int:  # type: ignore[override]
        if not re.fullmatch(r"\d{4}", cell.strip()):
            return super().read(cell)
        if not 1950 <= int(cell) <= self.today.year:
            raise InvalidCell("is not a year in which it can have been seen")
        return int(cell)


def unique(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return the values without repeats, in their order."""
    return tuple(dict.fromkeys(values))
