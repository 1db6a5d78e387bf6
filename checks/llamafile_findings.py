"""How it is said that no llamafile serves AutoGPT, and what to do about it on this system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Mapping, Optional

from checks.llamafile_case import OTHER_PORT, SETTING, SETUP, Case, belongs, by, start
from checks.llamafile_commands import USUAL_PORT, serve
from checks.llamafile_server import address_of
from checks.llamafile_verdict import root_of
from checks.setting_remedies import write
from checks.url_faults import fault_in
from doctor import Evidence, Finding, Remedy, Url, Words, found, note, problem, remedy, say, warning
from doctor.findings import Maker

if TYPE_CHECKING:
    from checks.llamafile_answers import Answer


def finding_of(case: Case) -> Finding:
    """The finding under the code of the trouble."""
    return _MAKERS[case.server.trouble](case)


def _finding(
    case: Case,
    heading: Words,
    what: Words,
    help_: Remedy,
    *,
    make: Maker = problem,
    wanted: str = "",
    detail: Optional[Words] = None,
    more: tuple[Evidence, ...] = (),
    explained_by: tuple[str, ...] = (),
    is_certain: bool = True,
) -> Finding:
    first = found(what, wanted=wanted or None)
    return make(
        case.server.trouble,
        heading,
        detail=detail,
        evidence=(first, *more, *case.where),
        remedy=help_,
        links=(SETUP,),
        explained_by=explained_by,
        is_certain=is_certain,
    )


def _restart(case: Case, text: str) -> Remedy:
    return start(case, say(text))


# --- nobody answers -------------------------------------------------------------------------------------------------


def _not_running(case: Case) -> Finding:
    server = case.server
    if server.elsewhere is not None:
        return _elsewhere(case, address_of(server.elsewhere))
    return _finding(
        case,
        say("No llamafile answers at {address}", address=case.at),
        say("nothing listens at port {port}", port=server.endpoint.port),
        start(case),
        wanted="a llamafile that runs as long as AutoGPT does",
        detail=_without(case),
        explained_by=("llamafile.wsl-*", "llamafile.start-*", "llamafile.file-*", "wsl.version-1"),
    )


def _without(case: Case) -> Words:
    names = tuple(dict.fromkeys(each.name for each in case.server.endpoint.models if each.name))
    words = 'AutoGPT then says that it has no access to {models}, or only "Connection error.".'
    return say(words, models=names or "its model")


def _elsewhere(case: Case, address: str) -> Finding:
    listener = case.server.elsewhere
    assert listener is not None
    return _finding(
        case,
        say("The llamafile listens at {there}, but AutoGPT asks {here}", there=Url(root_of(address)), here=case.at),
        say("nothing listens at port {port}", port=case.server.endpoint.port),
        _move(case, address),
        more=(found(belongs(listener)),),
        detail=say("A llamafile that finds its port taken goes to another one."),
    )


def _move(case: Case, address: str) -> Remedy:
    """AutoGPT goes to the server, or the server to AutoGPT where AutoGPT could not count words at that address."""
    fault = fault_in("llamafile", address)
    if fault is not None:
        return _restart(case, "End that llamafile (Ctrl-C in its terminal), and start it at the port that is asked:")
    setting = case.server.endpoint.setting
    if setting is not None:
        return write([(setting, address)], case.shell)
    return remedy(say("Write in {file}: {name}={url}", file=case.env, name=SETTING, url=Url(address)))


def _host_unknown(case: Case) -> Finding:
    return _finding(
        case,
        say("The computer of the llamafile is not known by its name: {address}", address=case.at),
        say("no address belongs to that name"),
        remedy(say("Write the address in numbers, or localhost when the llamafile runs on this computer.")),
        explained_by=("llamafile.wsl-*", "network.dns"),
    )


def _unreachable(case: Case) -> Finding:
    return _finding(
        case,
        say("There is no way to the computer of the llamafile: {address}", address=case.at),
        say("no route to that address"),
        remedy(say("See that both are in the same network, and that its address has not changed.")),
        explained_by=("llamafile.wsl-*", "network.route"),
    )


def _timeout(case: Case) -> Finding:
    port = case.server.endpoint.port
    return _finding(
        case,
        say("Nothing comes back from {address}, where the llamafile should be", address=case.at),
        say("no connection within the time limit"),
        remedy(say("See that the computer is on, and that its firewall lets port {port} in.", port=port)),
        detail=say("A computer that is there and has nothing at that port says so at once. A firewall says nothing."),
        explained_by=("llamafile.wsl-*",),
        is_certain=False,
    )


def _silent(case: Case) -> Finding:
    return _finding(
        case,
        say("What listens at {address} takes the connection, and says nothing", address=case.at),
        say("no answer within the time limit", port=case.server.endpoint.port),
        remedy(say("Look into the terminal of the llamafile: it may be busy, or have come to a halt. Start it anew.")),
        make=warning,
        more=by(case),
        is_certain=False,
    )


# --- somebody answers -----------------------------------------------------------------------------------------------


def _loading(case: Case) -> Finding:
    return _finding(
        case,
        say("The llamafile at {address} is still loading its model", address=case.at),
        say("it says so itself"),
        remedy(say("Wait until it is done, a minute or two, then run the doctor again.")),
        make=note,
    )


def _load_failed(case: Case) -> Finding:
    return _finding(
        case,
        say("The llamafile at {address} could not load its model", address=case.at),
        say("it says so itself"),
        _restart(case, "Its terminal says why: mostly too little memory, or a broken file. Then start it anew:"),
        explained_by=("llamafile.file-*", "resources.*"),
    )


def _another_program(case: Case) -> Finding:
    server, models = case.server, case.server.best.models
    named = models.program or (server.occupant.program if server.occupant is not None else "")
    heading = "{program} answers at {address}, and not a llamafile"
    if not named:
        heading = "What answers at {address} is no llamafile"
    return _finding(
        case,
        say(heading, program=named, address=case.at),
        _said(models),
        _in_its_place(case, named),
        wanted="a list of models in JSON",
        more=by(case),
        explained_by=("llamafile.wsl-*",),
    )


def _in_its_place(case: Case, named: str) -> Remedy:
    """The port for the llamafile, or another one for it that no llamafile of this AutoGPT has trouble with."""
    if not case.server.is_here:
        return start(case)
    port = OTHER_PORT if case.server.endpoint.port != OTHER_PORT else USUAL_PORT
    words = "End {program} and start the llamafile in its place. Or leave it, and write in {file}: {name}={url}"
    url = Url(f"http://localhost:{port}/v1")
    text = say(words, program=named or "that program", file=case.env, name=SETTING, url=url)
    first = serve(case.checkout, case.server.endpoint.port, "in its place")
    return remedy(text, first, serve(case.checkout, port, "at the other port"))


def _said(models: Answer) -> Words:
    """What was heard, without any of the words."""
    if models.failure is not None:
        return say("an answer that is no HTTP")
    if models.leads_to:
        return say("the answer leads to {host}", host=models.leads_to)
    if models.kind == "html":
        return say("a web page (status {status})", status=models.status)
    return say("an answer with status {status}, and no list of models", status=models.status)


def _key_required(case: Case) -> Finding:
    return _finding(
        case,
        say("The llamafile at {address} asks for a key, and AutoGPT has none for it", address=case.at),
        say("the answer 401: a key is missing"),
        _restart(case, "Start the server without --api-key (and without LLAMA_API_KEY in its environment):"),
        wanted="a server that asks for no key",
        detail=say("AutoGPT sends a made-up key to it, and none at all when it counts words. No setting changes that."),
        more=by(case),
    )


def _path(case: Case) -> Finding:
    endpoint = case.server.endpoint
    meant = f"{endpoint.scheme}://{endpoint.site}/v1"
    is_plain = endpoint.setting is not None and "@" not in endpoint.setting.text
    help_ = write([(endpoint.setting, meant)], case.shell) if endpoint.setting and is_plain else remedy(
        say("Let {name} end in /v1 right after the host and its port.", name=SETTING)
    )
    return _finding(
        case,
        say("The llamafile answers, but not at the path that {name} has", name=SETTING),
        say("no list of models where AutoGPT asks, but one at {address}/v1", address=case.at),
        help_,
        explained_by=("settings.base-url-no-version",),
    )


def _error(case: Case) -> Finding:
    return _finding(
        case,
        say("The llamafile at {address} answers with an error", address=case.at),
        say("status {status}", status=case.server.best.models.status),
        _restart(case, "Its terminal tells more. Start it anew:"),
        more=by(case),
        is_certain=False,
    )


def _certificate(case: Case) -> Finding:
    text = "A llamafile on this computer speaks plain http: write http:// in {name}."
    if not case.server.is_here:
        text = "Have it trusted: in {file}, set SSL_CERT_FILE and REQUESTS_CA_BUNDLE to a file with the certificate of "
        text += "who issued it. AutoGPT reads its models with the one, and counts words with the other."
    return _finding(
        case,
        say("The certificate of {address} is not accepted", address=case.at),
        say("it is not trusted, not valid today, or for another host"),
        remedy(say(text, name=SETTING, file=case.env)),
        explained_by=("network.tls-*", "network.clock"),
    )


# --- a proxy in between ---------------------------------------------------------------------------------------------


def _behind_proxy(case: Case) -> Finding:
    proxy = case.server.answers.proxy
    assert proxy is not None
    return _finding(
        case,
        say("Neither through the proxy nor past it does the llamafile at {address} answer", address=case.at),
        say("AutoGPT goes through {proxy}", proxy=proxy.shown),
        remedy(say("See that the llamafile runs there, and that the proxy may go to it.")),
        explained_by=("network.proxy-*",),
        is_certain=False,
    )


_MAKERS: Mapping[str, Callable[[Case], Finding]] = {
    "llamafile.not-running": _not_running,
    "llamafile.host-unknown": _host_unknown,
    "llamafile.unreachable": _unreachable,
    "llamafile.timeout": _timeout,
    "llamafile.silent": _silent,
    "llamafile.loading": _loading,
    "llamafile.load-failed": _load_failed,
    "llamafile.another-program": _another_program,
    "llamafile.key-required": _key_required,
    "llamafile.path": _path,
    "llamafile.error": _error,
    "llamafile.certificate": _certificate,
    "llamafile.behind-proxy": _behind_proxy,
}
