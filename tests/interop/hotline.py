"""The server under test: the real program with a configuration, ports and storage of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import wave

from telephones import ROOT, TARGET, end, host, wait_until

IP = host(1)
NUMBER = "95599"
QUEUES = """
[queues.general]
limit = {limit}
max_wait = "never"
wrap_up = "{wrap_up}"
ring_time = "{ring_time}"
announce_every = "never"

[queues.card-loss]
priority = 10

[queues.complaints]

[queues.overflow]
priority = 60
limit = 0
"""


class Hotline:
    """`with Hotline(directory) as server:` publishes the sample menus, starts, and stops at the end."""

    def __init__(self, directory, limit=600, wrap_up="0 s", ring_time="15 s", calls=1000):
        self.directory = directory
        self.storage = os.path.join(directory, "var")
        self.config = os.path.join(directory, "hotline.toml")
        self.log = os.path.join(directory, "hotline.log")
        self.sip, self.http, self.management = 5060, 8080, 9464
        self.media_ports = "10000-29999"
        self.program = os.environ.get("HOTLINE_PROGRAM", os.path.join(TARGET, "hotline"))
        self.process = None
        self.write("queues.toml", QUEUES.format(limit=limit, wrap_up=wrap_up, ring_time=ring_time))
        self.write("hotline.toml", f"""
[sip]
listen = "{IP}:{self.sip}"
entries = {{ "{NUMBER}" = "main" }}

[media]
ports = "{self.media_ports}"

[http]
listen = "{IP}:{self.http}"
management = "{IP}:{self.management}"

[storage]
directory = "{self.storage}"

[directories]
menus = "{ROOT}/menus"
prompts = "{ROOT}/prompts"
queues = "{directory}/queues.toml"

[limits]
calls = {calls}
""")

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    @property
    def target(self):
        return f"{IP}:{self.sip}"

    def __enter__(self):
        self.command("publish", "--by", "tests", "--reason", "a test")
        return self.start()

    def __exit__(self, failure, *_):
        self.stop()
        if failure:
            print(f"\n{self.log}:\n{self.log_tail()}", flush=True)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.program, "serve", "--config", self.config], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT, cwd=self.directory)
        wait_until(self.is_ready, 30, "the server is ready")
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log_tail()}")
        try:
            return self.get("readyz") is not None
        except (OSError, urllib.error.URLError):
            return False

    def log_tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-30:])

    def stop(self):
        """SIGTERM, and a second one if calls are still up."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                end(self.process)

    def kill(self):
        """As a power cut would; returns when."""
        at = time.time()
        self.process.kill()
        self.process.wait()
        return at

    def memory_kb(self):
        """Resident memory of the server."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

    def get(self, path):
        with urllib.request.urlopen(f"http://{IP}:{self.management}/{path}", timeout=5) as answer:
            return answer.read().decode()

    # --- the command line and the control socket ------------------------------------------------

    def command(self, *words):
        """A subcommand of the program; its output."""
        out = subprocess.run([self.program, *words, "--config", self.config], capture_output=True, text=True,
                             check=False, cwd=self.directory, timeout=60)
        if out.returncode != 0:
            raise RuntimeError(f"hotline {' '.join(words)}: {out.returncode}\n{out.stdout}{out.stderr}")
        return out.stdout

    def told(self, *words):
        """What a subcommand lists: an array, or a line each."""
        text = self.command(*words, "--format", "json")
        return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]

    def ask(self, command, **fields):
        """One request over the control socket."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(30)
            control.connect(os.path.join(self.storage, "control.sock"))
            control.sendall(json.dumps({"command": command, **fields}).encode() + b"\n")
            answer = json.loads(control.makefile("rb").readline())
        if not isinstance(answer, dict) or "done" not in answer:
            raise RuntimeError(f"{command}: {answer}")
        return answer["done"]

    def staff(self, count, ip, port, first=1, names="agent"):
        """`count` agents with the work numbers 101 … at static telephones `sip:agentN@ip:port`, signed in."""
        numbers = range(first, first + count)
        agents = "".join(f"{work_number(n)},Agent {n},48291{n % 10},general=5;card=5;complaints=5,"
                         "general;card-loss;complaints,zh-CN;en-US\n" for n in numbers)
        devices = "".join(f"{names}{n},static,sip:{names}{n}@{ip}:{port}\n" for n in numbers)
        self.ask("import_devices", file="devices.csv", csv="device,kind,password_or_contact\n" + devices)
        self.ask("import_agents", file="agents.csv",
                 csv="work_number,name,secret,skills,queues,languages\n" + agents)
        for n in numbers:
            self.ask("sign_in", agent=work_number(n), device=f"{names}{n}", secret=None)

    def rows(self):
        """The index of calls, oldest first."""
        return sorted(self.told("calls", "list", "--limit", "10000", "--numbers"), key=lambda row: (row["arrived_at"], row["first_seq"]))

    def events(self):
        """The journal."""
        folder = os.path.join(self.storage, "journal")
        for name in sorted(name for name in os.listdir(folder) if name.endswith(".jsonl")):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                whole = (json.loads(line) for line in file if line.endswith("\n"))
                yield from (line["event"] for line in whole if "event" in line)

    def finished_rows(self, count, timeout):
        """Waits until `count` calls are over and their recordings archived."""
        def complete():
            rows = self.rows()
            return rows if len(rows) >= count and all(recording_of(row) for row in rows) else None
        return wait_until(complete, timeout, f"{count} rows with recordings", every=0.5)

    def recording(self, row):
        return os.path.join(self.storage, "recordings", recording_of(row))

    # --- figures ----------------------------------------------------------------------------------

    def metrics(self):
        """(name, labels as a sorted tuple) → value."""
        values = {}
        for line in self.get("metrics").splitlines():
            found = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", line)
            if found and not line.startswith("#"):
                labels = tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or "")))
                values[(found[1], labels)] = float(found[3])
        return values

    def total(self, name, **wanted):
        """Sum over all series of `name` that have these labels."""
        return sum(value for (series, labels), value in self.metrics().items()
                   if series == name and set(wanted.items()) <= set(labels))

    def settled(self, timeout=30):
        """Waits until every view has taken all that the journal holds; the number of its last event."""
        def same():
            values = self.metrics()
            last = values.get(("hotline_journal_seq", ()))
            views = [value for (name, _), value in values.items() if name == "hotline_view_as_of_seq"]
            return last if last and views and all(value == last for value in views) else None
        return wait_until(same, timeout, "index and metrics at the seq of the journal")

    def files(self):
        """Every file under the storage directory, and the log."""
        found = [self.log]
        for folder, _, names in os.walk(self.storage):
            found += [os.path.join(folder, name) for name in names]
        return [path for path in found if os.path.isfile(path)]


def work_number(n):
    return str(100 + n)


def announcement_ms(count, first=1):
    """How long callers hear the longest of these agents' work numbers before they are connected."""
    def length(name):
        with wave.open(os.path.join(ROOT, "prompts", "zh-CN", f"system.{name}.wav")) as file:
            return 1000 * file.getnframes() / file.getframerate()
    spoken = max(sum(length(f"digit.{digit}") for digit in work_number(n)) for n in range(first, first + count))
    return round(length("agent.number.before") + spoken + length("agent.number.after")) + 200


def recording_of(row):
    """Path of the recording relative to the archive, if it is archived."""
    recording = row["recording"]
    return recording["archived"]["file"] if isinstance(recording, dict) and "archived" in recording else None


def seconds_of(row):
    """Length of the call from answer to end."""
    return row["duration_ms"] / 1000
