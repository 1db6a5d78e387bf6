"""pyproject.toml, which Poetry begins with: whether it is there and can be read."""

from __future__ import annotations

import re
from typing import Iterator

from checks.checkout import Checkout, Git
from checks.manifest import ManifestText
from checks.meanings import POETRY_MANIFEST
from checks.poetry_remedies import COMMANDS, get_back
from checks.poetry_sources import Poetries
from doctor import Finding, Stage, check, found, problem, say


@check(
    "poetry.manifest",
    title="pyproject.toml",
    stage=Stage.POETRY,
    codes=POETRY_MANIFEST,
)
def poetry_manifest(checkout: Checkout, manifest_text: ManifestText, git: Git, poetries: Poetries) -> Iterator[Finding]:
    """Poetry reads in pyproject.toml what AutoGPT is and what it needs, and does nothing without it.

    The file belongs to the repository. It is gone after an incomplete download or in a mix of two versions, and it
    cannot be read when an edit or an unfinished merge left something in it that is no TOML. Take it from the
    repository again.
    """
    if checkout.project is None:
        return
    back = get_back(checkout, git, poetries.kind, "pyproject.toml")
    if manifest_text.text is None:
        yield problem(
            "poetry.no-manifest",
            "pyproject.toml is missing: Poetry does not know what to install",
            evidence=found(say("{path} is not there, or cannot be read", path=manifest_text.path)),
            remedy=back,
            links=[COMMANDS],
            explained_by=("checkout.odd-file",),
        )
    elif manifest_text.error:
        marks = re.search(r"(?m)^(?:<{7} |>{7} )", manifest_text.text)
        yield problem(
            "poetry.broken-manifest",
            "pyproject.toml has the marks of an unfinished merge in it"
            if marks
            else "pyproject.toml cannot be read: it is not valid TOML",
            evidence=found(
                say("{error}", error=manifest_text.error[:200]), where=say("{path}", path=manifest_text.path)
            ),
            remedy=back,
            links=[COMMANDS],
        )
