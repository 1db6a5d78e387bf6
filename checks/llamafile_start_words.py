"""Judgements about a llamafile that is to be started here, and what to do on this system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.llamafile_commands import LOADER, by_hand, serve
from checks.llamafile_files import USUAL_FILE, Formats, LlamafileFile, LlamafileFiles
from doctor import Finding, Link, Remedy, System, found, note, problem, remedy, run, say, warning

if TYPE_CHECKING:
    from checks.llamafile_start import Starting
    from doctor.findings import Maker

WHOLE_BYTES = 4_500_000_000
"""The usual file has about 5.1 GB; its makers may pack it anew, a little smaller or larger."""
WINDOWS_LIMIT_BYTES = 2**32
FIRST_GOOD_ZSH = (5, 9)


def _grave(files: LlamafileFiles) -> Maker:
    """While nobody answers it is what keeps AutoGPT from working; else nobody asked, and it may run by other means."""
    return problem if files.is_silent else warning


def _slight(files: LlamafileFiles) -> Maker:
    return warning if files.is_silent else note


# --- files ----------------------------------------------------------------------------------------------------------


def judge_files(files: LlamafileFiles, system: System, checkout: Checkout) -> Iterator[Finding]:
    chosen = files.usual or (files.whole[0] if len(files.whole) == 1 else None)
    if chosen is None:
        if files.files and not files.whole:
            yield _fragment(files, checkout)
        return
    incomplete = _incomplete(chosen, files, checkout)
    if incomplete is not None:
        yield incomplete
    elif not system.is_windows and not chosen.is_executable:
        yield _not_executable(chosen, files)
    elif system.is_windows and _is_too_large(chosen):
        yield _too_large(chosen, files, checkout)


def _incomplete(file: LlamafileFile, files: LlamafileFiles, checkout: Checkout) -> Optional[Finding]:
    is_short = file.path.name == USUAL_FILE and file.size_bytes < WHOLE_BYTES
    if file.size_bytes and not file.is_page and not is_short:
        return None
    size = say("{size}", size=_size(file.size_bytes))
    return _grave(files)(
        "llamafile.file-incomplete",
        say("The llamafile {name} is not whole", name=file.path.name),
        detail="Its download broke off. serve.py takes what is there for the whole, and does not go on with it.",
        evidence=found(
            say("a page of the web in its place") if file.is_page else size,
            wanted="about 5 GB" if file.path.name == USUAL_FILE else "a program with a model in it",
            where=say("{file}", file=file.path),
        ),
        remedy=_again(file, checkout),
        links=(SETUP,),
        is_certain=not file.size_bytes or file.is_page,
    )


def _fragment(files: LlamafileFiles, checkout: Checkout) -> Finding:
    part = files.files[0]
    return _slight(files)(
        "llamafile.file-incomplete",
        "The download of the llamafile is not complete",
        detail="It is under way, or it broke off.",
        evidence=found(say("{size}", size=_size(part.size_bytes)), where=say("{file}", file=part.path)),
        remedy=_again(part, checkout),
        links=(SETUP,),
    )


def _again(file: LlamafileFile, checkout: Checkout) -> Remedy:
    is_windows = checkout.shell == "powershell"
    delete = "Remove-Item {file}" if is_windows else "rm {file}"
    return remedy(
        "When no download is under way any more, delete it, and let serve.py fetch it again:",
        run(delete, file=file.path, shell=checkout.shell),
        serve(checkout),
    )


def _not_executable(file: LlamafileFile, files: LlamafileFiles) -> Finding:
    return _grave(files)(
        "llamafile.file-not-executable",
        say("The llamafile {name} may not be started: it is not executable", name=file.path.name),
        detail="serve.py makes it so only when it downloads the file itself.",
        evidence=found("no executable bit", where=say("{file}", file=file.path)),
        remedy=remedy(None, run("chmod +x {file}", file=file.path), links=(SETUP,)),
    )


def _is_too_large(file: LlamafileFile) -> bool:
    return file.path.suffix.lower() == ".exe" and file.size_bytes >= WINDOWS_LIMIT_BYTES


def _too_large(file: LlamafileFile, files: LlamafileFiles, checkout: Checkout) -> Finding:
    plain = file.path.with_suffix("")
    way = remedy(
        "Take the ending .exe away again, and let serve.py start it: that does it by the small llamafile.exe.",
        run("Rename-Item {file} {name}", file=file.path, name=plain.name, shell="powershell"),
        serve(checkout),
        links=(GOTCHAS,),
    )
    return _grave(files)(
        "llamafile.file-too-large",
        say("Windows cannot start {name}: a program must be smaller than 4 GB", name=file.path.name),
        detail='It says "This app can\'t run on your PC".',
        evidence=found(
            say("{size}", size=_size(file.size_bytes)), wanted="less than 4 GB", where=say("{file}", file=file.path)
        ),
        remedy=way,
    )


# --- the system -----------------------------------------------------------------------------------------------------


def judge_starting(
    files: LlamafileFiles, starting: Starting, formats: Formats, system: System, checkout: Checkout
) -> Iterator[Finding]:
    if starting.has_avx is False:
        yield _no_avx(files, system)
    others = tuple(each for each in formats.takers if not each.startswith("WSLInterop"))
    if formats.is_known and not formats.loader:
        if others:
            yield _taken_over(files, others)
        elif not formats.takers:
            yield _by_python(files, checkout)
    if starting.zsh and not formats.loader and _numbers(starting.zsh) < FIRST_GOOD_ZSH:
        yield _old_zsh(files, starting.zsh)
    if not starting.has_compiler:
        yield _mac_tools(files)
    if starting.is_quarantined:
        yield _quarantine(files)
    if starting.kept_port:
        yield _port_kept(starting.kept_port)


def _no_avx(files: LlamafileFiles, system: System) -> Finding:
    return _grave(files)(
        "llamafile.start-no-avx",
        "A llamafile does not run on this processor: it has no AVX",
        detail="In a virtual machine the processor may have it, and the machine hide it.",
        evidence=found(
            "no AVX", wanted="AVX", where="hw.optional.avx1_0" if system.is_mac else "flags in /proc/cpuinfo"
        ),
        remedy=remedy(
            "In a virtual machine, let it have the processor of its host (in VirtualBox and QEMU the type host). Else "
            "use another computer for it, or a provider's model in SMART_LLM and FAST_LLM.",
            links=(GOTCHAS,),
        ),
    )


def _taken_over(files: LlamafileFiles, takers: tuple[str, ...]) -> Finding:
    return _grave(files)(
        "llamafile.start-taken-over",
        "Linux hands a llamafile to another program, which cannot start it",
        detail='It begins as a program of Windows does. The error is "run-detectors: unable to find an interpreter".',
        evidence=found(
            say("such programs go to {names}", names=takers),
            wanted="an entry for llamafiles",
            where="/proc/sys/fs/binfmt_misc",
        ),
        remedy=remedy("Install llamafile's loader, and an entry for it:", *LOADER, links=(GOTCHAS,)),
    )


def _by_python(files: LlamafileFiles, checkout: Checkout) -> Finding:
    """The kernel knows no such format, and only a shell then tries whether it is a script: execve(2), ENOEXEC."""
    text = "Give it its loader, then start it:"
    commands = (*LOADER, serve(checkout))
    if files.whole:
        text, commands = "Start it through sh. With its loader serve.py can, too.", (by_hand(files), *LOADER)
    return (problem if files.is_silent else note)(
        "llamafile.start-by-python",
        "serve.py cannot start a llamafile on this Linux by itself",
        detail='Without llamafile\'s loader only a shell can, and Python says "Exec format error".',
        evidence=found("no entry for llamafiles", where="/proc/sys/fs/binfmt_misc"),
        remedy=remedy(text, *commands, links=(GOTCHAS, SETUP)),
        is_certain=False,
    )


def _old_zsh(files: LlamafileFiles, version: str) -> Finding:
    is_there = bool(files.whole)
    return (_slight(files) if is_there else note)(
        "llamafile.start-old-zsh",
        say("zsh {version} cannot start a llamafile by its name", version=version),
        detail='It says "exec format error". sh can.',
        evidence=found(say("zsh {version}", version=version), wanted="5.9 or newer"),
        remedy=remedy(None, by_hand(files), links=(GOTCHAS,)),
    )


def _mac_tools(files: LlamafileFiles) -> Finding:
    return _grave(files)(
        "llamafile.start-mac-tools",
        "A llamafile needs Apple's command line tools on this Mac",
        detail="It makes a small program with them when it is started for the first time.",
        evidence=found("none are installed", where="/Library/Developer/CommandLineTools"),
        remedy=remedy(None, run("xcode-select --install"), links=(GOTCHAS,)),
    )


def _quarantine(files: LlamafileFiles) -> Finding:
    file = (files.usual or files.whole[0]).path
    return _slight(files)(
        "llamafile.start-quarantine",
        "macOS does not start the llamafile before you allow it",
        detail="A browser downloaded it, and nobody whom Apple knows has signed it.",
        evidence=found("the mark com.apple.quarantine", where=say("{file}", file=file)),
        remedy=remedy(None, run("xattr -d com.apple.quarantine {file}", file=file), links=(GATEKEEPER,)),
    )


def _port_kept(port: int) -> Finding:
    return problem(
        "llamafile.start-port-kept",
        say("Windows keeps port {port} for itself: no llamafile can listen there", port=port),
        detail="Hyper-V and others are given ranges of ports, others after each restart.",
        evidence=found("nobody listens there, and who wants to is denied it"),
        remedy=remedy(
            "Restart Windows, which mostly keeps other ports then. Or start serve.py with --port and another port, one "
            "that does not end in 1, and write that port into LLAMAFILE_API_BASE.",
            run("netsh int ipv4 show excludedportrange tcp", shell="powershell", note="which ports are kept"),
            links=(KEPT,),
        ),
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 50_000_000 else f"{size_bytes:,} bytes"


# --- links -------------------------------------------------------------------------------------------

GOTCHAS = Link("llamafile: known troubles", "https://github.com/mozilla-ai/llamafile#gotchas-and-troubleshooting")
GATEKEEPER = Link("Apple: open an app by overriding security", "https://support.apple.com/guide/mac-help/mh40617/mac")
KEPT = Link("Ports that Windows keeps", "https://github.com/microsoft/WSL/issues/5514")
SETUP = PROVIDERS["llamafile"].setup_page
