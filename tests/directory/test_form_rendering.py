"""The widgets that are written in Python are Django's own, character by character."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine, engines
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from directory.form_rendering import FormRenderer
from resources.vocabulary import Cost
from tests.build import DALLAS, build_service
from tests.resources.admin.desk import build_curator, read_form, sign_in

CHOICES = [
    ("", "---"),
    ("a&b", gettext_lazy("Free")),
    ("Group", [("c", mark_safe("<b>C</b>")), (1, "<One>")]),
]
ATTRIBUTES = {"class": 'x"y', "disabled": True, "hidden": False, "data-n": 5}


class EveryForm(forms.Form):
    text = forms.CharField(label="A & <b>", widget=forms.TextInput(attrs=ATTRIBUTES), help_text="How")
    number = forms.IntegerField(label=gettext_lazy("Number"), label_suffix="")
    secret = forms.CharField(widget=forms.PasswordInput(render_value=True))
    hidden = forms.CharField(widget=forms.HiddenInput)
    address = forms.URLField(assume_scheme="https")
    mail = forms.EmailField()
    tick = forms.BooleanField(required=False)
    words = forms.CharField(widget=forms.Textarea(attrs=ATTRIBUTES))
    kind = forms.ChoiceField(choices=CHOICES, widget=forms.Select(attrs=ATTRIBUTES))
    kinds = forms.MultipleChoiceField(choices=CHOICES)
    one = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    day = forms.DateField(widget=forms.DateInput)
    hour = forms.TimeField()
    both = forms.SplitDateTimeField()


@pytest.mark.parametrize(
    "data",
    [
        None,
        {
            "text": '<a href="x">',
            "number": "12000",
            "words": "\nOne\n<two>\n",
            "kind": "a&b",
            "kinds": ["c", "1"],
        },
        {"tick": "on", "kind": "1", "secret": "&", "hidden": "'", "mail": "x", "number": "0", "both_0": "x"},
    ],
)
def test_each_widget_label_and_error_is_written_as_django_writes_it(data: dict[str, Any] | None) -> None:
    ours, theirs = (EveryForm(data, renderer=renderer()) for renderer in (FormRenderer, DjangoTemplates))
    for name in EveryForm.base_fields:
        for part in ("as_widget", "label_tag", "legend_tag"):
            assert getattr(ours[name], part)() == getattr(theirs[name], part)(), (name, part)
        assert str(ours[name].errors) == str(theirs[name].errors), name
    assert str(ours) == str(theirs)


@pytest.mark.django_db
@pytest.mark.slow("draws a page of the admin")
def test_the_lines_of_a_fieldset_are_those_of_django() -> None:
    """With errors, single fields, several in a line, read-only ones, boxes to tick and help."""
    desk = sign_in(Client(), build_curator())
    service = build_service(at=[DALLAS], cost=Cost.FREE)
    page = reverse("admin:resources_service_change", args=[service.pk])
    context = desk.post(
        page, {**read_form(desk, page), "name": "", "url": "nowhere", "minimum_age": "x"}
    ).context
    inlines = [form for formset in context["inline_admin_formsets"] for form in formset]
    fieldsets = [*context["adminform"], *(fieldset for inline in inlines for fieldset in inline)]
    theirs = Engine(dirs=[str(Path(admin.__file__).parent / "templates")]).get_template(
        "admin/includes/fieldset.html"
    )
    ours = engines["django"].get_template("admin/includes/fieldset.html")
    given = {"prefix": "p", "id_prefix": 0, "id_suffix": 1, "heading_level": 4}
    assert len(fieldsets) > 20
    for fieldset in fieldsets:
        written = ours.render({"fieldset": fieldset, **given})
        assert _without_spaces(written) == _without_spaces(
            theirs.render(Context({"fieldset": fieldset, **given}))
        )


def _without_spaces(html: str) -> str:
    return re.sub(r'(?<=[>"])\s+|\s+(?=[<])', "", html)
