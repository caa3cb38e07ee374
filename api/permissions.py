"""What a token may do at all. What its user may do in an incident stands in ``cases.permissions``."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from api.models import ApiToken


class IsWithinScope(BasePermission):
    """Reading for every token, the rest only for tokens with the scope write."""

    message = "this token may only read; ask the administrator for one with the scope write"

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return request.method in SAFE_METHODS or (isinstance(token, ApiToken) and token.can_write)
