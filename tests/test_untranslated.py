"""Every text on every page can be translated, and nothing is kept in the language of whoever saved it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext

from resources.admin.service import actions
from resources.fees.household import GUIDELINES
from resources.geo.regions import all_regions
from resources.history import revisions
from resources.models import CatalogueWord, ListingText, Organization, Service
from resources.search.projection import refresh_listings
from resources.vocabulary import CURRENCIES, Outcome, Role
from tests.addresses import PAGES, build_public, filled
from tests.pseudo_locale import pattern_of, plain_texts, pseudo_locale, texts_in
from tests.resources.admin.desk import add_address, build_curator, read_form, sign_in
from tests.resources.admin.test_every_page import build_full_service, pages_of, records
from tests.resources.pages.test_words import RECORDS, SIGNS, WITH_SOURCES

__all__ = ["records"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("what a page says is the same on both"),
    pytest.mark.slow("opens every page"),
]

ACCENTED = re.compile(r"[åçđéîñöšţûž]{2}")
HTML = {"Accept": "text/html"}
# Proper names, codes and words of programs, which are the same in every language.
API = (
    *("corrections", "docs", "exports", "facets", "fee-estimate", "listings", "locations", "meetings"),
    *("openapi.json", "organizations", "places", "suggestions", "words"),
)
NAMES = (
    *(settings.SITE_NAME, "GeoNames", "CC BY", "GET", "POST", *CURRENCIES.values()),
    *("Chicago", "nothing", "Qqzzyx"),  # a place of a time zone; what these addresses ask for
    *API,
)
NOT_SHOWN = {
    "model",
    "object_id",
    "before",
    "after",
    "source",
}  # of a pending edit, which has a page of its own


def data_at_hand() -> re.Pattern[str]:
    """What records and files hold: names of regions, sources and every text that is not a code."""
    texts: list[str] = [*NAMES, *(region.name for region in all_regions())]
    texts += [
        source[key] for page in WITH_SOURCES for source in page["sources"] for key in ("title", "publisher")
    ]
    texts += [each["source_name"] for each in (*RECORDS, *SIGNS)]
    texts += [each["citation"] for each in json.loads(GUIDELINES.read_text(encoding="utf-8"))]
    texts += User.objects.values_list("username", flat=True)
    for model in apps.get_app_config("resources").get_models():
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, (models.CharField, models.TextField, models.JSONField))
                and not field.choices
            ):
                for value in model._default_manager.values_list(field.name, flat=True):
                    texts += texts_in(value)
    return pattern_of(texts)


def untranslated_on(answers: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """{text: page where it was first seen} of (page, response)."""
    data, found = data_at_hand(), dict[str, str]()
    for page, answer in answers:
        assert ACCENTED.search(answer.content.decode()), f"{page} has no translated text"
        for text in plain_texts(answer.content.decode(), data):
            found.setdefault(text, page)
    return found


def visitors_pages(client: Client, names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for page in filled(PAGES, names):
        yield page, client.get(page, headers=HTML)
    service = f"/services/{names['service']}/"
    for page in (f"{service}correct/", "/suggest/"):
        yield f"{page} sent empty", client.post(page, {}, headers=HTML)
    yield f"{service}fees/ sent empty", client.post(f"{service}fees/", {})
    household = {"household_size": "1", "income": "20,000", "period": "year", "region": "contiguous"}
    yield f"{service}fees/", client.post(f"{service}fees/", household)


def test_every_text_that_visitors_read_can_be_translated(client: Client) -> None:
    names = build_public()
    in_english = [answer.content for _page, answer in visitors_pages(client, names)]
    with pseudo_locale():
        assert untranslated_on(visitors_pages(client, names)) == {}
    # Nothing was kept in the language of the visitor before.
    again = [answer.content for _page, answer in visitors_pages(client, names)]
    assert len(again) == len(in_english)
    assert [text for page in again for text in ACCENTED.findall(page.decode())] == []


def curators_pages(client: Client, service: Service, more: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every page that asks, and what is answered to forms sent empty, and to what may be done to many."""
    changelist = reverse("admin:resources_service_changelist")
    found = [reverse("admin:resources_service_found", args=[service.pk, outcome]) for outcome in Outcome]
    for page in [
        *("/admin/", "/admin/?scope=all", "/admin/everything/", "/admin/removed/", "/admin/accounts/"),
        *("/admin/account/2fa/", "/admin/account/2fa/recovery-codes/", "/admin/account/password/change/"),
        *(reverse(f"admin:resources_service_{page}", args=[service.pk]) for page in ("withdraw", "publish")),
        *(f"{changelist}{query}" for query in ("?q=evening", "?q=nothing")),
        *found,
        *more,
    ]:
        yield page, client.get(page, follow=True)
    for page in (add_address(Service), add_address(Organization)):
        yield f"{page} sent empty", client.post(page, read_form(client, page))
    for page in found:
        yield f"{page} sent empty", client.post(page, {}, follow=True)
    for action in actions.ACTIONS:
        sent = {"action": action.__name__, "_selected_action": str(service.pk)}
        answer = client.post(changelist, sent, follow=True)
        if answer.headers["Content-Type"].startswith("text/html"):
            yield action.__name__, answer


def test_every_text_that_curators_read_can_be_translated(
    records: dict[type[models.Model], models.Model],
) -> None:
    curator = build_curator("ada", Role.ADMINISTRATOR)
    client = sign_in(Client(), curator)
    service: Any = records[Service]
    revisions.save_missing_revision([service])
    [revision] = revisions.revisions_of(service)
    version = reverse("admin:resources_service_restore", args=[service.pk, revision.pk])
    pages = [page for record in records.values() for page in pages_of(record)]
    with pseudo_locale():
        assert untranslated_on(curators_pages(client, service, [*pages, version])) == {}


def test_every_text_of_the_way_in_can_be_translated(client: Client) -> None:
    User.objects.create_user("new", password="a long enough word", is_staff=True)
    page = "/admin/account/login/"

    def answers() -> Iterator[tuple[str, Any]]:
        yield page, client.get(page)
        yield f"{page} sent empty", client.post(page, {})
        yield f"{page} guessed", client.post(page, {"login": "new", "password": "guess"})
        for address in ("signed-out", "signup", "password/reset", "nothing"):
            yield address, client.get(f"/admin/account/{address}/")
        sent = {"login": "new", "password": "a long enough word"}
        yield f"{page} signed in", client.post(page, sent, follow=True)

    with pseudo_locale():
        assert untranslated_on(answers()) == {}


@pytest.mark.parametrize("model", sorted(set(admin.site._registry) - {User}, key=str), ids=str)
def test_a_record_and_its_fields_have_names_that_can_be_translated(model: type[models.Model]) -> None:
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    names: dict[str, Any] = {field.name: field.verbose_name for field in fields if not field.primary_key}
    names |= {"(one)": model._meta.verbose_name, "(several)": model._meta.verbose_name_plural}
    unnamed = {name for name, label in names.items() if not isinstance(label, Promise)}
    assert unnamed <= NOT_SHOWN


def test_nothing_is_indexed_in_the_language_of_the_person_who_saves() -> None:
    service = build_full_service()
    refresh_listings([service.pk], at=timezone.now())
    texts: Any = ListingText.objects.values(
        "card", "name_words", "term_words", "organization_words", "text_words"
    )
    indexed = list(texts)
    with pseudo_locale():
        refresh_listings([service.pk], at=timezone.now())
    for before, after in zip(indexed, texts.all(), strict=True):
        assert {name: value for name, value in after.items() if value != before[name]} == {}
    assert [
        word for word in CatalogueWord.objects.values_list("word", flat=True) if ACCENTED.search(word)
    ] == []


# ---- the reader itself


@pytest.mark.parametrize(
    ("page", "missed"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>Ĥéļļö <b>world</b></p>", ["world"]),
        ('<img alt="A map">', ["A map"]),
        ('<input type="submit" value="Save">', ["Save"]),
        ('<input type="text" value="Save">', []),
        ('<p data-copied="It is copied." data-state="open">Ĥéļļö</p>', ["It is copied."]),
        ("<script>const words = 1</script><code>near</code>", []),
        ("<p>Ĥéļļö https://example.org/words</p>", []),
        ("<p>Kind People, Ðåļļåš</p>", []),
        ("<p>Kind Peoples, Ðåļļåš</p>", ["Kind Peoples, Ðåļļåš"]),
    ],
)
def test_the_reader_finds_what_was_missed(page: str, missed: list[str]) -> None:
    assert plain_texts(page, pattern_of(["Kind People"])) == missed


def test_a_translation_keeps_placeholders_and_tags() -> None:
    with pseudo_locale():
        assert gettext('Call %(number)s, <a href="/now">today</a>&nbsp;at {}') == (
            'Çåļļ %(number)s, <a href="/now">ţöđåý</a>&nbsp;åţ {}'
        )
        assert ngettext("%(n)s place", "%(n)s places", 2) == "%(n)s þļåçéš"
        assert pgettext("a month", "May") == "Ɱåý"
        assert gettext("N j, Y") == "N j, Y"
    assert gettext("today") == "today"
