"""Names that people give to AutoGPT's settings, and names of other programs that only look like them."""

from __future__ import annotations

import re
from typing import Mapping

_MEANT = {
    "OPENAI_API_KEY": "OPENAI_KEY OPENAI_TOKEN OPENAI_API_TOKEN OPENAI_SECRET OPENAI_SECRET_KEY OPENAI_API OPENAI "
    "OPEN_AI_KEY OPENAI_APIKEY OPENAI_API_SECRET CHATGPT_API_KEY CHATGPT_KEY GPT_API_KEY GPT_KEY GPT4_API_KEY",
    "ANTHROPIC_API_KEY": "ANTHROPIC_KEY ANTHROPIC_TOKEN ANTHROPIC_API_TOKEN ANTHROPIC_SECRET_KEY ANTHROPIC_API "
    "CLAUDE_API_KEY CLAUDE_KEY CLAUDE_TOKEN",
    "GROQ_API_KEY": "GROQ_KEY GROQ_TOKEN GROQ_API_TOKEN GROQ_SECRET_KEY GROQ_API GROK_API_KEY GROK_KEY",
    "SMART_LLM": "SMART_MODEL SMART_LLM_NAME SMART_LLM_MODEL_NAME SMARTLLM_MODEL",
    "FAST_LLM": "FAST_MODEL FAST_LLM_NAME FAST_LLM_MODEL_NAME FASTLLM_MODEL",
    "OPENAI_API_BASE_URL": "OPENAI_API_URL OPENAI_URL OPENAI_BASE OPENAI_API_ENDPOINT OPENAI_ENDPOINT OPENAI_API_HOST",
    "LLAMAFILE_API_BASE": "LLAMAFILE_API_BASE_URL LLAMAFILE_BASE_URL LLAMAFILE_URL LLAMAFILE_API_URL LLAMAFILE_BASE",
    "ANTHROPIC_API_BASE_URL": "ANTHROPIC_API_BASE ANTHROPIC_API_URL ANTHROPIC_URL",
    "GROQ_API_BASE_URL": "GROQ_API_BASE GROQ_API_URL GROQ_URL",
}


# Cyrillic and Greek capitals and small letters that look like Latin ones.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0405\u0408"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0131",
    "ABEKMHOPCTYXISJ" "ABEZHIKMNOPTYX" "aeopcyxisi",
)


def latin(name: str) -> str:
    """A name with the letters that it seems to be written in."""
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFKC", name.translate(_LOOK_ALIKES))


def skeleton(name: str) -> str:
    """A name without what people mix up: capitals and small letters, and what stands between the words."""
    return latin(name).upper().replace("_", "").replace("-", "").replace(".", "")


MEANT: Mapping[str, str] = {skeleton(each): name for name, names in _MEANT.items() for each in names.split()}
"""The setting that is meant, by the skeleton of the name that stands there."""

_WORD = r"(?:[A-Z]{1,20}\d{0,4}|[A-Za-z]?[a-z]{1,20}\d{0,4}|[A-Za-z][a-z]{1,15}(?:[A-Z][a-z]{1,15}){1,3}|\d{1,4})"


def is_plain_name(name: str) -> bool:
    """Whether a name is made of words, so that it may be said: in a broken line a secret may stand in its place."""
    return len(name) <= 48 and re.fullmatch(rf"_{{0,2}}{_WORD}(?:[_.\-]{{1,2}}{_WORD})*", name) is not None


OF_OTHERS = frozenset(
    (
        "HUGGINGFACEHUB_API_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_API_KEY", "HUGGINGFACE_TOKEN",
        "GITHUB_API_URL", "GITHUB_API_TOKEN", "GITHUB_USER", "GOOGLE_API_BASE", "GOOGLE_CSE_ID", "OPENAI_MODEL",
        "OPENAI_MODEL_NAME", "OPENAI_API_MODEL", "ANTHROPIC_MODEL", "ANTHROPIC_API_VERSION", "GROQ_MODEL",
        "AZURE_OPENAI_API_VERSION", "AZURE_OPENAI_API_BASE", "AZURE_OPENAI_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY",
        "COHERE_API_KEY", "XAI_API_KEY", "OPENROUTER_API_KEY", "TOGETHER_API_KEY", "REDIS_URL", "LOG_FILE",
        "ELEVEN_LABS_VOICE", "STABILITY_API_KEY", "SERPAPI_API_KEY", "SERP_API_KEY", "SEARCH_API_KEY",
    )
)  # fmt: skip
"""Names that well-known libraries read: no typing errors, however near they are to one of AutoGPT's."""
