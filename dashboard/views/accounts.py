"""The accounts of the organisation and the portal's roles in them; for whoever runs the portal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases.models import AwsAccount
from dashboard.access import actor, administrators_only
from dashboard.accounts import account_lines
from phases.requests import request_role_checks


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Each account with its roles and the newest try at each."""
    administrators_only(request)
    return render(request, "accounts/accounts.html", {"lines": account_lines()})


@login_required
@require_POST
def check_roles(request: HttpRequest) -> HttpResponse:
    """Have the roles of the named account tried, or of all; a worker does it."""
    administrators_only(request)
    chosen = AwsAccount.objects.all()
    if number := request.POST.get("account"):
        chosen = chosen.filter(account=number)
    if request_role_checks(accounts=list(chosen), by=actor(request)):
        words = ngettext(
            "The roles of %(n)s account are being tried. Reload this page in a moment.",
            "The roles of %(n)s accounts are being tried. Reload this page in a moment.",
            len(chosen),
        )
        messages.success(request, words % {"n": len(chosen)})
    else:
        messages.error(request, _("No worker can be asked now: the broker does not answer. Try: manage.py roles"))
    return redirect("accounts")
