"""What the findings about settings, keys, models, Azure and Compose say, each in a sentence for `explain`.

A mapping belongs to the check of its name, and lists all that it may find.
"""

from __future__ import annotations

AZURE_SWITCH = {
    "azure.cannot-start": "This version of AutoGPT does not start with Azure, whatever its files say.",
    "azure.not-exactly-true": "The switch for Azure holds something else than the exact word True, and so it is off.",
    "azure.not-used": "An azure.yaml was filled in, but nothing switches Azure on.",
    "azure.on": "Azure is switched on.",
    "azure.runtime": "With Azure on Windows the setup page asks for the Visual C++ runtime, which is missing.",
}
AZURE_BESIDE = {
    "azure.base-url": "OPENAI_API_BASE_URL is set beside Azure, and the library takes one of the two only.",
    "azure.variables": "This version takes Azure's settings from .env, and some are missing or still an example.",
    "azure.variables-unread": "Azure's settings stand in .env, but this version reads them from azure.yaml.",
}
AZURE_FILE = {
    "azure.file-missing": "Azure is on, but its file azure.yaml is not where AutoGPT looks for it.",
    "azure.file-elsewhere": "There is an azure.yaml, but AutoGPT looks for it at another place.",
    "azure.file-folder": "Where azure.yaml should be there is a folder.",
    "azure.file-unreadable": "azure.yaml is there, but may not be read.",
    "azure.file-too-large": "azure.yaml is far larger than a file of settings can be, and was not read.",
    "azure.file-undecodable": "azure.yaml is not written in UTF-8, which AutoGPT expects.",
    "azure.file-mark": "azure.yaml begins with an invisible mark (BOM).",
    "azure.file": "The file that AutoGPT reads for Azure.",
    "azure.file-broken": "azure.yaml is no valid YAML: mostly a tab, an indentation or a quote.",
    "azure.placeholder": "azure.yaml still holds the texts of its template.",
    "azure.endpoint-missing": "azure.yaml does not say at which address your Azure is.",
    "azure.endpoint-name": "The address stands in azure.yaml under a name that this version does not read.",
    "azure.endpoint-form": "What stands for the address in azure.yaml is not one of Azure OpenAI.",
    "azure.version-missing": "azure.yaml does not say which version of Azure's API to use.",
    "azure.version-date": "Without quotes YAML reads the version of the API as a date or a number.",
    "azure.type": "The kind of API in azure.yaml is another than azure.",
    "azure.no-deployments": "The list of models and deployments in azure.yaml is empty, mostly by its indentation.",
    "azure.deployment-empty": "A model in azure.yaml has no deployment behind it.",
    "azure.model-unmapped": "A model that AutoGPT uses has no deployment in azure.yaml.",
    "azure.embedding-unmapped": "The model for embeddings has no deployment in azure.yaml.",
}
COMPONENTS_FILE = {
    "components.file": "The component configuration that AutoGPT reads.",
    "components.blank": "COMPONENT_CONFIG_FILE is set to nothing.",
    "components.missing": "COMPONENT_CONFIG_FILE names a file that is not there.",
    "components.folder": "COMPONENT_CONFIG_FILE names a folder.",
    "components.unreadable": "The component configuration is there, but may not be read.",
    "components.too-large": "The component configuration is too large to be one, and was not read.",
    "components.encoding": "The component configuration is written in an encoding that AutoGPT does not read.",
    "components.invalid": "The component configuration is no valid JSON, so AutoGPT drops all of it.",
}
COMPONENTS_CONTENT = {
    "components.not-an-object": "The JSON is valid, but does not name components and their fields.",
    "components.repeated": "A component stands there twice, and only the last one counts.",
    "components.unknown-class": "This version has no component of that name, and passes over it.",
    "components.unknown-field": "The component has no field of that name, and passes over it.",
    "components.wrong-value": "A value is of another kind than its field, so AutoGPT drops the whole file.",
}
COMPOSE_FILE = {
    "compose.invalid": "The Compose file is no valid YAML, so every docker compose command ends with an error.",
    "compose.profiles": "docker compose up leaves AutoGPT out; it is started with docker compose run.",
    "compose.version": "The Compose file has the key version, which means nothing any more.",
}
COMPOSE_MOUNTS = {
    "compose.hidden-code": "A folder of this machine is laid over AutoGPT's own code in the container.",
    "compose.missing-source": "A file that the container wants is not there; Docker would make an empty folder of it.",
    "compose.folder-for-file": "Docker has made a folder where a file was wanted.",
}
COMPOSE_SETTINGS = {
    "compose.no-env": "The Compose file asks for a .env that is not there.",
    "compose.env-folder": "The Compose file asks for a .env, and there is a folder of that name.",
    "compose.quotes": "In the container quotes become a part of the value, which no provider takes for your key.",
    "compose.loopback": "In a container localhost is the container itself, not your machine.",
}
ENV_FILE_WHICH = {
    "env_file.shadowed": "AutoGPT reads another .env than the one with your key, and only one.",
    "env_file.edited-elsewhere": "The key is in a file that AutoGPT does not read.",
    "env_file.key-in-template": "The key is in the template, which AutoGPT does not read.",
    "env_file.also": "There are other files of settings, which AutoGPT does not read.",
}
ENV_FILE_BYTES = {
    "env_file.undecodable": "A byte of .env is no UTF-8, and AutoGPT stops when it reads the file.",
    "env_file.nul": "There is a zero byte in .env, at which AutoGPT stops.",
    "env_file.unreadable": "The file .env is there, but you may not read it.",
    "env_file.too-large": "The file .env is larger than settings can be, and was not read.",
    "env_file.byte-order-mark": "An invisible mark (BOM) at its beginning becomes a part of the first name.",
}
ENV_FILE_LINES = {
    "env_file.lines": "A line is written in a form that AutoGPT leaves out without a word.",
    "env_file.odd-name": "An invisible or foreign character stands in a name, which makes another name of it.",
    "env_file.odd-value": "An invisible or foreign character stands in a value.",
    "env_file.no-equals": "A name stands alone in its line, without = and a value.",
    "env_file.swallowed": "A quote is closed some lines below, so that these lines are a part of the value.",
    "env_file.duplicate": "A name stands there more than once, and the last line counts.",
    "env_file.remark": "What should be a remark is a part of the value: there is no blank before its #.",
    "env_file.blank-hides-shell": "An empty line of .env takes away what is set in the shell.",
    "env_file.switched-off": "The variable PYTHON_DOTENV_DISABLED keeps AutoGPT from reading .env.",
}
ENV_FILE_PRIVATE = {
    "env_file.permissions": "Others who have a login on this machine may read your keys.",
    "env_file.tracked": "git keeps .env, so your keys go wherever the repository goes.",
    "env_file.not-ignored": "git would take .env in with the next git add, and your keys with it.",
}
KEYS_FORM = {
    "keys.commented": "The line with the key begins with #, which makes a remark of it.",
    "keys.new-terminal": "Windows has the key, but this terminal was opened before.",
    "keys.blank": "The line of the key is there, and nothing behind its =.",
    "keys.blank-hides-shell": "An empty line takes the place of the key that is set elsewhere.",
    "keys.placeholder": "The text of an example stands there, and not your key.",
    "keys.masked": "It is a shortened copy, as pages show it that list keys.",
    "keys.reference": "It names a variable that nothing replaces by its value.",
    "keys.name-inside": "The name of the variable was pasted together with the key.",
    "keys.only-remark": "Behind the = there is only a remark, which counts as the key.",
    "keys.odd-character": "A character that no key has, mostly a curly quote or one that is not seen.",
    "keys.broken-over-lines": "The key goes on in the next line, which AutoGPT does not take for a part of it.",
    "keys.blank-around": "A blank or a line break at an end of the key, kept by quotes.",
    "keys.quotes": "A quotation mark that is a part of the value.",
    "keys.word-before": "A word like Bearer before the key.",
    "keys.blank-inside": "A blank in the middle of the key.",
    "keys.address": "A web address where the key belongs.",
    "keys.remark": "A remark right behind the key, which counts as a part of it.",
    "keys.two-keys": "Several keys in one place, of which AutoGPT makes one that is wrong.",
    "keys.wrong-slot": "It is a key of somebody else than this variable is for.",
    "keys.admin": "Admin keys manage an organization, and cannot use models.",
    "keys.sign-in": "It is what a program got when you signed in, and not a key of the API.",
    "keys.session": "It is most likely what a browser keeps of your being signed in.",
    "keys.id": "It is the id of an organization, a project or a key, and not the key.",
    "keys.rejected-by-version": "This version refuses the key by its form, although the provider may take it.",
    "keys.looks-like-deepseek": "It has the form of DeepSeek's keys, but OpenAI is asked.",
    "keys.azure-key": "It has the form of Azure's keys, but OpenAI is asked.",
    "keys.azure-form": "Azure is asked, and the key has not the form of Azure's.",
    "keys.unexpected-form": "The length or the letters are not those of the provider's keys, as far as they are known.",
    "keys.differs": "Two different keys are set, and the one that counts may not be the one you mean.",
    "keys.form": "The key looks as keys of its provider do.",
}
MODELS_ACCEPTED = {
    "models.accepted": "The models that AutoGPT will use are on its own list.",
    "models.unknown": "The name is not on this version's list, letter by letter, and AutoGPT stops at it.",
    "models.empty": "The setting of a model is there, and empty, which AutoGPT takes for a name.",
    "models.embedding": "The model makes embeddings, and cannot talk.",
    "models.embedding-unknown": "The model for embeddings is not on this version's list.",
}
PLAN_KEYS = {
    "plan.ready": "Each model that AutoGPT uses has the key of its provider.",
    "plan.key-missing": "A model in use needs the key of its provider, and there is none.",
    "plan.only-other-key": "There is a key, but of another provider than that of the models in use.",
}
SETTINGS_BASE_URLS = {
    "settings.base-url-blank": "The address is set to nothing, and AutoGPT takes nothing for the address.",
    "settings.base-url-characters": "A blank, a quote or something invisible stands in the address.",
    "settings.base-url-key": "A key stands where the address belongs.",
    "settings.base-url-scheme": "The address does not begin with http:// or https://.",
    "settings.base-url-host": "The address is that of a web page for people, or names no host.",
    "settings.base-url-port": "The number behind the colon is no port.",
    "settings.base-url-template": "It is the example of the template, which leads to this computer.",
    "settings.base-url-too-long": "The address goes on with what AutoGPT adds by itself.",
    "settings.base-url-path": "The host is right, and the path behind it is not.",
    "settings.base-url-no-version": "The address does not end in /v1, where such servers answer.",
    "settings.base-url-version": "The address has a part that AutoGPT adds a second time.",
    "settings.base-url-tokenizer": "AutoGPT cuts too much off an address that ends in 1 or v before /v1.",
    "settings.base-url-https-local": "A llamafile speaks http, and the address says https.",
    "settings.base-url-unencrypted": "Your key would go through the internet for anybody to read.",
}
SETTINGS_FORMER = {
    "settings.renamed": "This version reads the setting under another name.",
    "settings.moved": "What the setting did is now a field of the component configuration.",
    "settings.newer": "The setting belongs to a newer AutoGPT than this one.",
    "settings.removed": "The setting belongs to an older AutoGPT, and does nothing here.",
}
SETTINGS_MISSPELT = {
    "settings.misspelt-key": "The key is set under a name that is nearly right.",
    "settings.misspelt-model": "A model is set under a name that is nearly right, so another model is used.",
    "settings.misspelt": "A setting has a name that is nearly that of one which AutoGPT knows.",
}
SETTINGS_ORGANIZATION = {
    "settings.organization": "It wants the id of an organization, which begins with org-.",
    "settings.organization-empty": "It is set to nothing, and AutoGPT sends that along.",
}
SETTINGS_SWITCHES = {
    "settings.boolean": "A switch holds a word that AutoGPT reads otherwise than it was meant.",
    "settings.sandbox-off": "AutoGPT may change files outside of its workspace.",
}
SETTINGS_VALUES = {
    "settings.number": "It has to be a number, and is none.",
    "settings.range": "The number is outside of what is allowed.",
    "settings.choice": "Only certain words are allowed, in exactly one spelling.",
    "settings.port": "A port is a whole number from 1 to 65535.",
    "settings.list": "The entries of a list have commas between them, and nothing else.",
    "settings.login": "A login is written as a name, a colon and a password.",
}
