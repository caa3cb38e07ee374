"""A whole portal for browsers: data, broker and web server as processes of their own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from operations.broker import embedded_broker

ROOT = Path(__file__).resolve().parents[2]


class Portal:
    """One data directory under ``folder``, seeded by tests/browser/seeding.py, and the processes that serve it."""

    def __init__(self, folder):
        self.folder = folder
        self.service, url = embedded_broker(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.env |= {"DATA_DIR": str(folder), "BROKER_URL": url, "LOG_LEVEL": "ERROR", "INTAKE_DIRS": str(folder)}
        self.broker = self.web = None

    def start(self):
        self.run("manage.py", "migrate", "-v0")
        self.start_broker()
        self.do("seed")
        server = ("-m", "uvicorn", "forensics_portal.asgi:application", "--port", str(self.port))
        self.web = self.process(sys.executable, *server, "--log-level", "error", "--timeout-graceful-shutdown", "3")
        self.until(self.answers, seconds=60)  # it loads everything, beside other tests' processes

    def start_broker(self):
        self.broker = self.process(*self.service.command)
        self.until(self.service.ready)

    def stop(self):
        for process in (self.web, self.broker):
            process.terminate()
            process.wait(timeout=20)

    def process(self, *command):
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL)

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def do(self, act):
        """Run a function of tests/browser/seeding.py inside the portal, as its workers would."""
        self.run("-c", f"import django; django.setup(); from tests.browser import seeding; seeding.{act}()")

    def answers(self):
        with suppress(OSError), urllib.request.urlopen(f"{self.address}/sign-in/", timeout=2) as answer:
            return answer.status == 200
        return False

    def until(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{holds} did not come true in {seconds} s"
            time.sleep(0.05)

    def open_databases(self):
        """How many file descriptors the web server holds on the database."""
        fds = Path(f"/proc/{self.web.pid}/fd")
        return sum(fd.readlink().name == "portal.sqlite3" for fd in fds.iterdir() if fd.is_symlink())
