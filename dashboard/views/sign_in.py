"""Signing in and out."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse


class SignIn(LoginView):
    """Django's own way in: throttled by axes, safe ``next``; a wrong password is 422 with the same page."""

    template_name = "sign_in.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        context: dict[str, Any] = self.get_context_data(form=form)
        return self.render_to_response(context, status=422)
