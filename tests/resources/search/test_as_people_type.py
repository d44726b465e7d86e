"""What people type beside plain words: web addresses, phone numbers, prices, times, other spellings."""

from decimal import Decimal

import pytest

from resources.pages.content import asks_for_urgent_help, read_data
from resources.search.contacts import contacts_in, phone_tokens, website_tokens
from resources.search.filters import read_amount, read_times, words_that_ask
from resources.search.needs import needs_in
from resources.search.question import MeetingTimes
from resources.search.tokens import parse_terms, tokens_of


@pytest.mark.parametrize(
    ("typed", "website"),
    [
        ("mend.org", "https://www.mend.org/groups"),
        ("www.mend.org", "https://mend.org"),
        ("https://mend.org/about?x=1", "http://www.MEND.org/"),
        ("postpartum.net please", "https://www.postpartum.net/get-help/"),
        ("sands.org.uk", "https://www.sands.org.uk"),
        ("www.sands.community/", "https://www.sands.community"),
        ("https://grief.example/groups/", "https://www.grief.example"),
        ("unityhealth.to", "https://unityhealth.to/early-pregnancy/"),
        ("info@mend.org", "https://www.mend.org/groups"),
        ("write to help@grief.example please", "https://grief.example"),
    ],
)
def test_a_web_address_asks_for_whose_host_it_is(typed: str, website: str) -> None:
    asked = {token for _part, tokens in contacts_in(typed) for token in tokens}
    assert asked & set(website_tokens(website))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("800-944-4773", "+1-800-944-4773"),
        ("(800) 944-4773", "+18009444773"),
        ("1 800 944 4773", "+18009444773"),
        ("8009444773", "+18009444773"),
        ("944-4773", "+18009444773"),
        ("TLC-MAMA", "+18338526262"),
        ("1-833-TLC-MAMA", "+18338526262"),
        ("833-852-6262", "1-833-TLC-MAMA"),
        ("1-800-GRIEVING", "+18004743846"),
        ("988", "988"),
        ("116 123", "116123"),
        ("0808 164 3332", "+448081643332"),
        ("+44 808 164 3332", "0808 164 3332"),
        ("1800 20 1800", "1800201800"),
        ("0300 688 0068", "+443006880068"),
        ("+353 1 872 6996", "01 872 6996"),
        ("0800 726 374", "+64800726374"),
        ("call 800-944-4773 today", "+18009444773"),
        ("608-785-0940, extension 22389", "+16087850940"),
        ("608-785-0940 x22389", "+16087850940"),
        ("09 846 9776", "+6498469776"),
        ("1-800-273-TALK", "+18002738255"),
        ("1-800-944-4PPD", "+18009444773"),
        ("800 944 4ppd", "+18009444773"),
        ("1800 RESPECT", "1800 737 732"),
        ("1800RESPECT", "1800 737 732"),
        ("0800 LIFELINE", "0800 543 354"),
        ("1300 11 HOPE", "1300 114 673"),
        ("13 YARN", "13 92 76"),
    ],
)
def test_a_number_asks_for_who_has_it_however_either_is_written(typed: str, number: str) -> None:
    asked = {token for _part, tokens in contacts_in(typed) for token in tokens}
    assert asked & set(phone_tokens([number]))


@pytest.mark.parametrize(
    "typed",
    [
        *("miscarriage", "2 days ago", "20", "M.E.N.D.", "self-help", "St. John", "new-born loss"),
        *("lost at 13 weeks", "13 weeks pregnant", "18 weeks"),
    ],
)
def test_other_words_are_neither(typed: str) -> None:
    assert contacts_in(typed) == []


def test_what_looks_like_a_contact_is_also_searched_for_as_it_stands() -> None:
    (term,) = parse_terms("one-call")
    assert term.tokens == ("one", "call")


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [
        ("20", "20", ""),
        ("7.50", "7.50", ""),
        ("$20", "20", ""),
        ("$ 20", "20", ""),
        ("£10", "10", "GBP"),
        ("10 pounds", "10", "GBP"),
        ("€15", "15", "EUR"),
        ("15 €", "15", "EUR"),
        ("7,50", "7.50", ""),
        ("1.000,50", "1000.50", ""),
        ("1,000", "1000", ""),
        ("1 000", "1000", ""),
        ("20 dollars", "20", ""),
        ("20 USD", "20", "USD"),
        ("A$30", "30", "AUD"),
        ("NZ$30", "30", "NZD"),
        ("up to $40", "40", ""),
        ("40 per session", "40", ""),
        ("$20/hr", "20", ""),
        ("under 25", "25", ""),
        ("$40 or less", "40", ""),
        ("free", "0", ""),
        ("Nothing", "0", ""),
        ("0", "0", ""),
    ],
)
def test_a_price_is_read_as_people_write_it(typed: str, amount: str, currency: str) -> None:
    assert read_amount(typed) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "typed", ["", "cheap", "-5", "twenty", "1e3", "20 zlotys", "5.5.5", "$", "1,00,0", "NaN"]
)
def test_what_is_no_price_is_refused(typed: str) -> None:
    assert read_amount(typed) is None


@pytest.mark.parametrize(
    ("typed", "words", "when"),
    [
        ("group tonight", "group", MeetingTimes(upcoming=1, after=17 * 60)),
        ("tonight", "", MeetingTimes(upcoming=1, after=17 * 60)),
        ("meetings this week", "meetings", MeetingTimes(upcoming=7)),
        ('"tonight we remember"', '"tonight we remember"', MeetingTimes()),
        ("i lost my baby today", "i lost my baby today", MeetingTimes()),
        ("miscarriage", "miscarriage", MeetingTimes()),
    ],
)
def test_tonight_asks_for_a_time_and_not_for_a_word(typed: str, words: str, when: MeetingTimes) -> None:
    assert read_times(typed, MeetingTimes()) == (words, when)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("near me", ""),
        ("in my area", ""),
        ("I need help", ""),
        ("what do i do", ""),
        ("help", "help"),
        ("grief near me", "grief near me"),
        ('"near me"', '"near me"'),
    ],
)
def test_words_that_name_no_need_ask_for_everything(typed: str, words: str) -> None:
    assert words_that_ask(typed) == words


URGENT_NUMBERS = [
    row["number"] for country in read_data("urgent.json")["countries"] for row in country["numbers"]
]


@pytest.mark.parametrize(
    "typed",
    [
        *(*dict.fromkeys(URGENT_NUMBERS), "suicide", "kill myself", "call 988", "1-800-273-TALK"),
        *("1800 RESPECT", "Samaritans", "nhs 111", "healthline number", "emergency room", "bleeding a lot"),
    ],
)
def test_crisis_numbers_and_words_lead_to_urgent_help(typed: str) -> None:
    assert asks_for_urgent_help(typed)


@pytest.mark.parametrize("typed", ["miscarriage", "800-944-4773", "20", "helpline", "a hope"])
def test_other_words_do_not(typed: str) -> None:
    assert not asks_for_urgent_help(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("saint louis", "st louis"),
        ("fort worth", "ft worth"),
        ("mount vernon", "mt vernon"),
        ("paediatric", "pediatric"),
        ("organisation", "organization"),
        ("foetal", "fetal"),
        ("centre", "center"),
        ("behaviour", "behavior"),
        ("programme", "program"),
        ("travelling", "traveling"),
        ("gynaecology", "gynecology"),
        ("haemorrhage", "hemorrhage"),
        ("mum", "mom"),
    ],
)
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert tokens_of(one) == tokens_of(other)


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("deaf", [("accessibility", name, "") for name in ("sign_language", "captions", "hearing_loop")]),
        ("sign language", [("accessibility", "sign_language", "")]),
        ("ASL", [("accessibility", "sign_language", "")]),
        ("bsl interpreter", [("accessibility", "sign_language", "interpreter")]),
        ("for dads", [("audience", "fathers", "")]),
        ("husbands", [("audience", "partner", "")]),
        ("muslim", [("faith", "faith_based", "")]),
        ("free", [("cost", "free", "")]),
        ("online", [("format", "online", "")]),
        ("how do I sign up", []),
        ("jewish", [("faith", "faith_based", "")]),
        ("free counseling", [("cost", "free", "counseling")]),
        ("in spanish", [("language", "es", "")]),
        ("online group", [("format", "online", "group")]),
        ("miscarriage", []),
        ('"free"', []),
    ],
)
def test_needs_that_are_filters_are_named(typed: str, filters: list[tuple[str, str, str]]) -> None:
    named = needs_in(typed)
    assert [need for need in filters if need not in named] == []
    assert bool(named) == bool(filters)
