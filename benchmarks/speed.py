"""What the doctor costs, as ratios measured in one run on one machine.

    python benchmarks/speed.py --poetry /path/to/poetry [--builder ../shared/autogpt/build_checkout.py] [--runs 15]

Compares a whole offline examination of a healthy classic-2024 checkout with `poetry --version`, and `--help` and
`--version` with `python -c pass` of the same environment; tells the peak memory; what the configuration costs of it,
with an ordinary `.env` and with one of ten thousand lines; and lets `git`, `docker`, `python3` and `poetry` sleep for
an hour each. Prints figures and passes no judgement. Run it with the Python of the environment
in which autogpt-doctor is installed. Linux only (it reads /proc).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

CONFIGURATION = ("env_file", "settings", "keys", "plan", "models", "azure", "components", "compose", "hidden_files")
ONLINE = ("network", "openai", "anthropic", "groq", "billing", "llamafile", "resources")
"""Not made offline, but what they need of the configuration would be found out for them."""
COMMAND = Path(sys.executable).parent / "autogpt-doctor"
DEFAULT_BUILDER = Path(__file__).resolve().parents[2] / "shared" / "autogpt" / "build_checkout.py"


class Run(NamedTuple):
    wall_s: float
    peak_kb: int
    status: int
    output: bytes


def run(argv: list[str], environment: dict[str, str], watch_memory: bool = False) -> Run:
    """Start a program, wait for it, and tell what it cost."""
    began = time.perf_counter()
    with subprocess.Popen(
        argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        peaks = [0]
        if watch_memory:
            threading.Thread(target=_watch, args=(process.pid, peaks), daemon=True).start()
        output, _ = process.communicate()
    return Run(time.perf_counter() - began, peaks[-1], process.returncode, output)


def _watch(pid: int, peaks: list[int]) -> None:
    """The high-water mark of a process's own memory; it only rises, so the last look counts."""
    status = Path(f"/proc/{pid}/status")
    while True:
        try:
            text = status.read_text()
        except OSError:
            return
        for line in text.splitlines():
            if line.startswith("VmHWM:"):
                peaks.append(max(peaks[-1], int(line.split()[1])))
        time.sleep(0.002)


def interpreters(count: int) -> list[Path]:
    """The newest interpreters that pyenv has, one a series, 3.11 first (the one that classic-2024 wants)."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = {p.name.rsplit(".", 1)[0]: p / "bin" for p in sorted(root.glob("3.*")) if (p / "bin" / "python3").exists()}
    ordered = sorted(found, key=lambda series: (series != "3.11", -int(series.split(".")[1])))
    return [found[series] for series in ordered[:count]]


def healthy_machine(place: Path, poetry: Path, builder: Path) -> tuple[Path, dict[str, str]]:
    """A checkout with a key, and an environment with four interpreters, Poetry, git and the docker client on PATH."""
    checkout = place / "AutoGPT"
    subprocess.run(
        [sys.executable, str(builder), "classic-2024", str(checkout), "--git"], check=True, capture_output=True
    )
    agent = checkout / "classic" / "original_autogpt"
    shutil.copy(agent / ".env.template", agent / ".env")
    write_settings(agent)
    tools = place / "bin"
    tools.mkdir()
    (tools / "poetry").symlink_to(poetry)
    folders = [str(tools), *(str(folder) for folder in interpreters(4)), "/usr/local/bin", "/usr/bin", "/bin"]
    environment = {"PATH": ":".join(folders), "HOME": str(place / "home"), "LANG": "C.UTF-8"}
    (place / "home").mkdir()
    return agent, environment


def write_settings(agent: Path, lines: int = 0) -> None:
    """The template with a made-up key and a model in it, and so many further settings."""
    key = "sk-" + "aB3dE" * 4 + "T3BlbkFJ" + "fG6hJ" * 4
    own = "".join(f"# my setting number {n}\n" if n % 3 == 0 else f"MY_SETTING_{n}=value{n}\n" for n in range(lines))
    text = (agent / ".env.template").read_text(encoding="utf-8") + f"OPENAI_API_KEY={key}\nSMART_LLM=gpt-4o\n{own}"
    (agent / ".env").write_text(text, encoding="utf-8")
    (agent / ".env").chmod(0o600)


def sleeping_machine(place: Path, environment: dict[str, str]) -> dict[str, str]:
    """The same, with four programs that never answer in front."""
    folder = place / "sleepers"
    folder.mkdir()
    for name in ("git", "docker", "python3", "poetry"):
        (folder / name).write_text("#!/bin/sh\nexec sleep 3600\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {**environment, "PATH": f"{folder}:{environment['PATH']}"}


def skipping(groups: tuple[str, ...]) -> list[str]:
    return [word for group in groups for word in ("--skip", f"{group}.*")]


def median(runs: list[Run]) -> float:
    return statistics.median(each.wall_s for each in runs)


def least(runs: list[Run]) -> float:
    """What it takes undisturbed. Other programs only ever add to it, and a difference of two medians drowns in that."""
    return min(each.wall_s for each in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--poetry", type=Path, default=Path(shutil.which("poetry") or "poetry"))
    parser.add_argument("--builder", type=Path, default=DEFAULT_BUILDER)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), options.poetry.absolute(), options.builder, options.runs)


def report(place: Path, poetry: Path, builder: Path, count: int) -> None:
    agent, environment = healthy_machine(place, poetry, builder)
    examine = [str(COMMAND), "--json", "--offline", "-C", str(agent)]
    offline = [*examine, *skipping(ONLINE)]
    without = [*offline, *skipping(CONFIGURATION)]
    commands = {
        "python": [sys.executable, "-c", "pass"],
        "help": [str(COMMAND), "--help"],
        "version": [str(COMMAND), "--version"],
        "poetry": [str(poetry), "--version"],
        "examine": examine,
        "ordinary": offline,
        "without": without,
        "huge": offline,
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for argv in commands.values():
        run(argv, environment)  # byte code and disk caches
    for _ in range(count):  # in turn, so that a busy moment hits all of them
        for name, argv in commands.items():
            write_settings(agent, 10_000 if name == "huge" else 0)
            runs[name].append(run(argv, environment))
    write_settings(agent)
    peak = max(run(examine, environment, watch_memory=True).peak_kb for _ in range(3))
    document = json.loads(runs["examine"][-1].output)

    print(f"interpreters on PATH       {len(interpreters(4))}")
    print(f"verdict, causes            {document['verdict']}, {document['causes']}")
    print(f"python -c pass             {median(runs['python']) * 1000:7.1f} ms")
    for name in ("help", "version"):
        ratio = median(runs[name]) / median(runs["python"])
        print(f"--{name:8}                 {median(runs[name]) * 1000:7.1f} ms   {ratio:5.2f} x python -c pass")
    print(f"poetry --version           {median(runs['poetry']) * 1000:7.1f} ms")
    ratio = median(runs["examine"]) / median(runs["poetry"])
    print(f"--json --offline           {median(runs['examine']) * 1000:7.1f} ms   {ratio:5.2f} x poetry --version")
    for name, what in (("ordinary", "an ordinary .env"), ("huge", "10,000 lines")):
        cost = least(runs[name]) - least(runs["without"])
        ratio = cost / least(runs["python"])
        print(f"configuration, {what:16} {cost * 1000:5.1f} ms   {ratio:5.2f} x python -c pass (least of all runs)")
    print(f"peak memory                {peak / 1024:7.1f} MB")

    asleep = run(examine, sleeping_machine(place, environment))
    document = json.loads(asleep.output)
    late = [c["id"] for c in document["checks"] if (c["because"] or {}).get("reason") in ("time", "crash")]
    print(f"four programs asleep       {asleep.wall_s:7.1f} s    exit {asleep.status}")
    print(f"  checks answered          {len(document['checks']) - len(late)} of {len(document['checks'])}")
    print(f"  not in time              {', '.join(late) or 'none'}")
    left = subprocess.run(["pgrep", "-fc", "sleep 3600"], capture_output=True, text=True, check=False)
    print(f"  programs left running    {left.stdout.strip()}")


if __name__ == "__main__":
    main()
