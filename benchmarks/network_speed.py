"""How long the network part of an examination takes: three providers and a llamafile, 50 ms away or silent.

    sudo python benchmarks/network_speed.py [--builder ../shared/autogpt/build_checkout.py] [--delay-ms 25] [--runs 7]

Everything happens in a network and a mount namespace of its own. A TUN device and a relay behind it delay each packet
on its way there and on its way back, so the kernel itself counts the round trips: names, connections, TLS, requests.
The official names are answered by a name server there; the certificates are of a private authority that SSL_CERT_FILE
names. Then the same with servers that accept and keep silent, with packets that are dropped, and with names dropped,
too. Prints figures and passes no judgement. Linux, root, and the Python in which autogpt-doctor and trustme are
installed.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import selectors
import shutil
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Callable, Iterator

COMMAND = Path(sys.executable).parent / "autogpt-doctor"
DEFAULT_BUILDER = Path(__file__).resolve().parents[2] / "shared" / "autogpt" / "build_checkout.py"
HOSTS = {
    "api.openai.com": 11, "api.anthropic.com": 12, "api.groq.com": 13, "openaipublic.blob.core.windows.net": 14,
    "github.com": 15, "llamafile.internal": 16,
}  # fmt: skip
"""Each host with the last number of its address: 10.9.1.n from outside, 10.9.0.n where its server listens."""
NAMES_AT = 20
LLAMAFILE = "http://10.9.1.16:8080/v1"
GPT, CLAUDE, GROQS, LOCAL = "gpt-4-turbo", "claude-3-opus-20240229", "llama-3.1-8b-instant", "mistral-7b-instruct-v0.2"
PROBES = {
    "OpenAI": "https://api.openai.com/v1/models",
    "Anthropic": "https://api.anthropic.com/v1/models?limit=1000",
    "Groq": "https://api.groq.com/openai/v1/models",
    "llamafile": f"{LLAMAFILE}/models",
}


# --- the line -------------------------------------------------------------------------------------------------------


def open_tun() -> int:
    """A network device whose packets we get to see."""
    import fcntl

    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH", b"line", 0x0001 | 0x1000))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    return device


def relay(device: int, delay_s: float) -> None:
    """Send every packet back after a while, so that it comes from outside: 10.9.0.a to 10.9.1.b becomes 10.9.1.a to
    10.9.0.b. The sum of both addresses stays, and so do all checksums. A negative delay drops everything.
    """
    waiting: list[tuple[float, int, bytes]] = []
    number = 0
    selector = selectors.DefaultSelector()
    selector.register(device, selectors.EVENT_READ)
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if selector.select(patience):
            packet = bytearray(os.read(device, 65536))
            is_ours = packet[0] >> 4 == 4 and packet[12:14] == packet[16:18] == b"\x0a\x09"
            if is_ours and delay_s >= 0:
                packet[14] ^= 1
                packet[18] ^= 1
                number += 1
                heapq.heappush(waiting, (time.monotonic() + delay_s, number, bytes(packet)))
        while waiting and waiting[0][0] <= time.monotonic():
            with suppress(OSError):
                os.write(device, heapq.heappop(waiting)[2])


@contextmanager
def line(device: int, delay_s: float) -> Iterator[None]:
    with child("relay", str(device), str(delay_s), kept=(device,)):
        yield


@contextmanager
def child(*argv: str, kept: tuple[int, ...] = (), is_ready_said: bool = False) -> Iterator[None]:
    """Another process of this file, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, __file__, *argv], pass_fds=kept, stdout=subprocess.PIPE if is_ready_said else None
    )
    try:
        if process.stdout is not None:
            process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()


# --- the servers ----------------------------------------------------------------------------------------------------


def models(*names: str) -> bytes:
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode()


def answer_to(target: str, last: int) -> bytes:
    """What a healthy server answers."""
    pages = {
        11: models(GPT, "gpt-4o", "gpt-3.5-turbo", "text-embedding-3-small"),
        12: models(CLAUDE),
        13: models(GROQS, "mixtral-8x7b-32768"),
        16: models(f"{LOCAL}.Q5_K_M.gguf"),
    }
    if last == 16 and target == "/health":
        return b'{"status": "ok"}'
    return b'{"tokens": [1]}' if target == "/tokenize" else pages.get(last, b"")


def converse(connection: socket.socket, context: ssl.SSLContext | None, last: int) -> None:
    """HTTP/1.1, one answer after the other, until the other side has enough."""
    with suppress(OSError), (context.wrap_socket(connection, server_side=True) if context else connection) as stream:
        pending = b""
        while True:
            while b"\r\n\r\n" not in pending:
                piece = stream.recv(65536)
                if not piece:
                    return
                pending += piece
            head, _, pending = pending.partition(b"\r\n\r\n")
            method, target = head.decode("latin-1").split(" ")[:2]
            pending = b""  # bodies are short, and come with their heads
            body = answer_to(target, last)
            date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
            told = f"HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: application/json\r\nDate: {date}\r\n"
            stream.sendall(f"{told}Content-Length: {len(body)}\r\n\r\n".encode() + (b"" if method == "HEAD" else body))


def serve(folder: Path, is_silent: bool) -> None:
    """All servers in one process. A silent one lets the system accept, and never says a word."""
    kept = []
    for name, last in HOSTS.items():
        listener = socket.create_server((f"10.9.0.{last}", 8080 if last == 16 else 443), backlog=128)
        kept.append(listener)
        if not is_silent:
            context = None if last == 16 else tls_for(folder, name)
            threading.Thread(target=accept, args=(listener, context, last), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


def tls_for(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem")
    return context


def accept(listener: socket.socket, context: ssl.SSLContext | None, last: int) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as every web server has it
        threading.Thread(target=converse, args=(connection, context, last), daemon=True).start()


def tell_names() -> None:
    """A name server: the addresses of our hosts (A), nothing else of them, and no other name."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((f"10.9.0.{NAMES_AT}", 53))
    print("ready", flush=True)
    while True:
        question, asker = server.recvfrom(2048)
        labels, place = [], 12
        while question[place]:
            labels.append(question[place + 1 : place + 1 + question[place]].decode())
            place += question[place] + 1
        kind = struct.unpack("!H", question[place + 1 : place + 3])[0]
        last = HOSTS.get(".".join(labels).lower())
        has_answer = last is not None and kind == 1
        flags = 0x8180 if last is not None else 0x8183
        head = question[:2] + struct.pack("!HHHHH", flags, 1, int(has_answer), 0, 0)
        address = struct.pack("!HHHIH4B", 0xC00C, 1, 1, 60, 4, 10, 9, 1, last or 0) if has_answer else b""
        server.sendto(head + question[12 : place + 5] + address, asker)


def make_certificates(folder: Path) -> None:
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    for name in HOSTS:
        authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(folder / f"{name}.pem"))


# --- what is measured -----------------------------------------------------------------------------------------------


def probe(url: str) -> None:
    """One question by itself, with the code that the checks ask with: in a fresh process, and once more."""
    from pathlib import PurePosixPath

    from doctor.machine.answers import Response, Trust
    from doctor.machine.live import Live

    trust = Trust(file=PurePosixPath(os.environ["SSL_CERT_FILE"]))
    took = []
    for _ in range(2):
        machine = Live()
        began = time.perf_counter()
        answer = machine.request("GET", url, {"Accept": "application/json"}, timeout_s=10, trust=trust)
        took.append(time.perf_counter() - began)
        assert isinstance(answer, Response), answer
        machine.close()
    print(json.dumps(took))


def examine(agent: str) -> None:
    """A whole examination, with the time from the first question to the network to the answer of the last."""
    from doctor.about import Options
    from doctor.machine.live import Live
    from doctor.machine.through import Through
    from doctor.registry import Registry
    from doctor.visit import visit

    asked: list[tuple[str, float, float]] = []

    def watched(name: str) -> Any:
        def ask(self: Through, *given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return getattr(self.inner, name)(*given, **named)
            finally:
                what = next((each for each in given if isinstance(each, str) and "." in each), "")
                asked.append((f"{name} {what}", began, time.perf_counter()))

        return ask

    methods = ("request", "resolve", "connect", "certificate")
    machine = type("Watched", (Through,), {name: watched(name) for name in methods})(Live(network_limit_s=8.0))
    options = Options(machine.path(agent), is_given=True)
    began = time.perf_counter()
    visit(machine, Registry.of_everything_installed(), options, version="0")
    whole_s = time.perf_counter() - began
    first = min(start for _, start, _ in asked)
    last = max(end for _, _, end in asked)
    rows = [[what, start - first, end - first] for what, start, end in sorted(asked, key=lambda row: row[1])]
    print(json.dumps({"network_s": last - first, "whole_s": whole_s, "rows": rows}))
    sys.stdout.flush()
    os._exit(0)


def told_by(*argv: str) -> Any:
    done = subprocess.run([sys.executable, __file__, *argv], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"{argv[0]}: {done.stderr.decode()[-2000:]}")
    return json.loads(done.stdout)


def command(agent: Path, *options: str) -> tuple[float, int, Any]:
    """The whole command: its time, exit status and report."""
    began = time.perf_counter()
    done = subprocess.run(
        [str(COMMAND), "--json", "-C", str(agent), *options], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return time.perf_counter() - began, done.returncode, json.loads(done.stdout)


# --- the experiment -------------------------------------------------------------------------------------------------


def isolate(folder: Path) -> int:
    """Our own network: a device, addresses and names, seen by this process and its children only."""
    device = open_tun()
    os.set_inheritable(device, True)
    steps = ["link set lo up", "link set line up", "addr add 10.9.0.1/24 dev line"]
    steps += [f"addr add 10.9.0.{last}/32 dev lo" for last in (*HOSTS.values(), NAMES_AT)]
    steps += ["route add 10.9.1.0/24 dev line src 10.9.0.1", "route add default dev line src 10.9.0.1"]
    for step in steps:
        subprocess.run(["ip", *step.split()], check=True)
    put_over("/etc/hosts", "127.0.0.1 localhost\n", folder)
    put_over("/etc/resolv.conf", f"nameserver 10.9.1.{NAMES_AT}\noptions timeout:5 attempts:2\n", folder)
    return device


def put_over(path: str, text: str, folder: Path) -> None:
    """Another text in the place of a file of the system, for this namespace."""
    own = folder / Path(path).name
    if own.exists():
        subprocess.run(["umount", path], check=True)
    own.write_text(text, encoding="ascii")
    subprocess.run(["mount", "--bind", own, path], check=True)


def checkout(folder: Path, builder: Path) -> Path:
    """A checkout that needs OpenAI and a llamafile, and has good keys of the two others."""
    root = folder / "AutoGPT"
    subprocess.run([sys.executable, str(builder), "classic-2024", str(root), "--git"], check=True, capture_output=True)
    agent = root / "classic" / "original_autogpt"
    random = "aB3dE5fG7h" * 12
    keys = {
        "OPENAI_API_KEY": "sk-" + random[:20] + "T3BlbkFJ" + random[:20],
        "ANTHROPIC_API_KEY": "sk-ant-" + "api03-" + random[:93] + "AA",
        "GROQ_API_KEY": "gsk_" + random[:52],
        "SMART_LLM": GPT,
        "FAST_LLM": LOCAL,
        "LLAMAFILE_API_BASE": LLAMAFILE,
    }
    (agent / ".env").write_text("".join(f"{name}={value}\n" for name, value in keys.items()), encoding="utf-8")
    (agent / ".env").chmod(0o600)
    return agent


def inside(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_certificates(folder)
        agent = checkout(folder, options.builder)
        device = isolate(folder)
        (folder / "home").mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        os.environ.clear()
        os.environ.update(kept, HOME=str(folder / "home"), SSL_CERT_FILE=str(folder / "authority.pem"))
        delay_s = options.delay_ms / 1000
        with line(device, delay_s), child("names", is_ready_said=True):
            with child("serve", str(folder), is_ready_said=True):
                healthy(agent, options.runs, delay_s)
            with child("serve", str(folder), "silent", is_ready_said=True):
                black_hole("every server accepts, and none says a word", agent)
        with child("names", is_ready_said=True), line(device, -1):
            black_hole("every packet is dropped, those of the name server too", agent)
        hosts = "".join(f"10.9.1.{last} {name}\n" for name, last in HOSTS.items())
        put_over("/etc/hosts", f"127.0.0.1 localhost\n{hosts}", folder)
        with line(device, -1):
            black_hole("every packet is dropped, but names are known", agent)
        for path in ("/etc/hosts", "/etc/resolv.conf"):
            subprocess.run(["umount", path], check=True)


def healthy(agent: Path, count: int, delay_s: float) -> None:
    took: dict[str, list[list[float]]] = {name: [] for name in PROBES}
    runs, commands, offline = [], [], []
    for _ in range(count):  # in turn, so that a busy moment hits all of them
        for name, url in PROBES.items():
            took[name].append(told_by("probe", url))
        runs.append(told_by("examine", str(agent)))
        commands.append(command(agent))
        offline.append(command(agent, "--offline"))
    print(f"All healthy, {2000 * delay_s:.0f} ms a round trip (least and median of {count} runs)")
    cold = {name: [each[0] for each in seconds] for name, seconds in took.items()}
    warm = {name: [each[1] for each in seconds] for name, seconds in took.items()}
    for name in PROBES:
        print(f"  {name} alone: {both(cold[name])} in a fresh process, {both(warm[name])} with everything imported")
    network = [each["network_s"] for each in runs]
    print(f"  network part of the whole examination: {both(network)}")
    for what, each in (("fresh", cold), ("imported", warm)):
        slowest = max(each, key=lambda name: statistics.median(each[name]))
        ratio = statistics.median(network) / statistics.median(each[slowest])
        print(f"    {ratio:.2f} times the slowest single probe, {what} ({slowest})")
    whole, alone = [each[0] for each in commands], [each[0] for each in offline]
    print(f"  whole command: {both(whole)}, exit {commands[-1][1]}; the same --offline: {both(alone)}")
    said(commands[-1][2])
    for what, start, end in runs[-1]["rows"]:
        print(f"      {start * 1000:6.0f} to {end * 1000:6.0f} ms  {what}")


def both(seconds: list[float]) -> str:
    return f"{min(seconds) * 1000:.0f} / {statistics.median(seconds) * 1000:.0f} ms"


def black_hole(what: str, agent: Path) -> None:
    print(f"\n{what[0].upper()}{what[1:]}")
    for options in ((), ("--timeout", "20"), ("--timeout", "5"), ("--timeout", "3")):
        seconds, status, report = command(agent, *options)
        print(f"  {' '.join(options) or 'no --timeout (60 s)'}: {seconds:.2f} s, exit {status}")
        said(report)


def said(report: Any) -> None:
    """How the checks came out, and above all what has no answer."""
    checks = report["checks"]
    print(f"    {len(checks)} checks: {dict(Counter(each['status'] for each in checks))}; causes {report['causes']}")
    reasons = Counter((each["because"] or {}).get("reason") for each in checks if each["because"])
    print(f"    not checked because of: {dict(reasons)}")
    late = [each["id"] for each in checks if (each["because"] or {}).get("reason") in ("time", "crash", "stopped")]
    print(f"    out of time or crashed: {late or 'none'}")


def main() -> None:
    parts: dict[str, Callable[[], None]] = {
        "relay": lambda: relay(int(sys.argv[2]), float(sys.argv[3])),
        "serve": lambda: serve(Path(sys.argv[2]), is_silent=sys.argv[3:] == ["silent"]),
        "names": tell_names,
        "probe": lambda: probe(sys.argv[2]),
        "examine": lambda: examine(sys.argv[2]),
    }
    if sys.argv[1:2] and sys.argv[1] in parts:
        parts[sys.argv[1]]()
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--builder", type=Path, default=DEFAULT_BUILDER)
    parser.add_argument("--delay-ms", type=float, default=25.0)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options)
        return
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        raise SystemExit("this needs Linux, root, and unshare")
    argv = [unshare, "--mount", "--net", "--propagation", "private", sys.executable, __file__, "--inside"]
    os.execv(unshare, [*argv, *sys.argv[1:]])


if __name__ == "__main__":
    main()
