"""AWS Backup: moto knows no protected resources and no restore jobs; ours lists what the simulation put on the backend.

Nothing is backed up or restored in the simulation; filters of the two calls are not looked at.
"""

import json
from typing import Any

from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.backup.urls import url_paths

from simulation.overlays import Ground


def lay(ground: Ground) -> None:
    del ground
    backend: Any = BackupBackend
    backend.protected, backend.restored = (), ()
    response: Any = BackupResponse
    response.list_protected_resources = lambda one: json.dumps({"Results": one.backup_backend.protected})
    response.list_restore_jobs = lambda one: json.dumps({"RestoreJobs": one.backup_backend.restored})
    for path in ("resources", "restore-jobs"):
        url_paths.setdefault(f"{{0}}/{path}/?$", BackupResponse.dispatch)
