"""An environment doctor: a registry of independent checks examines a machine and says the root cause first.

What a plugin author imports is here. This file must parse on every Python, old ones too, because `python -m doctor`
reads it before anything can say which Python is needed.
"""

import sys

__version__ = "0.1.0"

TYPE_CHECKING = False

if sys.version_info >= (3, 9):
    if TYPE_CHECKING:
        from doctor.about import Costs, IssueForm, Options, Subject, Surroundings
        from doctor.findings import (
            Command,
            Evidence,
            Finding,
            Link,
            Remedy,
            Stage,
            Status,
            found,
            note,
            ok,
            problem,
            remedy,
            run,
            warning,
        )
        from doctor.machine import Failure, FailureKind, Folder, Machine, NotHere, System, Unavailable, in_parallel
        from doctor.registry import check, fact
        from doctor.words import Secret, Url, Words, say

    __all__ = [
        "Command", "Costs", "Evidence", "Failure", "FailureKind", "Finding", "Folder", "IssueForm", "Link", "Machine",
        "NotHere", "Options", "Remedy", "Secret", "Stage", "Status", "Subject", "Surroundings", "System", "Unavailable",
        "Url", "Words", "check", "fact", "found", "in_parallel", "note", "ok", "problem", "remedy", "run", "say",
        "warning",
    ]  # fmt: skip

    if not TYPE_CHECKING:

        def __getattr__(name):
            """Each part is imported when it is asked for first: `--help` needs none of them."""
            if name in __all__:
                from importlib import import_module

                for part in ("findings", "words", "registry", "machine", "about"):
                    module = import_module("doctor." + part)
                    if hasattr(module, name):
                        globals()[name] = getattr(module, name)
                        return globals()[name]
            raise AttributeError("module 'doctor' has no attribute " + repr(name))
