"""Who else can read the keys in `.env`: other users of the machine, and whoever gets the git repository."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple

from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.git_index import GitKeeps
from checks.meanings_of_settings import ENV_FILE_PRIVATE
from checks.settings import Settings
from checks.wsl import Wsl
from doctor import Finding, Link, Machine, NotHere, Stage, System, check, fact, found, ok, remedy, run, say, warning
from doctor.machine import Stat


class Readers(NamedTuple):
    """Who besides the owner gets at the file that is read."""

    others: bool = False
    """Every user: its own bits allow it, and every folder above lets them through."""
    group: bool = False
    """The users of its group, in the same way."""


@fact
def readers(machine: Machine, env_file: EnvFile) -> Readers:
    if env_file.path is None or env_file.stat is None or machine.system.is_windows:
        return Readers()
    mode = env_file.stat.mode
    if not mode & 0o044:
        return Readers()
    stats = [stat for folder in env_file.path.parents if isinstance(stat := machine.stat(folder), Stat)]
    return Readers(
        others=bool(mode & 0o004) and all(stat.mode & 0o001 for stat in stats),
        group=bool(mode & 0o040) and all(stat.mode & 0o011 for stat in stats),
    )


@check(
    "env_file.private",
    title="Who can read .env",
    stage=Stage.CONFIGURATION,
    codes=ENV_FILE_PRIVATE,
)
def env_file_private(
    checkout: Checkout,
    env_file: EnvFile,
    settings: Settings,
    readers: Readers,
    git_keeps: GitKeeps,
    wsl: Wsl,
    system: System,
) -> Iterator[Finding]:
    """Your keys stand in .env as plain text, so nobody else should be able to read it.

    Other users of this machine can when its permissions allow it: chmod 600 takes that away. Whoever clones the
    repository can when git tracks the file: take it out of git, and make new keys when it was ever pushed. This is
    said only when there is a key in the file.
    """
    if env_file.path is None or env_file.stat is None:
        raise NotHere
    if not _holds_secret(settings):
        return
    # On a drive of Windows the bits say nothing, and chmod changes nothing.
    if readers.others and not system.is_windows and not wsl.on_windows_drive(env_file.path):
        yield _open_to_others(env_file)
    elif readers.group and not wsl.on_windows_drive(env_file.path):
        # On most systems a user's group has no one else in it.
        yield ok("env_file.permissions", say("the group of .env can read it too, mode {mode}", mode=_mode(env_file)))
    if git_keeps.is_tracked:
        yield _tracked(checkout, env_file)
    elif git_keeps.is_ignored is False:
        yield _not_ignored(checkout, env_file.path)


def _mode(env_file: EnvFile) -> str:
    return f"{env_file.stat.mode:o}" if env_file.stat else ""


def _open_to_others(env_file: EnvFile) -> Finding:
    path = env_file.path or ""
    return warning(
        "env_file.permissions",
        ".env can be read by every user of this machine",
        evidence=found(say("its mode is {mode}", mode=_mode(env_file)), wanted="600", where=say("{file}", file=path)),
        remedy=remedy(None, run("chmod 600 {file}", file=path), links=(PERMISSIONS,)),
    )


def _not_ignored(checkout: Checkout, path: PurePath) -> Finding:
    return warning(
        "env_file.not-ignored",
        "git does not ignore .env, so your keys may end up in a commit",
        evidence=found(say("no line of .gitignore names {file}", file=path), wanted="a line: .env"),
        remedy=remedy(
            "Tell git to leave it alone:",
            run("cd {folder}", folder=checkout.root, shell=checkout.shell),
            *([run('mkdir -p "$(git rev-parse --git-path info)"')] if checkout.shell == "sh" else []),
            run(_EXCLUDE[checkout.shell], shell=checkout.shell),
            links=(IGNORING,),
        ),
    )


def _tracked(checkout: Checkout, env_file: EnvFile) -> Finding:
    path = env_file.path or checkout.agent
    return warning(
        "env_file.tracked",
        "git tracks .env: your keys are in the repository, or will be with the next commit",
        evidence=found(say("{file} is in git's index", file=path), wanted="a file that git ignores"),
        remedy=remedy(
            "Take it out of git (the file itself stays). If it was ever pushed, make new keys.",
            run("cd {folder}", folder=checkout.root, shell=checkout.shell),
            run("git rm --cached {name}", name=path.relative_to(checkout.root).as_posix(), shell=checkout.shell),
            links=(LEAKED,),
        ),
    )


def _holds_secret(settings: Settings) -> bool:
    """Whether a secret stands in the file: one that nobody filled in is none."""
    for name in settings.names:
        setting = settings.get(name)
        if setting is not None and setting.source.kind == "file" and not isinstance(setting.shown, str):
            return bool(setting.text.strip())
    return False


# Where that file is git itself knows: a worktree and a submodule have a .git that is no folder.
_EXCLUDE = {
    "sh": 'echo .env >> "$(git rev-parse --git-path info/exclude)"',
    "powershell": "Add-Content (git rev-parse --git-path info/exclude) .env",
}
PERMISSIONS = Link("File permissions", "https://www.gnu.org/software/coreutils/manual/html_node/Setting-Permissions.html")
IGNORING = Link("Ignoring files with git", "https://docs.github.com/get-started/git-basics/ignoring-files")
LEAKED = Link(
    "Removing sensitive data from a repository",
    "https://docs.github.com/authentication/keeping-your-account-and-data-secure/"
    "removing-sensitive-data-from-a-repository",
)
