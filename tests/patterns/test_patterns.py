"""The page of patterns shows every component there is, as the pages themselves draw it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.test import Client

from tests.build import build_service
from tests.patterns.component_states import RESULTS, SERVICE
from tests.patterns.page import ON_EVERY_PAGE, all_states

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.patterns.page"),
    pytest.mark.sqlite("a component is drawn the same on both"),
]


def test_every_component_is_shown(repository: Path) -> None:
    components = {path.stem for path in (repository / "templates" / "components").glob("*.html")}
    assert set(all_states()) | set(ON_EVERY_PAGE) == components


@pytest.mark.slow("draws every pattern")
def test_what_stands_on_every_page_stands_on_this_one(client: Client) -> None:
    shown = {template.name for template in client.get("/patterns/").templates}
    assert {f"components/{name}.html" for name in ON_EVERY_PAGE} <= shown


def test_a_card_is_told_all_that_a_real_one_is(client: Client) -> None:
    organization = build_service().organization
    [real] = client.get(f"/organizations/{organization.pk}/").context["services"]
    assert all(set(result) == set(real) for result in RESULTS.values())


def test_the_facts_of_a_service_are_told_as_of_a_real_one(client: Client) -> None:
    real = client.get(f"/services/{build_service().pk}/").context["service"]
    assert set(SERVICE) <= set(real)


@pytest.mark.slow("draws every pattern")
def test_each_state_has_ids_of_its_own_and_every_reference_is_met(client: Client) -> None:
    page = client.get("/patterns/").content.decode()
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, times in ids.items() if times > 1] == []
    named = re.findall(r'\s(?:for|form|aria-(?:describedby|labelledby))="([^"]+)"', page)
    wanted = {each for names in named for each in names.split()}
    assert wanted - set(ids) == set()
