"""Texts that are no log, which no examiner of logs may claim."""

NOTES = """Mon 1 March: called Ida at 10:00, she saw the login.
10:15 isolated web-1, sg-0a1b
Mar 1 evening: still waiting for the snapshot
- ask Otto about the key
"""
MARKDOWN = """# Runbook

Look at `/var/log/secure`:

```
Mar  1 10:00:00 web-1 sshd[4711]: Accepted publickey for deploy from 198.51.100.80 port 50122 ssh2
type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e
127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326
```

| EventID | meaning |
| --- | --- |
| 4624 | login |

<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"> is how one begins.
"""
HTML = """<!DOCTYPE html>
<html><head><title>Events</title></head>
<body><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"></Event>
<p>2026-03-01 10:00:00 UTC</p></body></html>
"""
XML = '<?xml version="1.0"?>\n<project><Event>no</Event><modelVersion>4.0.0</modelVersion></project>\n'
PYTHON = """import logging
from datetime import datetime

# 2026-03-01 10:00:00,123 - util.py[DEBUG]: a comment
def main() -> None:
    logging.info("type=SYSCALL msg=audit(1:2): x")
"""
SHELL = """#!/bin/sh
set -eu
journalctl -o export > journal
echo "Cloud-init v. 22.2.2 running 'init'"
"""
PS = """  PID  PPID USER     STARTED                  STAT COMMAND
    1     0 root     Sun Mar  1 10:00:00 2026 Ss   /sbin/init
 4711     1 root     Sun Mar  1 10:00:00 2026 S    /tmp/.x/kworkerd --quiet
"""
LS = """total 12
drwxr-xr-x 2 root root 4096 Mar  1 10:00 a
-rw-r--r-- 1 root root   12 Mar  1 10:00 b.txt
"""
COMMANDS = """2026-03-01T10:00:00Z 01-clock: date -u +%Y-%m-%dT%H:%M:%S.%NZ
2026-03-01T10:00:01Z 02-uptime: cat /proc/uptime /proc/loadavg
"""
LAST = """deploy   pts/0        198.51.100.80    Sun Mar  1 10:00:00 2026 - Sun Mar  1 10:20:00 2026  (00:20)
reboot   system boot  5.10.0           Sun Mar  1 09:00:00 2026   still running

wtmp begins Sun Mar  1 09:00:00 2026
"""
APPLICATION = """2026-03-01T10:00:00Z INFO main: started
2026-03-01T10:00:01Z ERROR worker: no connection to 10.0.0.1
2026-03-01 10:00:02,001 WARNING django.request: Not Found: /x
2026-03-01 10:00:00 UTC something happened
"""
CSV = "time,user,action\n2026-03-01T10:00:00Z,rin,login\n20260301 10:00:00,a,b,c\n"
JSONS = '{"kind": "Event", "metadata": {"name": "web.1"}, "message": "Started"}\n{"EventID": 7, "note": "no channel"}\n'
MANIFEST = '{"kind": "Pod", "apiVersion": "v1", "verb": "list"}'
SQL = "-- 2026-03-01 10:00:00 UTC\nSELECT * FROM logs WHERE at > '2026-03-01';\n# Time: noon\n"
LETTER = "Dear Ida,\n\nthe invoice is attached.\n\nOtto\n"
OTHER = ("", " ", "\n\n\n", "{}", "[]", "<", "<<<<<<", "%!PS", "\0" * 99, "a" * 70_000, "Jan", "Mar  1 10:00:00 ")

ODD = (
    *(NOTES, MARKDOWN, HTML, XML, PYTHON, SHELL, PS, LS, COMMANDS, LAST, APPLICATION, CSV, JSONS, MANIFEST, SQL),
    *(LETTER, *OTHER),
)
