"""The real demo as a process of its own: started, asked, disturbed and stopped from outside."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from playwright.sync_api import expect

from simulation.demo import environment

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 400  # seconds; a machine whose cores are shared takes many times the 45 s that the demo takes alone
SHOWN = re.compile(r"Open (?P<address>http://\S+?)(?P<incident>/incidents/\S+/)\n")
PASSWORDS = re.compile(r"as ida \(commander\) with (\S+) or as rin \(responder\) with (\S+)")
OTTO = "from cases.models import User; User.objects.create_user('otto', password='a word of ottos own')"


class Demo:
    """``python -m simulation.demo`` over ``folder``; the words it says are kept as they come."""

    def __init__(self, folder, *arguments):
        self.folder, self.said = folder, ""
        self.states = {}
        self.env = os.environ | {"DEMO_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulation.demo", *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            self.said += line

    def until_it_says(self, words, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while words not in self.said:
            assert self.process.poll() is None, f"the demo ended with {self.process.returncode}:\n{self.said}"
            assert time.monotonic() < end, f"the demo did not say {words!r} in {seconds} s:\n{self.said}"
            time.sleep(0.1)

    def until_it_serves(self):
        """Wait for the summary; from then on address, incident and passwords are known."""
        self.until_it_says("Ctrl-C stops everything.")
        self.address, self.incident = SHOWN.search(self.said).groups()
        ida, rin = PASSWORDS.search(self.said).groups()
        self.passwords = {"ida": ida, "rin": rin, "otto": "a word of ottos own"}
        self.manage("shell", "-c", OTTO)

    def manage(self, *words):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(self.folder), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def interrupt(self):
        """Ctrl-C, as a person presses it; the status it ends with."""
        self.process.send_signal(signal.SIGINT)
        return self.ended(60)

    def ended(self, seconds=PATIENCE):
        try:
            self.process.wait(seconds)
        finally:
            self.end_all()
        return self.process.returncode

    def end_all(self):
        """What a failed test would leave is ended too; it closes the watcher's pipe, and the watcher does the rest."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.listener.join(10)
        self.process.stdout.close()

    def left(self, seconds=10):
        """The command lines that still run with this demo's data directory, once the last had time to end."""
        end = time.monotonic() + seconds
        while (found := self.processes()) and time.monotonic() < end:
            time.sleep(0.1)
        return list(found.values())

    def processes(self):
        """Process id -> command line of each process that works over this demo's data directory."""
        mine = f"DATA_DIR={self.folder}\0".encode()
        every = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return {
            pid: look(pid, "cmdline").replace(b"\0", b" ").decode() for pid in every if mine in look(pid, "environ")
        }

    def worker(self, name):
        """The main process of a worker: of the processes with its command line, the supervisor's own child."""
        mine = (pid for pid, line in self.processes().items() if f" -n {name}-" in line)
        return next((pid for pid in mine if parent_of(pid) == self.process.pid), None)


def look(pid, name):
    """A file of /proc; empty where the process has ended or is not ours."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def parent_of(pid):
    fields = look(pid, "stat").rsplit(b")", 1)[-1].split()
    return int(fields[1]) if fields else 0


class Guests:
    """Browser contexts over the demo: each person signs in once, by the form, and keeps the cookie."""

    def __init__(self, chromium, demo):
        self.chromium, self.demo, self.contexts = chromium, demo, []

    def __call__(self, person="", width=1440, **options):
        """A page of ``person`` (of nobody when empty) in a context of its own."""
        state = self.state_of(person) if person else None
        context = self.context(storage_state=state, viewport={"width": width, "height": 900}, **options)
        return context.new_page()

    def context(self, **options):
        context = self.chromium.new_context(base_url=self.demo.address, locale="en-GB", **options)
        self.contexts.append(context)
        return context

    def state_of(self, person):
        if person not in self.demo.states:
            page = self.context().new_page()
            sign_in(page, person, self.demo.passwords[person])
            self.demo.states[person] = page.context.storage_state()
        return self.demo.states[person]

    def leave(self):
        for context in self.contexts:
            context.close()


def sign_in(page, person, password):
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(person)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)
