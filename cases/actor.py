"""Who acts: what custody entries say of a person, a token, a worker or a shell."""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.hashers import make_password

from cases.models import PORTAL, Run, User


@dataclass(frozen=True, slots=True)
class Actor:
    """``user`` answers for the act; ``kind`` is user, token, worker or shell; ``name`` is as shown at the time."""

    user: User
    kind: str = "user"
    name: str = ""
    ip: str = ""

    @classmethod
    def of_run(cls, run: Run) -> Self:
        """The worker that does ``run``, on behalf of who asked for it."""
        return cls(run.requested_by, "worker", f"worker for {run.requested_by.shown_name}")

    @classmethod
    def of_portal(cls) -> Self:
        """The portal itself, for what nobody pressed a button for: next steps, schedules."""
        user, _ = User.objects.get_or_create(
            username=PORTAL, defaults={"is_service": True, "first_name": "Portal", "password": make_password(None)}
        )
        return cls(user, "worker", "portal")

    def as_entry(self) -> dict[str, str | int]:
        return {"kind": self.kind, "id": self.user.pk, "name": self.name or self.user.shown_name}
