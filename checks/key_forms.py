"""What the form of a provider's key tells: whose it is, and what is wrong with it. Nothing here needs a network.

Makers change their forms now and then, so only what no server can accept is certain: an unusual length or alphabet is
a doubt and no more. Source: the patterns of gitleaks, trufflehog and detect-secrets, Microsoft's security-utilities,
the makers' error messages, and AutoGPT's own templates, read in November 2026.

Everything is judged by prefix, length, odd characters with their places, and the marker in OpenAI's keys. A recording
keeps just these of a key, so that it is judged as the key itself was.
"""

from __future__ import annotations

import re
from typing import Callable, NamedTuple, Optional

from checks.autogpt.placeholders import is_placeholder

MARKER = "T3BlbkFJ"
"""Stands in the middle of every key of OpenAI ("OpenAI" in base64)."""
HALVES = (20, 58, 74)
"""How many characters OpenAI's keys have before and behind the marker."""

OFFICIAL, ELSEWHERE, AZURE = "official", "elsewhere", "azure"
"""Where requests with this key go: to its maker, to the host that a base URL names, or to Azure."""


class Token(NamedTuple):
    """What a prefix says."""

    prefix: str
    what: str
    """"an Anthropic key" """
    provider: str = ""
    """The id of the provider that made it; "" for makers that AutoGPT has no slot for."""
    kind: str = "key"
    """"key", "admin", "sign-in" (of a person), "session" or "id"."""
    variable: str = ""
    """Where it belongs, if that is no provider's slot."""
    base_url: str = ""
    """Where the maker offers what OpenAI offers."""


class Odd(NamedTuple):
    """A character that no key has."""

    place: int
    """Counted from 1."""
    name: str
    """"a blank", "U+201C LEFT DOUBLE QUOTATION MARK" """


class Fault(NamedTuple):
    """The most fundamental thing that is wrong with a key."""

    kind: str
    is_problem: bool = True
    """False for a doubt: such a key may work."""
    odd: tuple[Odd, ...] = ()
    token: Optional[Token] = None
    reason: str = ""
    """Of an unexpected form: "beginning", "characters", "length" or "marker"."""


# The longer prefix first, where one is the beginning of another.
TOKENS = (
    Token("sk-ant-admin01-", "an Anthropic admin key", "anthropic", "admin"),
    Token("sk-ant-oat01-", "a sign-in token of a Claude subscription", "anthropic", "sign-in"),
    Token("sk-ant-ort01-", "a refresh token of a Claude subscription", "anthropic", "session"),
    Token("sk-ant-sid01-", "a browser session of Claude", "anthropic", "session"),
    Token("sk-ant-", "an Anthropic key", "anthropic"),
    Token("sk-admin-", "an OpenAI admin key", "openai", "admin"),
    Token("sk-or-v1-", "an OpenRouter key", base_url="https://openrouter.ai/api/v1"),
    Token("sk-lf-", "a Langfuse key"),
    Token("sk-proj-", "an OpenAI key", "openai"),
    Token("sk-svcacct-", "an OpenAI key", "openai"),
    Token("sk-service-", "an OpenAI key", "openai"),
    Token("sk-None-", "an OpenAI key", "openai"),
    Token("sess-", "a browser session of OpenAI", "openai", "session"),
    Token("ek_", "a short-lived OpenAI key", "openai", "session"),
    Token("org-", "the id of an OpenAI organization", "openai", "id", "OPENAI_ORGANIZATION"),
    Token("proj_", "the id of an OpenAI project", "openai", "id"),
    Token("gsk_", "a Groq key", "groq"),
    Token("xai-", "an xAI key (Grok)", base_url="https://api.x.ai/v1"),
    Token("AIza", "a Google key", variable="GOOGLE_API_KEY"),
    Token("ya29.", "a Google sign-in token"),
    Token("hf_", "a Hugging Face token", variable="HUGGINGFACE_API_TOKEN"),
    Token("github_pat_", "a GitHub token", variable="GITHUB_API_KEY"),
    *(Token(f"gh{kind}_", "a GitHub token", variable="GITHUB_API_KEY") for kind in "posur"),
    Token("tvly-", "a Tavily key", variable="TAVILY_API_KEY"),
    Token("pcsk_", "a Pinecone key", variable="PINECONE_API_KEY"),
    Token("pplx-", "a Perplexity key"),
    Token("nvapi-", "an NVIDIA key"),
    Token("r8_", "a Replicate token"),
    Token("lsv2_pt_", "a LangSmith key"),
    Token("glpat-", "a GitLab token"),
    Token("sk_live_", "a Stripe key"),
    Token("sk_test_", "a Stripe key"),
    Token("AKIA", "an AWS access key id"),
    Token("ASIA", "an AWS access key id"),
    Token("dckr_pat_", "a Docker token"),
    Token("eyJ", "a sign-in token (JWT)", kind="session", variable="AZURE_OPENAI_AD_TOKEN"),
)
_OPENAI = Token("sk-", "an OpenAI key", "openai")
_DEEPSEEK = Token("sk-", "a DeepSeek key", base_url="https://api.deepseek.com/v1")

_KEY = r"[A-Za-z0-9_\-]+"
_OF_KEYS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_AZURE = r"(?:[0-9a-f]{32}|[A-Za-z0-9]{84})\Z"
_DEEPSEEK_FORM = r"sk-[a-z0-9]{32}\Z"
_FORMS = {"anthropic": ("sk-ant-", r"sk-ant-api03-[\w\-]{95}\Z"), "groq": ("gsk_", r"gsk_[A-Za-z0-9]{52}\Z")}
# OPENAI_API_KEY= and the like, by the places of what is no letter: "export" or "set" may stand before it.
_NAME_LIKE = r"(?:[A-Za-z0-9]{3,6}[ \t]+)?[A-Za-z0-9]{4,9}_[A-Za-z0-9]{3}_[A-Za-z0-9]{3}\s*=\s*\S"
_WORD_BEFORE = r"[A-Za-z0-9]{2,12}:?[ \t]+\S{16,}\Z"


def token_of(value: str) -> Optional[Token]:
    """What the beginning of a value says, None when it says nothing. "sk-" alone may be anybody's."""
    known = next((token for token in TOKENS if value.startswith(token.prefix)), None)
    if known is None and value.startswith("sk-") and MARKER in value:
        return _OPENAI
    if known is not None and known.kind == "id" and not re.fullmatch(r"[a-z]+[-_][A-Za-z0-9]{16,}", value):
        return None
    return known


def is_blank(value: str) -> bool:
    """Whether there is nothing to see in it."""
    return not value.strip("\u200b\u200c\u200d\u2060\ufeff \t\r\n\u00a0").strip()


def fault_of(value: str, provider: str, goes_to: str = OFFICIAL) -> Optional[Fault]:
    """What is wrong with a provider's key; None when nothing is known to be. Behind a base URL anything may be one."""
    if is_blank(value):
        return Fault("blank")
    if goes_to == ELSEWHERE:
        return _never_sent(value)
    if is_placeholder(value):
        return Fault("placeholder")
    fault = _by_characters(value)
    if (fault is None or fault.kind == "blank-inside") and not re.fullmatch(_KEY, value):
        follows = _by_what_follows(value, provider, goes_to)  # the words of a remark have blanks between them
        fault = follows if fault is None or (follows is not None and follows.kind == "remark") else fault
    return fault or _by_form(value, provider, goes_to)


# --- characters -----------------------------------------------------------------------------------------------------


def _by_characters(value: str) -> Optional[Fault]:
    if "..." in value or "*" in value or "\u2026" in value:
        return Fault("masked")
    if value.lstrip().startswith("#"):
        return Fault("only-remark")
    if re.match(r"\$|%.*%\Z", value):
        return Fault("reference")
    if re.match(_NAME_LIKE, value.strip().lstrip("\"'")):
        return Fault("name-inside")
    fault = _never_sent(value)
    if fault is not None:
        return fault
    if value[0] in "\"'`" or value[-1] in "\"'`":
        return Fault("quotes", odd=odd_in(value, lambda c: c in "\"'`"))
    if "://" in value:
        return Fault("address")
    if " " in value:
        kind = "word-before" if re.match(_WORD_BEFORE, value) else "blank-inside"
        return Fault(kind, odd=odd_in(value, lambda c: c == " "))
    return None


def _never_sent(value: str) -> Optional[Fault]:
    """What a client refuses to put into a request, so that no host ever sees it."""
    if not value.isascii():
        return Fault("odd-character", odd=odd_in(value, lambda c: not c.isascii()))
    inner = value.strip()
    if "\n" in inner or "\r" in inner:
        return Fault("broken-over-lines", odd=odd_in(value, lambda c: c in "\r\n"))
    if value != inner:
        begins = len(value) - len(value.lstrip())
        at_the_ends = [*range(begins), *range(len(value.rstrip()), len(value))]
        return Fault("blank-around", odd=tuple(Odd(at + 1, name_of(value[at])) for at in at_the_ends[:4]))
    if not value.isprintable():
        return Fault("odd-character", odd=odd_in(value, lambda c: not c.isprintable()))
    return None


def odd_in(value: str, is_odd: Callable[[str], bool]) -> tuple[Odd, ...]:
    """The first few odd characters, each with its place."""
    places = (at for at, character in enumerate(value) if is_odd(character))
    return tuple(Odd(at + 1, name_of(value[at])) for at, _ in zip(places, range(4)))


def name_of(character: str) -> str:
    """What a character is called, without showing it.

    >>> name_of("\u201c")
    'U+201C LEFT DOUBLE QUOTATION MARK'
    """
    if character in _PLAIN_NAMES:
        return _PLAIN_NAMES[character]
    from unicodedata import name

    return f"U+{ord(character):04X} {name(character, 'without a name')}"


_PLAIN_NAMES = {" ": "a blank", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}


# --- form -----------------------------------------------------------------------------------------------------------


def _by_what_follows(value: str, provider: str, goes_to: str) -> Optional[Fault]:
    """A whole key, and something behind it that belongs to no key."""
    found = re.match(_KEY, value)
    if found is None or _by_form(found[0], provider, goes_to) is not None:
        return None
    rest = value[found.end() :]
    odd = odd_in(value, lambda c: c not in _OF_KEYS)
    if rest[0] == "#":
        return Fault("remark", odd=odd)
    if rest[0] in ",;" and len(rest) > 16:
        return Fault("two-keys", odd=odd)
    return Fault("odd-character", odd=odd)


def _by_form(value: str, provider: str, goes_to: str) -> Optional[Fault]:
    if goes_to == AZURE:
        return None if re.match(_AZURE, value) else Fault("azure-form", False)
    token = token_of(value)
    if token is not None and (token.provider != provider or token.kind != "key"):
        return _by_token(token, provider)
    if provider == "openai":
        return _of_openai(value)
    beginning, form = _FORMS[provider]
    if re.match(form, value, re.ASCII):
        return None
    return _unexpected(value, "length" if value.startswith(beginning) else "beginning")


def _by_token(token: Token, provider: str) -> Fault:
    if token.kind == "id":
        return Fault("id", token=token)
    if token.provider == provider or token.kind == "session":
        # What a session is good for was never written down by its maker.
        return Fault(token.kind, token.kind != "session", token=token)
    return Fault("wrong-slot", token=token)


def _of_openai(value: str) -> Optional[Fault]:
    if not value.startswith("sk-"):
        if re.match(_AZURE, value):
            return Fault("azure-key", False)
        return _unexpected(value, "beginning")
    if re.match(_DEEPSEEK_FORM, value):
        return Fault("looks-like-deepseek", False, token=_DEEPSEEK)
    at = value.find(MARKER, 3)
    if at < 0:
        return _unexpected(value, "marker")
    token = token_of(value) or _OPENAI
    before, behind = at - len(token.prefix), len(value) - at - len(MARKER)
    is_usual = behind in HALVES and (before in HALVES or token.prefix == "sk-")
    return None if is_usual or before == behind else _unexpected(value, "length")


def _unexpected(value: str, reason: str) -> Fault:
    odd = odd_in(value, lambda c: c not in _OF_KEYS)
    return Fault("unexpected-form", False, odd, reason="characters" if odd else reason)
