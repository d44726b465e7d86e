"""The forms of what the public tells us, the same for the page and for programs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resources.curation.parts import IN_CORRECTIONS, IN_SUGGESTIONS, Part, Text, boxes_of
from resources.vocabulary import Wrong


class ContributionForm(forms.Form):
    parts: tuple[Part, ...] = ()

    note = Text(
        rows=4,
        label=_("Anything else we should know?"),
        help_text=_("Only those who keep this list read it."),
        max_length=2000,
        required=False,
    )
    contact = Text(
        label=_("How can we reach you, if you would like an answer?"),
        help_text=_("An e-mail address or a number. You can leave it empty."),
        max_length=255,
        required=False,
    )

    def said(self) -> dict[str, str]:
        """What stands in the boxes, by box. Only for a form without errors."""
        told = {name: self.cleaned_data[name] for part in self.parts for name in part.boxes()}
        return {name: text for name, text in told.items() if text}

    def received(self) -> dict[str, Any]:
        """For the verbs that receive it."""
        return {
            "said": self.said(),
            "note": self.cleaned_data["note"],
            "address": self.cleaned_data["contact"],
        }


class SuggestionForm(ContributionForm):
    parts = IN_SUGGESTIONS


class CorrectionForm(ContributionForm):
    parts = IN_CORRECTIONS

    wrong = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Wrong.choices,
        required=False,
        error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
    )

    def received(self) -> dict[str, Any]:
        return {**super().received(), "wrong": self.cleaned_data["wrong"]}


# The boxes first, as one reads them.
SuggestionForm.base_fields = {**boxes_of(IN_SUGGESTIONS), **SuggestionForm.base_fields}
SuggestionForm.base_fields["name"].required = True
SuggestionForm.base_fields["name"].error_messages["required"] = _("Write what it is called.")
CorrectionForm.base_fields = {
    "wrong": CorrectionForm.base_fields["wrong"],
    **boxes_of(IN_CORRECTIONS),
    **CorrectionForm.base_fields,
}
