"""Is the checkout whole?

It protects the user from half a download, and from folders and pipes that stand in the place of files.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from checks.checkout import Checkout, Git
from checks.checkout_layout import REPOSITORY, SETUP
from checks.env_places import EnvPlaces
from checks.manifest import Manifest
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    Remedy,
    Stage,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Stat

# --- facts --------------------------------------------------------------------------------------------------------


class Parts(NamedTuple):
    """Folders of the repository that installing needs."""

    missing: tuple[PurePath, ...]
    wanted_by: Optional[PurePath]
    """The pyproject.toml that asks for them; None when only the layout says so."""
    is_sparse: bool = False
    """git was told to check out a part of the repository only."""


class Replaced(NamedTuple):
    """Folders that stand where a file belongs."""

    folders: tuple[PurePath, ...]
    environments: tuple[PurePath, ...] = ()
    """Those that are Python environments: somebody called one ".env"."""
    of_root: tuple[PurePath, ...] = ()
    """Those that belong to root, as Docker makes them, and that this user cannot remove."""


class OddFiles(NamedTuple):
    """Pipes and devices that stand where a file of the repository belongs. Nobody may open them to see."""

    paths: tuple[PurePath, ...]


@fact
def odd_files(machine: Machine, checkout: Checkout) -> OddFiles:
    places = [checkout.agent / ".env.template", *map(checkout.at, checkout.layout.launchers)]
    if checkout.project is not None:
        places += [checkout.project / "pyproject.toml", checkout.project / "poetry.lock"]
    stats = {path: machine.stat(path) for path in places}
    return OddFiles(tuple(path for path, stat in stats.items() if isinstance(stat, Stat) and stat.kind == "other"))


@fact
def parts(machine: Machine, checkout: Checkout, git: Git, manifest: Optional[Manifest]) -> Parts:
    if manifest is not None:
        projects, sources = needed(manifest.table)
        folder = manifest.path.parent
        missing = [p for p in (_resolved(folder, name) for name in projects) if not _is_project(machine, p)]
        missing += [p for p in (_resolved(folder, name) for name in sources) if not machine.is_folder(p)]
    else:
        missing = [p for p in map(checkout.at, checkout.layout.siblings) if not machine.is_folder(p)]
    is_sparse = bool(missing) and git.folder is not None and machine.is_file(git.folder / "info" / "sparse-checkout")
    return Parts(tuple(dict.fromkeys(missing)), manifest.path if manifest else None, is_sparse)


def needed(table: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Relative folders that a pyproject.toml needs: of projects that it depends on, and of its own packages.

    Optional dependencies do not count, nor the group "dev", which AutoGPT's launcher leaves out.
    """
    poetry = _mapping(_mapping(table.get("tool")).get("poetry"))
    dependencies = list(_mapping(poetry.get("dependencies")).values())
    for name, group in _mapping(poetry.get("group")).items():
        if name != "dev" and not _mapping(group).get("optional"):
            dependencies += _mapping(_mapping(group).get("dependencies")).values()
    projects = [
        each["path"]
        for each in dependencies
        if isinstance(each, dict) and isinstance(each.get("path"), str) and not each.get("optional")
    ]
    packages = poetry.get("packages")
    sources = [
        each["from"]
        for each in (packages if isinstance(packages, list) else [])
        if isinstance(each, dict) and isinstance(each.get("from"), str)
    ]
    return projects, sources


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _resolved(folder: PurePath, relative: str) -> PurePath:
    """The folder that a path like "../forge" means."""
    for part in relative.replace("\\", "/").replace("\0", "").split("/"):
        if part == "..":
            folder = folder.parent
        elif part not in ("", "."):
            folder = folder / part
    return folder


def _is_project(machine: Machine, folder: PurePath) -> bool:
    return any(machine.is_file(folder / name) for name in ("pyproject.toml", "setup.py")) or machine.is_file(folder)


@fact
def replaced(machine: Machine, checkout: Checkout, env_places: EnvPlaces) -> Replaced:
    names = [".env", ".env.template", "azure.yaml"]
    if checkout.layout.id in ("L0", "L1", "L2a", "L2b"):
        names += ["prompt_settings.yaml", "ai_settings.yaml"]
    candidates = [checkout.agent / name for name in names]
    if env_places.found is not None and env_places.is_folder:
        candidates.append(env_places.found)
    stats = {path: machine.stat(path) for path in candidates}
    folders = [path for path, stat in stats.items() if isinstance(stat, Stat) and stat.is_folder]
    return Replaced(
        folders=tuple(folders),
        environments=tuple(path for path in folders if machine.is_file(path / "pyvenv.cfg")),
        of_root=tuple(p for p in folders if owner_of(stats[p]) == 0 and not machine.system.is_elevated),
    )


def owner_of(stat: object) -> Optional[int]:
    """The numeric user id, None where there is none to be had."""
    return stat.owner if isinstance(stat, Stat) else None


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "checkout.template", title="The template of the settings", stage=Stage.FILES, codes=("checkout.template-missing",)
)
def checkout_template(checkout: Checkout, env_places: EnvPlaces, git: Git) -> Iterator[Finding]:
    """AutoGPT comes with a file .env.template: a copy of it, called .env, holds your keys and settings.

    Where the template is missing although there is no .env either, a part of the download is missing, or the file was
    given a third name. With a .env in place the template is not needed any more: many people rename it.
    """
    if env_places.has_template or not checkout.layout.has_env_template:
        return
    make = note if env_places.found is not None else warning if env_places.variables else problem
    yield make(
        "checkout.template-missing",
        "The file .env.template is missing",
        detail=None if env_places.is_configured else "There is nothing to copy, and AutoGPT has no settings.",
        evidence=found(say("no .env.template in {folder}", folder=checkout.agent)),
        remedy=_bring_back(checkout, git, (env_places.template,)),
        explained_by=(
            "checkout.siblings-missing", "hidden_files.env-look-alike", "checkout.folder-for-file", "checkout.odd-file",
        ),
    )


@check("checkout.siblings", title="The rest of the repository", stage=Stage.FILES, codes=("checkout.siblings-missing",))
def checkout_siblings(checkout: Checkout, parts: Parts, git: Git) -> Iterator[Finding]:
    """AutoGPT's agent is installed together with other folders of its repository, above all with forge.

    Which ones is read from the checkout's own pyproject.toml: the projects that it depends on by a path, and the
    folders that its own packages are in. When one is missing, `poetry install` cannot finish. Get the whole
    repository again, or bring the folder back with git.
    """
    if not parts.missing:
        return
    yield problem(
        "checkout.siblings-missing",
        say("A part of AutoGPT's repository is missing: {names}", names=[path.name for path in parts.missing]),
        detail="Installing AutoGPT needs it.",
        evidence=found(
            say("there is no whole {folders}", folders=parts.missing),
            wanted="the folder with its files",
            where=None if parts.wanted_by is None else say("{file}", file=parts.wanted_by),
        ),
        remedy=_bring_back(checkout, git, parts.missing, parts.is_sparse),
    )


def _bring_back(checkout: Checkout, git: Git, paths: tuple[PurePath, ...], is_sparse: bool = False) -> Remedy:
    """Files of the repository, from git or from a new download."""
    if git.folder is None:
        again = run("git clone {url}", url=REPOSITORY.url + ".git", shell=checkout.shell)
        return remedy("Get the whole repository again:", again, links=(REPOSITORY,))
    go = run("cd {folder}", folder=checkout.root, shell=checkout.shell)
    if is_sparse:
        text = "git was told to keep a part of the repository only. Take that back:"
        return remedy(text, go, run("git sparse-checkout disable", shell=checkout.shell), links=(REPOSITORY,))
    names = [_inside(checkout.root, path) for path in paths]
    back = run("git checkout HEAD -- {names}", names=names, shell=checkout.shell)
    return remedy("Bring it back from git:", go, back, links=(REPOSITORY,))


def _inside(root: PurePath, path: PurePath) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


@check("checkout.replaced", title="Folders in place of files", stage=Stage.FILES, codes=("checkout.folder-for-file",))
def checkout_replaced(checkout: Checkout, replaced: Replaced, env_places: EnvPlaces) -> Iterator[Finding]:
    """When Docker is told to mount a file that does not exist yet, it makes an empty folder of that name.

    AutoGPT then cannot read its settings. Remove the folder (rmdir does it only when it is empty) and make the file.
    A Python environment that somebody called .env has the same effect: it needs another name.
    """
    if not replaced.folders:
        return
    names = [path.name for path in replaced.folders]
    has_no_settings = ".env" in names and not env_places.is_configured
    make = problem if has_no_settings or any(name.endswith("_settings.yaml") for name in names) else warning
    yield make(
        "checkout.folder-for-file",
        say("{names} should be a file, but is a folder", names=names),
        detail="This is what Docker leaves behind when it is asked to mount a file that is not there."
        if not replaced.environments
        else "It is a Python environment. It needs another name, such as .venv.",
        evidence=found(say("folders: {folders}", folders=replaced.folders), wanted="files"),
        remedy=remedy(
            "Remove the folder, or give it another name:",
            *_removals(checkout, replaced, env_places.is_made),
            links=(SETUP, MOUNTS),
        ),
        explained_by=("azure.file-folder",) if names == ["azure.yaml"] else (),
    )


@check("checkout.ordinary", title="Ordinary files", stage=Stage.FILES, codes=("checkout.odd-file",))
def checkout_ordinary(checkout: Checkout, odd_files: OddFiles, git: Git) -> Iterator[Finding]:
    """Where AutoGPT keeps a file there may stand a pipe, a socket or a device of that name.

    Some programs leave them behind, and some archives bring them along. Whoever reads a pipe waits until somebody
    writes into it, so Poetry and AutoGPT would wait for ever. Take the file from the repository again.
    """
    if odd_files.paths:
        yield problem(
            "checkout.odd-file",
            say("{names} should be a file, but is a pipe or a device", names=[path.name for path in odd_files.paths]),
            detail="Whoever reads it may wait for ever.",
            evidence=found(say("{paths}", paths=odd_files.paths), wanted="ordinary files"),
            remedy=_bring_back(checkout, git, odd_files.paths),
        )


def _removals(checkout: Checkout, replaced: Replaced, is_made: bool) -> Iterator[Command]:
    for path in replaced.folders:
        if path in replaced.environments:
            word = "mv {path} {other}" if checkout.shell == "sh" else "Move-Item {path} {other}"
            yield run(word, path=path, other=path.with_name(".env-python"), shell=checkout.shell)
        elif checkout.shell == "sh":
            yield run("sudo rmdir {path}" if path in replaced.of_root else "rmdir {path}", path=path)
        else:
            yield run("Remove-Item {path}", path=path, shell=checkout.shell)
    if any(path.name == ".env" for path in replaced.folders) and not is_made:
        word = "cp {original} {copy}" if checkout.shell == "sh" else "Copy-Item {original} {copy}"
        original, env = checkout.agent / ".env.template", checkout.agent / ".env"
        yield run(word, original=original, copy=env, shell=checkout.shell, note="then put your key into it")


MOUNTS = Link("Docker: bind mounts", "https://docs.docker.com/engine/storage/bind-mounts/")
