"""What the findings of the checks with several of them say, each in a sentence, for whoever asks `explain` about one.

A mapping belongs to the check of its name, and lists all that it may find.
"""

from __future__ import annotations

CHECKOUT_LAYOUT = {
    "checkout.none": "Neither this folder nor one above it holds AutoGPT, so only the machine could be examined.",
    "checkout.platform": "This is the folder of the AutoGPT platform, another product; the agent lies beside it.",
    "checkout.platform-only": "This repository holds the AutoGPT platform, another product, and not the agent.",
    "checkout.alone": "The agent's folder is here without the other folders of its repository, which it needs.",
    "checkout.image": "A compose file here runs AutoGPT's Docker image: no repository is needed.",
    "checkout.layout": "The AutoGPT of this folder was recognised.",
}
CHECKOUT_GIT = {
    "checkout.git": "The branch and the commit of your AutoGPT.",
    "checkout.zip": "AutoGPT was downloaded as a ZIP file, so git can neither update it nor bring a file back.",
    "checkout.detached-head": "git stands on a single commit and on no branch, which AutoGPT does not expect.",
}
CHECKOUT_PLACE = {
    "checkout.cloud-folder": "OneDrive or iCloud moves files of this folder away while AutoGPT works with them.",
    "checkout.guarded-folder": "Windows lets only administrators write in this folder, and AutoGPT writes in its own.",
    "checkout.long-path": "Windows reaches paths of about 260 characters, and some of AutoGPT's would be longer.",
    "checkout.unusual-path": "Blanks and accents in a path trouble some programs, though not AutoGPT itself.",
}
DOCKER_CLIENT = {
    "docker.absent": "There is no command docker, and no engine at the usual places.",
    "docker.not-on-path": "Docker's command is installed, but the terminal does not find it.",
    "docker.no-engine": "Docker's command is here, and no engine that would carry out what it is told.",
}
DOCKER_ENGINE = {
    "docker.running": "An engine answers.",
    "docker.not-running": "Docker is installed, but its engine has not been started.",
    "docker.not-answering": "The engine is running, but has stopped answering.",
    "docker.permission": "The engine is running, but your login may not use it.",
    "docker.wsl-integration": "Docker Desktop is not switched on for this distribution of WSL.",
    "docker.wsl-1": "This distribution uses WSL 1, in which Docker Desktop cannot work.",
    "docker.starting": "Docker Desktop was started and is not ready yet, or never will be.",
    "docker.bad-host": "The variable DOCKER_HOST holds something that is no address of an engine.",
    "docker.bad-context": "Docker's setting for which engine to use names one that is not there.",
    "docker.unreachable": "Docker is set to an engine on another machine, which does not answer.",
    "docker.version-mismatch": "Docker's command and its engine are too far apart in age to understand each other.",
    "docker.client-broken": "Docker's command is there, but cannot be started.",
    "docker.unclear": "Docker says something that the doctor does not know.",
    "docker.windows-containers": "Docker Desktop is switched to Windows containers; AutoGPT needs those of Linux.",
    "docker.engine-too-old": "The engine is older than what AutoGPT's library for Docker talks to.",
}
DOCKER_COMPOSE = {
    "docker.compose-found": "Compose 2 or newer is there.",
    "docker.compose-missing": "Docker works, but has no plugin called compose.",
    "docker.compose-v1": "Only the first Compose is there, which does not read AutoGPT's file.",
}
ENVIRONMENT = {
    "environment.absent": "Poetry has made no environment for this checkout yet.",
    "environment.shared": "Poetry is set to install into Python itself, and not into an environment.",
    "environment.broken": "The environment is there, but the Python that it was made from is gone.",
    "environment.wrong-python": "The environment was made with a Python that this AutoGPT does not admit.",
    "environment.not-installed": "The environment is there, but AutoGPT's packages are not (all) in it.",
    "environment.ready": "The environment is there, with a Python that fits and AutoGPT in it.",
}
ENVIRONMENT_VERSIONS = {
    "environment.httpx-proxies": "With httpx 0.28 or newer the older libraries of OpenAI and Anthropic end at once.",
    "environment.groq-httpx": "httpx 0.28 or newer ends the older library of Groq when it is used.",
    "environment.docker-requests": "requests 2.32 or newer keeps the older library for Docker from finding its engine.",
}
HIDDEN_FILES_ENV = {
    "hidden_files.env": "AutoGPT finds the file .env with your settings.",
    "hidden_files.env-look-alike": "A file has almost the right name, like .env.txt; AutoGPT does not read it.",
    "hidden_files.key-in-template": "The key was written into the template, which AutoGPT does not read.",
    "hidden_files.env-elsewhere": "There is a .env, but not in a folder where this AutoGPT looks.",
    "hidden_files.no-env": "No .env was made yet, and no variable of the terminal has a key.",
    "hidden_files.env-no-file": "What is called .env is no file: a link that leads nowhere, or a pipe.",
}
LOCK_FILE = {
    "lock.absent": "poetry.lock, which says which versions AutoGPT was made with, is not there.",
    "lock.unreadable": "poetry.lock is there, but may not be read.",
    "lock.conflict": "git has left both sides of a merge in poetry.lock.",
    "lock.broken": "A part of poetry.lock is missing or damaged.",
}
LOCK_FORMAT = {
    "lock.too-new-for-poetry": "Your Poetry cannot read a lock file of this form.",
    "lock.newer-than-poetry": "Your Poetry reads this lock file, but does not know all that it holds.",
    "lock.unknown-format": "No Poetry that the doctor knows reads a lock file of this form.",
}
MSVC_REDISTRIBUTABLE = {
    "msvc.redistributable-missing": "Windows lacks the Visual C++ runtime, which parts of AutoGPT are built on.",
    "msvc.redistributable-damaged": "The Visual C++ runtime is listed as installed, but a file of it is gone.",
    "msvc.redistributable-old": "The Visual C++ runtime is older than what some parts of AutoGPT were built with.",
    "msvc.redistributable": "The Visual C++ runtime is there.",
}
POETRY_PROGRAM = {
    "poetry.missing": "There is no Poetry, neither on PATH nor where its installers put it.",
    "poetry.not-on-path": "Poetry is installed in a folder where the terminal does not look.",
    "poetry.broken": "Poetry is there but cannot start, mostly because its own Python was removed.",
    "poetry.shim": "pyenv has a stand-in called poetry, and nothing to start behind it.",
    "poetry.no-answer": "Poetry was started to ask for its version, and did not tell it.",
    "poetry.version": "Poetry is there and works.",
}
PYTHON_KIND = {
    "python.msys2": "The Python of MSYS2 or Git Bash cannot use the packages made for Windows.",
    "python.32-bit": "A 32-bit Python finds no ready-made packages, although this system has 64 bits.",
    "python.rosetta": "This Python was made for Intel processors and runs translated on this Mac.",
    "python.pypy": "PyPy is another Python than the one that AutoGPT's packages are made for.",
    "python.free-threaded": "The free-threaded Python finds no ready-made form of many packages.",
    "python.no-ssl": "This Python has no encryption built in, so it can reach neither packages nor models.",
}
PYTHON_PARTS = {
    "python.no-ensurepip": "The distribution keeps the part that makes virtual environments in a package of its own.",
    "python.externally-managed": "The distribution does not let pip install into its own Python.",
    "python.home-set": "The variable PYTHONHOME sends every Python to the parts of another one.",
}
PYTHON_VERSION = {
    "python.found": "The Python that AutoGPT would run with.",
    "python.none": "There is no Python on this machine, as far as the doctor can see.",
    "python.not-on-path": "There is a Python, but not under the name that AutoGPT's launcher starts.",
    "python.too-old": "Every Python of this machine is older than this AutoGPT asks for.",
    "python.unsuitable": "There are Pythons, but none of a version that this AutoGPT takes.",
    "python.wrong-one": "The command starts a Python that does not fit, although another one may.",
    "python.wrong-environment": "The environment that is active in your terminal has a Python that does not fit.",
    "python.store-stub": "The command only opens the Microsoft Store: Windows has a placeholder of that name.",
    "python.apple-stub": "The command only asks to install Apple's developer tools: it is a placeholder.",
    "python.shim": "A version manager such as pyenv or asdf owns the command, and has no Python to start.",
    "python.broken": "The command is there, but what it starts does not answer as a Python does.",
    "python.python2": "The command starts Python 2, which nothing of AutoGPT runs on.",
}
WSL_INSTALLATION = {
    "wsl.not-installed": "Windows has no WSL; AutoGPT works without it.",
    "wsl.no-distribution": "WSL is installed, and no Linux in it yet.",
    "wsl.blocked-by-policy": "Whoever manages this computer has forbidden WSL.",
    "wsl.broken-distribution": "A Linux of WSL is not in a state to be started.",
    "wsl.installed": "WSL is there, with the distributions that are named.",
}
WSL_VERSION = {
    "wsl.version-1": "This Linux runs in WSL 1, whose kernel is only imitated.",
    "wsl.version-2": "This Linux runs in WSL 2, as AutoGPT asks for.",
    "wsl.custom-kernel": "The kernel was built by somebody else than Microsoft.",
    "wsl.old-kernel": "The kernel has not been updated since WSL 2 was new.",
}
WSL_VIRTUALIZATION = {
    "wsl.virtualization-off": "WSL 2 needs the processor's virtualization, which is switched off.",
    "wsl.service-disabled": "A service of Windows without which WSL does not start has been disabled.",
    "wsl.service-stuck": "The service of WSL is there, but does not answer.",
}
DOCKER_LOGINS = {
    "docker.credential-helper": "The program that keeps Docker's logins cannot be started, so no image can be fetched.",
    "docker.config-broken": "Docker's own file of settings is damaged, and Docker goes on without it.",
}
GIT_PROGRAM = {
    "checkout.git-missing": "The program git is not there, and AutoGPT does not start without it.",
    "checkout.git-program": "git is there.",
}
HIDDEN_FILES_SHOWN = {
    "hidden_files.dot-files-hidden": "The file manager leaves out names that begin with a dot, like .env.template.",
    "hidden_files.hidden-attribute": "A file that you need is marked as hidden, and the file manager leaves it out.",
}
LOCK_WHEELS = {
    "lock.no-wheels": "Some packages of AutoGPT do not exist for this Python.",
    "lock.needs-compiler": "Some packages exist for this Python as source only, and a compiler has to make them.",
}
MSVC_TOOLS = {
    "msvc.build-tools-missing": "Packages have to be compiled for this Python, and Windows has no compiler yet.",
    "msvc.build-tools": "A compiler of Microsoft is there.",
}
POETRY_MANIFEST = {
    "poetry.no-manifest": "pyproject.toml, which tells Poetry what to install, is not there or cannot be read.",
    "poetry.broken-manifest": "pyproject.toml is there, but it is no valid file for Poetry.",
}
PYTHON_REGISTRY = {
    "python.stale-registry": "Windows still lists a Python that has been deleted.",
    "python.store-stub-beside": "Beside a real Python there is the link to Microsoft's store that is called python.",
}
SCRIPTS_PERMISSION = {
    "scripts.not-executable": "The script that starts AutoGPT is not marked as executable.",
    "scripts.noexec-mount": "The drive with AutoGPT is mounted in such a way that nothing on it may be started.",
}
SCRIPTS_START = {
    "scripts.missing": "The script that starts AutoGPT is not there, or it is empty.",
    "scripts.start": "The command that starts this AutoGPT here.",
}
WSL_MEMORY = {
    "wsl.memory": "WSL was given little memory.",
    "wsl.enough-memory": "WSL has memory enough.",
}
WSL_PROGRAMS = {
    "wsl.windows-programs": "A program of Windows comes first where one of Linux is needed.",
    "wsl.only-in-windows": "A program that AutoGPT needs is installed in Windows only, and not in this Linux.",
}
WSL_VERSIONS = {
    "wsl.default-version-1": "New distributions of WSL get version 1 here, and AutoGPT asks for 2.",
    "wsl.distribution-version-1": "This distribution of WSL still has version 1.",
}
