"""Who may go where behind /admin/. Nothing here reads the session of anyone who is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import SESSION_KEY, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from resources.admin.sign_in import sessions
from resources.curation.permissions import curator_of

ADMIN_PREFIX = "/admin/"
# Open to whoever is signed in by one step only, or is not: the way in, the way out and the second step.
PUBLIC_VIEWS = {"account_login", "admin_login", "account_logout", "admin_logout", "account_signed_out"}
SET_UP = "mfa_activate_totp"
READING = ("GET", "HEAD")


class CuratorSessionMiddleware:
    """Ends sessions that are idle, old or no longer a curator's, and asks every other for the second step."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if not request.path.startswith(ADMIN_PREFIX):
            return None
        end_stale_session(request)
        if not request.user.is_authenticated:
            return None
        return self.hold_to_time(request) or self.ask_for_second_step(request)

    def hold_to_time(self, request: HttpRequest) -> HttpResponseBase | None:
        now = timezone.now()
        if sessions.is_over(request, at=now):
            logout(request)
            return send_to("account_login", request, why="time")
        sessions.note_use(request, at=now)
        return None

    def ask_for_second_step(self, request: HttpRequest) -> HttpResponseBase | None:
        if not request.user.is_authenticated or is_entrance(request) or sessions.has_proved(request):
            return None
        if not sessions.has_second_step(request):
            return None if view_name(request) == SET_UP else send_to(SET_UP, request)
        # Came in by the password alone, before the account had a second step, or with a phone it has no more.
        logout(request)
        return send_to("account_login", request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """allauth would keep what was sent, and where it came from, while it asks for the password again.

        Here one presses the button once more.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        page = "account_reauthenticate" if request.user.is_authenticated else "account_login"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")


def curators_time_zone(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Behind /admin/ the day and the hour are those of whoever is signed in."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ADMIN_PREFIX):
            return get_response(request)
        curator = curator_of(request.user)
        with timezone.override(curator.time_zone if curator and curator.time_zone else None):
            return get_response(request)

    return middleware


def end_stale_session(request: HttpRequest) -> None:
    """A session must not come to life again when an account that was closed is opened."""
    if request.user.is_authenticated:
        if not request.user.is_staff:
            logout(request)
    elif SESSION_KEY in request.session:
        request.session.flush()


def send_to(page: str, request: HttpRequest, **query: str) -> HttpResponseBase | None:
    """To the page that comes first. What was to be changed is refused: it cannot be carried along."""
    if is_entrance(request):
        return None
    if request.method not in READING:
        raise PermissionDenied
    query["next"] = request.get_full_path()
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode(query)}")


def is_entrance(request: HttpRequest) -> bool:
    return view_name(request) in PUBLIC_VIEWS


def view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
