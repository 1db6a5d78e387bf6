"""A change lands or not by its own merit: where CI says so, hypothesis draws the same examples every time.

A test is called the same in every process, so that several can share the work.
"""

from __future__ import annotations

import os
import re
from typing import Optional

from hypothesis import settings

from doctor.words import hide_tokens

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_make_parametrize_id(val: object, argname: str) -> Optional[str]:
    """A key is drawn anew in each process, so no test is called by one."""
    is_key = isinstance(val, str) and (hide_tokens(val) != val or re.search(r"[A-Za-z0-9]{16}", val))
    return argname if is_key else None
