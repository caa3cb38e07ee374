"""Memory: which program is sent to which machine, known to the byte, and what a machine without one is."""

import pytest

from collectors.memory import collect
from plugins import GapKind, NotReady, Refused
from tests.collectors.machines import NUMBER, answer, command, ended, heard, ready, scope_of, settings_of
from tests.collectors.test_commands import machine
from tests.simulation.running import session_in

HASH = "0" * 64


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["instance"]]


def settings(facts):
    """What the conformance tests have set."""
    return settings_of(facts)


@pytest.fixture
def aws(simulated):
    return session_in(NUMBER, role="ForensicsAcquire")


@pytest.fixture
def sent(aws, simulated, tmp_path):
    """``sent(tools)``: the parameters of the command to the instance, or to another one; nothing fetches from there."""
    answer(aws, "SendCommand", {"Command": command()})
    answer(aws, "GetCommandInvocation", ended("Pending"))

    def send(tools, instance=None):
        calls = heard(aws, "SendCommand")
        with pytest.raises(NotReady):
            label = f"test:{tmp_path.name}"
            list(collect(scope_of(simulated, instance or simulated["instance"], label=label, tools=tools), aws))
        return {name: value for name, [value] in calls[0]["Parameters"].items()}

    return send


def test_a_program_comes_by_its_address_and_its_hash(sent):
    given = sent({"MEMORY_TOOL_LINUX": f"https://tools.example/avml#sha256={HASH}"})
    assert (given["ToolUrl"], given["ToolSha256"]) == ("https://tools.example/avml", HASH)
    assert "ArmToolUrl" not in given


def test_each_kind_of_processor_has_its_own(sent):
    given = sent({"MEMORY_TOOL_LINUX_ARM": f"https://tools.example/avml-aarch64#sha256={HASH}"})
    assert given["ArmToolUrl"].endswith("/avml-aarch64")
    assert "ToolUrl" not in given


def test_a_program_in_a_bucket_comes_by_a_presigned_address(sent, simulated):
    given = sent(settings(simulated)["tools"])
    assert "/tools/reader?X-Amz-Algorithm=" in given["ToolUrl"]


def test_windows_gets_its_own(sent, aws):
    given = sent({"MEMORY_TOOL_WINDOWS": f"https://tools.example/pmem.exe#sha256={HASH}"}, machine(aws, "Windows"))
    assert given["ToolUrl"] == "https://tools.example/pmem.exe"


def test_a_machine_for_which_no_program_is_set_is_a_gap(aws, simulated):
    [gap] = collect(scope_of(simulated, machine(aws, "Windows"), label="test:no-tool"), aws)
    assert gap.kind is GapKind.NOT_ENABLED
    assert gap.detail == "no program is set that reads memory of Windows; set MEMORY_TOOL_WINDOWS"


@pytest.mark.parametrize(
    "address",
    [
        "https://tools.example/avml",
        f"http://tools.example/avml#sha256={HASH}",
        "https://tools.example/avml#sha256=short",
        f"https://tools.example/$(id)#sha256={HASH}",
        f"https://tools.example/a'b#sha256={HASH}",
    ],
)
def test_an_address_without_a_hash_or_with_a_command_in_it_is_refused(aws, simulated, address):
    scope = scope_of(simulated, simulated["instance"], label="test:bad-tool", tools={"MEMORY_TOOL_LINUX": address})
    with pytest.raises(Refused, match="#sha256=HEX"):
        list(collect(scope, aws))


def test_a_program_that_is_another_one_is_not_run(aws, simulated, tmp_path):
    """The simulation looks at the hash as our document does."""
    address = settings(simulated)["tools"]["MEMORY_TOOL_LINUX"].partition("#")[0]
    tools = {"MEMORY_TOOL_LINUX": f"{address}#sha256={HASH}"}
    scope = scope_of(simulated, simulated["instance"], label=f"test:{tmp_path.name}", tools=tools)
    [gap], _ = ready(collect, scope, aws)
    assert gap.kind is GapKind.UNREADABLE
    assert f"not {HASH}; it was not used" in gap.detail


def test_the_image_is_named_after_its_machine_and_announces_its_hash(aws, simulated, tmp_path):
    scope = scope_of(simulated, simulated["instance"], label=f"test:{tmp_path.name}")
    [artifact], _ = ready(collect, scope, aws)
    assert artifact.name == f"{simulated['instance']}-memory.avml"
    assert artifact.sha256 == artifact.notes["host_sha256"]
