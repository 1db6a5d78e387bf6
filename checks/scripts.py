"""The scripts that start AutoGPT: their line ends and permissions, and which of them to start on this system.

It protects the user from "No such file or directory" about a script that is plainly there, and from starting a
script of another system.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout, Git
from checks.checkout_layout import REPOSITORY, SETUP
from checks.checkout_place import mount_of
from checks.meanings import SCRIPTS_PERMISSION, SCRIPTS_START
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    Stage,
    Words,
    check,
    fact,
    found,
    note,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Content, Stat

# --- facts --------------------------------------------------------------------------------------------------------


class Script(NamedTuple):
    """One script of the layout."""

    name: str
    """Relative to the repository root, with forward slashes."""
    is_there: bool
    is_executable: bool = True
    has_windows_ends: bool = False
    interpreter: str = ""
    """What its first line names ("bash", "sh", "python3"); "" when it names none."""

    @property
    def is_for_windows(self) -> bool:
        return self.name.endswith(".bat")

    @property
    def is_python(self) -> bool:
        return self.name.endswith(".py")


class Scripts(NamedTuple):
    """All scripts that the layout has, launchers first."""

    scripts: tuple[Script, ...]
    system: str
    """"linux", "darwin" or "windows"."""
    noexec_mount: Optional[PurePath] = None
    """The mount point, when programs on it may not be started."""

    @property
    def is_windows(self) -> bool:
        return self.system == "windows"

    def named(self, name: str) -> Optional[Script]:
        return next((each for each in self.scripts if each.name == name), None)


@fact
def scripts(machine: Machine, checkout: Checkout) -> Scripts:
    names = dict.fromkeys((*checkout.layout.launchers, *checkout.layout.helpers))
    mount = mount_of(machine.mounts(), checkout.root) if machine.system.is_linux else None
    return Scripts(
        tuple(_script(machine, checkout, name) for name in names),
        machine.system.kind,
        mount.point if mount is not None and "noexec" in mount.options else None,
    )


def _script(machine: Machine, checkout: Checkout, name: str) -> Script:
    path = checkout.at(name)
    stat = machine.stat(path)
    if not isinstance(stat, Stat) or not stat.is_file or stat.size_bytes == 0:
        return Script(name, False)
    content = machine.read(path, HEAD_BYTES)
    data = content.data if isinstance(content, Content) else b""
    first = re.match(rb"#!\s*(\S+)[ \t]*([\w.-]*)", data)
    program = first[1].rsplit(b"/", 1)[-1] if first else b""
    if first and program == b"env":
        program = first[2]
    return Script(name, True, stat.is_executable, b"\r\n" in data, program.decode("ascii", "replace"))


# --- judgements ---------------------------------------------------------------------------------------------------


@check("scripts.line-ends", title="Line ends of the scripts", stage=Stage.FILES, codes=("scripts.crlf",))
def scripts_line_ends(checkout: Checkout, scripts: Scripts, git: Git) -> Iterator[Finding]:
    """Windows ends the lines of a text file differently, and Linux and macOS cannot start a script that has such lines.

    The system then looks for a program called "bash" with an invisible character at its end, and says that it does
    not exist: "No such file or directory", about a script that is there. It comes from git on Windows, which
    converts line ends, and from editors. One command mends all scripts at once; the setting of git keeps it from
    coming back. On Windows itself such line ends do no harm.
    """
    bad = [each for each in scripts.scripts if each.has_windows_ends and not each.is_for_windows]
    shell_scripts = [each for each in bad if not each.is_python]
    if not bad:
        return
    if scripts.is_windows:
        yield ok(
            "scripts.crlf", "The scripts for Linux and macOS have Windows line ends, which does no harm on Windows"
        )
        return
    starter = scripts.named(checkout.layout.starter)
    make = problem if starter in bad else warning if shell_scripts else note
    first = starter if starter is not None and starter in bad else (shell_scripts or bad)[0]
    folder, names = _together(checkout, bad)
    settings = [run("git config core.autocrlf input", note="so that it does not come back")] if git.folder else []
    yield make(
        "scripts.crlf",
        say("{name} has Windows line ends", name=_last(first)),
        detail=_crlf_detail(first),
        evidence=found(
            say("Windows line ends in {names}", names=[each.name for each in bad]), wanted="plain line ends"
        ),
        remedy=remedy(
            None, run("cd {folder}", folder=folder), _strip(scripts.system, names), *settings, links=(LINE_ENDS,)
        ),
    )


def _crlf_detail(first: Script) -> Words:
    if not first.interpreter:
        return say("The system cannot read its lines.")
    return say('The system looks for a program called "{name}\\r", which does not exist.', name=first.interpreter)


def _strip(system: str, names: list[str]) -> Command:
    """sed of macOS does not know \\r, so the shell makes the character."""
    if system == "darwin":
        return run("sed -i '' $'s/\\r$//' {names}", names=names)
    return run("sed -i 's/\\r$//' {names}", names=names)


@check(
    "scripts.permission",
    title="Permission to start the scripts",
    stage=Stage.FILES,
    codes=SCRIPTS_PERMISSION,
)
def scripts_permission(checkout: Checkout, scripts: Scripts, git: Git) -> Iterator[Finding]:
    """On Linux and macOS a script starts only when it is marked as executable; else: "Permission denied".

    A ZIP download often loses the mark, and so does copying over a drive that knows no such marks. chmod +x brings it
    back. A drive can also be mounted so that nothing on it may be started; then move AutoGPT to your home folder, or
    start the script through its shell.
    """
    if scripts.is_windows:
        return
    starter = scripts.named(checkout.layout.starter)
    there = [each for each in scripts.scripts if each.is_there and not each.is_for_windows]
    if scripts.noexec_mount is not None and starter is not None and starter.is_there:
        yield _noexec(checkout, scripts.noexec_mount, starter)
        return
    bad = [each for each in there if not each.is_executable and each.name not in NOT_EXECUTABLE]
    if not bad:
        return
    first = starter if starter is not None and starter in bad else bad[0]
    folder, names = _together(checkout, bad)
    make = problem if starter in bad else warning if not all(each.is_python for each in bad) else note
    yield make(
        "scripts.not-executable",
        say("{name} is not marked as a program, so it does not start", name=_last(first)),
        detail="A ZIP download often loses this mark." if git.folder is None else None,
        evidence=found(say("not executable: {names}", names=[each.name for each in bad])),
        remedy=remedy(
            None,
            run("cd {folder}", folder=folder),
            run("chmod +x {names}", names=names),
            links=(EXECUTABLE,),
        ),
    )


def _noexec(checkout: Checkout, mount: PurePath, starter: Script) -> Finding:
    return problem(
        "scripts.noexec-mount",
        say("{name} cannot start, because nothing on its drive may be started", name=_last(starter)),
        evidence=found(say("{mount} is mounted with noexec", mount=mount), wanted="a drive that allows programs"),
        remedy=remedy(
            "Start it through its shell, or move AutoGPT to a folder in your home:",
            run("cd {folder}", folder=checkout.start_in),
            run("bash {name}", name=_last(starter)),
            links=(EXECUTABLE,),
        ),
    )


@check("scripts.start", title="How to start AutoGPT", stage=Stage.FILES, codes=SCRIPTS_START)
def scripts_start(checkout: Checkout, scripts: Scripts, git: Git) -> Iterator[Finding]:
    """Which command starts AutoGPT depends on its year and on the system.

    From late 2023 to early 2026 it is ./autogpt.sh on Linux and macOS and autogpt.bat on Windows, in the agent's
    folder; since April 2026 it is `poetry run autogpt`, in the folder classic, and there is no autogpt.sh any more.
    Scripts that end in .sh do not run on Windows itself: there, either use the .bat file, or work in WSL.
    """
    layout = checkout.layout
    name = layout.starter_on_windows if scripts.is_windows else layout.starter
    starter = scripts.named(name)
    if starter is not None and not starter.is_there and _should_have(layout.id, scripts):
        yield _missing(checkout, git, starter)
        return
    command = layout.start_on_windows if scripts.is_windows else layout.start
    if starter is None or not starter.is_there:
        command = command if not name else "python -m autogpt"
    yield (note if _is_surprising(checkout, scripts) else ok)(
        "scripts.start",
        say("Start AutoGPT with {command}", command=command),
        detail=_surprise(checkout, scripts),
        evidence=found(say("in {folder}", folder=checkout.start_in)),
        remedy=remedy(
            None,
            run("cd {folder}", folder=checkout.start_in, shell=checkout.shell),
            run(_typed(command, scripts.is_windows), shell=checkout.shell),
            links=(SETUP,),
        ),
    )


def _should_have(layout: str, scripts: Scripts) -> bool:
    """v0.2.0 came without any script; everything after it has both."""
    return layout != "L1" or any(each.is_there for each in scripts.scripts)


def _missing(checkout: Checkout, git: Git, starter: Script) -> Finding:
    back = [
        run("cd {folder}", folder=checkout.root, shell=checkout.shell),
        run("git checkout HEAD -- {name}", name=starter.name, shell=checkout.shell),
    ]
    again = [run("git clone {url}", url=REPOSITORY.url + ".git", shell=checkout.shell)]
    return problem(
        "scripts.missing",
        say("{name}, which starts AutoGPT, is missing", name=_last(starter)),
        detail="A part of the download is not there, or it is empty.",
        evidence=found(say("no {path}", path=checkout.at(starter.name))),
        remedy=remedy(
            "Bring it back from git:" if git.folder else "Get the whole repository again:",
            *(back if git.folder else again),
            links=(REPOSITORY,),
        ),
        explained_by=("checkout.siblings-missing", "checkout.odd-file"),
    )


def _is_surprising(checkout: Checkout, scripts: Scripts) -> bool:
    """Whether a person who follows the documents would try something else first."""
    return checkout.layout.id == "L5" or (scripts.is_windows and bool(checkout.layout.starter_on_windows))


def _surprise(checkout: Checkout, scripts: Scripts) -> Optional[str]:
    if checkout.layout.id == "L5":
        return "This AutoGPT has no autogpt.sh any more, whatever older guides say."
    if scripts.is_windows and checkout.layout.starter_on_windows:
        return "Scripts that end in .sh, and ./run, are for Linux and macOS; on Windows they work in WSL only."
    return None


def _typed(command: str, is_windows: bool) -> str:
    """PowerShell starts a script of the current folder only when it is named with the folder."""
    return ".\\" + command if is_windows and command.endswith(".bat") else command


def _together(checkout: Checkout, scripts: list[Script]) -> tuple[PurePath, list[str]]:
    """One folder and the names in it: the agent's folder where all scripts are there, else the root."""
    inside = f"{checkout.layout.start_in}/" if checkout.layout.start_in else ""
    if all(each.name.startswith(inside) for each in scripts):
        return checkout.start_in, [each.name[len(inside) :] for each in scripts]
    return checkout.root, [each.name for each in scripts]


def _last(script: Script) -> str:
    return script.name.rsplit("/", 1)[-1]


HEAD_BYTES = 4096
NOT_EXECUTABLE = ("cli.py", "classic/cli.py")
"""Scripts that are not marked as executable in the repository either."""
LINE_ENDS = Link(
    "git and line ends",
    "https://docs.github.com/en/get-started/git-basics/configuring-git-to-handle-line-endings",
)
EXECUTABLE = Link("Ubuntu: file permissions", "https://help.ubuntu.com/community/FilePermissions")
