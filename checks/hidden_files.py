"""Is there a `.env`, or only something that looks like one?

It protects the user from file managers that hide the ends of names and whole files, so that ".env.txt" looks like
".env" and the template cannot be found.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple

from checks.autogpt.versions import PLACES, Version
from checks.checkout import Checkout, Git
from checks.checkout_layout import SETUP
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.file_managers import FileManager
from checks.look_alikes import LookAlikes
from checks.meanings import HIDDEN_FILES_ENV, HIDDEN_FILES_SHOWN
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    Stage,
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
from doctor.machine import Stat

# --- facts --------------------------------------------------------------------------------------------------------


class HiddenFiles(NamedTuple):
    """Of the files that a person must find, those with the attribute "hidden"."""

    files: tuple[PurePath, ...] = ()


@fact
def hidden_files(machine: Machine, env_places: EnvPlaces) -> HiddenFiles:
    stats = {path: machine.stat(path) for path in (env_places.template, env_places.target)}
    return HiddenFiles(tuple(path for path, stat in stats.items() if isinstance(stat, Stat) and stat.is_hidden))


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "hidden_files.env",
    title="The file .env",
    stage=Stage.CONFIGURATION,
    codes=HIDDEN_FILES_ENV,
)
def hidden_files_env(
    checkout: Checkout,
    env_places: EnvPlaces,
    env_file: EnvFile,
    look_alikes: LookAlikes,
    file_manager: FileManager,
    git: Git,
    version: Version,
) -> Iterator[Finding]:
    """AutoGPT reads your keys and settings from a file that is called exactly .env.

    A file manager may hide the end of a name: what it shows as .env can be .env.txt, which AutoGPT never reads. The
    same goes for env, .ENV or a name with a blank at its end. Others type their key into .env.template, or put the
    .env into a folder where this AutoGPT does not look. Copy .env.template to .env, with a command rather than in a
    file manager. When keys are set in the shell, the file is not needed, and nothing is said.
    """
    if env_places.is_configured:
        if env_places.found is not None:
            yield _read(env_places.found, checkout)
    elif env_places.odd is not None:
        yield _no_file(env_places, env_places.odd, checkout, env_file.state == "special")
    elif look_alikes.files:
        yield _look_alike(look_alikes, file_manager, checkout, env_places)
    elif look_alikes.template_holds_key:
        yield _key_in_template(checkout, env_places, git)
    elif env_places.elsewhere:
        yield _elsewhere(checkout, env_places)
    elif env_places.has_template and not env_places.is_made:
        yield _no_env(checkout, env_places, version)


def _no_env(checkout: Checkout, env_places: EnvPlaces, version: Version) -> Finding:
    return problem(
        "hidden_files.no-env",
        "There is no .env yet, and no key is set in this shell",
        detail="AutoGPT needs the key of at least one provider of language models.",
        evidence=found(say("no .env in {folder}", folder=checkout.agent), wanted="a copy of .env.template"),
        remedy=remedy(
            "Make one. In it delete the # before OPENAI_API_KEY= (or the line of another provider), and put your "
            "key right behind the ="
            if version.place >= PLACES["2024-05"]  # of its template every line is a remark
            else "Make one, then put your key into it, behind OPENAI_API_KEY=",
            *_copies(checkout, env_places),
            links=(SETUP,),
        ),
        explained_by=("checkout.folder-for-file",),
    )


def _read(path: PurePath, checkout: Checkout) -> Finding:
    """Up to 2026 any .env above AutoGPT's folder counts, one of another project too."""
    is_foreign = checkout.layout.env_from is not None and checkout.root not in path.parents
    detail = "It lies outside of AutoGPT's folder. A .env beside .env.template would come before it."
    return (note if is_foreign else ok)(
        "hidden_files.env", say("AutoGPT reads {path}", path=path), detail=detail if is_foreign else None
    )


def _no_file(env_places: EnvPlaces, odd: PurePath, checkout: Checkout, is_read: bool) -> Finding:
    """Since its version 1.2 python-dotenv reads pipes; who makes one for it knows what stands in it, and we do not."""
    if is_read:
        return warning(
            "hidden_files.env-no-file",
            "Your .env is no ordinary file, so what is set in it is not known here",
            detail="Some password managers make it so. AutoGPT itself reads it when it starts.",
            evidence=found("a pipe, a socket or a device", where=say("{file}", file=odd)),
            remedy=remedy("If that is not what you want, make it a file with your settings.", links=(SETUP,)),
        )
    is_link = env_places.odd_kind == "link"
    return problem(
        "hidden_files.env-no-file",
        "Your .env is a link to a file that is not there" if is_link else "Your .env is no file, so AutoGPT skips it",
        evidence=found(
            "a link that leads nowhere" if is_link else "a pipe, a socket or a device",
            wanted="a file",
            where=say("{file}", file=odd),
        ),
        remedy=remedy(
            "Put the file back that it leads to, or make a new one in its place:" if is_link else "Make a file of it:",
            run("rm {path}" if checkout.shell == "sh" else "Remove-Item {path}", path=odd, shell=checkout.shell),
            *_copies(checkout, env_places),
            links=(SETUP,),
        ),
    )


def _look_alike(
    look_alikes: LookAlikes, file_manager: FileManager, checkout: Checkout, env_places: EnvPlaces
) -> Finding:
    best = look_alikes.files[0]
    name = best.path.name
    shown = say("{name}", name=name) if name == name.strip() else say('"{name}"', name=name)
    evidence = [
        found(say("{name} in {folder}", name=shown, folder=best.path.parent), wanted="a file called exactly .env")
    ]
    if file_manager.hides_endings and name.lower().endswith(KNOWN_ENDINGS):
        evidence.append(found(say("{program} does not show the ends of names", program=file_manager.name)))
    if best.is_formatted:
        commands = _copies(checkout, env_places)
        text = "It is a formatted text, which AutoGPT cannot read. Make a new .env and copy your settings into it:"
    else:
        commands = [_moves(best.path, env_places.target, checkout.shell)]
        text = "Give it its name:" if best.holds_key else "Give it its name, then put your key into it:"
    return problem(
        "hidden_files.env-look-alike",
        say("The file is called {name}, but AutoGPT reads .env only", name=shown),
        detail="Your key is in it." if best.holds_key else None,
        evidence=evidence,
        remedy=remedy(text, *commands, links=_links(file_manager)),
    )


def _key_in_template(checkout: Checkout, env_places: EnvPlaces, git: Git) -> Finding:
    commands = list(_copies(checkout, env_places))
    if git.folder is not None:
        back = run(
            "git checkout HEAD -- .env.template", shell=checkout.shell, note="so that git does not keep your key"
        )
        commands.append(back)
    return problem(
        "hidden_files.key-in-template",
        "Your key is in .env.template, but AutoGPT reads .env only",
        evidence=found(say("a key in {file}, and no .env", file=env_places.template)),
        remedy=remedy("Make a copy that is called .env:", *commands, links=(SETUP,)),
    )


def _elsewhere(checkout: Checkout, env_places: EnvPlaces) -> Finding:
    path = env_places.elsewhere[0]
    return problem(
        "hidden_files.env-elsewhere",
        "Your .env is in a folder where this AutoGPT does not look",
        evidence=found(say("{path}", path=path), wanted=say("one of {places}", places=env_places.searched)),
        remedy=remedy("Move it:", _moves(path, env_places.target, checkout.shell), links=(SETUP,)),
    )


def _moves(path: PurePath, target: PurePath, shell: str) -> Command:
    word = "mv {path} {target}" if shell == "sh" else "Move-Item {path} {target}"
    return run(word, path=path, target=target, shell=shell)


def _copies(checkout: Checkout, env_places: EnvPlaces) -> list[Command]:
    word = "cp .env.template .env" if checkout.shell == "sh" else "Copy-Item .env.template .env"
    return [run("cd {folder}", folder=checkout.agent, shell=checkout.shell), run(word, shell=checkout.shell)]


@check(
    "hidden_files.shown",
    title="What the file manager shows",
    stage=Stage.CONFIGURATION,
    codes=HIDDEN_FILES_SHOWN,
)
def hidden_files_shown(
    env_places: EnvPlaces, look_alikes: LookAlikes, hidden_files: HiddenFiles, file_manager: FileManager
) -> Iterator[Finding]:
    """The file .env.template has to be found before it can be copied, and file managers hide such files.

    On macOS and Linux a file whose name begins with a dot is hidden; on Windows one with the attribute "hidden" is.
    This is said only when a file that you need is concerned.
    """
    if hidden_files.files and (file_manager.hides_hidden or file_manager.name == "Finder"):
        yield note(
            "hidden_files.hidden-attribute",
            say(
                "{program} does not show {names}", program=file_manager.name, names=[f.name for f in hidden_files.files]
            ),
            evidence=found(say("marked as hidden: {files}", files=hidden_files.files)),
            remedy=remedy(_how_to_show(file_manager.name), links=_links(file_manager)),
        )
    if file_manager.hides_dot_files and env_places.has_template and not look_alikes.files:
        yield note(
            "hidden_files.dot-files-hidden",
            say("{program} does not show files whose names begin with a dot", program=file_manager.name),
            detail="You do not see .env.template there, although it is in AutoGPT's folder.",
            remedy=remedy(_how_to_show(file_manager.name), links=_links(file_manager)),
        )


def _how_to_show(program: str) -> str:
    if program == "Explorer":
        return "In Explorer: View, Show, Hidden items."
    if program == "Finder":
        return "In Finder, press Command, Shift and the full stop."
    return (
        "In the file manager, press Ctrl and H." if program != "Dolphin" else "In Dolphin, press Alt and the full stop."
    )


def _links(file_manager: FileManager) -> tuple[Link, ...]:
    if file_manager.name == "Explorer":
        return (SETUP, SHOW_ON_WINDOWS)
    return (SETUP, SHOW_ON_MAC) if file_manager.name == "Finder" else (SETUP,)


KNOWN_ENDINGS = (".txt", ".text", ".rtf", ".doc", ".docx", ".odt", ".md", ".htm", ".html")
SHOW_ON_WINDOWS = Link(
    "Show hidden files and endings in Windows",
    "https://support.microsoft.com/en-us/windows/"
    "view-hidden-files-and-folders-in-windows-97fbc472-c603-9d90-91d0-1166d1d9f4b5",
)
SHOW_ON_MAC = Link("Show hidden files on a Mac", "https://www.pcmag.com/how-to/how-to-access-your-macs-hidden-files")
