"""Telephones that are not ours: SIPp for many, baresip for real ones; rtp_end makes SIPp's sound.

Everything runs on loopback addresses of its own, is started by a test and ended by it.
"""

import contextlib
import csv
import json
import math
import os
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("HOTLINE_TARGET", os.path.join(ROOT, "target", "debug"))
CODECS = {"PCMU": 0, "PCMA": 8}
# A loopback network of this run's own: several runs on one machine do not meet.
NETWORK = f"127.{random.randrange(16, 250)}.{random.randrange(1, 250)}"


def host(number):
    """An address of this run: 1 is the server."""
    return f"{NETWORK}.{number}"


def tool(name):
    """A program of this project built for the tests."""
    path = os.path.join(TARGET, "examples", name)
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path}: run `cargo build --examples` first")
    return path


def wait_until(condition, timeout, what, every=0.05):
    """Polls `condition` until it is true; returns what it returned."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s: {what}")
        time.sleep(every)


def end(process, timeout=10):
    """Ends a process we started, politely first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def analyse(*arguments):
    """What `examples/analyse.rs` says, a dictionary a line."""
    out = subprocess.run([tool("analyse"), *arguments], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise RuntimeError(out.stderr.strip())
    return [json.loads(line) for line in out.stdout.splitlines()]


def sounds(files, *hz):
    """Length, tones and keys of many files."""
    tones = [word for tone in hz for word in ("--hz", str(tone))]
    told = []
    for start in range(0, len(files), 50):
        told += analyse("sound", *tones, *files[start:start + 50])
    return told


def matches(sound, channel, prompts):
    """How well each prompt was heard in one channel of a recording."""
    return analyse("match", sound, str(channel), *prompts)


def seconds(text):
    """SIPp's `hh:mm:ss:microseconds`."""
    hours, minutes, whole, micro = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + whole + micro / 1e6


class Sipp:
    """One SIPp process: `Sipp("caller", …)` places calls, `Sipp("agent", …)` receives them.

    Each needs an address of its own, because it binds a media port there even where it has no sound."""

    def __init__(self, scenario, directory, ip, port, media_ip, media_port=10000, codec="PCMU", **settings):
        self.name = f"{scenario}-{ip}-{port}"
        self.directory = directory
        self.statistics = os.path.join(directory, self.name + ".csv")
        with open(os.path.join(HERE, "sipp", scenario + ".xml"), encoding="utf-8") as file:
            text = file.read()
        settings = {"codec": CODECS[codec], "codec_name": codec, "stay_ms": 600_000, "prefix": "1380000", "ring_ms": 100,
                    "talk_ms": 2_000, **settings}
        for key, value in settings.items():
            text = text.replace("{{" + key + "}}", str(value))
        self.file = os.path.join(directory, self.name + ".xml")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)
        self.arguments = ["sipp", "-sf", self.file, "-i", ip, "-p", str(port), "-mp", str(media_port),
                          "-key", "rtp_ip", media_ip, "-nostdin", "-trace_stat", "-stf", self.statistics,
                          "-fd", "1", "-trace_err", "-error_file", os.path.join(directory, self.name + ".err"),
                          "-buff_size", "1048576"]
        self.process = None

    def start(self, *more):
        log = open(os.path.join(self.directory, self.name + ".log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(self.arguments + list(more), stdout=log, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL, cwd=self.directory)
        log.close()
        return self

    def call(self, target, number, calls=1, rate=10, limit=None):
        return self.start(target, "-s", number, "-m", str(calls), "-r", str(rate), "-l", str(limit or calls + 1))

    def serve(self):
        return self.start("-rtcheck", "loose")

    def wait(self, timeout):
        """Statistics when every call is over."""
        self.process.wait(timeout)
        return self.figures()

    def figures(self):
        """The cumulative figures of SIPp's statistics file."""
        with open(self.statistics, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter=";"))
        row = dict(zip(rows[0], rows[-1]))
        return {"successful": int(row["SuccessfulCall(C)"]), "failed": int(row["FailedCall(C)"]),
                "created": int(row["TotalCallCreated"]), "current": int(row["CurrentCall"]),
                "retransmissions": int(row["Retransmissions(C)"]), "call_seconds": seconds(row["CallLength(C)"])}

    def errors(self):
        path = os.path.join(self.directory, self.name + ".err")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()[:4000]

    def stop(self):
        if self.process:
            end(self.process)


class Sound:
    """`rtp_end`: the sound of the telephones of one SIPp process."""

    def __init__(self, directory, ip, count, tone, expect=None, base=10000, keys=(), style="events", idle=3.0):
        self.base, self.step = base, 4
        self.out = os.path.join(directory, f"visits-{ip}-{base}.jsonl")
        words = ["--ip", ip, "--base", str(base), "--count", str(count), "--tone", str(tone), "--out", self.out,
                 "--as", style, "--idle", str(idle)]
        for hz in [expect] if isinstance(expect, (int, float)) else expect or []:
            words += ["--expect", str(hz)]
        for key in keys:
            words += ["--key", key]
        self.process = subprocess.Popen([tool("rtp_end"), *words], stdin=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        ready = self.process.stderr.readline()
        if "ready" not in ready:
            raise RuntimeError(f"rtp_end: {ready.strip()}")

    def stop(self):
        """Ends it; one dictionary a visit, in the order in which they began. `call` is SIPp's number of it."""
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.wait(20)
        self.process.stderr.close()
        with open(self.out, encoding="utf-8") as file:
            visits = [visit for visit in map(json.loads, file) if "port" in visit]
        for visit in visits:
            visit["call"] = (visit["port"] - self.base) // self.step + 1
        return sorted(visits, key=lambda visit: visit["first"])


def write_tone(path, hz, seconds=60):
    """A tone as a WAV file, for baresip to say."""
    second = b"".join(struct.pack("<h", int(9000 * math.sin(2 * math.pi * hz * n / 8000))) for n in range(8000))
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(second * seconds)


class Baresip:
    """One headless baresip; what it hears is dumped to a WAV file by its sndfile module."""

    MODULES = "/usr/lib/baresip/modules"

    def __init__(self, directory, name, ip, port, tone, account="", rtp="30000-30999"):
        self.directory = os.path.join(directory, name)
        self.control = (ip, port + 5)
        os.makedirs(os.path.join(self.directory, "heard"))
        says = os.path.join(self.directory, "says.wav")
        write_tone(says, tone)
        self.write("contacts", "")
        self.write("accounts", f"<sip:{name}@{ip}:{port}>;regint=0;audio_codecs=PCMA,PCMU{account}\n"
                   if not account.startswith("<") else account + "\n")
        modules = ["g711", "aufile", "aubridge", "sndfile"]
        lines = [f"module_path {self.MODULES}"] + [f"module {m}.so" for m in modules]
        lines += [f"module_app {m}.so" for m in ("account", "menu", "ctrl_tcp")]
        lines += [f"ctrl_tcp_listen {ip}:{port + 5}", f"sip_listen {ip}:{port}", f"net_interface {ip}",
                  f"audio_source aufile,{says}", "audio_player aubridge,nil", "audio_alert aubridge,nil",
                  f"snd_path {self.directory}/heard", f"rtp_ports {rtp}", "call_max_calls 1"]
        self.write("config", "\n".join(lines) + "\n")
        self.log = open(os.path.join(self.directory, "log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(["baresip", "-f", self.directory], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT, cwd=self.directory)
        self.socket = None
        wait_until(self.connect, 10, f"baresip {name} listens")
        self.pending = b""
        self.events = []

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def connect(self):
        with contextlib.suppress(OSError):
            self.socket = socket.create_connection(self.control, timeout=2)
        return self.socket is not None

    def command(self, name, parameters=""):
        """Sends a command (netstring of JSON) and returns its response."""
        message = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self.socket.sendall(b"%d:%s," % (len(message), message))
        return wait_until(lambda: self.take("response", name), 10, f"baresip answers {name}")

    def event(self, kind, timeout):
        """Waits for an event such as CALL_ESTABLISHED."""
        return wait_until(lambda: self.take("event", kind), timeout, f"baresip tells {kind}")

    def take(self, what, name):
        self.read()
        for message in self.events:
            found = message.get("token") == name if what == "response" else message.get("type") == name
            if what in message and found:
                self.events.remove(message)
                return message
        return None

    def read(self):
        self.socket.settimeout(0.05)
        with contextlib.suppress(TimeoutError):
            self.pending += self.socket.recv(65536)
        while b":" in self.pending:
            head, rest = self.pending.split(b":", 1)
            length = int(head)
            if len(rest) <= length:
                break
            self.events.append(json.loads(rest[:length]))
            self.pending = rest[length + 1:]

    def dial(self, uri):
        self.command("dial", uri)

    def press(self, keys, pause=0.25):
        """Presses keys one after the other; the pause is the caller's, not a wait for something."""
        for key in keys:
            self.command("sndcode", key)
            time.sleep(pause)

    def hang_up(self):
        self.command("hangup")

    def heard(self):
        """A WAV file of what it has heard so far in its last call; None before the first sound.

        The dump's own head gives its length only when the call is over."""
        folder = os.path.join(self.directory, "heard")
        files = sorted(f for f in os.listdir(folder) if f.endswith("-dec.wav"))
        if not files:
            return None
        with open(os.path.join(folder, files[-1]), "rb") as file:
            dump = file.read()
        place = dump.find(b"data")
        sound = dump[place + 8:] if place > 0 else b""
        if len(sound) < 2:
            return None
        rate, = struct.unpack_from("<I", dump, dump.find(b"fmt ") + 12)
        channels, = struct.unpack_from("<H", dump, dump.find(b"fmt ") + 10)
        copy = os.path.join(self.directory, "heard.wav")
        with wave.open(copy, "wb") as file:
            file.setparams((channels, 2, rate, 0, "NONE", "not compressed"))
            file.writeframes(sound[:len(sound) // (2 * channels) * 2 * channels])
        return copy

    def stop(self):
        if self.socket:
            self.socket.close()
        end(self.process)
        self.log.close()


class Loss:
    """Throws away a share of the UDP packets to a range of ports, by iptables' statistic match."""

    def __init__(self, address, ports, share):
        self.rule = ["-p", "udp", "-d", address, "--dport", ports.replace("-", ":"), "-m", "statistic", "--mode",
                     "random", "--probability", str(share), "-j", "DROP"]

    def __enter__(self):
        subprocess.run(["iptables", "-w", "-I", "INPUT", "1", *self.rule], check=True)
        return self

    def __exit__(self, *_):
        listed = subprocess.run(["iptables", "-w", "-nvxL", "INPUT", "1"], capture_output=True, text=True, check=False)
        words = listed.stdout.split()
        self.dropped = int(words[0]) if words else 0
        subprocess.run(["iptables", "-w", "-D", "INPUT", *self.rule], check=True)


def scratch(test, name):
    """A directory for one test, removed after it; HOTLINE_KEEP=1 keeps it for a look."""
    directory = tempfile.mkdtemp(prefix=f"hotline-{name}-", dir=os.environ.get("HOTLINE_SCRATCH"))
    if not os.environ.get("HOTLINE_KEEP"):
        test.addCleanup(shutil.rmtree, directory, ignore_errors=True)
    return directory
