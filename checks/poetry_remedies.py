"""The lines to type about Poetry on the very system: getting it, getting rid of it, making PATH find it, using it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional

from checks.checkout import Checkout, Git
from checks.interpreters import Interpreters, Launching
from checks.poetry_sources import Poetries, PoetryProgram
from doctor import Command, Link, Remedy, remedy, run, say
from doctor.words import Value

INSTALLS_WITH = (3, 10)
"""The first Python that the newest Poetry runs with."""
INSTALLER = "https://install.python-poetry.org"


def shell_of(kind: str) -> str:
    """The shell that a command is written for, by kind of system."""
    return "powershell" if kind == "windows" else "sh"


def poetry(project: Optional[PurePath], kind: str, words: str, *, note: str = "", **values: Value) -> Command:
    """A command of Poetry for the project, to be typed anywhere: `words` are what follows."""
    line = "poetry -C {project} " + words
    return run(line, shell=shell_of(kind), note=note or None, project=project or "", **values)


def install(project: Optional[PurePath], kind: str) -> Command:
    """Install AutoGPT as its own start script does."""
    return poetry(project, kind, "install --without dev")


def for_installer(launching: Optional[Launching], interpreters: Optional[Interpreters] = None) -> Optional[PurePath]:
    """The Python to install Poetry with: the launcher's, or another one where that is too old. None where all are,
    since one has to come first then."""
    first = launching.by_launcher if launching else None
    for python in (first, *(interpreters.found if interpreters else ())):
        if python is not None and python.version >= INSTALLS_WITH and (python is first or python.suits_installer):
            return python.path
    return None


def get_poetry(poetries: Poetries, python: Optional[PurePath]) -> Iterator[Command]:
    """How to install Poetry here: with what this machine already has, else by Poetry's own installer."""
    if "pipx" in poetries.installers:
        yield run("pipx install poetry", shell=shell_of(poetries.kind))
        yield run("pipx ensurepath", shell=shell_of(poetries.kind), note="then open a new terminal")
    elif poetries.kind == "darwin" and "brew" in poetries.installers:
        yield run("brew install poetry")
    elif "uv" in poetries.installers:
        yield run("uv tool install poetry", shell=shell_of(poetries.kind))
        yield run("uv tool update-shell", shell=shell_of(poetries.kind), note="then open a new terminal")
    else:
        yield official_installer(poetries, python)


def official_installer(poetries: Poetries, python: Optional[PurePath], options: str = "") -> Command:
    """Poetry's own installer, fed to an interpreter. `options` begins with a blank."""
    if poetries.kind == "windows":
        fetch = "(Invoke-WebRequest -Uri " + INSTALLER + " -UseBasicParsing).Content"
        return run(fetch + " | & {python} -" + options, shell="powershell", python=python or "python")
    fetchers = {"curl": "curl -sSL ", "wget": "wget -qO- "}
    fetch = next((line for name, line in fetchers.items() if name in poetries.installers), "")
    if fetch or poetries.kind == "darwin":
        return run((fetch or "curl -sSL ") + INSTALLER + " | {python} -" + options, python=python or "python3")
    fetch = "from urllib.request import urlopen; exec(urlopen('" + INSTALLER + "').read())"
    return run('{python} -c "' + fetch + '"' + options, python=python or "python3")


def add_to_path(folder: PurePath, poetries: Poetries) -> Command:
    """The exact line that makes this user's shell find programs in a folder, from the next terminal on."""
    below = _below_home(folder, poetries.home)
    if poetries.kind == "windows":
        return run(
            "[Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + \";"
            + ("$HOME\\" if below else "")
            + "{folder}\", 'User')",
            shell="powershell",
            note="in PowerShell; then open a new terminal",
            folder=say("{path}", path=str(below or folder)),
        )
    if poetries.shell == "fish":
        return run("fish_add_path {folder}", folder=folder)
    file = {"zsh": "~/.zshrc", "bash": "~/.bash_profile" if poetries.kind == "darwin" else "~/.bashrc"}.get(
        poetries.shell, "~/.zshrc" if poetries.kind == "darwin" else "~/.profile"
    )
    # The line goes into a file, so it is written in words that every such shell reads: $HOME, and no `~`.
    line = "echo 'export PATH=\"" + ("$HOME/" if below else "") + "{folder}:$PATH\"' >> " + file
    return run(line, note="then open a new terminal", folder=say("{path}", path=str(below or folder)))


def _below_home(folder: PurePath, home: Optional[PurePath]) -> Optional[PurePath]:
    """The path relative to home, None when it is not below it."""
    if home is None or len(home.parts) < 2 or home not in folder.parents:
        return None
    return folder.relative_to(home)


def make_reachable(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Iterator[Command]:
    """How to make the shell find a Poetry that is installed."""
    shell = shell_of(poetries.kind)
    if program.source == "pipx" and "pipx" in poetries.installers:
        if "venvs" in program.path.parts:
            yield run("pipx reinstall poetry", shell=shell)
        yield run("pipx ensurepath", shell=shell, note="then open a new terminal")
    elif program.source == "uv" and "uv" in poetries.installers and "tools" not in program.path.parts:
        yield run("uv tool update-shell", shell=shell, note="then open a new terminal")
    elif not program.is_inside:
        yield add_to_path(program.path.parent, poetries)
    elif poetries.kind == "windows":
        yield from renew(program, poetries, python)
    else:
        # Its own folder holds a Python too, which must not come first on PATH: so only a link to the launcher.
        yield run("mkdir -p ~/.local/bin")
        yield run("ln -sf {poetry} ~/.local/bin/poetry", poetry=program.path)
        if not poetries.has_local_bin and poetries.home is not None:
            yield add_to_path(poetries.home / ".local" / "bin", poetries)


def remove(program: PoetryProgram, poetries: Poetries) -> Command:
    """How to get a launcher out of the way."""
    if poetries.kind == "windows":
        return run("Remove-Item {path}", shell="powershell", path=program.path)
    return run("rm {path}", path=program.path)


def get_back(checkout: Checkout, git: Git, kind: str, *names: str) -> Remedy:
    """The repository's own version of files beside pyproject.toml."""
    if git.folder is None:
        return remedy(
            "It belongs to AutoGPT's repository: download that again, or better, clone it.", links=[REPOSITORY]
        )
    return remedy(
        "Take the repository's own again.",
        run(
            "git -C {folder} checkout HEAD -- {names}",
            shell=shell_of(kind),
            folder=checkout.project or checkout.root,
            names=list(names),
        ),
    )


def renew(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Iterator[Command]:
    """How to install this very Poetry again over itself, by what installed it."""
    shell = shell_of(poetries.kind)
    again = {
        "pipx": "pipx reinstall poetry",
        "uv": "uv tool install --reinstall poetry",
        "homebrew": "brew reinstall poetry",
    }
    if program.source in again:
        yield run(again[program.source], shell=shell)
    elif program.source in ("official", "store"):
        yield official_installer(poetries, python, " --force")
    else:
        yield from get_poetry(poetries, python)


def newer_than(program: PoetryProgram, needed: tuple[int, ...], poetries: Poetries) -> Optional[PoetryProgram]:
    """Another Poetry of this machine that is new enough."""
    found = (each for each in poetries.found if each.numbers >= needed and not each.trouble and each != program)
    return next(found, None)


def upgrade(
    program: PoetryProgram, needed: tuple[int, ...], poetries: Poetries, python: Optional[PurePath]
) -> Iterator[Command]:
    """How to have a newer Poetry in place of this one, by what installed it, and by what else is there."""
    shell, newer = shell_of(poetries.kind), newer_than(program, needed, poetries)
    renewed = {"pipx": "pipx upgrade poetry", "uv": "uv tool upgrade poetry", "homebrew": "brew upgrade poetry"}
    if program.source == "system" and poetries.distribution in ("ubuntu", "debian", "linuxmint", "pop"):
        yield run("sudo apt remove python3-poetry", note="the distribution's own, which comes first")
    elif program.source == "legacy" and poetries.kind != "windows":
        yield run("rm -rf ~/.poetry", note="what the old installer left")
    elif newer is not None and not newer.is_inside:
        yield add_to_path(newer.path.parent, poetries)
    elif program.source in renewed:
        yield run(renewed[program.source], shell=shell)
        return
    elif program.source == "official" and program.numbers >= (1, 2):
        yield run("poetry self update", shell=shell)
        return
    elif program.source in ("pip", "pyenv") and program.python is not None and program.python.is_absolute():
        call = "& {python}" if poetries.kind == "windows" else "{python}"
        yield run(call + " -m pip install --upgrade poetry", shell=shell, python=program.python)
        return
    if newer is None:
        yield from get_poetry(poetries, python)
    elif not newer.is_on_path and program.source in ("system", "legacy"):
        yield from make_reachable(newer, poetries, python)


INSTALLATION = Link("Installing Poetry", "https://python-poetry.org/docs/#installation")
ENVIRONMENTS = Link("Poetry's environments", "https://python-poetry.org/docs/managing-environments/")
CONFIGURATION = Link("Poetry's settings", "https://python-poetry.org/docs/configuration/")
COMMANDS = Link("Poetry's commands", "https://python-poetry.org/docs/cli/")
REPOSITORY = Link("AutoGPT's repository", "https://github.com/Significant-Gravitas/AutoGPT")
