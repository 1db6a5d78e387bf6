"""What the findings about a llamafile's server say, each in a sentence for `explain`.

A mapping belongs to the check of its name, and lists all that it may find.
"""

from __future__ import annotations

LLAMAFILE_SERVER = {
    "llamafile.ready": "A server with models answers at the address of the llamafile.",
    "llamafile.loading": "The llamafile has started and is still reading its model; wait a minute or two.",
    "llamafile.load-failed": "The llamafile has started, but could not read its model.",
    "llamafile.not-running": "Nothing listens where AutoGPT asks for its llamafile.",
    "llamafile.host-unknown": "The name in the llamafile's address belongs to no computer that is known here.",
    "llamafile.unreachable": "There is no way to the computer that the llamafile's address names.",
    "llamafile.timeout": "No connection to the llamafile's address comes about: a computer is off, or a firewall.",
    "llamafile.silent": "Something takes the connection at the llamafile's address, but does not answer in time.",
    "llamafile.another-program": "Another program has the port at which AutoGPT asks for its llamafile.",
    "llamafile.key-required": "The server was started with a key, which AutoGPT cannot give it.",
    "llamafile.path": "The llamafile answers, but below another path than the one that is set.",
    "llamafile.error": "The llamafile runs, and answers with an error of its own.",
    "llamafile.certificate": "The address begins with https, and the certificate there is not accepted.",
    "llamafile.behind-proxy": "The llamafile is on another network, and its proxy does not get through to it either.",
    "llamafile.proxy-in-the-way": "The llamafile answers, but AutoGPT asks it through a proxy that does not get there.",
}
LLAMAFILE_MODEL = {
    "llamafile.model": "The server has the model that AutoGPT is set to.",
    "llamafile.no-model": "The server has no model at all.",
    "llamafile.model-name": "The server has the right model, under a name that AutoGPT does not recognise.",
    "llamafile.model-other": "The server has another model than the one that AutoGPT is set to.",
    "llamafile.another-server": "A server for models answers, but not a llamafile, and AutoGPT cannot use it as one.",
}
LLAMAFILE_TOKENIZER = {
    "llamafile.tokenizer": "The server counts words as AutoGPT wants it to.",
    "llamafile.tokenizer-missing": "The server cannot count words, which AutoGPT asks of it before every request.",
    "llamafile.tokenizer-fails": "The server should be able to count words, and answers with an error.",
    "llamafile.tokenizer-proxy": "AutoGPT counts words through a proxy that does not get to the llamafile.",
}
