"""Our SSM documents: what SSM would refuse, what a shell could be made to obey, and what the scripts for Linux do.

The scripts for Linux are really run, as SSM's agent would run them, with addresses of the simulated S3 and a program
that stands for AVML. Those for Windows are only read: there is no PowerShell here.
"""

import hashlib
import json
import os
import re
import subprocess
import tarfile

import pytest

from collectors.commands import FOLDER, REPORT, document
from collectors.staging import CONFIG, Tray, presigned
from tests.collectors.machines import NUMBER
from tests.simulation.running import session_in

NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
EVERY = pytest.mark.parametrize("name", NAMES)
SHARED = re.compile(r"# --- shared.*?# --- end of what is shared", re.DOTALL)
TOOL = """#!/bin/sh
[ "$1" = --compress ] || exit 2
echo "$2" > "$RECORD"
printf 'pages of memory' > "$2"
"""


def script(name):
    [step] = document(name)["mainSteps"]
    [text] = step["inputs"]["runCommand"]
    return text


@EVERY
class TestEveryDocument:
    def test_it_is_of_the_schema_and_has_one_step_for_its_platform(self, name):
        [step] = document(name)["mainSteps"]
        assert document(name)["schemaVersion"] == "2.2"
        assert step["precondition"]["StringEquals"][1] == name.rsplit("_", 1)[1].capitalize()

    def test_it_is_the_same_as_json(self, name):
        """SSM answers in JSON, and compares by that: dates or numbers would not come back as they were."""
        assert json.loads(json.dumps(document(name))) == document(name)

    def test_every_parameter_has_a_pattern_and_comes_as_a_variable(self, name):
        for parameter in document(name)["parameters"].values():
            assert parameter["interpolationType"] == "ENV_VAR"
            assert re.fullmatch(r"\^.*\$", parameter["allowedPattern"])

    @pytest.mark.parametrize(
        "value",
        [
            *(
                'https://a/$(id)"',
                "https://a/`id`",
                "https://a/'; id; '",
                "https://a/\nid",
                "https://a/ b",
                "https://a/|id",
            ),
            *(
                "http://a/b",
                "file:///etc/shadow",
                "-o/etc/passwd",
                "https://a/{{x}}",
                "https://a/\\",
                "https://a/$HOME",
            ),
            "https://a/;id",
        ],
    )
    def test_no_parameter_takes_what_a_shell_would_obey(self, name, value):
        for parameter in document(name)["parameters"].values():
            assert not re.fullmatch(parameter["allowedPattern"], value)

    def test_an_address_may_be_presigned(self, name):
        url = (
            "https://b.s3.eu-central-1.amazonaws.com/a%3A7/part-0001?X-Amz-Expires=3600&X-Amz-Security-Token=a%2Fb%3D~"
        )
        assert re.fullmatch(document(name)["parameters"]["PlanUrl"]["allowedPattern"], url)

    def test_braces_name_nothing_but_parameters(self, name):
        assert set(re.findall(r"\{\{(.*?)\}\}", script(name))) == set(document(name)["parameters"])

    def test_it_is_small_enough_for_ssm(self, name):
        """64 KiB, parameters included."""
        assert len((FOLDER / f"{name}.yaml").read_bytes()) < 16 * 2**10

    def test_it_checks_the_hash_before_it_uses_what_it_fetched(self, name):
        assert "not used" in script(name)
        assert not re.search(r"curl [^|]*\| *(ba)?sh|Invoke-Expression|iex ", script(name))


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_what_the_documents_of_a_platform_share_is_the_same(platform):
    shared = [SHARED.search(script(f"{what}_{platform}"))[0] for what in ("memory", "live_response")]
    assert shared[0] == shared[1]


@pytest.fixture
def machine(simulated, tmp_path):
    """A machine with room on its disk, and what the organisation keeps for it in a bucket."""
    return Machine(simulated["services"]["ssm"]["bucket"], tmp_path)


class Machine:
    """Runs a script as SSM's agent does: by sh, with the parameters as variables."""

    def __init__(self, bucket, folder):
        self.bucket, self.folder = bucket, folder
        self.s3 = session_in(NUMBER, role="ForensicsAcquire").client("s3", config=CONFIG)
        self.tray = Tray(self.s3, bucket, f"documents/{folder.name}")
        self.record = folder / "record"
        self.program("df", "#!/bin/sh\necho head; echo disk 9 9 99999999999 1% /\n")

    def program(self, name, text):
        """One that is found before the machine's own."""
        (self.folder / "bin").mkdir(exist_ok=True)
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def plan(self, parts=3, part_bytes=6):
        return self.tray.planned(parts) | {"PartBytes": str(part_bytes)}

    def tool(self, text=TOOL):
        key = f"{self.tray.prefix}/tool"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        url, digest = presigned(self.s3, "get_object", self.bucket, key), hashlib.sha256(text.encode()).hexdigest()
        return {"ToolUrl": url, "ToolSha256": digest, "ArmToolUrl": url, "ArmToolSha256": digest}

    def run(self, name, given):
        return self.obey(script(name), {f"SSM_{key}": value for key, value in given.items()})

    def obey(self, text, variables):
        path = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "RECORD": str(self.record)}
        command = ["sh", "-c", text]
        return subprocess.run(command, env=path | variables, capture_output=True, text=True, timeout=60, check=False)

    def memory(self, **changes):
        return self.run("memory_linux", self.plan() | self.tool() | changes)


def test_memory_is_handed_over_in_parts_with_its_hash(machine):
    done = machine.memory()
    size, sha256, parts = REPORT.fullmatch(done.stdout.strip()).groups()
    with machine.tray.opened(int(parts), int(size)) as stream:
        data = stream.read()
    assert (data, int(parts)) == (b"pages of memory", 3)
    assert (int(size), sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_nothing_of_it_is_left_on_the_machine(machine):
    machine.memory()
    image = machine.record.read_text().strip()
    assert image.startswith("/var/tmp/forensics.")
    assert not os.path.exists(os.path.dirname(image))  # noqa: PTH110, PTH120 - a path of the machine


def test_old_agents_put_the_values_into_the_text(machine):
    """As one before 3.3.2746.0 does, which knows no variables."""
    text = script("memory_linux")
    for name, value in (machine.plan() | machine.tool()).items():
        text = text.replace("{{" + name + "}}", value)
    assert REPORT.fullmatch(machine.obey(text, {}).stdout.strip())


@pytest.mark.parametrize("changed", ["ToolSha256", "PlanSha256"])
def test_what_has_another_hash_is_not_used(machine, changed):
    given = {changed: "0" * 64}
    done = machine.memory(**given | ({"ArmToolSha256": "0" * 64} if changed == "ToolSha256" else {}))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"not {'0' * 64}; it was not used" in done.stderr
    assert not machine.record.exists()


def test_secret_queries_are_not_shown(machine):
    done = machine.memory(ToolSha256="0" * 64, ArmToolSha256="0" * 64)
    assert "/tool has the SHA-256" in done.stderr
    assert "X-Amz" not in done.stderr


def test_a_program_that_cannot_be_fetched_ends_it(machine):
    nowhere = machine.tool()["ToolUrl"].replace("/tool?", "/nowhere?")
    done = machine.memory(ToolUrl=nowhere, ArmToolUrl=nowhere)
    assert done.returncode == 1
    assert "could not be fetched; let this machine reach it" in done.stderr


def test_a_program_that_gives_up_is_quoted(machine):
    done = machine.run(
        "memory_linux", machine.plan() | machine.tool("#!/bin/sh\necho the kernel is locked down; exit 3\n")
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "the acquisition program gave up: the kernel is locked down" in done.stderr


def test_a_machine_without_room_is_left_alone(machine):
    machine.program("df", "#!/bin/sh\necho head; echo disk 9 9 10 99% /\n")
    done = machine.memory()
    assert "/var/tmp has room for 10 KiB; memory and one part of it need" in done.stderr
    assert not machine.record.exists()


def test_a_processor_without_a_program_is_named(machine):
    machine.program("uname", "#!/bin/sh\necho riscv64\n")
    assert "no acquisition program is set for riscv64" in machine.memory().stderr


def test_more_than_the_plan_has_room_for_is_not_cut_off(machine):
    done = machine.run("memory_linux", machine.tool() | machine.plan(parts=2))
    assert (done.returncode, done.stdout) == (1, "")
    assert "15 bytes are more than 2 parts of 6 bytes" in done.stderr


def test_a_part_that_s3_refuses_ends_it(machine):
    given = machine.plan() | machine.tool()
    plan = machine.tray.address("put_object", "x").replace(machine.bucket, "no-such-bucket-of-ours").encode()
    machine.s3.put_object(Bucket=machine.bucket, Key=f"{machine.tray.prefix}/plan", Body=plan)
    done = machine.run("memory_linux", given | {"PlanSha256": hashlib.sha256(plan).hexdigest()})
    assert (done.returncode, done.stdout) == (1, "")
    assert "part 1 could not be handed over: S3 answered 404" in done.stderr


def test_live_response_is_an_archive_with_what_it_could_not_do(machine):
    for name in ("find", "systemctl"):  # the slow ones
        machine.program(name, "#!/bin/sh\necho not here >&2; exit 4\n")
    done = machine.run("live_response_linux", machine.plan(part_bytes=2**20))
    size, _, parts = REPORT.fullmatch(done.stdout.strip()).groups()
    with machine.tray.opened(int(parts), int(size)) as stream, tarfile.open(fileobj=stream, mode="r|gz") as archive:
        texts = {one.name: archive.extractfile(one).read().decode() for one in archive if one.isfile()}
    assert "local_address" in texts["live-response/03-network-tcp.txt"]
    assert "20-services ended with status 4" in texts["live-response/failed.txt"]
    assert texts["live-response/commands.txt"].splitlines()[0].endswith("01-clock: date -u +%Y-%m-%dT%H:%M:%S.%NZ")
