"""The commands by which a llamafile is started: by AutoGPT's script, by itself, and on a Linux that needs a loader."""

from __future__ import annotations

from checks.checkout import Checkout
from checks.llamafile_files import RUNTIME, USUAL_FILE, LlamafileFiles
from doctor import Command, run

USUAL_PORT = 8080
"""Where a llamafile listens that is told nothing else."""
_SERVE = {
    "sh": "cd {agent} && poetry run python scripts/llamafile/serve.py",
    "powershell": "cd {agent}; poetry run python scripts/llamafile/serve.py",
}


def serve(checkout: Checkout, port: int = USUAL_PORT, note: str = "") -> Command:
    """AutoGPT's own script, in the environment that has what it needs."""
    words = _SERVE[checkout.shell] + ("" if port == USUAL_PORT else " --port {port}")
    return run(words, shell=checkout.shell, note=note, agent=checkout.agent, port=port)


def by_hand(files: LlamafileFiles, shell: str = "sh", context: int = 0) -> Command:
    """A llamafile, started without serve.py; a context of 0 is what its model can do at most."""
    best = files.usual or next(iter(files.whole), None)
    file = files.folder / (best.path.name if best is not None else USUAL_FILE)
    if shell == "powershell":
        program, words = files.folder / RUNTIME, "& {program} -m {file} --server --ctx-size {context}"
        return run(words, program=program, file=file, context=context, shell=shell, note=_OWN)
    return run("sh {file} --server --ctx-size {context}", file=file, context=context, note=_OWN)


_OWN = "in a terminal of its own"


# llamafile's README, its section Gotchas.
LOADER = (
    run("sudo wget -O /usr/bin/ape https://cosmo.zip/pub/cosmos/bin/ape-$(uname -m).elf"),
    run("sudo chmod +x /usr/bin/ape"),
    run("sudo sh -c \"echo ':APE:M::MZqFpD::/usr/bin/ape:' >/proc/sys/fs/binfmt_misc/register\"",
        note="again after each restart"),
)  # fmt: skip
