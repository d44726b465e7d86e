"""One shape for every refusal: RFC 9457 problem details, with the parameters at fault named one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from api.renderers import plain

PROBLEM_JSON = "application/problem+json"

# What is said where nothing more is known. Nothing of the request is repeated in it.
DETAILS: Mapping[int, Any] = {
    400: _("We cannot read this request."),
    403: _("This is not open to you."),
    404: _("There is nothing at this address."),
    405: _("This address does not take this method. The Allow header names those it takes."),
    406: _("This address answers in application/json only."),
    415: _("Send the question as application/json."),
    429: _("That is more than we take in an hour. The Retry-After header says in how many seconds to go on."),
    500: _("Something went wrong on our side. Please try again in a few minutes."),
}


class Refusal(Protocol):
    """What is wrong with one parameter, and the values that would do (none: too many to list)."""

    @property
    def parameter(self) -> str: ...

    @property
    def message(self) -> str: ...

    @property
    def choices(self) -> tuple[str, ...]: ...


class TooOften(exceptions.APIException):
    """More than this address, or all together, may do; answered by 429 and in how many seconds to go on."""

    status_code = HTTPStatus.TOO_MANY_REQUESTS
    default_detail = DETAILS[HTTPStatus.TOO_MANY_REQUESTS]

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


class InvalidParameters(exceptions.APIException):
    """One or more parameters cannot be used; answered by 400."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = _("Some of the parameters cannot be used. Each is named under “errors”.")

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        super().__init__()
        self.refusals = list(refusals)


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. None for a crash: Django logs it and asks handler500."""
    if isinstance(error, InvalidParameters):
        return _answer(problem_body(error.status_code, error.detail, error.refusals))
    if isinstance(error, Http404):
        return _answer(problem_body(HTTPStatus.NOT_FOUND))
    if isinstance(error, PermissionDenied):
        return _answer(problem_body(HTTPStatus.FORBIDDEN))
    if isinstance(error, exceptions.APIException):
        wait = getattr(error, "wait", None)
        return _answer(
            problem_body(error.status_code, _own_words(error)), {"Retry-After": str(wait)} if wait else {}
        )
    return None


def problem_response(status: int) -> HttpResponse:
    """The same shape where REST framework was never reached: no such address, a bad header, a crash."""
    body = orjson.dumps(problem_body(status), default=plain)
    return HttpResponse(body, status=status, content_type=PROBLEM_JSON)


def problem_body(status: int, detail: Any = "", refusals: Iterable[Refusal] = ()) -> dict[str, Any]:
    """The members of a problem. The type is "about:blank": the status says what kind of problem it is."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": str(detail or DETAILS.get(status, HTTPStatus(status).description)),
        "errors": [
            {
                "parameter": refusal.parameter,
                "message": str(refusal.message),
                "choices": list(refusal.choices),
            }
            for refusal in refusals
        ],
    }


def is_for_programs(request: HttpRequest) -> bool:
    """Whether the address belongs to the API, whose every answer is JSON; its documentation is a page."""
    return request.path.startswith("/api/") and not request.path.startswith("/api/docs")


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], content_type=PROBLEM_JSON, headers=headers)


def _own_words(error: exceptions.APIException) -> Any:
    """Ours in place of the sentences of REST framework that do not say what would do."""
    if isinstance(
        error, exceptions.MethodNotAllowed | exceptions.NotAcceptable | exceptions.UnsupportedMediaType
    ):
        return DETAILS[error.status_code]
    return error.detail
