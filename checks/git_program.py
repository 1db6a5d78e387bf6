"""Is the program git there?

It protects the user from a start of AutoGPT that ends with "Bad git executable", which even a ZIP download does.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.meanings import GIT_PROGRAM
from doctor import (
    Finding,
    Folder,
    Link,
    Machine,
    Remedy,
    Stage,
    check,
    fact,
    found,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Ran

# --- facts --------------------------------------------------------------------------------------------------------


class GitProgram(NamedTuple):
    """The program git."""

    path: Optional[PurePath]
    """What PATH starts under this name."""
    is_placeholder: bool = False
    """macOS: it is there to ask for Apple's developer tools, which are not installed."""
    off_path: Optional[PurePath] = None
    """Where it is installed, when PATH does not lead there."""
    is_needed: bool = True
    """Whether this AutoGPT's start needs it."""
    system: str = "linux"
    installer: str = ""
    """The command that installs it on this system, "" when it is not known."""


@fact
def git_program(machine: Machine, checkout: Checkout) -> GitProgram:
    path = machine.which("git")
    return GitProgram(
        path=path,
        is_placeholder=machine.system.is_mac and path == machine.path("/usr/bin/git") and not _has_tools(machine),
        off_path=None if path else next((p for p in _usual_places(machine) if machine.is_file(p)), None),
        is_needed=_needs_git(machine, checkout),
        system=machine.system.kind,
        installer=INSTALLERS.get(machine.system.distribution, "")[len("sudo ") if machine.system.is_elevated else 0 :],
    )


def _has_tools(machine: Machine) -> bool:
    """Apple's developer tools, by their files; xcode-select is asked only when they are in no usual place.

    /usr/bin/git itself must not be started to find out: without the tools it opens a window.
    """
    usual = ("/Library/Developer/CommandLineTools", "/Applications/Xcode.app/Contents/Developer")
    if any(machine.is_file(machine.path(folder, "usr/bin/git")) for folder in usual):
        return True
    answer = machine.run([machine.path("/usr/bin/xcode-select"), "-p"], timeout_s=3)
    if not isinstance(answer, Ran):
        return True  # nobody says that they are missing
    folder = answer.out.strip().split("\n")[0]
    return answer.status == 0 and folder.startswith("/") and machine.is_file(machine.path(folder, "usr/bin/git"))


def _usual_places(machine: Machine) -> Iterator[PurePath]:
    if machine.system.is_windows:
        for name in ("ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"):
            folder = machine.folder_of(name)
            if folder is not None:
                yield folder.joinpath("Git", "cmd", "git.exe")
        yield machine.user_folder(Folder.LOCAL).joinpath("Programs", "Git", "cmd", "git.exe")
    else:
        for name in ("/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git"):
            yield machine.path(name)


def _needs_git(machine: Machine, checkout: Checkout) -> bool:
    """GitPython fails to import without git; it is a dependency since April 2023. A setting can keep it quiet."""
    quiet = (machine.variable("GIT_PYTHON_REFRESH") or "").strip().lower()
    if quiet in ("0", "1", "q", "quiet", "s", "silence", "silent", "n", "none", "w", "warn", "warning", "l", "log"):
        return False
    if machine.folder_of("GIT_PYTHON_GIT_EXECUTABLE") is not None:
        return False
    if checkout.project is not None:
        return True
    return "gitpython" in (machine.read_text(checkout.root / "requirements.txt", 100_000) or "").lower()


# --- judgements ---------------------------------------------------------------------------------------------------


@check("checkout.git-program", title="git", stage=Stage.FILES, codes=GIT_PROGRAM)
def checkout_git_program(git_program: GitProgram, checkout: Checkout) -> Iterator[Finding]:
    """AutoGPT does not start without the program git, even when it was downloaded as a ZIP file.

    It uses a library, GitPython, that looks for git when it is loaded and gives up when there is none: "Bad git
    executable". Install git, or, where it is installed already, add its folder to PATH and open a new terminal. On a
    Mac, git is a part of Apple's command line tools, and the git that is there without them only offers to install
    them.
    """
    if git_program.path is not None and not git_program.is_placeholder:
        yield ok("checkout.git-program", say("git is there"), evidence=found(say("{path}", path=git_program.path)))
        return
    if git_program.is_placeholder:
        text = "git is not installed: what this Mac has is a placeholder for it"
    elif git_program.off_path is not None:
        text = "git is installed, but not found: its folder is not on PATH"
    else:
        text = "git is not installed"
    where = git_program.off_path or git_program.path
    yield (problem if git_program.is_needed else warning)(
        "checkout.git-missing",
        text,
        detail='AutoGPT would end at its start with "Bad git executable".' if git_program.is_needed else None,
        evidence=found(say("{path}", path=where) if where else say("no program git on PATH"), wanted="git on PATH"),
        remedy=_get_git(git_program, checkout.shell),
    )


def _get_git(program: GitProgram, shell: str) -> Remedy:
    if program.is_placeholder or (program.system == "darwin" and program.off_path is None):
        return remedy("Install Apple's command line tools:", run("xcode-select --install"), links=(GIT,))
    if program.off_path is not None and shell == "powershell":
        add = run(ADD_TO_PATH, folder=program.off_path.parent, shell=shell, note="then open a new terminal")
        return remedy("Add git's folder to PATH:", add, links=(GIT,))
    if program.off_path is not None:
        add = run('export PATH="$PATH":{folder}', folder=program.off_path.parent, note="for this terminal")
        return remedy("Add git's folder to PATH:", add, links=(GIT,))
    if program.system == "windows":
        install = run("winget install --id Git.Git -e", shell=shell, note="then open a new terminal")
        return remedy("Install git:", install, links=(GIT,))
    installers = [run(program.installer)] if program.installer else []
    return remedy("Install git:", *installers, links=(GIT,))


INSTALLERS = {
    **dict.fromkeys(("debian", "ubuntu", "linuxmint", "pop", "kali", "raspbian"), "sudo apt install git"),
    **dict.fromkeys(("fedora", "rhel", "centos", "rocky", "almalinux", "amzn"), "sudo dnf install git"),
    **dict.fromkeys(("arch", "manjaro", "endeavouros"), "sudo pacman -S git"),
    **dict.fromkeys(("opensuse-leap", "opensuse-tumbleweed", "sles"), "sudo zypper install git"),
    "alpine": "sudo apk add git",
}
ADD_TO_PATH = (
    '[Environment]::SetEnvironmentVariable("Path", [Environment]::GetEnvironmentVariable("Path", "User")'
    ' + ";" + (Join-Path {folder} ""), "User")'
)
GIT = Link("Get git", "https://git-scm.com/downloads")
