"""What keeps WSL 2 from starting on Windows: virtualization, a disabled service, a service that hangs.

Docker Desktop rests on the same parts, so its silence is often explained here. wsl.exe may hang for ever and speaks
the user's language: it is asked only where the registry leaves a question, and only for what no language changes.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.docker_endpoints import EngineEndpoints
from checks.meanings import WSL_VIRTUALIZATION
from checks.wsl_windows import ADMIN, SERVICES, TROUBLE, WslInWindows
from doctor import (
    FailureKind,
    Finding,
    Link,
    Machine,
    NotHere,
    Stage,
    System,
    check,
    fact,
    found,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Ran
from doctor.words import Words

# --- facts --------------------------------------------------------------------------------------------------------


class WslAnswer(NamedTuple):
    """What `wsl --status` said. Its text is translated into 22 languages; only the address in it is the same in all."""

    timed_out: bool = False
    names_virtualization: bool = False
    """It points to the page about switching virtualization on."""


ANSWER_LIMIT_S = 5.0


@fact
def wsl_answer(machine: Machine, wsl_in_windows: WslInWindows, endpoints: Optional[EngineEndpoints]) -> WslAnswer:
    """Asked only when a WSL 2 distribution is there, and what it needs or what it serves seems not to be."""
    program = _wsl_program(machine) if _is_in_question(wsl_in_windows, endpoints) else None
    if program is None:
        return WslAnswer()
    answer = machine.run([program, "--status"], ANSWER_LIMIT_S, environment={"WSL_UTF8": "1"})
    if isinstance(answer, Ran):
        return WslAnswer(names_virtualization="aka.ms/enablevirtualization" in answer.out + answer.err)
    return WslAnswer(timed_out=answer.kind is FailureKind.TIMED_OUT)


def _is_in_question(state: WslInWindows, endpoints: Optional[EngineEndpoints]) -> bool:
    """The Virtual Machine Platform is missing, or Docker Desktop, which lives in WSL 2, is silent."""
    if not state.needs_platform or state.disabled_services:
        return False
    has_room = any(not each.is_own for each in state.distributions)
    is_silent = endpoints is not None and endpoints.command.kind == "npipe" and endpoints.command.state == "absent"
    return state.has_platform is False or (has_room and is_silent)


def _wsl_program(machine: Machine) -> Optional[PurePath]:
    """wsl.exe of PATH, as a person starts it. A 32-bit process sees the real System32 under another name."""
    windows = machine.folder_of("SystemRoot")
    sysnative = windows / "Sysnative" / "wsl.exe" if windows else None
    return machine.which("wsl") or (sysnative if sysnative and machine.is_file(sysnative) else None)


# --- check --------------------------------------------------------------------------------------------------------


@check(
    "wsl.virtualization",
    title="Virtualization for WSL 2",
    stage=Stage.MACHINE,
    codes=WSL_VIRTUALIZATION,
)
def wsl_virtualization(system: System, wsl_in_windows: WslInWindows, wsl_answer: WslAnswer) -> Iterator[Finding]:
    """WSL 2 and Docker Desktop run in a small virtual machine. Windows must have the part for it, and so must the BIOS.

    This is judged only where a distribution of version 2 exists. The registry tells whether the Virtual Machine
    Platform is there and whether a service of WSL was disabled (some virus scanners and cleaning tools do that). Where
    the platform is missing, or Docker Desktop is silent, wsl.exe is asked too; when it does not answer within five
    seconds, its service is stuck. What nobody tells is not complained about.
    """
    if not system.is_windows:
        raise NotHere
    if not wsl_in_windows.needs_platform:
        return
    names = [each.name for each in wsl_in_windows.distributions if each.version == 2]
    for_whom = say("The distributions that need it: {names}.", names=names)
    if wsl_in_windows.disabled_services:
        yield _disabled(wsl_in_windows.disabled_services, for_whom)
    elif wsl_answer.timed_out:
        yield warning(
            "wsl.service-stuck",
            "The service of WSL does not answer",
            detail=for_whom,
            evidence=found("wsl --status gave no answer within 5 seconds"),
            remedy=remedy("End the service; it starts again by itself.", STOP, links=[TROUBLE]),
        )
    elif wsl_answer.names_virtualization:
        yield warning(
            "wsl.virtualization-off",
            "WSL 2 cannot start: virtualization is off",
            detail=for_whom,
            evidence=found("Windows names the page about enabling virtualization", where="wsl --status"),
            remedy=remedy(
                "Install the Virtual Machine Platform and restart. If it is there, virtualization is off in the BIOS.",
                run("wsl --install --no-distribution", shell="powershell", note=ADMIN),
                links=[VIRTUALIZATION, FIRMWARE],
            ),
        )


def _disabled(services: tuple[str, ...], for_whom: Words) -> Finding:
    """Seen with AVG and others: https://github.com/microsoft/WSL/issues/11273"""
    command = "sc.exe config {name} start= demand"
    return warning(
        "wsl.service-disabled",
        say("A service that WSL needs is disabled: {names}", names=list(services)),
        detail=for_whom,
        evidence=found("Start is 4", wanted="3", where=say("{key}", key=f"HKLM\\{SERVICES}\\{services[0]}")),
        remedy=remedy(
            "Let it be started when it is needed. If it is disabled again, look for the virus scanner that does it.",
            *(run(command, name=each, shell="powershell", note=ADMIN) for each in services),
            links=[TROUBLE],
        ),
    )


# --- commands and links -------------------------------------------------------------------------------------------

STOP = run("taskkill /f /im wslservice.exe", shell="powershell", note=ADMIN)
VIRTUALIZATION = Link("Switching virtualization on for WSL 2", "https://aka.ms/enablevirtualization")
FIRMWARE = Link(
    "Switching virtualization on in the BIOS",
    "https://support.microsoft.com/windows/c5578302-6e43-4b4b-a449-8ced115f58e1",
)
