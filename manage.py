#!/usr/bin/env python3
"""Django's command line for the portal."""

import os
import sys

from django.core.management import execute_from_command_line

from forensics_portal.environment import UnusableSetting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forensics_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except UnusableSetting as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
