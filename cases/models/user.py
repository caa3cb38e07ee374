from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

PORTAL = "portal"  # the service user that acts for nobody in particular


class User(AbstractUser):
    """A person or a service that signs in. Administrators run the machine and are members of no incident by that."""

    is_service = models.BooleanField(default=False, help_text=_("A machine's account: a SOAR, a schedule, a shell."))

    @property
    def shown_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = self.shown_name.split() or ["?"]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()
