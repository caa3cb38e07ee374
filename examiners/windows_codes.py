"""What Windows' most asked-for events are, and where the known ones keep what other logs have columns for.

Security: https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/advanced-security-audit-policy-settings
What to watch: https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor
Sysmon: https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon
Logon types: https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4624
"""

SECURITY, SYSTEM = "Security", "System"
SYSMON = "Microsoft-Windows-Sysmon/Operational"
POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
TASKS = "Microsoft-Windows-TaskScheduler/Operational"
SESSIONS = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
CONNECTIONS = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
DEFENDER = "Microsoft-Windows-Windows Defender/Operational"
ACTIONS = {
    SECURITY: {
        "1102": "log_cleared",
        "4624": "login",
        "4625": "login",
        "4634": "logout",
        "4647": "logout",
        "4648": "login_with_explicit_credentials",
        "4672": "special_privileges",
        "4776": "authentication",
        "4768": "kerberos_ticket",
        "4769": "kerberos_ticket",
        "4771": "authentication",
        "4740": "user_locked_out",
        "4688": "process_started",
        "4689": "process_ended",
        "4697": "service_installed",
        "4719": "audit_policy_changed",
        "4698": "task_created",
        "4699": "task_deleted",
        "4700": "task_enabled",
        "4702": "task_changed",
        "4720": "user_created",
        "4722": "user_enabled",
        "4723": "password_changed",
        "4724": "password_changed",
        "4725": "user_disabled",
        "4726": "user_deleted",
        "4738": "user_changed",
        "4728": "group_member_added",
        "4732": "group_member_added",
        "4756": "group_member_added",
        "4733": "group_member_removed",
        "4656": "handle_requested",
        "4663": "object_accessed",
        "4670": "permissions_changed",
        "5140": "share_accessed",
        "5145": "share_accessed",
        "5156": "connection_allowed",
        "5157": "connection_blocked",
        "4778": "session_opened",
        "4779": "session_closed",
        "4616": "time_changed",
        "4657": "registry_changed",
    },
    SYSTEM: {"7045": "service_installed", "7036": "service_changed", "7040": "service_changed", "104": "log_cleared"},
    POWERSHELL: {"4103": "command", "4104": "script"},
    SYSMON: {
        "1": "process_started",
        "3": "connection",
        "5": "process_ended",
        "7": "image_loaded",
        "8": "thread_injected",
        "10": "process_accessed",
        "11": "file_created",
        "12": "registry_changed",
        "13": "registry_changed",
        "22": "name_asked",
        "23": "file_deleted",
        "25": "process_tampered",
    },
    TASKS: {"106": "task_created", "140": "task_changed", "141": "task_deleted", "200": "task_started"},
    SESSIONS: {"21": "login", "23": "logout", "24": "session_closed", "25": "session_opened"},
    CONNECTIONS: {"1149": "login"},
    DEFENDER: {"1116": "malware_found", "1117": "malware_handled", "5001": "protection_disabled"},
}
LOGON_TYPES = {
    "2": "interactive",
    "3": "network",
    "4": "batch",
    "5": "service",
    "7": "unlock",
    "8": "network_cleartext",
    "9": "new_credentials",
    "10": "remote_interactive",
    "11": "cached_interactive",
}
LEVELS = {"1": "critical", "2": "error", "3": "warning", "4": "info", "5": "debug"}
# Bits of Keywords that tell how an audited act ended.
AUDIT_FAILURE, AUDIT_SUCCESS = 1 << 52, 1 << 53
# Where events keep it, the first that holds something counts.
USERS = ("TargetUserName", "SubjectUserName", "User", "UserName", "AccountName", "Param1")
SUBJECTS = ("SubjectUserName", "User", "UserName")
SOURCES = ("IpAddress", "SourceIp", "SourceAddress", "ClientAddress", "Address", "Param3")
PORTS = ("IpPort", "SourcePort", "ClientPort")
OBJECTS = (
    *("NewProcessName", "ObjectName", "TargetFilename", "TargetObject", "ImagePath", "ServiceFileName", "TaskName"),
    *("ShareName", "QueryName", "ScriptBlockText", "Path", "CommandLine", "Image", "ProcessName", "Application"),
    *("MemberName", "ServiceName", "param1"),
)
STATUSES = ("SubStatus", "Status", "FailureCode", "ResultCode", "ErrorCode")
# The account that these are about logs in by itself; in all others somebody acts upon it.
OWN = frozenset({"login", "logout", "authentication", "kerberos_ticket", "session_opened", "session_closed"})
# The names of Get-WinEvent's Properties, which have none, for the events whose columns matter most.
SUBJECT = ("SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId")
TARGET = ("TargetUserSid", "TargetUserName", "TargetDomainName")
PROPERTIES = {
    "4624": (
        *(*SUBJECT, *TARGET, "TargetLogonId", "LogonType", "LogonProcessName", "AuthenticationPackageName"),
        *("WorkstationName", "LogonGuid", "TransmittedServices", "LmPackageName", "KeyLength", "ProcessId"),
        *("ProcessName", "IpAddress", "IpPort"),
    ),
    "4625": (
        *(*SUBJECT, *TARGET, "Status", "FailureReason", "SubStatus", "LogonType", "LogonProcessName"),
        *("AuthenticationPackageName", "WorkstationName", "TransmittedServices", "LmPackageName", "KeyLength"),
        *("ProcessId", "ProcessName", "IpAddress", "IpPort"),
    ),
    "4688": (*SUBJECT, "NewProcessId", "NewProcessName", "TokenElevationType", "ProcessId", "CommandLine", *TARGET),
    "4720": ("TargetUserName", "TargetDomainName", "TargetSid", *SUBJECT),
    "4726": ("TargetUserName", "TargetDomainName", "TargetSid", *SUBJECT),
}
