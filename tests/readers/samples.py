"""Four small reports for the readers, in words of their own: an ill machine, a healthy one, an unfinished run, and one
full of text that wants to be something else than text.

`python -m tests.readers.samples` draws the golden files anew; look at what changed before keeping it.
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path, PurePosixPath, PureWindowsPath

from doctor import (
    Finding,
    IssueForm,
    Link,
    Secret,
    Stage,
    Status,
    Subject,
    Surroundings,
    found,
    note,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)  # fmt: skip
from doctor.about import Identity
from doctor.machine import System
from doctor.outcome import Because, Outcome, Reason, Result
from doctor.readers import json, markdown, text
from doctor.readers.layout import Look, plain
from doctor.report import Report, make_report
from doctor.words import Place, Scrubber

GOLDEN = Path(__file__).parent / "golden"
HOME = PurePosixPath("/home/marianne")
GARDEN = HOME / "garden"
LINK = Link("Line ends", "https://example.org/tools/git/line-ends")
LINUX = System("linux", "Ubuntu 22.04.5 LTS", "5.15.167.4", "x86_64", "x86_64", "glibc 2.35", "ubuntu")
FORM = IssueForm(
    (
        ("Which Operating System are you using?", say("Windows Subsystem for Linux (WSL)")),
        ("What commit or version are you using?", say("{commit}", commit="3f2a91c0d4")),
        ("Describe your issue.", say("")),
    ),
    "Which area covers your issue best?",
    {"": "Other", "scripts": "Installation and setup"},
    before_areas=1,
)


def passed(id: str, title: str, stage: Stage, *findings: Finding) -> Result:
    status = Status.NOTE if any(each.status is Status.NOTE for each in findings) else Status.OK
    return Result(id, title, stage, status, findings, None, 0.004)


def result(id: str, title: str, stage: Stage, *findings: Finding) -> Result:
    return Result(id, title, stage, max((f.status for f in findings), key=lambda s: s.weight), findings, None, 0.012)


def missing(id: str, title: str, stage: Stage, because: Because, status: Status = Status.NOT_CHECKED) -> Result:
    return Result(id, title, stage, status, (), because, 0.0)


def report(*results: Result, system: System = LINUX, **more: object) -> Report:
    """A report of these results on Marianne's machine."""
    outcome = Outcome(results, {}, bool(more.pop("was_stopped", False)), 0.41)
    surroundings = Surroundings(
        say("{name} in WSL {version}", name=system.name, version=2), {"wsl": 2, "container": None}
    )
    identity = Identity(
        Subject(GARDEN / "classic", "classic-2024", "3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3"), surroundings, FORM
    )
    return make_report(
        outcome,
        version="1.2.3",
        taken_at=datetime(2026, 11, 1, 12, 0, 5, tzinfo=timezone.utc),
        system=system,
        place=Place(HOME, "marianne", "desk-of-marianne"),
        identity=identity,
        **more,  # type: ignore[arg-type]
    )


def ill() -> Report:
    no_names = Because(Reason.CAUSE, say("{host} does not resolve", host="api.example.org"), "network.dns")
    return report(
        passed("python.version", "Python version", Stage.PYTHON, ok("python.fits", "3.12 fits")),
        result(
            "scripts.ends",
            "Line ends",
            Stage.FILES,
            problem(
                "scripts.crlf",
                say("{script} has Windows line ends", script="start.sh"),
                detail=say("{scripts} (all three; Linux then looks for a program called \"bash\\r\")",
                           scripts=["start.sh", "setup", "run"]),
                evidence=[
                    found(
                        say("{ends} at the end of line 1", ends="CR LF"),
                        wanted="LF",
                        where=say("{path}", path=GARDEN / "start.sh"),
                    )
                ],
                remedy=remedy(
                    None,
                    run("sed -i 's/\\r$//' {scripts}", scripts=["start.sh", "setup", "run"]),
                    run("git config core.autocrlf input", note="so that it does not come back"),
                    links=[LINK],
                ),
            ),
        ),
        result(
            "network.names",
            "Names",
            Stage.NETWORK,
            problem(
                "network.dns",
                "Nothing resolves names",
                evidence=found(say("{server} does not answer; {other} does, so the line itself is up",
                                   server="10.255.255.254", other="192.0.2.1:443")),
                remedy=remedy(
                    None, run("wsl --shutdown", shell="powershell", note="in PowerShell, then open Ubuntu again")
                ),
            ),
            problem("network.proxy", "The proxy is not found", explained_by=["network.dns"]),
        ),
        result(
            "env_file.access",
            "Who reads .env",
            Stage.CONFIGURATION,
            warning(
                "env_file.permissions",
                say("{file} can be read by every user of this machine", file=".env"),
                remedy=remedy(None, run("chmod 600 {file}", file=GARDEN / ".env")),
            ),
        ),
        missing("keys.first", "First key", Stage.PROVIDERS, no_names),
        missing("keys.second", "Second key", Stage.PROVIDERS, no_names),
        passed("docker.engine", "Docker engine", Stage.DOCKER, note("docker.unneeded", "Docker is not needed here")),
        passed("wsl.version", "WSL version", Stage.MACHINE),
    )  # fmt: skip


def healthy() -> Report:
    return report(
        passed("wsl.version", "WSL version", Stage.MACHINE, ok("wsl.two", say("version {number}", number=2))),
        passed("python.version", "Python version", Stage.PYTHON),
        passed("python.parts", "Parts of Python", Stage.PYTHON),
        passed("env_file.place", "Place of .env", Stage.CONFIGURATION),
    )


def unfinished() -> Report:
    crash = Because(Reason.CRASH, say("it failed ({error})", error="TypeError"))
    late = Because(Reason.TIME, say("no answer within {limit} seconds", limit="10"))
    offline = Because(Reason.OFFLINE, say("the network is left alone in this run"))
    return report(
        passed("python.version", "Python version", Stage.PYTHON),
        missing("poetry.version", "Poetry version", Stage.POETRY, crash, Status.ERROR)._replace(
            trace=("TypeError", "checks/poetry.py:31 in version")
        ),
        missing("docker.engine", "Docker engine", Stage.DOCKER, late),
        missing("docker.images", "Docker images", Stage.DOCKER, late),
        missing("keys.first", "First key", Stage.PROVIDERS, offline),
    )


def odd() -> Report:
    """Nothing of this may be read as markup, a mention, HTML, an escape code or the end of a fence."""
    folder = PureWindowsPath("C:\\Users\\marianne\\[red]`x` ``` @octocat #12 <b>\\数据目录 资料")
    key = "sk-" + "proj-" + "Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 3
    return report(
        result(
            "odd.folder",
            "Folder [bold]*names*[/bold]",
            Stage.MACHINE,
            problem(
                "odd.name",
                say("*Names* like {folder} are __hard__ @someone, see #7", folder=folder),
                detail=say(
                    "a program said {text}", text=f"\x1b[31m{key} :smile: $x$ http://user:pw@example.org/\r\n@octocat"
                ),
                evidence=found(
                    say("{secret}", secret=Secret(key)), wanted=say("{it}", it=""), where=say("{f}", f=folder)
                ),
                remedy=remedy(
                    say("1. Rename it to {name}", name="数据`目录"),
                    run("ren {folder} plain", folder=folder, shell="cmd", note=say("in {window} <i>", window="```cmd")),
                    run("echo {folder}", folder=folder, shell="powershell"),
                    run("```", shell="powershell"),
                    links=[Link("Names [and] such", "https://example.org/a_b(c)?d=[e]&f=g")],
                ),
            ),
        ),
        system=System("windows", "Windows 11", "10.0.22631", "x86_64"),
    )


SAMPLES = {each.__name__: each for each in (ill, healthy, unfinished, odd)}


def drawn() -> dict[str, str]:
    """Every sample by every reader, by the name of its golden file."""
    files = {}
    for name, make in SAMPLES.items():
        files[f"{name}.txt"] = plain(text.draw(make(), Look(90)))
        files[f"{name}.json"] = json.draw(make(), Scrubber(make().place))
        files[f"{name}.md"] = markdown.draw(make())
    files["ill-verbose.txt"] = plain(text.draw(ill(), Look(90, is_verbose=True)))
    files["ill-narrow.txt"] = plain(text.draw(ill(), Look(40)))
    files["odd-ascii.txt"] = plain(text.draw(odd(), Look(80, encoding="cp437", is_ascii=True)))
    return files


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, content in drawn().items():
        (GOLDEN / name).write_text(content, encoding="utf-8")
