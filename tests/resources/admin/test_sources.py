"""Reviewers keep the sources; comments and reasons stand where the next curator reads them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resources.history import revisions
from resources.models import PendingEdit, Service, Source
from tests.build import build_service
from tests.resources.admin.desk import address, build_curator, errors_of, read_form, send, sign_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:resources_source_add")


def test_a_reviewer_adds_a_source_and_corrects_it(chief: Client) -> None:
    chief.post(ADD, {**read_form(chief, ADD), "slug": "county-list", "name": "County list"})
    source = Source.objects.get()
    send(chief, address(source), name="County list 2026", slug="other")
    source.refresh_from_db()
    assert (source.name, source.slug) == ("County list 2026", "county-list"), "files name it"
    assert chief.post(address(source, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed"),
    [("slug", "no spaces"), ("slug", ""), ("name", ""), ("name", "<b>x</b>"), ("url", "x y")],
)
def test_a_bad_source_is_explained_at_its_field(chief: Client, field: str, typed: str) -> None:
    good = {**read_form(chief, ADD), "slug": "list", "name": "List"}
    assert field in errors_of(chief.post(ADD, {**good, field: typed}))
    assert not Source.objects.exists()


def test_an_editor_only_reads_sources(desk: Client) -> None:
    source = Source.objects.create(slug="list", name="List")
    assert desk.get(address(source)).status_code == 200
    assert desk.get(ADD).status_code == 403
    assert desk.post(address(source), {"name": "x"}).status_code == 403


def test_a_comment_stands_in_the_history_with_or_without_an_edit(desk: Client) -> None:
    service = build_service("Circle")
    send(desk, address(service), name="Evening circle", comment="They told me by phone.")
    send(desk, address(service), comment="Ask again in May.")
    assert [row.comment for row in revisions.revisions_of(service)[:2]] == [
        "Ask again in May.",
        "They told me by phone.",
    ]
    assert "Ask again in May." in desk.get(address(service)).content.decode()


@pytest.mark.parametrize("comment", ["<script>alert(1)</script>", "<b>bold</b>", "a \u202e b", "x" * 300])
def test_markup_in_a_comment_is_refused(desk: Client, comment: str) -> None:
    service = build_service("Circle")
    assert "comment" in errors_of(send(desk, address(service), comment=comment))
    assert not revisions.revisions_of(service).exists()


def test_an_author_reads_why_an_edit_was_declined(chief: Client) -> None:
    author: User = build_curator("wade", edits_wait=True)
    client = sign_in(Client(), author)
    service = build_service("Circle")
    send(client, address(service), name="Other circle")
    edit = PendingEdit.objects.get()
    chief.post(address(edit), {"decision": "decline", "reason": "x" * 256})
    edit.refresh_from_db()
    assert edit.decision == "open"
    chief.post(address(edit), {"decision": "decline", "reason": "Their page says <b>Circle</b>."})
    page = client.get(address(edit)).content.decode()
    assert "Their page says &lt;b&gt;Circle&lt;/b&gt;." in page
    assert Service.objects.get().name == "Circle"
