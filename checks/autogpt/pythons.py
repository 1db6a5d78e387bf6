"""What is known of AutoGPT and Python beyond its own files, as data.

Sources: the launchers upstream (`autogpt.sh` has tried python3 before python since November 2023, `run.sh` tried them
the other way round), and the wheels that each era's lock file names: up to Python 3.11 for 2023 and 2024, 3.12 since.
"""

from __future__ import annotations

_OLD_FIRST = ("python", "python3")
_NEW_FIRST = ("python3", "python")

LAUNCHER_NAMES: dict[str, tuple[str, ...]] = {
    "L0": _OLD_FIRST, "L1": _OLD_FIRST, "L2a": _OLD_FIRST, "L2b": _NEW_FIRST, "L3": _NEW_FIRST, "L4": _NEW_FIRST,
    "L5": (),
}  # fmt: skip
"""By layout, the names that its launcher tries in that order; asked only when the script itself does not tell."""

BEST_SERIES: dict[str, str] = {
    "L0": "3.11", "L1": "3.11", "L2a": "3.11", "L2b": "3.11", "L3": "3.11", "L4": "3.11", "L5": "3.12",
}  # fmt: skip
"""By layout, the newest Python for which every package of its time came ready-made."""
