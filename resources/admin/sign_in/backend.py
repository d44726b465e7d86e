"""Who somebody is, and which of Django's permissions they hold."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import User

from resources.curation import permissions


class CuratorBackend(AuthenticationBackend):
    """The permissions of the groups of an account, within its limits where a record is asked about.

    A permission given to an account alone counts for nothing: no page shows or changes it.
    """

    def get_user(self, user_id: Any) -> User | None:
        """The account with its limits, which every page asks about: one query."""
        user = User.objects.select_related("curator").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_staff:
            return set()
        held: set[str] = super().get_all_permissions(user_obj)
        return held - permissions.UNREVIEWED_ACTIONS if permissions.edits_wait(user_obj) else held

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        holds = super().has_perm(user_obj, perm)
        return holds and (obj is None or not permissions.refused(user_obj, perm, [obj]))
