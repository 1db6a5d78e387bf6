"""The variables of AutoGPT: from which version to which each was in the template, of what kind its value is, and what
became of those that are gone.

Source: the templates of the thirteen versions and the settings classes of the source; names only, no texts.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

from checks.autogpt.placeholders import is_nobodys, is_placeholder
from checks.autogpt.providers import provider_of_model
from checks.autogpt.versions import PLACES, VERSIONS, Version
from doctor.secret import prefix_of


class Variable(NamedTuple):
    """One setting, as some versions know it."""

    name: str
    kind: str
    """"key" (a model provider's), "secret", "exact-boolean" (exactly True counts), "boolean" (as pydantic reads it),
    "opt-in", "number", "whole-number", "port", "choice", "model", "url", "path", "list" or "text"."""
    since: int
    """Places of the first and the last version that has it."""
    until: int
    in_template: bool = True

    def is_in(self, version: Version) -> bool:
        return self.since <= version.place <= self.until


_IN_TEMPLATES = (
    ("v0.1.0", "classic-2026", "exact-boolean", "USE_AZURE"),
    ("v0.1.0", "classic-2026", "key", "OPENAI_API_KEY"),
    ("v0.1.0", "classic-2026", "secret", "ELEVENLABS_API_KEY GOOGLE_API_KEY HUGGINGFACE_API_TOKEN"),
    ("v0.1.0", "2024-05", "text", "IMAGE_PROVIDER"),
    ("v0.1.0", "v0.4.0", "exact-boolean", "USE_MAC_OS_TTS"),
    ("v0.1.0", "v0.4.0", "model", "FAST_LLM_MODEL SMART_LLM_MODEL"),
    ("v0.1.0", "v0.4.0", "text", "CUSTOM_SEARCH_ENGINE_ID ELEVENLABS_VOICE_1_ID ELEVENLABS_VOICE_2_ID"),
    ("v0.1.0", "v0.3.1", "secret", "PINECONE_API_KEY"),
    ("v0.1.0", "v0.3.1", "text", "PINECONE_ENV"),
    ("v0.1.0", "v0.2.0", "text", "OPENAI_AZURE_API_VERSION OPENAI_AZURE_DEPLOYMENT_ID"),
    ("v0.1.0", "v0.2.0", "url", "OPENAI_AZURE_API_BASE"),
    ("v0.2.0", "classic-2026", "number", "TEMPERATURE"),
    ("v0.2.0", "2024-05", "exact-boolean", "EXECUTE_LOCAL_COMMANDS"),
    ("v0.2.0", "2024-05", "text", "USER_AGENT"),
    ("v0.2.0", "2024-05", "whole-number", "BROWSE_CHUNK_MAX_LENGTH"),
    ("v0.2.0", "v0.5.1", "path", "AI_SETTINGS_FILE"),
    ("v0.2.0", "2023-09", "exact-boolean", "WIPE_REDIS_ON_START"),
    ("v0.2.0", "2023-09", "port", "REDIS_PORT"),
    ("v0.2.0", "2023-09", "secret", "REDIS_PASSWORD"),
    ("v0.2.0", "2023-09", "text", "MEMORY_BACKEND MEMORY_INDEX REDIS_HOST"),
    ("v0.2.0", "v0.4.0", "exact-boolean", "USE_BRIAN_TTS"),
    ("v0.2.0", "v0.4.0", "whole-number", "FAST_TOKEN_LIMIT SMART_TOKEN_LIMIT"),
    ("v0.2.0", "v0.2.0", "text", "OPENAI_AZURE_CHAT_DEPLOYMENT_ID OPENAI_AZURE_EMBEDDINGS_DEPLOYMENT_ID"),
    ("v0.2.0", "v0.2.0", "whole-number", "BROWSE_SUMMARY_MAX_TOKEN"),
    ("v0.2.2", "classic-2026", "exact-boolean", "RESTRICT_TO_WORKSPACE"),
    ("v0.2.2", "classic-2026", "secret", "GITHUB_API_KEY SD_WEBUI_AUTH"),
    ("v0.2.2", "classic-2026", "text", "GITHUB_USERNAME"),
    ("v0.2.2", "2024-05", "exact-boolean", "HEADLESS_BROWSER"),
    ("v0.2.2", "2024-05", "text", "BROWSE_SPACY_LANGUAGE_MODEL HUGGINGFACE_AUDIO_TO_TEXT_MODEL"),
    ("v0.2.2", "2024-05", "text", "HUGGINGFACE_IMAGE_MODEL USE_WEB_BROWSER"),
    ("v0.2.2", "2024-05", "url", "SD_WEBUI_URL"),
    ("v0.2.2", "2024-05", "whole-number", "IMAGE_SIZE"),
    ("v0.2.2", "v0.4.0", "secret", "TW_ACCESS_TOKEN TW_ACCESS_TOKEN_SECRET TW_CONSUMER_KEY TW_CONSUMER_SECRET"),
    ("v0.2.2", "v0.3.1", "exact-boolean", "USE_WEAVIATE_EMBEDDED"),
    ("v0.2.2", "v0.3.1", "path", "WEAVIATE_EMBEDDED_PATH"),
    ("v0.2.2", "v0.3.1", "port", "WEAVIATE_PORT"),
    ("v0.2.2", "v0.3.1", "secret", "WEAVIATE_API_KEY WEAVIATE_PASSWORD"),
    ("v0.2.2", "v0.3.1", "text", "MILVUS_ADDR MILVUS_COLLECTION WEAVIATE_HOST WEAVIATE_PROTOCOL WEAVIATE_USERNAME"),
    ("v0.3.1", "classic-2026", "model", "EMBEDDING_MODEL"),
    ("v0.3.1", "classic-2026", "text", "AUTHORISE_COMMAND_KEY EXIT_KEY"),
    ("v0.3.1", "2024-05", "exact-boolean", "CHAT_MESSAGES_ENABLED"),
    ("v0.3.1", "v0.5.0", "text", "DISABLED_COMMAND_CATEGORIES"),
    ("v0.3.1", "v0.4.0", "text", "ALLOWLISTED_PLUGINS DENYLISTED_PLUGINS"),
    ("v0.3.1", "v0.3.1", "exact-boolean", "MILVUS_SECURE"),
    ("v0.3.1", "v0.3.1", "secret", "MILVUS_PASSWORD"),
    ("v0.3.1", "v0.3.1", "text", "EMBEDDING_TOKENIZER MILVUS_USERNAME"),
    ("v0.3.1", "v0.3.1", "whole-number", "EMBEDDING_TOKEN_LIMIT"),
    ("v0.4.0", "classic-2026", "exact-boolean", "PLAIN_OUTPUT"),
    ("v0.4.0", "classic-2026", "text", "OPENAI_ORGANIZATION"),
    ("v0.4.0", "v0.5.1", "path", "PROMPT_SETTINGS_FILE"),
    ("v0.4.0", "v0.4.0", "text", "ALLOW_COMMANDS DENY_COMMANDS"),
    ("v0.4.7", "classic-2026", "choice", "TEXT_TO_SPEECH_PROVIDER"),
    ("v0.4.7", "classic-2026", "exact-boolean", "OPENAI_FUNCTIONS"),
    ("v0.4.7", "classic-2026", "model", "FAST_LLM SMART_LLM"),
    ("v0.4.7", "classic-2026", "path", "AZURE_CONFIG_FILE"),
    ("v0.4.7", "classic-2026", "text", "ELEVENLABS_VOICE_ID GOOGLE_CUSTOM_SEARCH_ENGINE_ID STREAMELEMENTS_VOICE"),
    ("v0.4.7", "classic-2026", "url", "OPENAI_API_BASE_URL"),
    ("v0.4.7", "2024-05", "text", "AUDIO_TO_TEXT_PROVIDER SHELL_ALLOWLIST SHELL_COMMAND_CONTROL SHELL_DENYLIST"),
    ("v0.4.7", "v0.5.1", "path", "PLUGINS_CONFIG_FILE"),
    ("v0.5.0", "classic-2026", "choice", "LOG_FILE_FORMAT LOG_FORMAT LOG_LEVEL"),
    ("v0.5.0", "classic-2026", "text", "OPENAI_API_TYPE OPENAI_API_VERSION"),
    ("v0.5.0", "classic-2026", "url", "S3_ENDPOINT_URL"),
    ("v0.5.0", "v0.5.0", "text", "WORKSPACE_BACKEND WORKSPACE_STORAGE_BUCKET"),
    ("v0.5.1", "classic-2026", "choice", "FILE_STORAGE_BACKEND"),
    ("v0.5.1", "classic-2026", "list", "AP_SERVER_CORS_ALLOWED_ORIGINS DISABLED_COMMANDS"),
    ("v0.5.1", "classic-2026", "opt-in", "TELEMETRY_OPT_IN"),
    ("v0.5.1", "classic-2026", "port", "AP_SERVER_PORT"),
    ("v0.5.1", "classic-2026", "secret", "AP_SERVER_DB_URL AZURE_OPENAI_AD_TOKEN"),
    ("v0.5.1", "classic-2026", "text", "STORAGE_BUCKET"),
    ("v0.5.1", "classic-2026", "url", "AZURE_OPENAI_ENDPOINT"),
    ("2024-05", "classic-2026", "key", "ANTHROPIC_API_KEY"),
    ("2024-09", "classic-2026", "key", "GROQ_API_KEY"),
    ("2024-09", "classic-2026", "path", "COMPONENT_CONFIG_FILE"),
    ("2024-09", "classic-2026", "url", "LLAMAFILE_API_BASE"),
    ("classic-2026", "classic-2026", "secret", "SERPER_API_KEY TAVILY_API_KEY"),
)  # fmt: skip
# Read by the source, although no template names them.
_HIDDEN = (
    ("v0.5.1", "classic-2026", "boolean", "NONINTERACTIVE_MODE"),
    ("classic-2024", "classic-2026", "url", "ANTHROPIC_API_BASE_URL GROQ_API_BASE_URL"),
    ("classic-2026", "classic-2026", "boolean", "PLATFORM_BLOCKS_ENABLED"),
    ("classic-2026", "classic-2026", "choice", "PROMPT_STRATEGY REASONING_EFFORT"),
    ("classic-2026", "classic-2026", "secret", "BROWSERLESS_TOKEN PLATFORM_API_KEY"),
    ("classic-2026", "classic-2026", "text", "TELEMETRY_ENVIRONMENT"),
    ("classic-2026", "classic-2026", "url", "PLATFORM_URL"),
    ("classic-2026", "classic-2026", "whole-number", "PLATFORM_TIMEOUT THINKING_BUDGET_TOKENS"),
)  # fmt: skip


def _rows(rows: tuple[tuple[str, str, str, str], ...], in_template: bool) -> dict[str, Variable]:
    return {
        name: Variable(name, kind, PLACES[first], PLACES[last], in_template)
        for first, last, kind, names in rows
        for name in names.split()
    }


VARIABLES: Mapping[str, Variable] = {**_rows(_IN_TEMPLATES, True), **_rows(_HIDDEN, False)}

TEMPLATE_NAMES: Mapping[str, tuple[str, ...]] = {
    version.id: tuple(each.name for each in VARIABLES.values() if each.in_template and each.is_in(version))
    for version in VERSIONS
}
"""The names in each version's template."""

ALSO_READ = frozenset(
    (
        "OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "OPENAI_LOG",
        "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_LOG", "GROQ_BASE_URL", "GROQ_LOG",
        "PORT", "DATABASE_STRING", "USE_MAC_OS_TTS", "USE_BRIAN_TTS", "ENV_FILE", "AGENT_NAME",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "TIKTOKEN_CACHE_DIR", "NO_COLOR",
        "GOOGLE_APPLICATION_CREDENTIALS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "HF_TOKEN", "HF_HOME", "DOCKER_HOST", "SENTRY_DSN",
        "GITHUB_TOKEN", "PATH", "PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHON_DOTENV_DISABLED", "TZ", "LANG",
    )
)  # fmt: skip
"""Names that libraries of AutoGPT read, so that nobody calls them misspelt."""

ADDRESSES = frozenset(
    (
        *(f"{scheme}_PROXY" for scheme in ("HTTP", "HTTPS", "ALL", "NO", "FTP", "SOCKS", "RSYNC", "WS", "WSS", "GRPC")),
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "GROQ_BASE_URL",
    )
)  # fmt: skip
"""Those of them that name hosts and files, in capitals: no secrets, unless a login stands in one."""

RENAMED: Mapping[str, str] = {
    "SMART_LLM_MODEL": "SMART_LLM",
    "FAST_LLM_MODEL": "FAST_LLM",
    "CUSTOM_SEARCH_ENGINE_ID": "GOOGLE_CUSTOM_SEARCH_ENGINE_ID",
    "ELEVENLABS_VOICE_1_ID": "ELEVENLABS_VOICE_ID",
    "USE_MAC_OS_TTS": "TEXT_TO_SPEECH_PROVIDER",
    "USE_BRIAN_TTS": "TEXT_TO_SPEECH_PROVIDER",
    "DENY_COMMANDS": "SHELL_DENYLIST",
    "ALLOW_COMMANDS": "SHELL_ALLOWLIST",
    "DISABLED_COMMAND_CATEGORIES": "DISABLED_COMMANDS",
    "WORKSPACE_BACKEND": "FILE_STORAGE_BACKEND",
    "WORKSPACE_STORAGE_BUCKET": "STORAGE_BUCKET",
    "OPENAI_API_BASE": "OPENAI_API_BASE_URL",
    "OPENAI_BASE_URL": "OPENAI_API_BASE_URL",
    "OPENAI_AZURE_API_BASE": "AZURE_CONFIG_FILE",
    "OPENAI_AZURE_API_VERSION": "AZURE_CONFIG_FILE",
    "OPENAI_AZURE_DEPLOYMENT_ID": "AZURE_CONFIG_FILE",
    "OPENAI_AZURE_CHAT_DEPLOYMENT_ID": "AZURE_CONFIG_FILE",
    "OPENAI_AZURE_EMBEDDINGS_DEPLOYMENT_ID": "AZURE_CONFIG_FILE",
}
"""What a name is called since it went, or what does its work."""

READ_LONGER: Mapping[str, int] = {"SMART_LLM_MODEL": PLACES["2023-09"], "FAST_LLM_MODEL": PLACES["2023-09"]}
"""Names that the source went on reading after they had left the template: the place of the last version that did."""

IN_COMPONENTS: Mapping[str, str] = {
    "EXECUTE_LOCAL_COMMANDS": "CodeExecutorConfiguration.execute_local_commands",
    "SHELL_COMMAND_CONTROL": "CodeExecutorConfiguration.shell_command_control",
    "SHELL_ALLOWLIST": "CodeExecutorConfiguration.shell_allowlist",
    "SHELL_DENYLIST": "CodeExecutorConfiguration.shell_denylist",
    "IMAGE_PROVIDER": "ImageGeneratorConfiguration.image_provider",
    "HUGGINGFACE_IMAGE_MODEL": "ImageGeneratorConfiguration.huggingface_image_model",
    "SD_WEBUI_URL": "ImageGeneratorConfiguration.sd_webui_url",
    "HEADLESS_BROWSER": "WebSeleniumConfiguration.headless",
    "USE_WEB_BROWSER": "WebSeleniumConfiguration.web_browser",
    "USER_AGENT": "WebSeleniumConfiguration.user_agent",
    "BROWSE_SPACY_LANGUAGE_MODEL": "WebSeleniumConfiguration.browse_spacy_language_model",
}
"""Settings that moved into the component configuration (a JSON file) in the summer of 2024."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "LOG_LEVEL": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "LOG_FORMAT": ("simple", "debug", "structured_google_cloud"),
    "LOG_FILE_FORMAT": ("simple", "debug", "structured_google_cloud"),
    "FILE_STORAGE_BACKEND": ("local", "gcs", "s3"),
    "TEXT_TO_SPEECH_PROVIDER": ("gtts", "streamelements", "elevenlabs", "macos"),
    "PROMPT_STRATEGY": (
        "one_shot", "rewoo", "plan_execute", "reflexion", "tree_of_thoughts", "lats", "multi_agent_debate",
    ),
    "REASONING_EFFORT": ("low", "medium", "high"),
}  # fmt: skip
"""The only values that are taken, in exactly this spelling."""

# Words and numbers, as names of models, files and hosts are made of them: nothing drawn at random reads like that.
_WORD = re.compile(r"(?:[A-Za-z]{1,20}\d{0,8}|\d{1,8}[A-Za-z]{0,12}(?:\d{1,4}[a-z]{0,2})?)\Z")
_SHOWN = re.compile(r"[A-Za-z0-9_.,:/\\@+*~ \[\]#=\"'()\u2018-\u201f-]{0,200}\Z")


# A scheme, and what is a provider's behind it: its host, and the page that everybody has who looks for a key.
_PUBLIC = r"(?i)\bhttps?://(?:(?:[a-z]{2,10}\.)?(?:openai|anthropic|groq)\.com(?![\w.@:-])(?:[/-](?-i:[a-z]{1,11}\b))*)?"
_NOTHING = ("", "/", "/v1", "/v1/")
"""What may be left of an address that holds nothing of anybody's own."""


def kind_of(name: str) -> Optional[str]:
    """What kind a variable's value is; None for a name that no version knows."""
    known = VARIABLES.get(name)
    return known.kind if known else None


def is_harmless(name: str, value: str) -> bool:
    """Whether a value may be shown and recorded: no secret, or one that nobody filled in."""
    kind = kind_of(name)
    if name.upper() in ADDRESSES:
        return all(is_address(name, part) for part in value.split(","))
    if kind is None or kind in ("key", "secret"):
        if kind is None and provider_of_model(value) is not None:  # the name is a misspelt one
            return is_address(name, value)
        is_invitation = kind == "key" or value.startswith("your-")
        return without_public(value) in _NOTHING or (is_placeholder if is_invitation else is_nobodys)(value)
    return is_address(name, value)


def without_public(text: str) -> str:
    """A text without the schemes and the providers' own addresses in it, which everybody knows."""
    return re.sub(_PUBLIC, "", text)


def is_address(name: str, value: str) -> bool:
    """Whether a value may be shown of which nobody says that it is a secret, an address for instance: nothing in it
    that has the form of a key or of a login."""
    return not prefix_of(value) and "@" not in value and bool(_SHOWN.match(value)) and is_wordy(value)


def is_wordy(text: str) -> bool:
    """Whether a text is made of words and numbers only, so that no part of it can have been drawn at random."""
    return all(_WORD.match(run) for run in re.split(r"[^A-Za-z0-9]+", text) if run)
