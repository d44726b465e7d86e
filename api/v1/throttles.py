"""Rate limits per network and in total, without storing addresses."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from resources.http.throttling import address_of, contribution_limits, contributions


class ContributionThrottle(BaseThrottle):
    """Limits contributions per hour; those sent through the site's own forms count too."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.seconds = contributions.acquire(address_of(request._request), **contribution_limits())
        return not self.seconds

    def wait(self) -> int:
        """Return the seconds until the next one is accepted."""
        return self.seconds

    def refund(self, request: Request) -> None:
        """Uncount the last one, which failed."""
        contributions.refund(address_of(request._request))
