"""Every page is valid HTML, by the Nu HTML checker of the W3C."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve

from resources.pages.urls import urlpatterns
from tests.addresses import OTHERS, PUBLIC, STATES, build_public

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("what is written on a page is the same on both"),
    pytest.mark.slow("starts the HTML checker"),
]

HOUSEHOLD = {"household_size": "1", "income": "20,000", "period": "year", "region": "contiguous"}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.urls("tests.patterns.page")
def test_the_checker_finds_nothing_on_any_page(client: Client, repository: Path, tmp_path: Path) -> None:
    names = build_public()
    whole = (*PUBLIC.values(), "/patterns/")
    answers = {
        address: client.get(address.format(**names), headers={"Accept": "text/html"})
        for address in (*whole, *STATES)
    }
    assert {address: answers[address].status_code for address in whole} == dict.fromkeys(whole, 200)
    fees = f"/services/{names['service']}/fees/"
    answers |= {fees: client.post(fees), f"{fees}answered": client.post(fees, HOUSEHOLD)}
    for address, answer in answers.items():
        name = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "home"
        (tmp_path / f"{name}.html").write_bytes(answer.content)
    assert len(list(tmp_path.iterdir())) == len(answers)
    assert faults_in(tmp_path, repository) == []


def test_every_page_of_visitors_is_looked_at() -> None:
    """A new address is put among those of `PUBLIC`, and is then looked at everywhere."""
    assert {each.name for each in urlpatterns} == PUBLIC.keys() | OTHERS
    for name, address in PUBLIC.items():
        found = resolve(address.partition("?")[0].format(service=NOBODY, organization=NOBODY))
        assert found.view_name == f"pages:{name}"


def test_the_checker_would_find_something(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!doctype html><title>x</title><p><div id=a></div></p><b id=a>")
    assert len(faults_in(tmp_path, repository)) > 2


# The checker is older than <link rel="expect">: https://html.spec.whatwg.org/multipage/links.html#link-type-expect
NOT_KNOWN = "A “link” element with a “blocking” attribute"


def faults_in(folder: Path, repository: Path) -> list[str]:
    """A line for each error and warning in the pages of `folder`."""
    found = subprocess.run(["bin/validator"], cwd=repository, capture_output=True, text=True)
    if found.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("the HTML checker is missing; bin/missing says how to get it")
        pytest.skip("the HTML checker is missing; bin/missing says how to get it")
    checker = ["java", "-jar", found.stdout.strip(), "--stdout", "--exit-zero-always", "--format", "json"]
    said = subprocess.run([*checker, str(folder)], capture_output=True, text=True, check=True)
    return [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']} {one.get('extract', '')!r}"
        for one in json.loads(said.stdout)["messages"]
        if not (one["message"].startswith(NOT_KNOWN) and 'rel="expect"' in one.get("extract", ""))
    ]
