"""Signing in, the queue, the accounts, and one incident with its runs, gaps and members."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, path

from dashboard import live
from dashboard.views import accounts, collect, coverage, gaps, incident, members, places, plan, queue, runs
from dashboard.views.sign_in import SignIn

HERE = "incidents/<str:reference>"

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/check/", accounts.check_roles, name="check_roles"),
    path("incidents/new/", queue.new_incident, name="new_incident"),
    path(f"{HERE}/", incident.incident, name="incident"),
    path(f"{HERE}/board/", incident.board, name="board"),
    path(f"{HERE}/live/", live.live, name="live"),
    path(f"{HERE}/transition/", incident.transition, name="transition"),
    path(f"{HERE}/outcome/", incident.outcome, name="outcome"),
    path(f"{HERE}/advance/", incident.advance, name="advance"),
    path(f"{HERE}/collect/", collect.collect, name="collect"),
    path(f"{HERE}/upload/", collect.upload, name="upload"),
    path(f"{HERE}/coverage/", coverage.coverage, name="coverage"),
    path(f"{HERE}/plan/", plan.plan, name="plan"),
    path(f"{HERE}/plan/<uuid:number>/", plan.plan_shown, name="plan_shown"),
    path(f"{HERE}/plan/<uuid:number>/start/", plan.start_plan, name="start_plan"),
    path(f"{HERE}/plan/<uuid:number>/count/", plan.count_plan, name="count_plan"),
    path(f"{HERE}/runs/", runs.runs, name="runs"),
    path(f"{HERE}/runs/<int:number>/", runs.run, name="run"),
    path(f"{HERE}/runs/<int:number>/cancel/", runs.cancel, name="cancel_run"),
    path(f"{HERE}/runs/<int:number>/again/", runs.again, name="run_again"),
    path(f"{HERE}/gaps/", gaps.gaps, name="gaps"),
    path(f"{HERE}/places/", places.places, name="places"),
    path(f"{HERE}/places/<int:number>/withdraw/", places.withdraw, name="withdraw_authorization"),
    path(f"{HERE}/members/", members.members, name="members"),
    path(f"{HERE}/members/<int:number>/end/", members.end_member, name="end_member"),
]
