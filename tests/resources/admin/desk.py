"""A curator's hands: reads a page of the admin as a browser would, changes some of it and sends it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.template.context import make_context
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from resources.admin.edit_conflicts import VERSION
from resources.admin.sign_in.forms import code_of_step, step_at
from resources.admin.sign_in.sessions import SEEN_AT, SIGNED_IN_AT
from resources.models import Curator
from resources.vocabulary import Role


def build_curator(
    name: str = "ada", role: str = Role.EDITOR, *, regions: Sequence[str] = (), **fields: Any
) -> User:
    """Someone with this role, not limited unless `regions` says so."""
    user = User.objects.create_user(name, password="a long enough word", is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    Curator.objects.create(user=user, regions=list(regions), **fields)
    return user


PHONE_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_phone(user: User, key: str = PHONE_KEY) -> Authenticator:
    """Sets up the second step, as if the phone had read the picture of this key."""
    phone: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(key)}
    )
    return phone


def code_of(key: str = PHONE_KEY, *, at: datetime | None = None) -> str:
    """What the phone shows now, or showed then."""
    now = (at or datetime.now(UTC)).timestamp()
    return code_of_step(key, step_at(now))


def sign_in(client: Client, user: User) -> Client:
    """As after both steps: the password, and a code from the phone."""
    if not Authenticator.objects.filter(user=user).exists():
        give_phone(user)
    client.force_login(user)
    session = client.session
    now = datetime.now(UTC).timestamp()
    session[SIGNED_IN_AT] = session[SEEN_AT] = now
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": now}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)  # allauth has no public name for it
    session.save()
    return client


def address(record: Any, page: str = "change") -> str:
    return reverse(f"admin:resources_{record._meta.model_name}_{page}", args=[record.pk])


def add_address(model: Any) -> str:
    return reverse(f"admin:resources_{model._meta.model_name}_add")


@contextmanager
def not_drawn() -> Iterator[None]:
    """Pages are answered with what they are made of, not drawn: that takes two thirds of their time.

    For a test that looks at forms and not at HTML. Drawn pages are those of every test that reads one.
    """
    with patch.object(SimpleTemplateResponse, "rendered_content", property(_tell_context)):
        yield


def _tell_context(response: Any) -> str:
    """Do what drawing does for others: the client reads the context, and messages are shown once."""
    template = response.resolve_template(response.template_name).template
    context = make_context(response.resolve_context(response.context_data), response._request)
    with context.bind_template(template):
        template_rendered.send(sender=template, template=template, context=context)
    list(messages.get_messages(response._request))
    return "This page was not drawn."


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens within it is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read_form(client: Client, page: str) -> dict[str, Any]:
    """Everything that the page would send if one pressed Save without touching it."""
    with not_drawn():
        response = client.get(page)
    assert response.status_code == 200, page
    return form_on(response)


def form_on(response: Any) -> dict[str, Any]:
    """The same of a page that has come, with what had been typed."""
    data: dict[str, Any] = {VERSION: response.context.get("version", "")}
    for form in _forms(response.context):
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[bound.html_name] = (
                    [str(one) for one in value] if isinstance(value, (list, tuple)) else str(value)
                )
    return data


def _forms(context: Any) -> Iterator[Any]:
    yield context["adminform"].form
    for inline in context["inline_admin_formsets"]:
        yield inline.formset.management_form
        yield from inline.formset.forms


def send(client: Client, page: str, **changed: Any) -> Any:
    """Reads the page, changes what is named (a dash in a name is written `__`) and presses Save."""
    return client.post(page, {**read_form(client, page), **_named(changed)})


def _named(changed: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "-"): value for name, value in changed.items()}


def add_row(data: dict[str, Any], prefix: str, **values: Any) -> dict[str, Any]:
    """The same page with one more row of an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**data, **row, f"{prefix}-TOTAL_FORMS": str(number + 1)}


def errors_of(response: Any) -> dict[str, list[str]]:
    """The sentences beside each field, by the field's name on the page; {} where the page was saved."""
    if response.status_code == 302:
        return {}
    found = {}
    for form in _forms(response.context):
        for name, sentences in form.errors.items():
            found[form.add_prefix(name)] = [str(sentence) for sentence in sentences]
    return found


def messages_of(response: Any) -> str:
    """Return all messages to the curator on a page, as one text."""
    return " ".join(str(message) for message in response.context["messages"])
