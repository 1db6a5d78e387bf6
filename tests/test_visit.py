"""A visit knows which of a person's names are words of the checks themselves."""

from __future__ import annotations

import pytest

from doctor.registry import Registry
from doctor.visit import ordinary_names


@pytest.mark.parametrize(
    ("name", "is_word"),
    [
        ("autogpt", True), ("AutoGPT", True), ("docker-desktop", True), ("poetry", True), ("", False), ("jane", False),
        ("janes-docker", False), ("autogp", False), ("jdoe42", False),
    ],
)  # fmt: skip
def test_ordinary_names(name: str, is_word: bool) -> None:
    assert ordinary_names([name], Registry.of_everything_installed()) == ((name,) if is_word else ())
