"""The layouts that AutoGPT's repository has had, and how to tell them apart.

Source: the upstream repository at the commits named beside each layout. The version number in the manifests does not
help ("0.5.0" from December 2023 to 2026), so the marks are files.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional


class Layout(NamedTuple):
    """One era of the repository. All paths are relative to the repository root, "" is the root itself."""

    id: str
    """"L0" to "L5", with "L2a" and "L2b"."""
    name: str
    """What a person may call it ("classic-2024")."""
    agent: str
    """The agent folder: `.env.template` is there."""
    project: Optional[str]
    """Where Poetry's pyproject.toml and poetry.lock are; None for the eras of requirements.txt."""
    forge: Optional[str]
    """The forge project, None where there was none."""
    launchers: tuple[str, ...]
    """Every script a person may start, relative to the root. POSIX scripts are executable in git."""
    siblings: tuple[str, ...]
    """Folders beside the agent that installing needs; asked only when the project's own file does not tell."""
    start: str
    """How AutoGPT is started on Linux and macOS, from the folder `start_in`."""
    start_on_windows: str
    start_in: str
    has_env_template: bool = True
    helpers: tuple[str, ...] = ()
    """Further scripts that are executable in git: what the launchers call, and what the documents name."""
    env_from: Optional[str] = None
    """The folder of the source file that loads `.env`: from there upwards the first one found is read, whatever the
    current folder is. None where four fixed places are tried instead (since 2026)."""
    written: tuple[str, ...] = ()
    """Folders that AutoGPT writes to, where they exist already."""

    @property
    def starter(self) -> str:
        """The script that `start` names, relative to the root; "" where it names none."""
        return self._script(self.start[2:]) if self.start.startswith("./") else ""

    @property
    def starter_on_windows(self) -> str:
        return self._script(self.start_on_windows) if self.start_on_windows.endswith(".bat") else ""

    def _script(self, name: str) -> str:
        return f"{self.start_in}/{name}" if self.start_in else name


_AGENT_2023 = ("run.sh", "run.bat", "run_continuous.sh", "run_continuous.bat")
_AGENT_2024 = ("autogpt.sh", "autogpt.bat", "run", "setup", "run_benchmark")
_FORGE_2023 = ("run", "run_benchmark")
_FORGE_2024 = ("run", "setup", "run_benchmark")
_SERVE = "scripts/llamafile/serve.py"


def _below(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}" for name in names)


LAYOUTS: dict[str, Layout] = {
    each.id: each
    for each in (
        Layout(
            "L0", "v0.1", "", None, None, (), (), "python scripts/main.py", "python scripts/main.py", "",
            env_from="scripts", written=("auto_gpt_workspace",),
        ),
        Layout(
            "L1", "v0.2 to v0.4", "", None, None, _AGENT_2023, (), "./run.sh", "run.bat", "",
            env_from="autogpt", written=("auto_gpt_workspace", "data", "logs"),
        ),
        Layout(
            "L2a", "2023-09", "autogpts/autogpt", "autogpts/autogpt", "autogpts/forge",
            (*_below("autogpts/autogpt", *_AGENT_2023), "run", "setup.sh"),
            ("benchmark",), "./run.sh", "run.bat", "autogpts/autogpt",
            helpers=("cli.py", *_below("autogpts/forge", *_FORGE_2023)),
            env_from="autogpts/autogpt/autogpt/app", written=_below("autogpts/autogpt", "data", "logs"),
        ),
        Layout(
            "L2b", "v0.5", "autogpts/autogpt", "autogpts/autogpt", "autogpts/forge",
            (*_below("autogpts/autogpt", *_AGENT_2024), "run", "setup.sh"),
            ("autogpts/forge",), "./autogpt.sh", "autogpt.bat", "autogpts/autogpt",
            helpers=("cli.py", *_below("autogpts/forge", *_FORGE_2024)),
            env_from="autogpts/autogpt/autogpt/app",
            written=(*_below("autogpts/autogpt", "data", "logs"), "autogpts/forge/logs"),
        ),
        Layout(
            "L3", "2024-09", "autogpt", "autogpt", "forge",
            (*_below("autogpt", *_AGENT_2024), "run", "setup.sh"),
            ("forge",), "./autogpt.sh", "autogpt.bat", "autogpt",
            helpers=("cli.py", *_below("forge", *_FORGE_2024), f"autogpt/{_SERVE}"),
            env_from="autogpt/autogpt/app", written=("autogpt/data", "forge/logs"),
        ),
        Layout(
            "L4", "classic-2024", "classic/original_autogpt", "classic/original_autogpt", "classic/forge",
            (*_below("classic/original_autogpt", *_AGENT_2024), "classic/run", "classic/setup.sh"),
            ("classic/forge",), "./autogpt.sh", "autogpt.bat", "classic/original_autogpt",
            helpers=("classic/cli.py", *_below("classic/forge", *_FORGE_2024), f"classic/original_autogpt/{_SERVE}"),
            env_from="classic/original_autogpt/autogpt/app",
            written=("classic/original_autogpt/data", "classic/forge/logs"),
        ),
        Layout(
            "L5", "classic-2026", "classic/original_autogpt", "classic", "classic/forge",
            ("classic/original_autogpt/autogpt.bat",),
            ("classic/forge", "classic/direct_benchmark"),
            "poetry run autogpt", "poetry run autogpt", "classic",
            helpers=(f"classic/original_autogpt/{_SERVE}",),
            written=("classic/.autogpt", "classic/original_autogpt/.autogpt", "classic/forge/logs"),
        ),
    )
}  # fmt: skip

PLATFORM_FOLDER = "autogpt_platform"
"""The other product of the same repository."""

Asks = Callable[[str], bool]


def recognise(has_file: Asks, has_folder: Asks) -> Optional[Layout]:
    """The layout of the repository whose root the two questions are about; None when it is none.

    The trap is a folder `autogpt/` at the root: in L1 it is the package (the template is at the root), in L3 the
    project. A checkout of L1 that lies in a folder called `autogpt` makes its parent look like L3, so the parent must
    show something of its own.
    """
    if has_folder("classic/original_autogpt"):
        if has_file("classic/pyproject.toml"):
            return LAYOUTS["L5"]
        marks = ("pyproject.toml", ".env.template", "autogpt.sh")
        if any(has_file(f"classic/original_autogpt/{name}") for name in marks):
            return LAYOUTS["L4"]
    if has_folder("autogpts/autogpt/autogpt"):
        is_new = has_file("autogpts/autogpt/autogpt.sh") or has_file("autogpts/autogpt/autogpt.bat")
        return LAYOUTS["L2b" if is_new else "L2a"]
    has_more = has_folder("forge") or has_file("cli.py") or has_file("setup.sh")
    if has_more and _is_project(has_file, has_folder, "autogpt/"):
        return LAYOUTS["L3"]
    if not (has_file("requirements.txt") or has_file(".env.template")):
        return None
    if has_file("autogpt/__main__.py") and not _is_project(has_file, has_folder):
        return LAYOUTS["L1"]
    if has_file("scripts/main.py") and (has_file("scripts/chat.py") or has_file("scripts/commands.py")):
        return LAYOUTS["L0"]
    return None


def recognise_alone(has_file: Asks, has_folder: Asks) -> bool:
    """Whether this folder is an agent folder of L2 to L5, wherever it may be."""
    return has_folder("autogpt/app") and _is_project(has_file, has_folder)


def _is_project(has_file: Asks, has_folder: Asks, folder: str = "") -> bool:
    """Whether a folder is the agent project of L2 to L5, and not a repository of L1 with its package `autogpt/`."""
    return (
        has_folder(f"{folder}autogpt")
        and any(has_file(f"{folder}{name}") for name in ("autogpt.sh", "autogpt.bat", "poetry.lock"))
        and not has_file(f"{folder}requirements.txt")
    )
