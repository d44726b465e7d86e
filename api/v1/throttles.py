"""How much one network may send, and all together, without keeping anyone's address."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from resources.http.throttling import address_of, contribution_limits, contributions


class ContributionThrottle(BaseThrottle):
    """So many suggestions and corrections an hour, those sent with the forms of the site included."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.seconds = contributions.acquire(address_of(request._request), **contribution_limits())
        return not self.seconds

    def wait(self) -> int:
        """Seconds until one more is taken."""
        return self.seconds

    def refund(self, request: Request) -> None:
        """Does not count the last one, which came to nothing."""
        contributions.refund(address_of(request._request))
