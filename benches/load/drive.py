#!/usr/bin/env python3
"""The same load on any SIP server of this machine: what it costs in processor time and memory, and whether
anything is lost. One JSON line a measurement. Without --target it starts our own server. See README.md beside this file.

  drive.py [--name asterisk --target 127.0.0.1:5070 --pid PID [--pid PID]...] MEASUREMENT
    setup     --number N --rates 100,200 [--seconds 10]     calls a second, released at once
    calls     --number N --calls 100,250 [--seconds 30]     answered calls with sound both ways
    queue     --number N --calls 50 --agents 10 [--talk 5]  key 0, queue, agents at sip:agentN@127.0.0.4:15080
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests", "interop"))

from hotline import Hotline, announcement_ms  # noqa: E402
from telephones import Sipp, Sound  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Processor seconds of the server, and of the whole machine, between begin and end."""

    def __init__(self, pids):
        self.pids = pids
        self.begun = self.now()

    def now(self):
        return time.monotonic(), sum(self.cpu(pid) for pid in self.pids), self.machine()

    @staticmethod
    def cpu(pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @staticmethod
    def machine():
        with open("/proc/stat", encoding="ascii") as file:
            fields = [int(word) for word in file.readline().split()[1:]]
        return (sum(fields[:8]) - fields[3] - fields[4]) / TICKS

    def status(self, field):
        total = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith(field + ":"))
        return total

    def end(self):
        wall, cpu, machine = (end - begin for end, begin in zip(self.now(), self.begun))
        return {"wall_s": round(wall, 2), "server_cpu_s": round(cpu, 3), "server_cores": round(cpu / wall, 3),
                "machine_cores": round(machine / wall, 3)}


def share(values, part):
    """The value below which `part` of the values lie."""
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else None


def media(visits, seconds):
    """What the telephones heard."""
    received = sum(visit["received"] for visit in visits)
    gaps = [visit["longest_gap_ms"] for visit in visits]
    return {"visits": len(visits), "received": received, "lost": sum(visit["lost"] for visit in visits),
            "packets_a_second": round(share([v["received"] / max(v["seconds"], 0.02) for v in visits], 0.5) or 0, 2),
            "longest_gap_ms_p50": round(share(gaps, 0.5) or 0), "longest_gap_ms_max": round(max(gaps, default=0)),
            "short": sum(1 for visit in visits if visit["seconds"] < 0.97 * seconds)}


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.directory = tempfile.mkdtemp(prefix="hotline-load-")
        self.started = []

    def tell(self, measured):
        line = {"name": self.arguments.name, "measurement": self.arguments.measurement, **measured,
                "at": time.strftime("%Y-%m-%dT%H:%M:%S")}
        print(json.dumps(line), flush=True)

    def caller(self, **settings):
        caller = Sipp("caller", self.directory, "127.0.0.5", 15060, "127.0.0.2", **settings)
        self.started.append(caller)
        return caller

    def stop(self):
        for thing in self.started:
            thing.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def setup(self):
        for rate in map(int, self.arguments.rates.split(",")):
            calls = rate * self.arguments.seconds
            caller = self.caller(stay_ms=self.arguments.hold)
            meter = Meter(self.arguments.pid)
            figures = caller.call(self.arguments.target, self.arguments.number, calls, rate, limit=5 * rate).wait(
                self.arguments.seconds + 120)
            measured = meter.end()
            self.tell({"rate": rate, **figures, **measured,
                       "cpu_s_per_1000": round(1000 * measured["server_cpu_s"] / calls, 3),
                       "rss_kb": meter.status("VmRSS"), "threads": meter.status("Threads")})

    def calls(self):
        seconds = self.arguments.seconds
        for calls in map(int, self.arguments.calls.split(",")):
            before = Meter(self.arguments.pid).status("VmRSS")
            sound = Sound(self.directory, "127.0.0.2", calls, 440)
            caller = self.caller(stay_ms=seconds * 1000)
            caller.call(self.arguments.target, self.arguments.number, calls, self.arguments.rate, calls)
            # Measured while all calls are up, after the last was set up and before the first ends.
            ramp = calls / self.arguments.rate
            time.sleep(ramp + 2)
            meter = Meter(self.arguments.pid)
            time.sleep(max(seconds - ramp - 5, 2))
            measured = meter.end()
            memory = meter.status("VmRSS") - before
            threads = meter.status("Threads")
            figures = caller.wait(seconds + 60)
            self.tell({"calls": calls, **figures, **measured, **media(sound.stop(), seconds),
                       "cpu_s_per_call_minute": round(60 * measured["server_cpu_s"] / measured["wall_s"] / calls, 4),
                       "kb_per_call": round(memory / calls), "threads": threads})

    def queue(self):
        calls = int(self.arguments.calls)
        callers = Sound(self.directory, "127.0.0.2", calls, 440, expect=620, keys=("0@1.5",))
        agents = Sound(self.directory, "127.0.0.3", 2 * calls, 620, expect=440)
        answering = Sipp("agent", self.directory, "127.0.0.4", 15080, "127.0.0.3",
                         talk_ms=self.arguments.talk * 1000 + self.arguments.told_first_ms).serve()
        meter = Meter(self.arguments.pid)
        try:
            figures = self.caller().call(self.arguments.target, self.arguments.number, calls, self.arguments.rate,
                                         calls).wait(900)
        finally:
            answering.stop()
        measured = meter.end()
        heard, said = callers.stop(), agents.stop()
        minutes = sum(visit["seconds"] for visit in heard) / 60
        self.tell({"calls": calls, **figures, **measured, **media(heard, 0),
                   "bridged": sum(1 for visit in heard if visit["expected_heard"] > 0.8 * self.arguments.talk),
                   "agents_heard": sum(1 for visit in said if visit["expected_heard"] > 0.8 * self.arguments.talk),
                   "cpu_s_per_call_minute": round(measured["server_cpu_s"] / max(minutes, 0.01), 4)})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="hotline")
    parser.add_argument("--target", help="HOST:PORT of the server; without it our own is started")
    parser.add_argument("--pid", type=int, action="append", help="of the server, each of them")
    kinds = parser.add_subparsers(dest="measurement", required=True)
    for kind in ("setup", "calls", "queue"):
        one = kinds.add_parser(kind)
        one.add_argument("--number", default="95599")
        one.add_argument("--rates", default="100,200")
        one.add_argument("--rate", type=float, default=25)
        one.add_argument("--calls", default="50" if kind == "queue" else "100,250")
        one.add_argument("--seconds", type=int, default=10 if kind == "setup" else 30)
        one.add_argument("--hold", type=int, default=200, help="ms a call of `setup` lasts")
        one.add_argument("--agents", type=int, default=10, help="of our own server; another one has its own")
        one.add_argument("--talk", type=int, default=5)
    # Our callers hear the agent's work number before the agent.
    parser.set_defaults(told_first_ms=0)
    told = parser.parse_args()
    if bool(told.target) != bool(told.pid):
        parser.error("--target and --pid belong together")
    return told


def main():
    told = arguments()
    bench = Bench(told)
    try:
        if told.target:
            getattr(bench, told.measurement)()
            return
        with Hotline(bench.directory) as server:
            told.target, told.pid = server.target, [server.process.pid]
            told.told_first_ms = announcement_ms(told.agents)
            server.staff(told.agents if told.measurement == "queue" else 0, "127.0.0.4", 15080)
            getattr(bench, told.measurement)()
    finally:
        bench.stop()


main()
