"""What sshd, sudo, su, PAM and the keepers of accounts say, in their own words."""

import time

import pytest

from events import FAMILIES
from examiners.login_facts import FACTS, PAM, login_facts

WHO = ("action", "outcome", "user_name", "target_user_name", "source_ip")


def facts(program, message):
    found = login_facts(program, message)
    return tuple(found.get(name) for name in WHO)


SAID = [
    ("sshd", "Accepted password for rin from 10.0.0.9 port 5 ssh2", "login", "success", "rin", None, "10.0.0.9"),
    ("sshd", "Accepted publickey for rin from ::1 port 5 ssh2: RSA SHA256:x", "login", "success", "rin", None, "::1"),
    (
        "sshd-session",
        "Failed password for root from 10.0.0.9 port 5 ssh2",
        "login",
        "failure",
        "root",
        None,
        "10.0.0.9",
    ),
    ("sshd", "Failed none for invalid user a b from 10.0.0.9 port 5 ssh2", "login", "failure", "a b", None, "10.0.0.9"),
    ("sshd", "Invalid user admin from 10.0.0.9 port 5", "login", "failure", "admin", None, "10.0.0.9"),
    ("sshd", "Invalid user admin from 10.0.0.9", "login", "failure", "admin", None, "10.0.0.9"),
    (
        *("sshd", "error: maximum authentication attempts exceeded for root from 10.0.0.9 port 5 ssh2 [preauth]"),
        *("login", "failure", "root", None, "10.0.0.9"),
    ),
    ("sshd", "User x from 10.0.0.9 not allowed because not listed", "login", "failure", "x", None, "10.0.0.9"),
    ("sshd", "Disconnected from user rin 10.0.0.9 port 5", "disconnect", None, "rin", None, "10.0.0.9"),
    (
        *("sshd", "Connection closed by authenticating user root 10.0.0.9 port 5 [preauth]"),
        *("disconnect", None, "root", None, "10.0.0.9"),
    ),
    ("sshd", "Connection reset by 10.0.0.9 port 5 [preauth]", "disconnect", None, None, None, "10.0.0.9"),
    ("sshd", "Received disconnect from 10.0.0.9 port 5:11: bye", "disconnect", None, None, None, "10.0.0.9"),
    (
        *("sudo", "     rin : TTY=pts/0 ; PWD=/home/rin ; USER=root ; COMMAND=/bin/cat /etc/shadow"),
        *("command", "success", "rin", "root", None),
    ),
    (
        *("sudo", "  rin : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"),
        *("command", "failure", "rin", "root", None),
    ),
    ("su", "(to root) rin on pts/0", "switch_user", "success", "rin", "root", None),
    ("su", "FAILED SU (to root) rin on pts/0", "switch_user", "failure", "rin", "root", None),
    ("su", "Successful su for root by rin", "switch_user", "success", "rin", "root", None),
    (
        *("useradd", "new user: name=evil, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/0"),
        *("user_created", "success", None, "evil", None),
    ),
    ("/usr/sbin/userdel", "delete user 'evil'", "user_deleted", "success", None, "evil", None),
    ("usermod", "add 'evil' to group 'wheel'", "group_member_added", "success", None, "evil", None),
    (
        *("passwd", "pam_unix(passwd:chauthtok): password changed for evil"),
        *("password_changed", "success", None, "evil", None),
    ),
    (
        *("anything", "pam_unix(login:session): session opened for user rin(uid=1000) by (uid=0)"),
        *("session_opened", None, "rin", None, None),
    ),
    (
        *("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 ruser= rhost=10.0.0.9  user=root"),
        *("authentication", "failure", "root", None, "10.0.0.9"),
    ),
    ("systemd-logind", "New session 5 of user rin.", "session_opened", None, "rin", None, None),
    ("CRON", "(root) CMD (/bin/x)", "command", None, "root", None, None),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[1][:40])
def test_a_sentence(said):
    program, message, *expected = said
    assert facts(program, message) == tuple(expected)


def test_the_command_that_sudo_ran_is_the_object():
    message = "rin : TTY=pts/0 ; PWD=/x ; USER=root ; ENV=A=1 ; COMMAND=/bin/sh -c 'a ; USER=b ; COMMAND=c'"
    found = login_facts("sudo", message)
    assert (found["target_user_name"], found["object"]) == ("root", "/bin/sh -c 'a ; USER=b ; COMMAND=c'")


def test_a_user_whose_name_looks_like_an_address_does_not_move_the_source():
    found = login_facts("sshd", "Failed password for invalid user x from 1.1.1.1 port 1 ssh2 from 9.9.9.9 port 2 ssh2")
    assert (found["source_ip"], found["user_name"]) == ("9.9.9.9", "x from 1.1.1.1 port 1 ssh2")


@pytest.mark.parametrize("program", [None, "", "app", "ssh"])
def test_another_program_that_says_the_same_is_not_believed(program):
    assert login_facts(program, "Accepted password for rin from 10.0.0.9 port 5 ssh2") == {}


def test_every_group_of_every_sentence_is_a_column():
    columns = set(FAMILIES["host_events"].schema.names)
    groups = {name for facts in (*FACTS.values(), PAM) for one in facts for name in one.pattern.groupindex}
    assert groups <= columns


@pytest.mark.parametrize("program", [*FACTS, "x"])
@pytest.mark.parametrize(
    "piece",
    [" from 1 port 1", "USER=a ; ", "A=b; ", ") ", " by a", "pam_a(b:auth): authentication failure; rhost=", "' "],
)
def test_a_crafted_message_takes_no_longer_than_any_other(program, piece):
    starts = (
        "",
        "Failed a for ",
        "Invalid user ",
        "a : ",
        "(to ",
        "FAILED su for ",
        "(a) CMD (",
        "add '",
        "Disconnected from ",
    )
    began = time.process_time()
    for start in starts:
        login_facts(program, start + piece * 100_000)
    assert time.process_time() - began < 1
