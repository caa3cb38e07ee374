"""Who calls: a bearer token, looked up by its hash. Sessions and cookies are not looked at."""

from typing import Any

from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from api.models import ApiToken
from cases.models import User


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """``Authorization: Bearer fp_...``. Unlike Knox's own it deletes nothing: a GET changes no row."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Raises AuthenticationFailed for tokens that are unknown or expired, or whose user is switched off."""
        digest = hash_token(token.decode("latin-1"))
        found = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if found is None:
            raise AuthenticationFailed("this token is not known; ask the administrator for a new one (make_token)")
        if found.is_expired:
            raise AuthenticationFailed(f"the token {found.name!r} has expired; ask the administrator for a new one")
        return self.validate_user(found)  # type: ignore[no-any-return]

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
