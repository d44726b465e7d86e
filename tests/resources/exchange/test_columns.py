"""Cells as people write them, and what each becomes or why it is refused."""

from decimal import Decimal
from typing import Any

import pytest

from resources.exchange.columns import (
    AmountColumn,
    Cells,
    Column,
    CoordinateColumn,
    EmailColumn,
    InvalidCell,
    LanguageColumn,
    NameColumn,
    PhoneColumn,
    StreetColumn,
    TextColumn,
    WebsiteColumn,
    ZipColumn,
)
from resources.exchange.records import PhonePart
from resources.vocabulary import PhoneType


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Mary Isaak Homeless Shelter  Clinic", "Mary Isaak Homeless Shelter Clinic"),
        ("ADAK CLINIC", "Adak Clinic"),
        ("EMMONAK SUB-REGIONAL CLINIC", "Emmonak Sub-Regional Clinic"),
        ("SUNSET CHC - SAN LUIS DENTAL", "Sunset CHC - San Luis Dental"),
        ("YVFWC - TOPPENISH", "YVFWC - Toppenish"),
        ("ST. MARY'S HEALTH CENTER OF MCALLEN II", "St. Mary's Health Center of McAllen II"),
        ("O'NEILL WOMEN'S CLINIC, LLC", "O'Neill Women's Clinic, LLC"),
        ("CLAUDE A. WILCOX ELEMENTARY SCHOOL", "Claude A. Wilcox Elementary School"),
        ("FAMILY HEALTH SERVICES - I.B. PERRINE", "Family Health Services - I.B. Perrine"),
        ("HERITAGE HEALTH CARE @ PS 192", "Heritage Health Care @ PS 192"),
        ("BLACKSTONE VALLEY COMM HLTH CTR", "Blackstone Valley Comm Hlth Ctr"),
        ("COMMUNITY HEALTH CENTER OF THE NORTH SHORE", "Community Health Center of the North Shore"),
        ("THE GRASSLANDS HOMELESS SHELTER", "The Grasslands Homeless Shelter"),
        ("NUESTRA CLINICA DEL VALLE", "Nuestra Clinica del Valle"),
        ("MEDICAL/DENTAL CLINIC OF NYC", "Medical/Dental Clinic of NYC"),
        ("CORTEZ OB/GYN AND PEDIATRICS", "Cortez OB/GYN and Pediatrics"),
        ("113 MAIN STREET, 12TH FLOOR NW", "113 Main Street, 12th Floor NW"),
        ("CHC", "CHC"),
        ("CHC-B 2", "CHC-B 2"),
        ("iCare eHealth", "iCare eHealth"),
        ("CSVS - MOBILE1", "CSVS - Mobile1"),
        ("CHPY-COLE STREET CLINIC", "CHPY-Cole Street Clinic"),
        ("KERN MEDICAL OUTPATIENT HEALTH (KMOH)", "Kern Medical Outpatient Health (KMOH)"),
        ("CARE BUILDING (XAB)", "Care Building (XAB)"),
        ("CHCI MOBILE DENTAL UNIT A (MDU A)", "CHCI Mobile Dental Unit A (MDU A)"),
        ("BIRTH OF A CLINIC", "Birth of a Clinic"),
        ("LAC-CANOGA PARK HEALTH CENTER", "LAC-Canoga Park Health Center"),
        ("FOND DU LAC CLINIC", "Fond Du Lac Clinic"),
        ("FAMILY MEDICAL CENTER OF MI, INC", "Family Medical Center of MI, Inc"),
        ("CARESOUTH BEHAVIORAL HEALTH AT ZACHARY, LA", "Caresouth Behavioral Health at Zachary, LA"),
        ("OUTSIDE IN", "Outside In"),
        ("VALLEY FAMILY HEALTH CARE - Payette", "Valley Family Health Care - Payette"),
        ("GOLDSBORO MEDICAL and DENTAL CENTER", "Goldsboro Medical and Dental Center"),
        ("CHCs OF WESTERN KENTUCKY PEDIATRIC", "CHCs of Western Kentucky Pediatric"),
        ("JWCH PATH Clinic", "JWCH PATH Clinic"),
        ("NEMS PACE San Jose Center", "NEMS PACE San Jose Center"),
        ("WEST OAKLAND HEALTH CENTER..", "West Oakland Health Center"),
        ("Westshire Elementary School,", "Westshire Elementary School"),
        ("De Novo Health Care, Inc.", "De Novo Health Care, Inc."),
        ("DBA LISBON COMMUNITY HEALTH CENTER", "Lisbon Community Health Center"),
        ("(DBA) Lisbon Community Health Center", "Lisbon Community Health Center"),
        ("Robert Clark Family Health Center (DBA)", "Robert Clark Family Health Center"),
    ],
)
def test_a_name_is_made_readable(cell: str, name: str) -> None:
    assert NameColumn().read(cell) == name


@pytest.mark.parametrize(
    ("cell", "street"),
    [
        ("PO BOX 189", "PO Box 189"),
        ("P.O. BOX 12, MAIN STREET", "P.O. Box 12, Main Street"),
        ("1226 SW 12th Ave", "1226 SW 12th Ave"),
    ],
)
def test_a_street_is_made_readable_and_a_post_office_box_stays_one(cell: str, street: str) -> None:
    assert StreetColumn().read(cell) == street


@pytest.mark.parametrize(
    ("cell", "country", "number", "international", "extension", "description"),
    [
        ("907-592-8383", "US", "907-592-8383", "+19075928383", "", ""),
        ("988", "US", "988", "", "", ""),
        ("116 123", "GB", "116 123", "", "", ""),
        ("116 123", "IE", "116 123", "", "", ""),
        ("741741", "US", "741741", "", "", ""),
        ("131 450", "AU", "131 450", "+61131450", "", ""),
        ("0808 164 3332", "GB", "0808 164 3332", "+448081643332", "", ""),
        ("541-484-4800 x54134", "US", "541-484-4800", "+15414844800", "54134", ""),
        ("952-715-7731 ,ext 1", "US", "952-715-7731", "+19527157731", "1", ""),
        ("952-715-7731, ext. 2", "US", "952-715-7731", "+19527157731", "2", ""),
        ("1(888) 493-0092", "US", "1(888) 493-0092", "+18884930092", "", ""),
        ("1-800-944-4773 (4PPD)", "US", "1-800-944-4773", "+18009444773", "", "4PPD"),
        ("1-888-303-7245 (PAIL)", "CA", "1-888-303-7245", "+18883037245", "", "PAIL"),
        ("1-800-662-HELP (4357)", "US", "1-800-662-4357", "+18006624357", "", "1-800-662-HELP"),
        ("1-833-TLC-MAMA (1-833-852-6262)", "US", "1-833-852-6262", "+18338526262", "", "1-833-TLC-MAMA"),
        ("1300 11 HOPE", "AU", "1300 11 4673", "+611300114673", "", "1300 11 HOPE"),
    ],
)
def test_a_phone_keeps_what_is_dialled(
    cell: str, country: str, number: str, international: str, extension: str, description: str
) -> None:
    expected = PhonePart(number, international, extension, PhoneType.VOICE, country, description)
    assert PhoneColumn(country).read(cell) == (expected,)


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        ("999-999-9999", "US"),
        ("606-000-0000", "US"),
        ("988", "GB"),
        ("12345", "US"),
        ("call us", "US"),
        ("", "US"),
    ],
)
def test_a_number_nobody_can_dial_is_refused(cell: str, country: str) -> None:
    with pytest.raises(InvalidCell, match=r"is not a (phone )?number"):
        PhoneColumn(country).read(cell)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("Text HOME to 741741", [("741741", "Text HOME")]),
        ("Text 988", [("988", "")]),
        (
            "Text 800-944-4773 (English) or 971-203-7773 (Spanish)",
            [("800-944-4773", "English"), ("971-203-7773", "Spanish")],
        ),
    ],
)
def test_a_text_line_says_where_to_text_and_what(cell: str, numbers: list[tuple[str, str]]) -> None:
    parts = PhoneColumn("US", PhoneType.SMS).read(cell)
    assert [(part.number, part.description) for part in parts] == numbers
    assert {part.type for part in parts} == {PhoneType.SMS}


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("www.phealthcenter.org", "https://www.phealthcenter.org"),
        ("edgewaterhealth.org", "https://edgewaterhealth.org"),
        ("https://WWW.YKHC.ORG", "https://www.ykhc.org"),
        ("http://example.org:8080/a?b=c#d", "http://example.org:8080/a?b=c#d"),
        ("HTTP://Example.org/Path", "http://example.org/Path"),
        ("https://ww.codman.org", "https://www.codman.org"),
        ("https://wwww.cho.org/a", "https://www.cho.org/a"),
        ("https://wwe.example.org", "https://www.example.org"),
        ("https://www.example.org", "https://www.example.org"),
    ],
)
def test_a_web_address_gets_its_scheme_and_a_small_host(cell: str, address: str) -> None:
    assert WebsiteColumn().read(cell) == address


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("http:// pancarefl.org/", "has a space in it; give one web address without spaces"),
        ("http://oceanhp/uic/edu", "has no such host as 'oceanhp'; check what stands after //"),
        ("https://www.nhcare.0rg", "has no such host as 'www.nhcare.0rg'; check what stands after //"),
        ("https://www.pms-inc", "has no such host as 'www.pms-inc'; check what stands after //"),
        ("https://", "has no such host as ''; check what stands after //"),
        ("javascript:alert(1)", "is not a web address; it should begin with https:// or http://"),
        ("https://[half", "is not a web address; use the form https://example.org/"),
        (
            "https://me:secret@example.org/",
            "carries a user name; give the address without what stands before the @",
        ),
        (f"https://example.org/{'a' * 500}", "is longer than 500 characters; give a shorter address"),
    ],
)
def test_a_broken_web_address_is_refused_with_a_reason(cell: str, reason: str) -> None:
    with pytest.raises(InvalidCell) as refused:
        WebsiteColumn().read(cell)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (AmountColumn(), "7.5", Decimal("7.50")),
        (AmountColumn(), " 20 ", Decimal("20.00")),
        (CoordinateColumn(90), "-33.25", -33.25),
        (ZipColumn(), "94952-3388", "94952-3388"),
        (LanguageColumn(), "fr-CA", "fr-CA"),
        (EmailColumn(), "plsp@ncjwny.org", "plsp@ncjwny.org"),
    ],
)
def test_a_good_cell_becomes_its_value(column: Column[Any], cell: str, value: object) -> None:
    assert column.read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (AmountColumn(), "cheap", "is not an amount; use a number such as 20 or 7.50"),
        (AmountColumn(), "-5", "is not an amount a person could be asked to pay"),
        (AmountColumn(), "NaN", "is not an amount a person could be asked to pay"),
        (CoordinateColumn(90), "97", "is not a number of degrees between -90 and 90"),
        (CoordinateColumn(180), "west", "is not a number of degrees between -180 and 180"),
        (ZipColumn(), "7520", "is not a ZIP code; use five digits, or five and four: 75201-1234"),
        (LanguageColumn(), "Spanish", "is not a language code; use one such as en, es or fr-CA"),
        (EmailColumn(), "at example.org", "is not an email address; use the form name@example.org"),
        (NameColumn(10), "A very long name", "is longer than 10 characters; shorten it"),
    ],
)
def test_a_bad_cell_says_what_to_write_instead(column: Column[Any], cell: str, reason: str) -> None:
    with pytest.raises(InvalidCell) as refused:
        column.read(cell)
    assert str(refused.value) == reason


def test_a_refusal_names_line_column_cell_and_reason_and_the_rest_is_read() -> None:
    cells = Cells("Line 17")
    assert cells.read(AmountColumn(), "cost", "cheap", None) is None
    assert cells.read(AmountColumn(), "cost", "20", None) == 20
    assert cells.read(AmountColumn(), "cost", "  ", None) is None
    sentence = "Line 17: cost 'cheap' is not an amount; use a number such as 20 or 7.50."
    assert [str(refusal) for refusal in cells.refusals] == [sentence]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mothers &amp; Fathers", "Mothers & Fathers"),
        ("Mothers &amp;amp; Fathers", "Mothers & Fathers"),
        ("Womenâ€™s circle", "Women’s circle"),
        ("FÃ©ileacÃ¡in", "Féileacáin"),
        ("  two\tspaces\u200b ", "two spaces"),
        ("Féileacáin, naïve â plain", "Féileacáin, naïve â plain"),
    ],
)
def test_text_with_one_meaning_is_mended(cell: str, text: str) -> None:
    assert TextColumn().read(cell) == text


@pytest.mark.parametrize(("cell", "reason"), [("<b>Kind</b>", "HTML tag"), ("Kind\u202epeople", "hidden")])
def test_text_that_is_no_plain_text_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(InvalidCell, match=reason):
        TextColumn().read(cell)
