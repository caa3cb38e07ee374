from django.apps import AppConfig
from django.core.checks import Tags, register

from operations import checks


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        register(checks.check_production, Tags.security, deploy=True)
