"""The Docker Compose file that AutoGPT is run with: can it be read, and what `docker compose` makes of it.

Compose files are part of AutoGPT, and most people start AutoGPT without them. So nothing is said of what came with
AutoGPT, unless somebody evidently uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator, Sequence

from checks.checkout_files import MOUNTS
from checks.compose_file import CODE_PLACES, ComposeFile, ComposeFiles, ComposeUse, Mounted
from checks.docker_places import Site
from checks.meanings_of_settings import COMPOSE_FILE, COMPOSE_MOUNTS
from doctor import Finding, Link, Stage, Words, check, found, note, problem, remedy, run, say, warning

if TYPE_CHECKING:
    from checks.compose_text import Fault, Service

UPSTREAM = (".env", "azure.yaml", "docker-compose.yml", "prompt_settings.yaml", "ai_settings.yaml")
"""What the Compose files of some version mount by themselves."""


MOST_SHOWN = 8


def complain(use: ComposeFiles) -> Callable[..., Finding]:
    """A problem where AutoGPT is started by this file and in no other way; else a warning."""
    return problem if use.kind == "needed" else warning


@check(
    "compose.file",
    title="The Compose file",
    stage=Stage.DOCKER,
    codes=COMPOSE_FILE,
)
def compose_file(compose_files: ComposeFiles, site: Site) -> Iterator[Finding]:
    """The file docker-compose.yml says how AutoGPT is started in a container. Most people start AutoGPT without it.

    When it is no valid YAML, every `docker compose` command ends with an error. AutoGPT's own service is left out by
    `docker compose up`, because it needs a terminal: start it with `docker compose run --rm auto-gpt`. The key
    `version` at its beginning means nothing any more.
    """
    for file in compose_files.files:
        is_main = file is compose_files.files[0]
        if file.fault is not None and file.fault.kind != "odd" and (is_main or file.fault.kind != "no-services"):
            yield _invalid(compose_files, file, file.fault, site)
    main = next(iter(compose_files.files), None)
    if not compose_files.speaks or main is None or main.project is None:
        return
    services = [each for each in main.project.services if each.is_autogpt]
    if services and all(each.is_in_profile for each in services):
        yield _profiles(compose_files, services[0], site)
    if main.project.version_line:
        yield note(
            "compose.version",
            "The Compose file has a key that means nothing any more",
            detail="Compose says so at every start; it does no harm.",
            evidence=found("version", where=_at(main, main.project.version_line)),
            remedy=remedy("You may delete the line.", links=(VERSION,)),
        )


def _invalid(use: ComposeFiles, file: ComposeFile, fault: Fault, site: Site) -> Finding:
    heading, cure = _FAULTS[fault.kind]
    where = say("{file}, line {line}", file=file.path, line=fault.line) if fault.line else say("{file}", file=file.path)
    shell = shell_of(site)
    return complain(use)(
        "compose.invalid",
        heading,
        detail="Every docker compose command ends with an error. Without Docker, AutoGPT does not read it.",
        evidence=found("here it cannot be read any further" if fault.line else "it cannot be read", where=where),
        remedy=remedy(
            cure,
            run("cd {folder}", folder=use.folder, shell=shell),
            run("docker compose config --quiet", shell=shell, note="says whether it is right now"),
            links=(REFERENCE,),
        ),
    )


_FAULTS = {
    "yaml": ("The Compose file is no valid YAML", "Correct this line, or the one before it; look at the indentation."),
    "tab": ("The Compose file is indented with a tab, which YAML does not allow", "Use blanks for the indentation."),
    "no-services": ("The Compose file names no services", "It needs services:, and below it auto-gpt: with settings."),
    "encoding": ("The Compose file is not UTF-8", "Open it in an editor and save it again as UTF-8."),
}


def _profiles(use: ComposeFiles, service: Service, site: Site) -> Finding:
    return note(
        "compose.profiles",
        "docker compose up does not start AutoGPT",
        detail="Its service is in a profile, because AutoGPT needs a terminal of its own.",
        evidence=found(say("profiles of the service {name}", name=service.name), where=_at(use.files[0], service.line)),
        remedy=remedy(
            "Start it like this:",
            run("docker compose run --rm {name}", name=service.name, shell=shell_of(site)),
            links=(PAGE, PROFILES),
        ),
    )


@check(
    "compose.mounts",
    title="What the container sees",
    stage=Stage.DOCKER,
    codes=COMPOSE_MOUNTS,
)
def compose_mounts(compose_use: ComposeUse, site: Site) -> Iterator[Finding]:
    """A Compose file can put files and folders of this machine into the container.

    When such a file is not there, Docker makes a folder of that name, and AutoGPT cannot read its settings. When a
    folder without AutoGPT in it takes the place of /app, the code inside the image is hidden, and the container ends
    with "No module named autogpt". Mount single folders and files, which exist.
    """
    entered = {each.path for each in compose_use.entered}  # of those the check of the settings speaks
    missing: list[Mounted] = []
    for mounted in compose_use.mounted:
        if mounted.bind.target in CODE_PLACES:
            if mounted.service.is_named_autogpt and mounted.state in ("folder", "missing") and not mounted.holds_code:
                yield _hidden_code(compose_use.of, mounted)
        elif mounted.source in entered or _is_upstreams(compose_use.of, mounted):
            continue
        elif mounted.state == "missing":
            missing.append(mounted)
        elif mounted.state == "folder":
            yield _folder(compose_use.of, mounted, site)
    if missing:
        yield _missing(missing)


def _is_upstreams(use: ComposeFiles, mounted: Mounted) -> bool:
    """Whether it may have come with AutoGPT, so that nobody need mean it."""
    return use.kind not in ("needed", "meant") and mounted.source.name in UPSTREAM


def _hidden_code(use: ComposeFiles, mounted: Mounted) -> Finding:
    folders = ("./data:/app/data", "./logs:/app/logs")
    words = "{source} takes the place of {target}, and has no AutoGPT in it"
    return complain(use)(
        "compose.hidden-code",
        "The Compose file hides AutoGPT's own code from the container",
        detail='The folder takes the place of the code inside the image; AutoGPT ends with "No module named autogpt".',
        evidence=found(
            say(words, source=mounted.source, target=mounted.bind.target),
            wanted=say("single folders, like {folders}", folders=folders),
            where=_where(mounted),
        ),
        remedy=remedy("Take the line out, and mount the folders that AutoGPT writes to.", links=(PAGE,)),
    )


def _missing(missing: Sequence[Mounted]) -> Finding:
    stops = any(not each.bind.creates for each in missing)
    names = list(dict.fromkeys(each.source.name for each in missing))[:MOST_SHOWN]
    rest = [found(say("and {number} more", number=len(missing) - MOST_SHOWN))] if len(missing) > MOST_SHOWN else []
    return warning(
        "compose.missing-source",
        say("{names}: put into the container, but not there", names=names),
        detail="Docker refuses to start the container." if stops else "Docker makes a folder of that name instead.",
        evidence=[
            *(found(say("there is no {path}", path=each.source), where=_where(each)) for each in missing[:MOST_SHOWN]),
            *rest,
        ],
        remedy=remedy("Make it before you start the container, or take the line out.", links=(PAGE, MOUNTS)),
        explained_by=("hidden_files.*",),
    )


def _folder(use: ComposeFiles, mounted: Mounted, site: Site) -> Finding:
    shell = shell_of(site)
    by_root = "with sudo before it, if it belongs to root"
    command = "rmdir {path}" if shell == "sh" else "Remove-Item {path}"
    return complain(use)(
        "compose.folder-for-file",
        say("{name} should be a file, but is a folder", name=mounted.source.name),
        detail="This is what Docker leaves behind when it is asked to mount a file that is not there.",
        evidence=found(say("{path} is a folder", path=mounted.source), wanted="a file", where=_where(mounted)),
        remedy=remedy(
            "Remove the folder, then make the file:",
            run(command, path=mounted.source, shell=shell, note=by_root if shell == "sh" else None),
            links=(MOUNTS,),
        ),
        explained_by=("checkout.folder-for-file",),
    )


def _at(file: ComposeFile, line: int) -> Words:
    """The place in a file; of those that came with AutoGPT the lines are not known."""
    is_known = line and not file.is_shipped
    return say("{file}, line {line}", file=file.path, line=line) if is_known else say("{file}", file=file.path)


def _where(mounted: Mounted) -> Words:
    return say("{file}, line {line}", file=mounted.file, line=mounted.bind.line)


def shell_of(site: Site) -> str:
    """The shell that a person on this system has at hand."""
    return "powershell" if site.system == "windows" else "sh"


PAGE = Link(
    "AutoGPT's Docker page",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/classic/setup/docker.md",
)
REFERENCE = Link("Docker: Compose files", "https://docs.docker.com/reference/compose-file/")
VERSION = Link("Docker: the key version", "https://docs.docker.com/reference/compose-file/version-and-name/")
PROFILES = Link("Docker: profiles", "https://docs.docker.com/compose/how-tos/profiles/")
