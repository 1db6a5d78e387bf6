"""A change lands or not by its own merit: where CI says so, hypothesis draws the same examples every time.

A test is called the same in every process, so that several can share the work.
"""

from __future__ import annotations

import os
import re
from typing import Optional

from hypothesis import HealthCheck, settings

from doctor.words import hide_tokens

# A machine that is busy with other things makes no test fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("patient"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "patient")


def pytest_make_parametrize_id(val: object, argname: str) -> Optional[str]:
    """A key is drawn anew in each process, so no test is called by one."""
    is_key = isinstance(val, str) and (hide_tokens(val) != val or re.search(r"[A-Za-z0-9]{16}", val))
    return argname if is_key else None
