"""Can AutoGPT read the bytes of its `.env`, and can anybody else?

It protects the user from editors and shells that write another encoding, which AutoGPT reports as a failed start or,
worse, as a key that is "not set".
"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.dotenv_text import BYTE_ORDER_MARK
from checks.env_file import LARGEST_BYTES, EnvFile, Parser
from checks.meanings_of_settings import ENV_FILE_BYTES
from checks.plan import Plan
from doctor import (
    Command,
    Finding,
    Link,
    Remedy,
    Stage,
    check,
    found,
    problem,
    remedy,
    run,
    say,
    warning,
)


@check(
    "env_file.bytes",
    title="The encoding of .env",
    stage=Stage.CONFIGURATION,
    codes=ENV_FILE_BYTES,
)
def env_file_bytes(
    checkout: Checkout, env_file: EnvFile, parser: Parser, plan: Optional[Plan]
) -> Iterator[Finding]:
    """AutoGPT reads .env as UTF-8, and stops when a byte in it is something else, even in a comment.

    Windows PowerShell 5 and some editors write UTF-16 or the old Windows encodings, and some put an invisible mark at
    the beginning of the file, which older parsers take for a part of the first name: that setting is then not set,
    though it is plainly there. Save the file again as UTF-8 without BOM. Nothing in a file that cannot be read is
    judged: what depends on it is not checked.
    """
    if env_file.state in ("undecodable", "nul"):
        yield _undecodable(checkout, env_file)
    elif env_file.state == "unreadable":
        yield problem(
            "env_file.unreadable",
            "AutoGPT may not read its .env",
            evidence=found(
                say("{file} cannot be read ({reason})", file=env_file.path or "", reason=env_file.detail),
                wanted="a file that you may read",
            ),
            remedy=_allow(checkout, env_file),
        )
    elif env_file.state == "too-large":
        size = env_file.stat.size_bytes if env_file.stat else LARGEST_BYTES
        yield warning(
            "env_file.too-large",
            say("{file} is far too large for a file of settings", file=env_file.path or ""),
            detail="It was not read here, so nothing that depends on it is judged.",
            evidence=found(
                "settings that name each other come to more than 10 MB"
                if env_file.detail == "references"
                else say("{size} bytes", size=size),
                wanted="a few thousand bytes",
            ),
            remedy=remedy("Look at what is in it, and begin again with a copy of .env.template.", links=(SETUP,)),
        )
    elif env_file.has_mark and not parser.dialect.drops_mark:
        finding = _mark(checkout, env_file, parser, plan)
        if finding is not None:
            yield finding


def _undecodable(checkout: Checkout, env_file: EnvFile) -> Finding:
    is_nul = env_file.state == "nul"
    what = "a character NUL" if is_nul else "a byte that is no UTF-8"
    evidence = [
        found(
            say("line {line} holds {what}", line=env_file.line, what=what),
            wanted="UTF-8",
            where=say("{file}", file=env_file.path or ""),
        )
    ]
    return problem(
        f"env_file.{env_file.state}",
        say("AutoGPT cannot read .env: it is {kind}, not UTF-8", kind=env_file.detail)
        if env_file.detail
        else "AutoGPT cannot read .env: there are odd bytes in it",
        detail=say("AutoGPT stops at its start with {error}.", error="ValueError" if is_nul else "UnicodeDecodeError"),
        evidence=evidence,
        remedy=_as_utf8(checkout, env_file),
    )


def _as_utf8(checkout: Checkout, env_file: EnvFile) -> Remedy:
    path = env_file.path
    if checkout.shell == "powershell":
        text = "Save it as UTF-8: in Notepad choose File, Save as, Encoding UTF-8 (not UTF-8 with BOM, not Unicode)."
        return remedy(text, run("notepad {file}", file=path or "", shell="powershell"), links=(SETUP, NOTEPAD))
    if env_file.detail == "UTF-16":
        return remedy("Write it again as UTF-8:", *_rewrite(env_file, "iconv -f UTF-16 -t UTF-8 .env"), links=(SETUP,))
    if env_file.detail:
        text = "Write that line again in your editor and save as UTF-8; or, when it comes from Windows:"
        return remedy(text, *_rewrite(env_file, "iconv -f WINDOWS-1252 -t UTF-8 .env"), links=(SETUP,))
    return remedy(say("Write line {line} again in your editor, and save as UTF-8.", line=env_file.line), links=(SETUP,))


def _rewrite(env_file: EnvFile, command: str) -> tuple[Command, ...]:
    """The file filled with what a command makes of it: its permissions stay, and so does a link."""
    folder = "" if env_file.path is None else env_file.path.parent
    return (run("cd {folder}", folder=folder), run(f"{command} > .env.new && cat .env.new > .env && rm .env.new"))


def _allow(checkout: Checkout, env_file: EnvFile) -> Remedy:
    if checkout.shell == "powershell":
        return remedy(
            "Give yourself the right to read it: Properties, Security, Edit. Or let this do it:",
            run('icacls {file} /grant "$($env:USERNAME):(R,W)"', file=env_file.path or "", shell="powershell"),
            links=(SETUP,),
        )
    return remedy(
        "Make the file yours again:",
        run('sudo chown "$(id -un)" {file}', file=env_file.path or ""),
        run("chmod 600 {file}", file=env_file.path or ""),
        links=(SETUP,),
    )


def _mark(checkout: Checkout, env_file: EnvFile, parser: Parser, plan: Optional[Plan]) -> Optional[Finding]:
    """Harmless when the first line is a comment; else its setting is lost."""
    text = env_file.text
    first = text.names[0] if text and text.names else ""
    if text is None or not first.startswith(BYTE_ORDER_MARK):
        return None
    name = first.lstrip(BYTE_ORDER_MARK)
    if not name:  # the mark alone, before a remark
        return None
    needed = [PROVIDERS[each].key_variable for each in plan.needed] if plan else []
    make = problem if name in needed and text.get(name) is None else warning
    return make(
        "env_file.byte-order-mark",
        say("{name} is lost: an invisible mark stands before it", name=name),
        detail="The file begins with a byte order mark (BOM). This AutoGPT takes it for a part of the name.",
        evidence=found(
            say("a byte order mark in line 1, before {name}", name=name),
            wanted=say("UTF-8 without BOM, or python-dotenv 1.2.3; this checkout has {version}", version=_text(parser)),
            where=say("{file}", file=env_file.path or ""),
        ),
        remedy=_without_mark(checkout, env_file),
    )


def _text(parser: Parser) -> str:
    return ".".join(map(str, parser.version))


def _without_mark(checkout: Checkout, env_file: EnvFile) -> Remedy:
    if checkout.shell == "powershell":
        commands: tuple[Command, ...] = (
            run(
                "$file = Resolve-Path {file}; [IO.File]::WriteAllLines($file, [IO.File]::ReadAllLines($file))",
                file=env_file.path or "",
                shell="powershell",
                note="writes the same lines without the mark",
            ),
        )
    else:
        commands = _rewrite(env_file, "tail -c +4 .env")
    return remedy("Take the mark away:", *commands, links=(SETUP, NOTEPAD))


NOTEPAD = Link(
    "Encodings in Windows PowerShell",
    "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding",
)
