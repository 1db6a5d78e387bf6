"""Whether a server that has models has the one that AutoGPT wants, under a name that AutoGPT recognises."""

from __future__ import annotations

from typing import Iterator, Optional

from checks.llamafile_answers import OWN, Answer, Model, file_of, name_of
from checks.llamafile_case import SETUP, Case, start
from checks.llamafile_proxy import Past, in_the_way_of_tokens
from checks.llamafile_server import Answers
from doctor import Finding, Remedy, Words, found, ok, problem, remedy, say, warning


def judge(case: Case, answers: Answers, on_windows: bool) -> Iterator[Finding]:
    """One finding about the list of models."""
    wanted = tuple(dict.fromkeys(each.name.strip() for each in case.server.endpoint.models if each.role != "embedding"))
    models = answers.models.models or ()
    names = [name_of(each.id, on_windows) for each in models]
    missing = tuple(each for each in wanted if each and each not in names)
    if not missing:
        yield ok("llamafile.model", say("the server has {models}", models=wanted))
    elif not models:
        yield _none(case, missing[0])
    else:
        nearest = next((each for each in models if missing[0].lower() in file_of(each.id).lower()), None)
        stranger = _stranger(answers)
        counts_words = answers.tokens is None or answers.tokens.has_tokens
        if stranger and not (nearest is not None and counts_words):
            yield _another_server(case, nearest or models[0], stranger, missing[0])
        elif nearest is not None:
            yield _misnamed(case, nearest, name_of(nearest.id, on_windows), missing[0])
        else:
            yield _other(case, models[0], missing[0])


def _stranger(answers: Answers) -> Optional[str]:
    """The name of a server that is no llamafile, where that is sure."""
    owners = [each.owner for each in answers.models.models or () if each.owner]
    if answers.models.program in OWN or not owners or owners[0] in OWN:
        return None
    return owners[0]


def _evidence(model: Model) -> Words:
    if not model.id:
        return say("a model with a name that is not shown here")
    return say("the server calls its model {name}", name=file_of(model.id))


def _misnamed(case: Case, model: Model, name: str, wanted: str) -> Finding:
    return problem(
        "llamafile.model-name",
        "The llamafile has the right model, but AutoGPT does not recognise its name",
        detail=say("AutoGPT makes {name} of it, and looks for {wanted}.", name=name, wanted=wanted),
        evidence=found(_why(model, wanted), wanted=say("for instance {wanted}.Q5_K_M.gguf", wanted=wanted)),
        remedy=_rename(case, model, wanted),
        links=(SETUP,),
        explained_by=("models.unknown", "models.llamafile-pair"),
    )


def _why(model: Model, wanted: str) -> Words:
    file = file_of(model.id)
    if file != model.id and "\\" in model.id:
        return say("the server calls its model by a path of Windows, which ends in {name}", name=file)
    if file == wanted:
        return say("the server calls its model {name}, and what follows the last dot is cut off", name=file)
    return _evidence(model)


def _rename(case: Case, model: Model, wanted: str) -> Remedy:
    alias = say("Start the server with --alias {wanted}.gguf, or as AutoGPT's script does:", wanted=wanted)
    if case.server.is_here and "\\" not in model.id:
        return start(case, alias)
    return remedy(say("Start the server with --alias {wanted}.gguf.", wanted=wanted))


def _other(case: Case, model: Model, wanted: str) -> Finding:
    return problem(
        "llamafile.model-other",
        "The llamafile has another model than the one that AutoGPT is set to",
        detail=say("AutoGPT wants {wanted}, and says that it has no access to it.", wanted=wanted),
        evidence=found(_evidence(model), wanted=say("{wanted}", wanted=wanted)),
        remedy=start(case, say("End that server (Ctrl-C in its terminal), and start the one that AutoGPT knows:")),
        links=(SETUP,),
        explained_by=("models.unknown", "models.llamafile-pair"),
    )


def _none(case: Case, wanted: str) -> Finding:
    return problem(
        "llamafile.no-model",
        say("The server at {address} has no model", address=case.at),
        evidence=found("its list of models is empty", wanted=say("{wanted}", wanted=wanted)),
        remedy=start(case, say("End that server, and start the llamafile:")),
        links=(SETUP,),
    )


def _another_server(case: Case, model: Model, program: str, wanted: str) -> Finding:
    return problem(
        "llamafile.another-server",
        say("{program} answers at {address}, and not a llamafile", program=program, address=case.at),
        detail=say("AutoGPT cannot use it as one: it wants {wanted}, and counts words there.", wanted=wanted),
        evidence=found(_evidence(model), wanted=say("{wanted}", wanted=wanted)),
        remedy=start(case, say("End {program}, and start the llamafile:", program=program)),
        links=(SETUP,),
    )


# --- counting words -------------------------------------------------------------------------------------------------


def judge_tokens(case: Case, answers: Answers, past: Past) -> Iterator[Finding]:
    """One finding about /tokenize."""
    heard = answers.tokens_direct or answers.tokens
    if heard is None:
        return
    if answers.tokens_direct is not None and answers.tokens_proxy is not None and heard.has_tokens:
        yield in_the_way_of_tokens(case, answers.tokens_proxy, past)
    elif heard.has_tokens:
        yield ok("llamafile.tokenizer", "the server counts words")
    elif heard.status in (200, 404, 405, 501):
        yield problem(
            "llamafile.tokenizer-missing",
            say("The server at {address} cannot count words, which AutoGPT needs", address=case.at),
            detail="AutoGPT ends with an error as soon as it wants to know how long its prompt is.",
            evidence=found(_answer(heard), wanted="a list of numbers from /tokenize"),
            remedy=start(case, say("Use a llamafile (llamafiler and other servers have no such page):")),
            links=(SETUP,),
            explained_by=("llamafile.another-server", "llamafile.model-other"),
        )
    else:
        yield warning(
            "llamafile.tokenizer-fails",
            say("The server at {address} fails to count words", address=case.at),
            evidence=found(_answer(heard), wanted="a list of numbers from /tokenize"),
            remedy=remedy(say("Look into the terminal of the llamafile, which tells more, and start it anew.")),
            links=(SETUP,),
            is_certain=False,
        )


def _answer(heard: Answer) -> Words:
    if heard.failure is not None:
        return say("no answer to /tokenize")
    return say("/tokenize answers with status {status}", status=heard.status)
