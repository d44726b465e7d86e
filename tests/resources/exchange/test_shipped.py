"""The lists that ship: what each record becomes."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from resources.exchange.mapping import organization_id
from resources.exchange.records import Record, ServicePart
from resources.exchange.sources.shipped import LocalSupport, StarterCatalog
from resources.models import Place
from resources.models.place import PlaceKind
from resources.vocabulary import Status
from tests.resources.exchange.feeds import read_all, shipped_file

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("how a row is read is the same on both; test_real_catalogue loads all on both"),
]
FEED = StarterCatalog()


@cache
def shipped_records() -> dict[str, Record]:
    """Read once: places are looked up in a gazetteer that no test here fills."""
    return read_all(FEED, shipped_file(FEED))


@pytest.fixture
def records() -> dict[str, Record]:
    return shipped_records()


def services(records: dict[str, Record]) -> Iterator[tuple[str, ServicePart]]:
    for key, record in records.items():
        for service in record.services:
            yield key, service


def first(records: dict[str, Record], key: str) -> ServicePart:
    return records[key].services[0]


def test_every_record_is_read_and_about_two_thirds_are_shown(records: dict[str, Record]) -> None:
    shown = {key for key, service in services(records) if service.status == Status.ACTIVE}
    statuses = Counter(str(service.status) for _, service in services(records))
    assert len(records) == 102
    assert len(shown) == 77
    assert statuses == {"active": 96, "inactive": 29, "defunct": 1}


# What a curator writes to a curator: where a record comes from, and what is to be done about it.
FOR_CURATORS = re.compile(
    r"\b(publish(ed|ing)? (it|this|until|before)|before publishing|before it is shown|confirm|verif(y|ied)"
    r"|needs?[ _]check|curators?|TODO|seen (only|on)|older (clinic|hospital) page|stored cop(y|ies)"
    r"|(public|one|another) listing|closed record|this record|source note|links? to it|on hold|duplicates?)"
    r"\b",
    re.IGNORECASE,
)


def test_no_text_that_a_visitor_reads_was_written_to_a_curator(records: dict[str, Record]) -> None:
    texts = {
        f"{key} {field.name}": value
        for key, service in services(records)
        for field in fields(service)
        if field.name != "status_reason" and isinstance(value := getattr(service, field.name), str)
    }
    assert {where: text for where, text in texts.items() if FOR_CURATORS.search(text)} == {}


@pytest.mark.parametrize(
    ("key", "status", "reason"),
    [
        ("us-nmmhh", Status.ACTIVE, ""),
        ("us-988", Status.ACTIVE, ""),
        ("us-exhale", Status.ACTIVE, ""),
        ("us-aplacetoremember", Status.INACTIVE, "needs_check: to be confirmed before it is shown"),
        ("us-resolve", Status.ACTIVE, ""),
        ("us-sisters-in-loss", Status.INACTIVE, "no contact details"),
        ("uk-heldinourhearts", Status.ACTIVE, ""),
        ("us-nqttcn", Status.INACTIVE, "application round closed March 2023"),
        ("us-neahsi", Status.INACTIVE, "merge as fee evidence into the HRSA organization"),
        ("us-hrsa", Status.INACTIVE, "duplicates the loaded clinics; becomes the source note"),
        ("au-griefline", Status.DEFUNCT, "closed"),
    ],
)
def test_a_record_is_shown_or_waits_with_its_reason(
    records: dict[str, Record], key: str, status: str, reason: str
) -> None:
    service = first(records, key)
    assert (service.status, service.status_reason) == (status, reason)


def test_the_interpreters_of_australia_stand_with_its_open_helplines(records: dict[str, Record]) -> None:
    with_interpreter = {
        key for key, service in services(records) if service.interpretation_services and key.startswith("au")
    }
    assert with_interpreter == {"au-rednose", "au-bears", "au-panda", "au-pbb"}
    assert "131 450" in first(records, "au-panda").interpretation_services


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("us-nmmhh", "60 more languages by interpreter."),
        ("us-mncsid", "Interpreters are available for other languages."),
        ("us-pswa-warmline", "There is a line in Spanish, and interpreters for other languages."),
        ("us-psi-helpline", ""),
    ],
)
def test_interpreters_are_told_where_the_record_offers_them(
    records: dict[str, Record], key: str, words: str
) -> None:
    assert first(records, key).interpretation_services == words


def test_mend_is_three_services_of_texas(records: dict[str, Record]) -> None:
    found = records["us-mend"].services
    assert [
        (service.name, str(service.kind), [str(way) for way in service.formats]) for service in found
    ] == [
        ("M.E.N.D. (Mommies Enduring Neonatal Death)", "support_group", ["in_person"]),
        ("M.E.N.D.: online support group", "support_group", ["online"]),
        ("M.E.N.D.: remembrance ceremonies", "remembrance", []),
    ]
    assert {area.area for service in found for area in service.areas} == {"US-TX"}
    assert found[1].areas[0].name == "Online"
    assert [service.schedules for service in found] == [({"description": "monthly"},), (), ()]
    assert all(service.costs[0].amount == 0 for service in found)
    assert all(service.content_notes == ("faith_based",) for service in found)


def test_exhale_is_for_after_an_abortion_and_says_so(records: dict[str, Record]) -> None:
    service = first(records, "us-exhale")
    assert set(service.losses) == {"abortion", "tfmr"}
    assert service.content_notes == ("mentions_abortion",)
    assert [(phone.number, phone.type) for phone in service.phones] == [("617-749-2948", "sms")]
    assert {area.area for area in service.areas} == {"US", "CA"}


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        ("us-star-legacy-line", [("952-715-7731", "1", "voice")]),
        ("us-988", [("988", "", "voice"), ("988", "", "sms")]),
        ("us-samhsa-helpline", [("1-800-662-4357", "", "voice"), ("1-800-487-4889", "", "tty")]),
        ("uk-lothian", [("0131 242 6995", "", "voice"), ("0131 242 1996", "", "voice")]),
        ("us-nmmhh", [("1-833-852-6262", "", "voice"), ("1-833-852-6262", "", "sms")]),
    ],
)
def test_numbers_are_kept_as_they_are_dialled(
    records: dict[str, Record], key: str, numbers: list[tuple[str, str, str]]
) -> None:
    phones = first(records, key).phones
    assert [(phone.number, phone.extension, str(phone.type)) for phone in phones] == numbers


@pytest.mark.parametrize(
    ("key", "field", "values"),
    [
        ("us-first-candle", "losses", {"stillbirth", "neonatal", "infant"}),
        ("us-nmmhh", "losses", {"any_loss"}),
        ("ie-ifpa", "losses", {"recurrent", "miscarriage"}),
        ("uk-cruse", "losses", set()),
        ("us-emptyarms-tfmr", "formats", {"video"}),
        ("us-psi-online-groups", "formats", {"online"}),
        ("us-pals", "formats", {"social_media"}),
        ("us-pals", "losses", {"any_loss", "tfmr"}),
        ("us-sisters-in-loss", "formats", {"online"}),
        ("us-tcf-online", "formats", {"web_chat", "social_media"}),
        ("int-glow", "formats", {"forum"}),
        ("uk-sands-community", "formats", {"forum"}),
        ("us-emptyarms-companion", "formats", {"phone", "sms", "home_visit"}),
        ("us-star-legacy-peer", "formats", {"phone", "in_person", "home_visit"}),
        ("uk-heldinourhearts", "formats", {"in_person", "home_visit"}),
        ("us-nilmdts", "formats", {"in_person"}),
        ("nz-babyloss", "formats", {"in_person"}),
        ("uk-ept", "led_by", set()),
        ("us-hand-bayarea", "content_notes", {"mentions_pregnancy"}),
        ("us-share-chat", "formats", {"web_chat"}),
        ("us-ma-hotline", "formats", {"phone", "text_chat"}),
        ("us-nqttcn", "formats", set()),
        ("us-nqttcn", "access", {"application"}),
        ("us-openpath", "access", {"membership"}),
        ("us-crisis-text-line", "led_by", {"trained_volunteer"}),
        ("us-nilmdts", "led_by", set()),
        ("us-psi-tfmr", "led_by", set()),
        ("us-first-candle", "led_by", {"both"}),
        ("us-aplacetoremember", "content_notes", {"commercial"}),
        ("us-nechama", "content_notes", {"faith_based"}),
        ("us-psi-online-groups", "content_notes", {"mentions_pregnancy"}),
        ("us-mncsid", "languages", {"en", "es", "hmn", "so"}),
    ],
)
def test_words_become_the_values_of_the_facets(
    records: dict[str, Record], key: str, field: str, values: set[str]
) -> None:
    assert {str(value) for value in getattr(first(records, key), field)} == values


@pytest.mark.parametrize(
    ("key", "audiences"),
    [
        ("us-hand-bayarea", {"pregnant_after_loss"}),
        ("us-hand-houston", {"family"}),
        ("us-exhale", {"partner", "family"}),
        ("uk-petals", {"pregnant_after_loss", "couple", "fathers"}),
    ],
)
def test_whom_the_records_own_words_name_is_its_audience(
    records: dict[str, Record], key: str, audiences: set[str]
) -> None:
    assert {part.audience for part in first(records, key).audiences} == audiences


@pytest.mark.parametrize(
    ("key", "part", "name", "led_by"),
    [
        ("us-first-candle", "", "First Candle grief line", {"both"}),
        ("us-first-candle", "groups", "First Candle: online support groups", {"peer"}),
        ("us-tears", "", "The TEARS Foundation support groups", {"peer"}),
        ("uk-ma-forum", "", "Miscarriage Association forum", {"peer"}),
        ("uk-ept", "mentor", "The Ectopic Pregnancy Trust: one-to-one peer support", {"peer"}),
        ("uk-lullaby", "", "The Lullaby Trust bereavement helpline", {"both"}),
        ("uk-lullaby", "mentor", "The Lullaby Trust: one-to-one peer support", {"peer"}),
    ],
)
def test_each_part_of_a_record_has_its_own_name_and_leaders(
    records: dict[str, Record], key: str, part: str, name: str, led_by: set[str]
) -> None:
    (service,) = (service for service in records[key].services if service.part == part)
    assert (service.name, {str(who) for who in service.led_by}) == (name, led_by)


def test_what_to_text_and_where_a_group_meets_are_told_where_stated(records: dict[str, Record]) -> None:
    (line,) = (phone for phone in first(records, "us-emptyarms-companion").phones if phone.type == "sms")
    assert line.description == "Text NEED COMPANION"
    (place,) = first(records, "us-hand-houston").locations
    assert place.name == "Chapelwood United Methodist Church"


@pytest.mark.parametrize(
    ("key", "fit"),
    [("us-mend", "specialist"), ("au-panda", "perinatal_or_grief"), ("us-psu-clinic", "general")],
)
def test_fit_follows_whom_it_is_for(records: dict[str, Record], key: str, fit: str) -> None:
    assert first(records, key).fit == fit


@pytest.mark.parametrize(
    ("key", "areas"),
    [
        ("us-tcf", {"US"}),
        ("us-pals", {"*"}),
        ("ca-pail", {"CA-ON"}),
        ("us-openpath", {"US", "CA"}),
        ("us-lipil", {"US-NY/nassau", "US-NY/suffolk"}),
        ("us-tears-funeral", set()),
        ("us-chcseia", set()),
        ("nz-cmdhb", {"NZ-AUK"}),
        ("au-rednose-rural", set()),
        ("us-emptyarms-tfmr", {"US-MA"}),
    ],
)
def test_an_area_is_what_is_said_and_never_national_by_guess(
    records: dict[str, Record], key: str, areas: set[str]
) -> None:
    assert {area.area for area in first(records, key).areas} == areas


@pytest.mark.parametrize(
    ("key", "prices", "words"),
    [
        ("us-psu-clinic", [("sliding_scale", 5, 20, "session", False)], ""),
        (
            "us-openpath",
            [("sliding_scale", 30, None, "session", False), ("fixed", 59, None, "once", True)],
            "",
        ),
        ("us-loveland", [], "Vouchers of up to $120 a session, for up to 12 sessions; you pay the rest"),
        ("us-nqttcn", [], "Grants of up to $100 a session, for up to 8 sessions"),
        ("us-healing-margins", [], "Pays for 12 sessions, to be used within a year"),
        ("us-aplacetoremember", [], "Sells keepsakes"),
        ("us-healwise", [], "Lists services that are free or cost up to $30 a session"),
        ("us-plsp", [], ""),
    ],
)
def test_a_price_is_what_the_person_pays_and_the_rest_stays_words(
    records: dict[str, Record], key: str, prices: list[Any], words: str
) -> None:
    service = first(records, key)
    found = [
        (str(cost.kind), cost.amount, cost.amount_max, str(cost.unit), cost.is_joining_fee)
        for cost in service.costs
    ]
    assert found == prices
    assert service.fees_description == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("au-pinkelephants", ["Six sessions (2018)"]),
        ("us-csulb-clinic", ["Half price on request"]),
        ("uk-petals", ["Up to six one-hour sessions"]),
        ("us-openpath", ["", ""]),
        ("us-psi-helpline", [""]),
    ],
)
def test_a_price_has_reviewed_words_beside_it_or_none(
    records: dict[str, Record], key: str, words: list[str]
) -> None:
    assert [cost.amount_description for cost in first(records, key).costs] == words


def test_a_town_is_placed_at_the_town_only_where_people_meet_there() -> None:
    Place.objects.create(
        kind=PlaceKind.TOWN,
        country="US",
        name="Portland",
        name_key="portland",
        region="OR",
        latitude=45.5234,
        longitude=-122.6762,
    )
    records = read_all(FEED, shipped_file(FEED))
    (portland,) = first(records, "us-psu-clinic").locations
    assert (portland.city, portland.region, portland.latitude, portland.precision) == (
        "Portland",
        "OR",
        45.5234,
        "town",
    )
    assert first(records, "us-share").locations == ()  # the town is where its office is
    assert first(records, "uk-miss-aberdeen").locations == ()  # by phone and online


def test_two_spellings_of_one_organization_are_one_and_two_hands_are_two(records: dict[str, Record]) -> None:
    names = Counter(service.organization.key for _, service in services(records))
    assert names["Pregnancy and Infant Loss Network, Sunnybrook Health Sciences Centre"] == 3
    assert names["HAND"] == names["H.A.N.D."] == 2


def test_what_pages_said_of_the_starter_catalog_is_corrected(records: dict[str, Record]) -> None:
    assert [phone.number for phone in first(records, "uk-petals").phones] == ["0300 688 0068"]
    assert first(records, "us-tears-funeral").email == "office@thetearsfoundation.org"
    assert first(records, "au-rednose").url == "https://rednosegriefandloss.org.au/"
    assert {service.url for service in records["uk-miss-aberdeen"].services} == {
        "https://www.miss-support.org.uk/"
    }


@cache
def local_records() -> dict[str, Record]:
    return read_all(LocalSupport(), shipped_file(LocalSupport()))


@pytest.mark.slow("reads the whole list")
def test_local_support_is_listed_or_held_with_its_reason() -> None:
    found = [service for record in local_records().values() for service in record.services]
    statuses = Counter(str(service.status) for service in found)
    assert statuses == {"active": 611, "inactive": 276}  # one of the 612 listed rows is a second place
    assert all(service.status_reason for service in found if service.status != Status.ACTIVE)
    assert not any(service.assured_date for service in found)
    without_page = [key for key, record in local_records().items() if not record.source_url]
    assert without_page == ["au-qld-ipswich-early-pregnancy"]  # its host is a bare address of a machine


def test_local_support_holds_what_the_vocabulary_gained() -> None:
    found = [service for record in local_records().values() for service in record.services]
    kinds = Counter(service.kind for service in found)
    assert kinds["specialist_clinic"] == 94
    assert sum("child_any_age" in service.losses for service in found) == 17
    assert sum("opposes_abortion" in service.content_notes for service in found) == 2
    assert Counter(code for service in found for code in service.open_to) == {"anyone": 34, "own_patients": 7}
    assert {topic.taxonomy for service in found for topic in service.topics} == {"Faiths"}


def test_an_organization_of_both_lists_is_one() -> None:
    both = [
        {
            organization_id(feed, service.organization): service.organization.name
            for record in records.values()
            for service in record.services
        }
        for feed, records in ((FEED, shipped_records()), (LocalSupport(), local_records()))
    ]
    assert {both[0][pk] for pk in both[0].keys() & both[1].keys()} > {
        "Sands",
        "M.E.N.D.",
        "The TEARS Foundation",
    }
