"""Values that templates and documents hold so that somebody replaces them: no secret, and no key."""

from __future__ import annotations

import re

from doctor.secret import prefix_of

_KNOWN = frozenset(
    (
        "abc", "api-version-for-azure", "changeme", "change-me", "deployment-id-for-azure",
        "deployment-id-for-azure-chat", "deployment-id-for-azure-embeddigs", "embedding-deployment-id-for-azure",
        "github_pat_123", "gpt35-deployment-id-for-azure", "gpt4-deployment-id-for-azure", "my-openai-api-key",
        "sk-dummy", "sk-qwertykeys123456", "your-azure-openai-endpoint", "your-base-url-for-azure",
    )
)  # fmt: skip
# Words, as they are written in examples: no text drawn at random can look like this.
_INVITATION = re.compile(r"(?i)(?:your|my|insert|paste|replace|enter|put)(?:[-_ ][a-z]{1,14}){1,7}[-_ ]?\d?\Z")
# In brackets just as well: words and small numbers, since a real key may stand in them too.
_WORDS = r"(?:[A-Z]?[a-z]{1,13}|[A-Z]{1,14})(?:[ _.\-](?:[A-Z]?[a-z]{1,13}|[A-Z]{1,14}|\d{1,2})){0,7}"
_IN_BRACKETS = re.compile(
    rf"<(?:{_WORDS}|[a-z\-]{{1,8}}\.{{3}})>\Z|\[{_WORDS}\]\Z|\{{{_WORDS}\}}\Z|\{{\{{ ?{_WORDS} ?\}}\}}\Z"
)
_SAME = re.compile(r"(?i)(?:(.)\1{3,}|(?:x[-_]?)+|\.{3}|\u2026)\Z")
_LONGEST = 200


def is_placeholder(value: str) -> bool:
    """Whether a value was never filled in: an example's own words, or a known prefix with nothing but x behind it."""
    plain = value.strip().strip("\"'\u201c\u201d")
    if not plain or len(plain) > _LONGEST:
        return False
    own = plain[len(prefix_of(plain)) :]
    return any(_INVITATION.match(each) or _IN_BRACKETS.match(each) for each in (plain, own)) or is_nobodys(plain)


def is_nobodys(value: str) -> bool:
    """Whether a value is a placeholder whatever it is for: a password may read "my-secret-word", but not "xxxx"."""
    if len(value) > _LONGEST:
        return False
    own = value[len(prefix_of(value)) :]
    return value.lower() in _KNOWN or (len(own) >= 3 and bool(_SAME.match(own)))
