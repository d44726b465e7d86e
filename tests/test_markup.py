"""Every page is valid HTML, by the Nu HTML checker of the W3C."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from tests.build import DALLAS, build_service
from tests.world import build_places

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("what is written on a page is the same on both"),
]

PAGES = (
    "/",
    "/search/",
    "/search/?near=75201&cost=free&q=miscarriage",
    "/search/?near=Qqzzyx&kind=nothing",
    "/search/?q=%F0%9F%8C%BC",
    "/search/?page=99",
    "/services/{service}/",
    "/services/{withdrawn}/",
    "/organizations/{organization}/",
    "/urgent/",
    "/privacy/",
    "/about/",
    "/api/docs/",
    "/nothing/",
)


def test_the_checker_finds_nothing_on_any_page(client: Client, repository: Path, tmp_path: Path) -> None:
    build_places()
    build_service("Evening <circle> & more", at=[DALLAS], cost="fixed", price=30, phone="214-555-0101")
    service = build_service("Texas chapters", areas=["US-TX"], cost="free", losses=["miscarriage"])
    withdrawn = build_service("Gone", status="defunct")
    names = {
        "service": service.pk,
        "withdrawn": withdrawn.pk,
        "organization": service.organization_id,
    }
    for address in PAGES:
        answer = client.get(address.format(**names))
        name = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "home"
        (tmp_path / f"{name}.html").write_bytes(answer.content)
    assert faults_in(tmp_path, repository) == []


def test_the_checker_would_find_something(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!doctype html><title>x</title><p><div id=a></div></p><b id=a>")
    assert len(faults_in(tmp_path, repository)) > 2


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
    ]
