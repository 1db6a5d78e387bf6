"""What the findings about the network say, each in a sentence for `explain`.

A mapping belongs to the check of its name, and lists all that it may find, in the order in which it is judged.
"""

from __future__ import annotations

NETWORK_CLOCK = {
    "network.clock": "This computer's clock is more than five minutes off, and so valid certificates look invalid.",
}
NETWORK_PROXY = {
    "network.proxy-scheme": "The address of the proxy begins with the wrong word before ://.",
    "network.proxy-socks": "A SOCKS proxy is set, and AutoGPT's environment lacks the package that speaks it.",
    "network.proxy-in-the-way": "Requests to a server of your own go to a proxy, which does not bring them there.",
    "network.proxy-dead": "Requests are sent to a proxy, and that does not answer.",
    "network.proxy-auth": "The proxy asks for a user name and a password.",
    "network.proxy-exceptions": "NO_PROXY has an entry that AutoGPT's library cannot read, and so it makes no request.",
    "network.proxy-refused": "The proxy does not let requests to this host through.",
    "network.proxy-gateway": "The proxy answers, but does not get through to this host.",
    "network.proxy-not-asked": "The doctor cannot send requests through this kind of proxy, so nothing was asked.",
}
NETWORK_NAMES = {
    "network.dns": "The names of hosts are not looked up: the DNS of this machine or its network does not answer.",
    "network.no-such-host": "There is no host of the name that a base URL gives.",
    "network.name-redirected": "The name of a provider stands for this very computer, or for nothing.",
}
NETWORK_LINE = {
    "network.route": "This computer has no connection to the internet at all.",
    "network.captive": "The network wants somebody to log in on a page of its own before it lets anything through.",
    "network.unreachable": "The network works, but there is no way to this host.",
    "network.refused": "Nothing listens at this address, or a firewall turns the connection down.",
    "network.timeout": "The host does not answer at all, as with a firewall that drops what is sent.",
    "network.no-answer": "The host can be connected to, and then nothing comes back in time.",
    "network.reset": "The connection is cut off before an answer comes.",
    "network.blocked": "This system does not allow the connection, mostly by a firewall of its own.",
    "network.not-http": "What answers at this address does not speak HTTP.",
    "network.unknown": "The request failed in a way that this doctor does not know.",
}
NETWORK_TLS = {
    "network.tls-settings": "A variable names a file of trusted certificates that is missing or is none.",
    "network.tls-untrusted": "The certificate that is shown was signed by somebody whom Python does not trust.",
    "network.tls-host": "The certificate that is shown belongs to another host.",
    "network.tls-expired": "The host's certificate has expired, or is not valid yet, and this clock is right.",
    "network.plain": "The address says https, but what answers there speaks plain http.",
    "network.tls-protocol": "The host and Python do not agree on how to encrypt.",
}
NETWORK_BESIDE = {
    "network.tokenizer": "The host from which AutoGPT loads its word lists at the first start cannot be reached.",
    "network.github": "github.com cannot be reached, and installing AutoGPT takes packages from there.",
}
