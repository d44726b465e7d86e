"""One reader of phone numbers for forms and lists: what is typed, and what can be dialed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from resources.curation.phones import parse_phone, parse_phones
from resources.vocabulary import PhoneType

READ = [
    # typed, country: number, international, extension, note, type
    ("608-271-9000, 11", "US", "608-271-9000", "+16082719000", "11", "", ""),
    ("608-271-9000 (ext 22)", "US", "608-271-9000", "+16082719000", "22", "", ""),
    ("800-662-4357x12", "US", "800-662-4357", "+18006624357", "12", "", ""),
    ("(214) 653-0142 ext. 7", "US", "(214) 653-0142", "+12146530142", "7", "", ""),
    ("SHOUT 85258", "GB", "85258", "", "", "Text SHOUT", PhoneType.SMS),
    ("Text HOME to 741741", "US", "741741", "", "", "Text HOME", PhoneType.SMS),
    ("Ring 116123", "GB", "116123", "", "", "", ""),
    ("Call Call 988", "US", "988", "", "", "", ""),
    ("TTY 711", "US", "711", "", "", "", PhoneType.TTY),
    ("Fax: 608-271-9000", "US", "608-271-9000", "+16082719000", "", "", PhoneType.FAX),
    ("1800 RESPECT", "AU", "1800 737732", "+611800737732", "", "1800 RESPECT", ""),
    ("0800 LIFELINE", "NZ", "0800 5433546", "+648005433546", "", "0800 LIFELINE", ""),
    ("1-800-GRIEVING", "US", "1-800-4743846", "+18004743846", "", "1-800-GRIEVING", ""),
    ("1-800-273-TALK (8255)", "US", "1-800-273-8255", "+18002738255", "", "1-800-273-TALK", ""),
    ("1-833-TLC-MAMA (1-833-852-6262)", "US", "1-833-852-6262", "+18338526262", "", "1-833-TLC-MAMA", ""),
    ("1300 11 HOPE", "AU", "1300 11 4673", "+611300114673", "", "1300 11 HOPE", ""),
    ("1-800-944-4773 (4PPD)", "US", "1-800-944-4773", "+18009444773", "", "4PPD", ""),
    (
        "helpline 0300 688 0068, evenings",
        "GB",
        "0300 688 0068",
        "+443006880068",
        "",
        "helpline, evenings",
        "",
    ),
    ("+44 300 688 0068", "", "+44 300 688 0068", "+443006880068", "", "", ""),
    ("608–271–9000", "US", "608-271-9000", "+16082719000", "", "", ""),
    ("1737", "NZ", "1737", "", "", "", ""),
]


@pytest.mark.parametrize("row", READ, ids=lambda row: row[0])
def test_letters_are_digits_only_inside_a_number_and_other_words_are_a_note(row: tuple[str, ...]) -> None:
    typed, country, number, international, extension, note, kind = row
    parsed = parse_phone(typed, country)
    assert (parsed.number, parsed.international, parsed.extension) == (number, international, extension)
    assert (parsed.note, parsed.type) == (note, kind)


@pytest.mark.parametrize(
    ("typed", "country", "numbers"),
    [
        ("911 or 988", "US", ["911", "988"]),
        ("608-271-9000; 608-263-6400", "US", ["608-271-9000", "608-263-6400"]),
        ("0300 688 0068 / 116 123", "GB", ["0300 688 0068", "116 123"]),
        ("Call or text 988", "US", ["988"]),
        ("608-271-9000 ext 5 or 608-263-6400", "US", ["608-271-9000", "608-263-6400"]),
    ],
)
def test_two_numbers_are_two(typed: str, country: str, numbers: list[str]) -> None:
    assert [parsed.number for parsed in parse_phones(typed, country)] == numbers
    if len(numbers) > 1:
        with pytest.raises(ValidationError, match="several numbers"):
            parse_phone(typed, country)


@pytest.mark.parametrize(
    ("typed", "country", "message"),
    [
        ("call us", "US", "valid phone number"),
        ("9" * 201, "US", "valid phone number"),
        ("999-999-9999", "US", "not a valid number in United States"),
        ("988", "GB", "not a valid number in United Kingdom"),
        ("214-555-010", "US", "not a valid number"),
        ("214-653-0142", "", "Choose the country of this number"),
        ("12", "US", "not a valid number"),
    ],
)
def test_what_nobody_can_dial_is_refused(typed: str, country: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        parse_phone(typed, country)
