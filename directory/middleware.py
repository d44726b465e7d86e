"""What every answer of the site carries."""

import re
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

from directory import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def trust_only_known_proxies(get_response: GetResponse) -> GetResponse:
    """Forgets what anyone but a proxy in TRUSTED_PROXIES says about the original request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.META.get("REMOTE_ADDR") not in settings.TRUSTED_PROXIES:
            for name in FORWARDED:
                request.META.pop(name, None)
        return get_response(request)

    return middleware


def privacy_headers(get_response: GetResponse) -> GetResponse:
    """Browsers may keep a page for the person who asked, and nobody in between may."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Sends SECURE_CSP; its shape is that of Django 6, whose own middleware can take this place."""
    policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


# Doors that take more than questions; each checks for itself who may send what.
WRITABLE_PREFIXES = ("/admin/", "/api/")
READING = ("GET", "HEAD")


def read_only_for_visitors(get_response: GetResponse) -> GetResponse:
    """Refuses a body nobody asked for before anyone waits for it: slow senders would fill every thread.

    Forms of visitors are short and say how long they are: `same_origin.visitor_form` limits each.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in READING or request.path.startswith(WRITABLE_PREFIXES):
            return get_response(request)
        max_bytes = _max_form_bytes(request)
        if not max_bytes:
            return HttpResponseNotAllowed(READING)
        length = request.META.get("CONTENT_LENGTH") or ""
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > max_bytes:
            return errors.payload_too_large(request)
        return get_response(request)

    return middleware


def _max_form_bytes(request: HttpRequest) -> int:
    """How many bytes the form at this address may have; 0 for what is no form."""
    if request.method != "POST":
        return 0
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    return int(getattr(view, "max_form_bytes", 0))


class DatabaseUnavailableMiddleware:
    """503 and when to come back, in place of a crash: pages that need no database go on answering."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None
