"""Authentication backend: loads curators, and checks their permissions within their limits."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import User

from resources.curation import permissions


class CuratorBackend(AuthenticationBackend):
    """Permissions come from an account's groups, within its limits if a record is given.

    A permission granted to an account directly is ignored: no page shows or changes it.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Load the account with its limits, which every page needs, in one query."""
        user = User.objects.select_related("curator").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_staff:
            return set()
        granted: set[str] = super().get_all_permissions(user_obj)
        return granted - permissions.UNREVIEWED_ACTIONS if permissions.edits_wait(user_obj) else granted

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        allowed = super().has_perm(user_obj, perm)
        return allowed and (obj is None or not permissions.refused(user_obj, perm, [obj]))
