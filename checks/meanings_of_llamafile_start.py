"""What the findings about starting a llamafile, about one on Windows, and about the machine's resources say.

A mapping belongs to the check of its name, and lists all that it may find.
"""

from __future__ import annotations

LLAMAFILE_WSL = {
    "llamafile.wsl-address": "AutoGPT asks for its llamafile at an address that is not Windows, seen from WSL.",
    "llamafile.wsl-stale-address": "The address was Windows before a restart; WSL's network is drawn anew each time.",
    "llamafile.wsl-refused": "Windows has no llamafile that listens to WSL: none runs, or it listens to Windows alone.",
    "llamafile.wsl-firewall": "Windows lets nobody in from WSL at this port: mostly that is its firewall.",
}
LLAMAFILE_FILE = {
    "llamafile.file-incomplete": "The llamafile beside serve.py is not whole: its download broke off.",
    "llamafile.file-not-executable": "The llamafile beside serve.py may not be started: it has no executable bit.",
    "llamafile.file-too-large": "Windows starts no program of 4 GB or more, and this llamafile is one.",
}
LLAMAFILE_START = {
    "llamafile.start-no-avx": "This processor does not know AVX, and a llamafile refuses to run without it.",
    "llamafile.start-taken-over": "Linux hands a llamafile to Wine, Mono or the like, since it begins as theirs do.",
    "llamafile.start-by-python": "Without llamafile's loader only a shell can start a llamafile, and serve.py is none.",
    "llamafile.start-old-zsh": "Your zsh is older than 5.9, and cannot start a llamafile by its name.",
    "llamafile.start-mac-tools": "On this Mac a llamafile needs Apple's command line tools when it is started first.",
    "llamafile.start-quarantine": "A browser downloaded the llamafile, and macOS starts it only when you allow it.",
    "llamafile.start-port-kept": "Windows keeps the llamafile's port for itself, so that nobody can listen there.",
}
RESOURCES_MODEL = {
    "resources.model-memory": "This machine has little memory for a model of 5 GB and what it works with.",
    "resources.model-disk": "The download of a llamafile takes about 5 GB, and there is little room for it.",
}
RESOURCES_DISK = {
    "resources.disk-full": "A disk that AutoGPT writes to is full.",
    "resources.disk": "A disk that AutoGPT writes to is nearly full.",
    "resources.enough-disk": "There is room on the disks that AutoGPT writes to.",
}
RESOURCES_PORTS = {
    "resources.port-taken": "The port of AutoGPT's own server belongs to another program.",
    "resources.port-reserved": "Windows keeps the port for itself, though nobody listens there.",
}
