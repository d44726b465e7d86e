"""Errors as RFC 9457 problem details, with each parameter at fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from api.renderers import json_default
from resources.search.engine import PageNotFound
from resources.search.filters import ParameterError

PROBLEM_JSON = "application/problem+json"

# Default details. They repeat nothing of the request.
DETAILS: Mapping[int, Any] = {
    400: _("The request could not be parsed."),
    403: _("You do not have permission to do this."),
    404: _("Not found."),
    405: _("Method not allowed. See the Allow header."),
    406: _("Only application/json responses are available."),
    415: _("Send the request body as application/json."),
    429: _("Too many requests. See the Retry-After header (in seconds)."),
    500: _("Something went wrong on our side. Please try again in a few minutes."),
}
# REST framework's errors whose own message does not say what to do instead.
REWORDED = (
    exceptions.MethodNotAllowed,
    exceptions.NotAcceptable,
    exceptions.UnsupportedMediaType,
    exceptions.Throttled,
)


class InvalidParameters(exceptions.APIException):
    """Parameters, or members of a body, that cannot be used; answered by 400."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = _("Some parameters are invalid. See “errors”.")

    def __init__(self, errors: Iterable[ParameterError]) -> None:
        super().__init__()
        self.errors = list(errors)


class Gone(exceptions.APIException):
    """A record that was withdrawn; answered by 410.

    `merged_into` is the id of the record it became part of.
    """

    status_code = HTTPStatus.GONE

    def __init__(self, detail: str, *, merged_into: UUID | None = None) -> None:
        super().__init__(detail)
        self.merged_into = merged_into


class NotMadeYet(exceptions.APIException):
    """A file that is not there yet; answered by 503. `wait` says in how many seconds to retry."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("This file is not made yet. Please try again in a few minutes.")
    wait = 60


class BodyTooLarge(exceptions.APIException):
    """A body of more than `limit` bytes, or without Content-Length; answered by 413."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("Send at most %(size)d KB, with a Content-Length header.")

    def __init__(self, limit: int) -> None:
        super().__init__(self.default_detail % {"size": limit // 1024})


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Return the response to an exception, for REST framework's EXCEPTION_HANDLER.

    None for a crash: Django logs it and calls handler500.
    """
    if isinstance(error, Http404):
        return problem_response(HTTPStatus.NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return problem_response(HTTPStatus.FORBIDDEN)
    if isinstance(error, PageNotFound):
        last = _now("Page out of range. The last page is %(pages)d.") % {"pages": error.pages}
        return problem_response(HTTPStatus.NOT_FOUND, detail=last)
    if not isinstance(error, exceptions.APIException):
        return None
    response = problem_response(
        error.status_code,
        detail="" if isinstance(error, REWORDED) else error.detail,
        errors=getattr(error, "errors", ()),
        merged_into=getattr(error, "merged_into", None),
    )
    if wait := getattr(error, "wait", None):
        response.headers["Retry-After"] = str(wait)
    return response


def problem_response(
    status: int, *, detail: Any = "", errors: Iterable[ParameterError] = (), merged_into: UUID | None = None
) -> HttpResponse:
    """Return a problem as JSON, whatever the Accept header.

    Django's error handlers use it for the API too.
    """
    problem = problem_body(status, detail, errors)
    if merged_into is not None:
        problem["merged_into"] = str(merged_into)
    body = orjson.dumps(problem, default=json_default)
    return HttpResponse(body, status=status, content_type=PROBLEM_JSON)


def problem_body(status: int, detail: Any = "", errors: Iterable[ParameterError] = ()) -> dict[str, Any]:
    """Return the members of a problem. The type is "about:blank": the status says what kind it is."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": str(detail or DETAILS.get(status, HTTPStatus(status).description)),
        "errors": [
            {"parameter": error.parameter, "message": str(error.message), "choices": list(error.choices)}
            for error in errors
        ],
    }


def is_api_request(request: HttpRequest) -> bool:
    """True if the URL belongs to the API, whose every answer is JSON; its documentation is a page."""
    return request.path.startswith("/api/") and not request.path.startswith("/api/docs")
