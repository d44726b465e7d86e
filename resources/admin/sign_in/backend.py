"""Who somebody is, and nothing of what they may: that is said by `resources.curation.permissions` alone."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class SignInOnly(AuthenticationBackend):
    """Without the permissions of Django's own tables, which no page of ours shows or changes."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    get_user_permissions = get_group_permissions = get_all_permissions
