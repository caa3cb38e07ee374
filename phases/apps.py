from django.apps import AppConfig

from cases import changes
from phases import bell


class PhasesConfig(AppConfig):
    name = "phases"

    def ready(self) -> None:
        if bell.announce not in changes.listeners:
            changes.listeners.append(bell.announce)
