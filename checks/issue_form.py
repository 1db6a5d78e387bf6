"""AutoGPT's own bug form: its questions in order, with the answers that a run knows.

Spares the person, and whoever reads the issue, the guessing: which system, which version, which provider, which area.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional

from checks.checkout import Checkout, Git
from checks.container import Container
from checks.wsl import Wsl
from doctor import IssueForm, Machine, Unavailable, fact, say
from doctor.machine import Content
from doctor.words import Words

# The form is .github/ISSUE_TEMPLATE/1.bug.yml upstream, the same since 2024-07-22. Its first question, whether the
# existing issues were searched, is the person's to answer.
SYSTEM = "Which Operating System are you using?"
VERSION = "Which version of AutoGPT are you using?"
PROVIDER = "What LLM Provider do you use?"
AREA = "Which area covers your issue best?"
COMMIT = "What commit or version are you using?"
ISSUE = "Describe your issue."

AREAS = {"": "Installation and setup"}
BRANCHES = {"master": "Master (branch)", "stable": "Stable (branch)"}
PROVIDERS = {
    "OPENAI_API_KEY": "OpenAI",
    "ANTHROPIC_API_KEY": "Anthropic",
    "GROQ_API_KEY": "Groq",
    "LLAMAFILE_API_BASE": "Llamafile",
}
OFFERED = ("Azure", "Groq", "Anthropic", "Llamafile")
"""The form does not offer OpenAI: whoever uses it picks the other ones."""


@fact
def issue_form(
    machine: Machine, wsl: Wsl, container: Container, checkout: Optional[Checkout], git: Optional[Git]
) -> IssueForm:
    return IssueForm(
        answers=(
            (SYSTEM, say(_system(machine, wsl, container))),
            (VERSION, _version(checkout, git)),
            (PROVIDER, _provider(machine, checkout)),
            (COMMIT, _commit(checkout, git)),
            (ISSUE, say("")),
        ),
        area_question=AREA,
        areas=AREAS,
        before_areas=3,
    )


def _system(machine: Machine, wsl: Wsl, container: Container) -> str:
    if wsl.is_wsl:
        return "Windows Subsystem for Linux (WSL)"
    if container.kind in ("codespace", "devcontainer"):
        return "Devcontainer / Codespace"
    if container.is_container:
        return "Docker"
    return {"windows": "Windows", "darwin": "MacOS", "linux": "Linux"}.get(machine.system.kind, "Other")


def _version(checkout: Optional[Checkout], git: Optional[Git]) -> Words:
    if checkout is None:
        return say("none: there is no checkout where the doctor looked")
    layout = checkout.layout.name
    if git is None or git.folder is None:
        return say("a download without git, of the layout {layout}", layout=layout)
    if git.branch in BRANCHES:
        return say(BRANCHES[git.branch])
    if git.branch:
        return say("the branch {branch}, of the layout {layout}", branch=git.branch, layout=layout)
    return say("a single commit or release, of the layout {layout}", layout=layout)


def _commit(checkout: Optional[Checkout], git: Optional[Git]) -> Words:
    if git is not None and git.commit:
        return say("{commit}", commit=git.commit)
    return say("unknown, of the layout {layout}", layout=checkout.layout.name) if checkout else say("unknown")


def _provider(machine: Machine, checkout: Optional[Checkout]) -> Words:
    """Judged by which settings are filled in, in the environment or in the agent folder's `.env`."""
    try:
        names = set(_in_environment(machine)) | set(_in_file(machine, checkout.agent / ".env") if checkout else ())
    except Unavailable:
        return say("not known")
    providers = [provider for name, provider in PROVIDERS.items() if name in names]
    if "USE_AZURE" in names:
        providers = ["Azure", *(each for each in providers if each != "OpenAI")]
    if not providers:
        return say("none yet: no key is set")
    if len(providers) == 1 and providers[0] in OFFERED:
        return say(providers[0])
    return say("Other (detail in issue): {providers}", providers=", ".join(providers))


def _in_environment(machine: Machine) -> Iterator[str]:
    for name in (*PROVIDERS, "USE_AZURE"):
        secret = machine.secret(name)
        if secret is not None and _is_filled_in(name, secret.reveal()):
            yield name


def _in_file(machine: Machine, path: PurePath) -> Iterator[str]:
    content = machine.read_settings(path, limit_bytes=256 * 1024)
    for line in content.text.splitlines() if isinstance(content, Content) else ():
        name, equals, value = line.strip().partition("=")
        name = name.strip()
        name = name[len("export ") :].strip() if name.startswith("export ") else name
        if equals and (name in PROVIDERS or name == "USE_AZURE") and _is_filled_in(name, value):
            yield name


def _is_filled_in(name: str, value: str) -> bool:
    value = value.strip().strip("\"'")
    if name == "USE_AZURE":
        return value == "True"  # exactly this counts, see `UserConfigurable` upstream
    return bool(value) and not value.startswith(("your-", "#"))
