"""POST /api/v1/suggestions/ and /corrections/: what is missing or wrong, told by a program for a person.

The answer says that it was received. Nothing of it can be read here, and nothing of it is shown to visitors
before a curator takes it over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.functional import keep_lazy_text
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import InvalidParameters, TooOften
from api.parameters import invalid_values, raise_if_invalid
from api.views import QuestionAPIView
from resources.curation.contributions import (
    ContributionForm,
    CorrectionForm,
    EmptyContribution,
    SuggestionForm,
    receive_correction,
    receive_suggestion,
)
from resources.http.throttling import TooMany, count_contribution
from resources.models import Service
from resources.search.filters import ParameterError

LONGEST_BODY = 65_536  # bytes: everything full, in any alphabet


class ServiceCorrectionForm(CorrectionForm):
    """`CorrectionForm`, and which service it is about."""


ServiceCorrectionForm.base_fields = {
    "service": forms.UUIDField(
        label=_("Service"),
        help_text=_("The id of a published service."),
        error_messages={"invalid": _("Write an id as other answers give it.")},
    ),
    **CorrectionForm.base_fields,
}


def _described(form: type[forms.Form], name: str) -> type[serializers.Serializer]:
    """The members of the body, told from the fields of the form that reads it."""
    members = {member: _member(field) for member, field in form.base_fields.items()}
    return type(name, (serializers.Serializer,), members)


def _member(field: forms.Field) -> serializers.Field:
    told: dict[str, Any] = {
        "required": field.required,
        "help_text": _words_about(field.label, field.help_text),
    }
    if isinstance(field, forms.UUIDField):
        return serializers.UUIDField(**told)
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        return serializers.ChoiceField(choices=[(code, label) for code, label in offered if code], **told)
    return serializers.CharField(max_length=getattr(field, "max_length", None), **told)


@keep_lazy_text
def _words_about(label: Any, help_text: Any) -> str:
    label = str(label)
    return f"{label}{'' if label.endswith('?') else '.'} {help_text}".strip()


SuggestionSerializer = _described(SuggestionForm, "SuggestionSerializer")
CorrectionSerializer = _described(ServiceCorrectionForm, "CorrectionSerializer")


class ReceivedSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text=_("To name it by. Nothing can be read with it."))
    received_at = serializers.DateTimeField()


class ReceivingView(QuestionAPIView):
    """An address that keeps what it is told, and counts how often it is told something."""

    answers_with = ReceivedSerializer
    answers_status: ClassVar[int] = 201
    is_counted: ClassVar[bool] = True
    longest_body = LONGEST_BODY

    def post(self, request: Request) -> Response:
        form = self.form(self.told(request))
        raise_if_invalid([*self.unknown(request), *invalid_values(form)])
        receive = self.receiver(form)
        try:
            with count_contribution(request._request):
                kept = receive(**form.received(), stamp=None, at=timezone.now())  # type: ignore[attr-defined]
        except TooMany as error:
            raise TooOften(error.wait) from error
        except EmptyContribution as error:
            raise InvalidParameters([ParameterError("note", error.messages[0])]) from error
        return Response({"id": kept.pk, "received_at": kept.received_at}, status=self.answers_status)

    def unknown(self, request: Request) -> list[ParameterError]:
        not_text = [
            ParameterError(str(name)[:100], _now("Write it as text."))
            for name, value in dict(request.data).items()
            if not isinstance(value, str | None)
        ]
        return [*super().unknown(request), *not_text]

    def receiver(self, form: Any) -> Callable[..., Any]:
        """The verb that keeps it. Raises QuestionRefused."""
        raise NotImplementedError


class SuggestionsView(ReceivingView):
    operation_id = "suggest_service"
    summary = _("Suggest support that is not listed")
    description = _(
        "A curator reads it before anything is shown. Only a name is needed. `contact` is erased once it is"
        " decided. No address of whoever sends it is kept."
    )
    takes = SuggestionSerializer
    form = SuggestionForm
    example_body: ClassVar[dict[str, Any]] = {
        "name": "Tuesday evening circle",
        "where": "Leeds",
        "country": "GB",
        "times": "First Tuesday of the month, 7 pm",
    }

    def receiver(self, form: ContributionForm) -> Callable[..., Any]:
        return receive_suggestion


class CorrectionsView(ReceivingView):
    operation_id = "correct_service"
    summary = _("Say what is wrong with a listing")
    description = _(
        "A curator reads it before anything is changed. Send only what differs; `wrong` is what it is about."
        " `contact` is erased once it is decided. No address of whoever sends it is kept."
    )
    takes = CorrectionSerializer
    form = ServiceCorrectionForm
    example_body: ClassVar[dict[str, Any]] = {
        "service": "00000000-0000-4000-8000-000000000000",
        "wrong": "wrong",
        "phone": "214-555-0199",
    }

    def receiver(self, form: ContributionForm) -> Callable[..., Any]:
        published: Any = Service.objects.published().with_related()
        service = published.filter(pk=form.cleaned_data["service"]).first()
        if service is None:
            raise InvalidParameters([ParameterError("service", _now("Nothing published has this id."))])

        def receive(**told: Mapping[str, Any]) -> Any:
            return receive_correction(service=service, **told)  # type: ignore[arg-type]

        return receive
