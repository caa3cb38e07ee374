from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from cases import checks, guards


def install_guards(using: str, **_: Any) -> None:
    guards.install(using)


def make_first_policy(**_: Any) -> None:
    import_string("cases.actions.places.make_first_policy")()  # models are not there yet when this module is read


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        # a signal of Django's own: migrations may drop triggers, and this is the moment after them
        post_migrate.connect(install_guards, sender=self, dispatch_uid="cases.guards")
        post_migrate.connect(make_first_policy, sender=self, dispatch_uid="cases.first_policy")
        register(checks.guards_are_in_place, Tags.database)
        register(checks.places_fit)
        register(checks.databases_open)
