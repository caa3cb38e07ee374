"""What sshd, sudo, su, PAM and the programs that keep accounts say in their lines: who, from where, with which outcome.

Wording: https://github.com/openssh/openssh-portable/blob/master/auth.c (sshd), sudo(8) "Event logging"
https://www.sudo.ws/docs/man/sudoers.man/#EVENT_LOGGING , https://github.com/shadow-maint/shadow (useradd and others)
https://github.com/linux-pam/linux-pam/tree/master/modules/pam_unix (PAM). Names in them may be an attacker's: a name
ends where the program's own words begin for the last time. All expressions take linear time.
"""

from collections.abc import Mapping

from examiners.facts import Fact, fact, told
from examiners.host_rows import FAILURE, SUCCESS

FROM = r" from (?P<source_ip>\S{1,255}) port (?P<source_port>\d{1,5})"
BY = (
    r"(?:(?:invalid|authenticating) user )?(?:(?P<user_name>.*) )?"
    r"(?P<source_ip>\S{1,255}) port (?P<source_port>\d{1,5})(?:: .*)?(?: \[preauth\])?\Z"
)
SSHD = (
    fact(rf"Accepted (?P<method>\S{{1,64}}) for (?P<user_name>.*){FROM}(?: ssh2)?(?:: .*)?\Z", "login", SUCCESS),
    fact(
        rf"Failed (?P<method>\S{{1,64}}) for (?:invalid user )?(?P<user_name>.*){FROM}(?: ssh2)?(?:: .*)?\Z",
        "login",
        FAILURE,
    ),
    fact(rf"Invalid user (?P<user_name>.*){FROM}\Z", "login", FAILURE),
    fact(r"Invalid user (?P<user_name>.*) from (?P<source_ip>\S{1,255})\Z", "login", FAILURE),
    fact(
        rf"error: maximum authentication attempts exceeded for (?:invalid user )?(?P<user_name>.*){FROM} ssh2"
        r"(?: \[preauth\])?\Z",
        "login",
        FAILURE,
    ),
    fact(
        r"error: PAM: .{1,100} for (?:illegal user )?(?P<user_name>.*) from (?P<source_ip>\S{1,255})\Z",
        "login",
        FAILURE,
    ),
    fact(r"User (?P<user_name>.*) from (?P<source_ip>\S{1,255}) not allowed because .*\Z", "login", FAILURE),
    fact(rf"(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting) (?:user )?{BY}", "disconnect"),
    fact(r"Received disconnect from (?P<source_ip>\S{1,255}) port (?P<source_port>\d{1,5}):.*\Z", "disconnect"),
    fact(r"Connection from (?P<source_ip>\S{1,255}) port (?P<source_port>\d{1,5}) on .*\Z", "connect"),
)
SUDO_TAIL = (
    r"(?:(?!USER=)[A-Z]{1,10}=[^;]*; )*USER=(?P<target_user_name>[^;]*?) ; "
    r"(?:(?!COMMAND=)[A-Z]{1,10}=[^;]*; )*COMMAND=(?P<object>.*)\Z"
)
SUDO = (
    fact(rf" *(?P<user_name>\S{{1,255}}) : {SUDO_TAIL}", "command", SUCCESS),
    fact(rf" *(?P<user_name>\S{{1,255}}) : (?P<status>[^;=]{{1,200}}) ; {SUDO_TAIL}", "command", FAILURE),
)
SU = (
    fact(
        r"\(to (?P<target_user_name>.*)\) (?P<user_name>\S{1,255}) on (?P<object>\S{1,255})\Z",
        "switch_user",
        SUCCESS,
    ),
    fact(
        r"FAILED SU \(to (?P<target_user_name>.*)\) (?P<user_name>\S{1,255}) on (?P<object>\S{1,255})\Z",
        "switch_user",
        FAILURE,
    ),
    fact(r"Successful su for (?P<target_user_name>.*) by (?P<user_name>\S{1,255})\Z", "switch_user", SUCCESS),
    fact(r"FAILED su for (?P<target_user_name>.*) by (?P<user_name>\S{1,255})\Z", "switch_user", FAILURE),
)
ACCOUNTS = (
    fact(r"new user: name=(?P<target_user_name>[^,]*),", "user_created", SUCCESS),
    fact(r"new group: name=(?P<object>[^,]*)", "group_created", SUCCESS),
    fact(r"failed adding user '(?P<target_user_name>[^']*)'", "user_created", FAILURE),
    fact(r"delete user '(?P<target_user_name>[^']*)'", "user_deleted", SUCCESS),
    fact(r"add '(?P<target_user_name>[^']*)' to (?:shadow )?group '(?P<object>[^']*)'", "group_member_added", SUCCESS),
    fact(r"delete '(?P<target_user_name>[^']*)' from (?:shadow )?group '(?P<object>[^']*)'", "group_member_removed"),
    fact(
        r"(?:user|members of group) (?P<target_user_name>\S{1,255}) (?:set|added) by (?P<user_name>\S{1,255})",
        "group_member_added",
    ),
    fact(r"change user '(?P<target_user_name>[^']*)' (?P<method>[a-z ]{1,40})", "user_changed", SUCCESS),
    fact(r"password (?:for|of) '?(?P<target_user_name>[^' ]*)'? changed", "password_changed", SUCCESS),
    fact(r"changed password (?:expiry )?for (?P<target_user_name>\S{1,255})", "password_changed", SUCCESS),
)
MODULE = r"pam_[a-z0-9_]{1,40}\([^:)]{1,64}"
PAM = (
    fact(rf"{MODULE}:session\): session opened for user (?P<user_name>[^( ]*)", "session_opened"),
    fact(rf"{MODULE}:session\): session closed for user (?P<user_name>[^( ]*)", "session_closed"),
    fact(
        rf"{MODULE}:auth\): authentication failure;(?:(?! rhost=).)* rhost=(?P<source_ip>\S{{0,255}})"
        r"(?: +user=(?P<user_name>.*))?\Z",
        "authentication",
        FAILURE,
    ),
    fact(rf"{MODULE}:chauthtok\): password changed for (?P<target_user_name>.*)\Z", "password_changed", SUCCESS),
)
LOGIND = (
    fact(r"New session (?P<object>\S{1,64}) of user (?P<user_name>.*)\.\Z", "session_opened"),
    fact(r"Session (?P<object>\S{1,64}) logged out\.", "session_closed"),
)
CRON = (fact(r"\((?P<user_name>[^)]{1,255})\) CMD \((?P<object>.*)\)\Z", "command"),)
KEEPERS = (
    *("useradd", "userdel", "usermod", "groupadd", "groupdel", "groupmod"),
    *("gpasswd", "passwd", "chpasswd", "chage"),
)
FACTS: Mapping[str, tuple[Fact, ...]] = {
    **dict.fromkeys(("sshd", "sshd-session", "sshd-auth"), SSHD),
    "sudo": SUDO,
    **dict.fromkeys(("su", "su-l"), SU),
    **dict.fromkeys(KEEPERS, ACCOUNTS),
    "systemd-logind": LOGIND,
    **dict.fromkeys(("cron", "CRON", "crond", "CROND"), CRON),
}


def login_facts(program: str | None, message: str) -> dict[str, str]:
    """The columns that a line of such a program fills; nothing for any other line."""
    name = (program or "").rsplit("/", 1)[-1]
    return told((*FACTS.get(name, ()), *PAM), message)
