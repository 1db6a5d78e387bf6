"""What the readers of a report promise beyond what they say of every patient."""

from __future__ import annotations

import json as standard_json
import re

from doctor.readers import json, markdown
from doctor.words import Scrubber
from tests.readers import samples


def test_a_report_of_any_length_fits_into_an_issue() -> None:
    """Thousands of findings, and one that is longer than an issue can be."""
    from doctor import Stage, problem

    many = [
        samples.result(f"many.n{n}", f"Number {n}", Stage.FILES, problem(f"many.n{n}", "x" * 300)) for n in range(300)
    ]
    long = samples.result("long.one", "Long", Stage.MACHINE, problem("long.one", "数" * 70_000))
    for results in (many, [long], [*many, long]):
        drawn = markdown.draw(samples.report(*results))
        assert len(drawn.encode()) < 65_536
        assert markdown.CUT in drawn
        assert drawn.count("<details>") == drawn.count("</details>")


def test_nobody_is_mentioned_and_no_issue_is_referred_to() -> None:
    """GitHub reads @name and #7 in text, not in code spans and fences."""
    drawn = markdown.draw(samples.odd())
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"(?ms)^(`{3,})\w*$.*?^\1$", "", drawn))
    assert "someone" in outside
    assert not re.search(r"@\w|#\d", outside)


def test_a_document_beyond_ascii_survives_any_console() -> None:
    drawn = json.draw(samples.odd(), Scrubber())
    assert "数据目录" in drawn
    assert json.ascii_only(drawn).isascii()
    assert standard_json.loads(json.ascii_only(drawn)) == standard_json.loads(drawn)


def test_the_scrubber_sees_the_texts_of_the_json_before_they_are_quoted() -> None:
    """A quoted text ends or begins with letters (`\\n`, `\\u00e9`) that would hide a token from the scrubber."""
    key = "sk-" + "proj-" + "Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 3
    assert key not in standard_json.dumps(json.scrubbed({"a": [f"\n{key}", f"é{key}"]}, Scrubber()))
