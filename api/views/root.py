"""Where a caller begins, and what is nowhere."""

from typing import Any

from django.http import Http404, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import ApiToken
from api.views.base import PortalView


class RootShown(serializers.Serializer[Any]):
    """Where things are, and who is asking."""

    incidents = serializers.URLField()
    schema = serializers.URLField()
    user = serializers.CharField()
    token = serializers.CharField()
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class Root(PortalView):
    @extend_schema(operation_id="root", responses=RootShown)
    def get(self, request: Request) -> Response:
        """Say where things are, and who is asking."""
        token: Any = request.auth
        places = {name: self.address(f"api:{name}") for name in ("incidents", "schema")}
        who = {"user": self.user.username, "token": token.name, "scope": token.scope, "expires_at": token.expiry}
        return self.show(places | who, RootShown)


class PermanentRedirect(HttpResponsePermanentRedirect):
    """308: the same method and body again at the other address (RFC 9110, 15.4.9)."""

    status_code = 308


class Nowhere(PortalView):
    """Every address under /api/v1/ that is none."""

    schema = None
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer before anything else is looked at: an unknown address is the same for everyone."""
        raise Http404(f"there is nothing at {request.path}; GET /api/v1/schema/ lists what there is")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.with_slash(request) or super().dispatch(request, *args, **kwargs)

    def with_slash(self, request: Any) -> HttpResponseBase | None:
        """Lead to the address that only lacks its last slash."""
        if request.path_info.endswith("/"):
            return None
        try:
            found = resolve(f"{request.path_info}/")
        except Resolver404:
            return None
        is_ours = found.url_name != "nowhere"
        return PermanentRedirect(f"{request.path}/{query_of(request)}") if is_ours else None


def query_of(request: Any) -> str:
    text = request.META.get("QUERY_STRING", "")
    return f"?{text}" if text else ""
