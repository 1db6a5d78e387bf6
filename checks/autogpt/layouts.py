"""The layouts that AutoGPT's repository has had, and how to tell them apart.

Source: the upstream repository at the commits named beside each layout. The version number in the manifests does not
help ("0.5.0" from December 2023 to 2026), so the marks are files.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional


class Layout(NamedTuple):
    """One era of the repository. All folders are relative to the repository root, "" is the root itself."""

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
    """Folders beside the agent that installing needs (path dependencies)."""
    start: str
    """How AutoGPT is started on Linux and macOS, from the folder `start_in`."""
    start_on_windows: str
    start_in: str
    has_env_template: bool = True


_AGENT_2023 = ("run.sh", "run.bat", "run_continuous.sh", "run_continuous.bat")

LAYOUTS: dict[str, Layout] = {
    each.id: each
    for each in (
        Layout(
            "L0", "v0.1", "", None, None, (), (), "python scripts/main.py", "python scripts/main.py", "",
        ),
        Layout(
            "L1", "v0.2 to v0.4", "", None, None, _AGENT_2023, (), "./run.sh", "run.bat", "",
        ),
        Layout(
            "L2a", "2023-09", "autogpts/autogpt", "autogpts/autogpt", "autogpts/forge",
            (*(f"autogpts/autogpt/{name}" for name in _AGENT_2023), "run", "setup.sh"),
            ("benchmark",), "./run.sh", "run.bat", "autogpts/autogpt",
        ),
        Layout(
            "L2b", "v0.5", "autogpts/autogpt", "autogpts/autogpt", "autogpts/forge",
            (
                "autogpts/autogpt/autogpt.sh", "autogpts/autogpt/autogpt.bat", "autogpts/autogpt/run",
                "autogpts/autogpt/setup", "autogpts/autogpt/run_benchmark", "run", "setup.sh",
            ),
            ("autogpts/forge", "benchmark"), "./autogpt.sh", "autogpt.bat", "autogpts/autogpt",
        ),
        Layout(
            "L3", "2024-09", "autogpt", "autogpt", "forge",
            (
                "autogpt/autogpt.sh", "autogpt/autogpt.bat", "autogpt/run", "autogpt/setup", "autogpt/run_benchmark",
                "run", "setup.sh",
            ),
            ("forge",), "./autogpt.sh", "autogpt.bat", "autogpt",
        ),
        Layout(
            "L4", "classic-2024", "classic/original_autogpt", "classic/original_autogpt", "classic/forge",
            (
                "classic/original_autogpt/autogpt.sh", "classic/original_autogpt/autogpt.bat",
                "classic/original_autogpt/run", "classic/original_autogpt/setup",
                "classic/original_autogpt/run_benchmark", "classic/run", "classic/setup.sh",
            ),
            ("classic/forge",), "./autogpt.sh", "autogpt.bat", "classic/original_autogpt",
        ),
        Layout(
            "L5", "classic-2026", "classic/original_autogpt", "classic", "classic/forge",
            ("classic/original_autogpt/autogpt.bat",),
            ("classic/forge", "classic/direct_benchmark"),
            "poetry run autogpt", "poetry run autogpt", "classic",
        ),
    )
}  # fmt: skip

AGENT_FOLDERS = ("classic/original_autogpt", "autogpts/autogpt", "autogpt")
"""The agent folders that are not the repository root, newest first."""
PLATFORM_FOLDER = "autogpt_platform"
"""The other product of the same repository."""


def recognise(has_file: Callable[[str], bool], has_folder: Callable[[str], bool]) -> Optional[Layout]:
    """The layout of the repository whose root the two questions are about; None when it is none.

    The trap is a root folder `autogpt/`: in L1 it is the package (the template is at the root), in L3 the project.
    """
    if has_folder("classic/original_autogpt"):
        if has_file("classic/pyproject.toml"):
            return LAYOUTS["L5"]
        if has_folder("classic/original_autogpt/autogpt") or has_file("classic/original_autogpt/pyproject.toml"):
            return LAYOUTS["L4"]
    if has_folder("autogpts/autogpt"):
        return LAYOUTS["L2b" if has_file("autogpts/autogpt/autogpt.sh") else "L2a"]
    if has_file("autogpt/.env.template") or has_file("autogpt/autogpt/__main__.py"):
        return LAYOUTS["L3"]
    if has_file("autogpt/__main__.py") and (has_file("requirements.txt") or has_file(".env.template")):
        return LAYOUTS["L1"]
    if has_file("scripts/main.py") and (has_file(".env.template") or has_file("requirements.txt")):
        return LAYOUTS["L0"]
    return None


def recognise_alone(has_file: Callable[[str], bool], has_folder: Callable[[str], bool]) -> bool:
    """Whether this folder is an agent folder of L2 to L5 (wherever it may be)."""
    return has_folder("autogpt/app") and (has_file("autogpt/__main__.py") or has_file(".env.template")) and (
        has_file("autogpt.sh") or has_file("autogpt.bat") or has_file("pyproject.toml")
    )
