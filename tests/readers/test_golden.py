"""What a person and a program get, letter by letter. `python -m tests.readers.samples` draws the files anew."""

from __future__ import annotations

import pytest

from tests.readers import samples


@pytest.mark.parametrize("name", sorted(samples.drawn()))
def test_a_report_reads_like_this(name: str) -> None:
    path = samples.GOLDEN / name
    assert samples.drawn()[name] == path.read_text(encoding="utf-8")
