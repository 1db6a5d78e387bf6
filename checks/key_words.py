"""The words for what may be wrong with a key: what it is called, what follows from it, and what to do."""

from __future__ import annotations

from typing import Mapping, NamedTuple


class Text(NamedTuple):
    """The words for one kind of fault."""

    heading: str
    detail: str
    action: str
    """What to do with the value, as the end of a sentence."""
    needs_new_key: bool = False


_NEVER_LEAVES = 'The request is never sent: AutoGPT reports it as "Connection error." or UnicodeEncodeError.'
_REFUSED = "The provider answers that the key is incorrect (401)."
_ONLY_KEY = "leave only the key there, without blanks and quotes"

TEXTS: Mapping[str, Text] = {
    "blank": Text(
        "{name} is set, but empty",
        "An empty key counts as set, so AutoGPT goes on and fails at its first request.",
        "put your key there",
        True,
    ),
    "placeholder": Text(
        "{name} still holds an example's text instead of your key", _REFUSED, "put your own key there", True
    ),
    "masked": Text(
        "{name} holds a shortened copy of a key",
        "Pages that list keys show only a part of each. The whole key is shown once, when it is made.",
        "make a new key, copy it whole, and put it there",
        True,
    ),
    "reference": Text(
        "{name} holds a reference that nothing replaces",
        "Only ${{NAME}} is replaced in .env, and only where NAME is set. AutoGPT takes this for the key itself.",
        "put the key itself there",
        True,
    ),
    "name-inside": Text(
        "{name} holds its own name a second time, and the key behind it", _REFUSED, "leave the name there only once"
    ),
    "only-remark": Text(
        "{name} holds a remark instead of a key",
        "Right after the =, a # does not begin a remark: AutoGPT takes what follows for the key.",
        "put your key there, or delete the line",
        True,
    ),
    "odd-character": Text(
        "{name} holds a character that no key has",
        _NEVER_LEAVES + " Such characters come from chats, documents and web pages.",
        "delete the character, or copy the key anew from the page where it was made",
    ),
    "broken-over-lines": Text(
        "{name} is broken over two lines",
        "No key has a line break in it, and without quotes only the first line counts.",
        "write it in one line",
    ),
    "blank-around": Text(
        "{name} has a blank at its beginning or end",
        'It cannot be sent like this: AutoGPT reports it as "Connection error.", if it says anything of it.',
        _ONLY_KEY,
    ),
    "quotes": Text("{name} has a quotation mark that belongs to the value", _REFUSED, _ONLY_KEY),
    "word-before": Text(
        "{name} has a word before the key", "AutoGPT itself puts the word Bearer before the key.", _ONLY_KEY
    ),
    "blank-inside": Text("{name} has a blank in the middle", _REFUSED, _ONLY_KEY),
    "address": Text("{name} holds a web address instead of a key", _REFUSED, "put the key there", True),
    "remark": Text(
        "{name} holds a remark together with the key",
        "Without a blank before it, # does not begin a remark.",
        "put a blank before the #, or delete what follows the key",
    ),
    "two-keys": Text(
        "{name} holds more than one key", "AutoGPT uses one key, and never tries a second.", "leave one there"
    ),
    "wrong-slot": Text("{name} holds {what}", _REFUSED, "put {wanted} there", True),
    "admin": Text(
        "{name} holds {what}, which cannot use models",
        "Admin keys manage an organization's people and projects.",
        "put an ordinary key there",
        True,
    ),
    "sign-in": Text(
        "{name} holds {what}, not an API key",
        "The API does not take it.",
        "put a key there that you made for the API",
        True,
    ),
    "session": Text(
        "{name} holds {what}, which is most likely no key",
        "It ends by itself, if the API takes it at all.",
        "put a key there that you made for the API",
        True,
    ),
    "id": Text("{name} holds {what}, which is no key", _REFUSED, "put a key there", True),
    "looks-like-deepseek": Text(
        "{name} looks like a DeepSeek key, but goes to OpenAI",
        "If it is one, OpenAI answers that it is incorrect.",
        "put an OpenAI key there",
        True,
    ),
    "azure-key": Text(
        "{name} looks like a key of Azure, but goes to OpenAI",
        "Azure is used only when USE_AZURE is exactly True, or OPENAI_API_TYPE is azure.",
        "put an OpenAI key there, or switch Azure on",
        True,
    ),
    "azure-form": Text(
        "{name} does not look like a key of Azure OpenAI",
        "A gateway in between may have keys of another form.",
        "compare it with the key that the Azure portal shows under Keys and Endpoint",
    ),
    "unexpected-form": Text(
        "{name} does not look like {wanted}",
        "A part of it may be missing, or it is of another provider. Forms of keys change, so it may also be right.",
        "compare it with the key that you copied it from; if that is gone, make a new one",
        True,
    ),
}

FORMS: Mapping[str, str] = {
    "openai": "sk-… with 51, or sk-proj-… with 132 or 164 characters",
    "anthropic": "sk-ant-api03-… with 108 characters",
    "groq": "gsk_… with 56 characters, letters and digits only",
    "azure": "32 digits and letters from a to f, or 84 letters and digits",
}
WHOSE: Mapping[str, str] = {"openai": "an OpenAI key", "anthropic": "an Anthropic key", "groq": "a Groq key"}
REASONS: Mapping[str, str] = {
    "beginning": "another beginning",
    "characters": "characters that no key has",
    "length": "another length",
    "marker": "without what stands in the middle of every OpenAI key",
    "": "",
}

BY_FORM = frozenset(("unexpected-form", "azure-form", "azure-key", "looks-like-deepseek", "wrong-slot"))
"""What is seen by comparing with the usual form."""
FROM_AZURE = ("azure.cannot-start", "azure.not-exactly-true")
FROM_LINES = frozenset(("blank", "placeholder", "only-remark", "broken-over-lines"))
"""What may come from the lines of the file (a line twice, a quote that goes on), and is then said there."""
