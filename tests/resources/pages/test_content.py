"""The pages that are made from files: information, call scripts, what is listed, old addresses."""

import html
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from resources.pages.content import ROOT, after_parts, blocks_of, old_address_notice
from resources.search.filters import ListingFilterSet
from tests.build import build_service
from tests.reading import page, text_of

PARTS = after_parts()
SEARCHES = [link for part in PARTS for link in part["searches"]]


@pytest.mark.parametrize("address", ["/after/", "/calls/", "/about/", "/privacy/", "/accessibility/"])
def test_a_page_from_files_needs_no_database(visitor: Client, address: str) -> None:
    # Without the `db` mark any query fails the test.
    assert "<h1>" in page(visitor, address)


def test_the_index_leads_to_every_page_and_to_the_call_scripts(visitor: Client) -> None:
    index = page(visitor, "/after/")
    assert [part["slug"] for part in PARTS] == [
        *("talk", "costs", "sadness", "partners", "several-losses", "pregnant-again", "practical")
    ]
    for address in (*(f"/after/{part['slug']}/" for part in PARTS), "/calls/"):
        assert f'href="{address}"' in index
    assert page(visitor, "/after/no-such-page/", status=404)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["slug"])
def test_a_page_names_its_sources_and_leads_into_a_search(visitor: Client, part: dict[str, Any]) -> None:
    found = page(visitor, f"/after/{part['slug']}/")
    assert "not medical advice" in found
    for source in part["sources"]:
        assert f'id="source-{source["id"]}"' in found
        assert f'href="{html.escape(source["url"])}" rel="noreferrer noopener"' in found
        assert f'href="#source-{source["id"]}"' in found
    assert found.count('<a href="/search/?') == len(part["searches"]) > 0
    # What is run by others is announced before it is linked.
    assert found.index("Other people run these pages.") < found.index(html.escape(part["sources"][0]["url"]))


def test_what_speaks_of_a_new_pregnancy_says_so_before_its_title(visitor: Client) -> None:
    for address in ("/after/", "/after/costs/", "/after/pregnant-again/"):
        found = page(visitor, address)
        assert found.index("This page talks about a new pregnancy.") < found.index("Pregnant again")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link", SEARCHES, ids=[f"{number} {each['name']}" for number, each in enumerate(SEARCHES)]
)
@pytest.mark.slow("asks every search that our pages fill in")
def test_a_search_that_is_filled_in_is_understood_whole(visitor: Client, link: dict[str, Any]) -> None:
    query = QueryDict(mutable=True)
    for name, values in link["query"].items():
        query.setlist(name, values)
    filters = ListingFilterSet(query)
    assert not filters.strange
    assert not filters.invalid_values()
    assert "We ignored “" not in page(visitor, f"/search/?{query.urlencode()}")


def test_a_call_script_is_said_line_by_line_with_room_to_write(visitor: Client) -> None:
    found = page(visitor, "/calls/")
    for slug in ("insurer", "doctor", "clinic"):
        assert f'id="{slug}"' in found
    assert found.count("<ol") == found.count('class="blanks') == 3
    assert "Do I need your approval first, or a referral from a doctor?" in found


def test_the_page_about_us_holds_the_policy_word_for_word(visitor: Client) -> None:
    visible = text_of(page(visitor, "/about/"))
    policy = (ROOT / "docs" / "listing-policy.md").read_text(encoding="utf-8")
    for line in re.sub(r"^(# .*|- )", "", policy, flags=re.MULTILINE).split("\n\n"):
        assert " ".join(line.split()) in visible
    assert visible.index("This part mentions abortion.") < visible.index("after an abortion")


def test_a_policy_is_read_in_its_few_forms() -> None:
    assert blocks_of("# Title\n\nOne\nline.\n\n- first,\n  going on\n- second\n\nLast.\n") == [
        {"text": "One line."},
        {"list": ["first, going on", "second"]},
        {"text": "Last."},
    ]


def test_how_to_reach_the_operator_is_said_where_there_is_a_way(visitor: Client, settings: Any) -> None:
    settings.CONTACT_EMAIL = ""
    assert "mailto:" not in page(visitor, "/accessibility/")
    settings.CONTACT_EMAIL = "help@support.example"
    assert 'href="mailto:help@support.example"' in page(visitor, "/accessibility/")


@pytest.mark.parametrize(
    ("words", "visible"),
    [
        ("angelfire.com", "Angelfire"),
        ("http://www.AngelFire.com/some/page.html", "Angelfire"),
        (" Angel Fire ", "Angelfire"),
        ("aplacetoremember.com", "A Place to Remember"),
        ("A Place to Remember", "A Place to Remember"),
        ("https://www.aplacetoremember.com/", "A Place to Remember"),
        ("a place to remember my son", ""),
        ("angels", ""),
        ("", ""),
        ("://", ""),
    ],
)
def test_an_old_address_is_known_however_it_is_written(words: str, visible: str) -> None:
    found = old_address_notice(words)
    assert visible in found
    assert bool(found) is bool(visible)


@pytest.mark.django_db
def test_an_old_address_is_explained_above_the_results(visitor: Client) -> None:
    build_service("Angel fire circle", areas=["US"])
    found = page(visitor, "/search/?q=angel+fire")
    assert found.index("We found no support page there.") < found.index("Angel fire circle")
    assert "We found no support page there." not in page(visitor, "/search/?q=circle")


@pytest.mark.django_db
def test_home_the_footer_and_the_results_lead_to_the_information(visitor: Client) -> None:
    assert page(visitor, "/").count('href="/after/"') == 3  # the menu, the foot and the page
    assert page(visitor, "/search/").count('href="/after/"') == 2
    assert page(visitor, "/privacy/").count('href="/after/"') == 2
