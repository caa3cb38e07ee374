"""A copy of the checkout in which a test may write, and its commands."""

import os
import shutil
import subprocess
import sys

from tests.docs.reading import ROOT

# What Python compiled comes along: it is as good for the copy, whose files are as old, and takes long to make again.
LEFT_OUT = shutil.ignore_patterns(".*", "screenshots", "build")


class Copy:
    """The sources as they are now, somewhere else."""

    def __init__(self, folder):
        self.root = folder / "checkout"
        shutil.copytree(ROOT, self.root, ignore=LEFT_OUT)

    def write(self, files):
        for name, content in files.items():
            (self.root / name).write_text(content)

    def run(self, *command):
        """Run a Python module or file of the copy; what it says, and whether it ended well."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "AWS_"))}
        env |= {
            "DATA_DIR": str(self.root.parent / "data"),
            "PYTHONPATH": str(self.root),
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        done = subprocess.run(
            [sys.executable, *command], cwd=self.root, env=env, capture_output=True, text=True, timeout=300, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def pytest(self, *arguments):
        return self.run("-m", "pytest", "-p", "no:cacheprovider", *arguments)
