"""What every view does first: load the incident the caller may see, check the verb, say who acts."""

from typing import Any, cast

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api.models import ApiToken
from api.paging import Order, cut, link
from api.serializers.base import Input, PageQuery
from cases.actor import Actor
from cases.models import Incident, User
from cases.permissions import Verb, require


class PortalView(APIView):
    """A view of one address; its methods are the verbs of HTTP."""

    http_method_names = ["get", "head", "post", "patch"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request._request.body  # noqa: B018 - reading it here holds every body to the size limit

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def actor(self) -> Actor:
        """Who acts, for the custody entry: the user answers, by the token."""
        token = cast(ApiToken, self.request.auth)
        words = f"{self.user.shown_name} (token {token.name})"
        return Actor(self.user, "token", words, self.request.META.get("REMOTE_ADDR", ""))

    @property
    def context(self) -> dict[str, Any]:
        """What serializers need to make addresses."""
        return {"request": self.request, "reference": self.kwargs.get("reference")}

    def incident(self, verb: Verb = Verb.READ) -> Incident:
        """The incident of the address. Raises Http404 unless the user is a member, NotAllowed without the verb."""
        reference = self.kwargs["reference"]
        seen = Incident.objects.visible_to(self.user).select_related("commander")
        incident = seen.filter(reference=reference).first()
        if incident is None:
            raise Http404(f"there is no incident {reference} that you may see")
        if verb != Verb.READ:
            require(self.user, verb, incident)
        return incident

    def check_visible(self) -> None:
        if "reference" in self.kwargs:
            self.incident()

    def body(self, form: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The request's body as ``form`` reads it. Raises ValidationError naming each wrong field."""
        return valid(form, self.request.data)

    def query(self, form: type[Input]) -> dict[str, Any]:
        return valid(form, self.request.query_params.dict())

    def page(self, rows: Any, order: Order, form: type[PageQuery], shown: type[BaseSerializer[Any]]) -> Response:
        """Answer one page of ``rows``, filtered as the query string asks."""
        asked = self.query(form)
        found, cursor = cut(rows.filter(**form.conditions(asked)), order, asked)
        results = shown(found, many=True, context=self.context).data
        return Response({"next": link(self.request, cursor), "results": results})

    def show(self, row: Any, shown: type[BaseSerializer[Any]], status: int = 200, **headers: str) -> Response:
        return Response(shown(row, context=self.context).data, status=status, headers=headers)

    def address(self, name: str, **route: str | int) -> str:
        return reverse(name, kwargs=route, request=self.request)


def valid(form: type[BaseSerializer[Any]], given: Any) -> dict[str, Any]:
    reader = form(data=given)
    reader.is_valid(raise_exception=True)
    return cast(dict[str, Any], reader.validated_data)


def or_404(row: Any, what: str) -> Any:
    """The row, or Http404 in words."""
    if row is None:
        raise Http404(f"there is no {what} here")
    return row
