"""A server killed in the middle of fifty calls: after the restart every answered call has one playable
recording that misses at most half a second, its row says interrupted, and a PIN is nowhere."""

import json
import os
import random
import re
import subprocess
import time
import unittest

from hotline import NUMBER, Hotline, seconds_of
from telephones import Sipp, Sound, host, scratch, sounds, tool, wait_until

from test_baresip import PIN, card_number, collected

CALLER, AGENT = 440, 620
ROUNDS = int(os.environ.get("HOTLINE_KILL_ROUNDS", "10" if os.environ.get("HOTLINE_LONG") else "3"))
AGENTS = 10
MISSING = 0.5
EVERYTHING = "21" + card_number() + "#" + PIN


def typed(begin):
    """Accounts, balance, card number, PIN: one key after the other, whatever is being said."""
    return [f"{key}@{begin + 0.3 * n:.2f}" for n, key in enumerate(EVERYTHING)]


# Calls, keys, how they are sent: as telephone-events, or also as tones in the sound. Typing from 0.3 s on is ahead of the notice's end.
CALLERS = [(20, ["0@1"], "events"), (8, [], "events"), (6, typed(4), "events"), (6, typed(0.3), "events"),
           (5, typed(4), "both"), (5, typed(0.3), "both")]


class Group:
    """Some callers that press the same keys; the n-th rings from the number `prefix` n."""

    def __init__(self, directory, number, calls, keys, style):
        self.calls, self.prefix = calls, f"13{number}"
        self.sound = Sound(directory, host(20 + number), calls, CALLER, keys=keys, style=style)
        self.sipp = Sipp("caller", directory, host(30 + number), 15060, host(20 + number), prefix=self.prefix)
        self.visits = {}

    def call(self, target):
        self.sipp.call(target, NUMBER, calls=self.calls, rate=25)

    def stop(self):
        """Ends it; `visits` is what each number heard."""
        self.sipp.stop()
        for visit in self.sound.stop():
            self.visits[f"{self.prefix}{visit['call']}"] = visit


class Kill(unittest.TestCase):
    def setUp(self):
        self.directory = scratch(self, "kill")
        random.seed(os.environ.get("HOTLINE_SEED", "2"))

    def agents(self, talk_ms):
        agents = Sipp("agent", self.directory, host(4), 15080, host(3), talk_ms=talk_ms).serve()
        self.addCleanup(agents.stop)
        sound = Sound(self.directory, host(3), 1_000, AGENT)
        self.addCleanup(sound.stop)

    def callers(self, server, name, groups):
        """Lets them ring; returns the groups when every call is up."""
        folder = os.path.join(self.directory, name)
        os.mkdir(folder)
        groups = [Group(folder, number, *group) for number, group in enumerate(groups)]
        for group in groups:
            self.addCleanup(group.sipp.stop)
            group.call(server.target)
        count = sum(group.calls for group in groups)
        wait_until(lambda: server.total("hotline_calls_active") == count, 20, f"{count} calls are up")
        return groups

    def test_killed_in_the_middle_of_fifty_calls(self):
        with Hotline(self.directory) as server:
            self.agents(talk_ms=120_000)
            known = set()
            for number in range(ROUNDS):
                known |= self.one_round(server, known, f"round{number}")
            rows = server.rows()
            self.rebuilt_index_is_the_same(server, rows)
            self.assertNotIn("FAIL", server.command("recordings", "verify"))
            self.journal_agrees(server, rows)
            self.nothing_secret(server)

    def one_round(self, server, known, name):
        server.staff(AGENTS, host(4), 15080)
        groups = self.callers(server, name, CALLERS)
        try:
            time.sleep(random.uniform(2, 13))
            killed = server.kill()
        finally:
            for group in groups:
                group.stop()
        self.nothing_secret(server)
        visits = {number: visit for group in groups for number, visit in group.visits.items()}
        self.assertEqual(len(visits), sum(group.calls for group in groups))
        server.start()
        rows = [row for row in server.finished_rows(len(known) + len(visits), 60) if row["call"] not in known]
        server.settled()
        self.check(server, rows, visits, killed)
        self.assertEqual(server.total("hotline_calls_total", outcome="interrupted"), len(known) + len(visits))
        self.assertEqual(server.total("hotline_calls_active"), 0)
        return {row["call"] for row in rows}

    def check(self, server, rows, visits, killed):
        """Each call of each telephone beside its row and its recording."""
        self.assertEqual(sorted(row["caller"] for row in rows), sorted(visits), "one row an answered call")
        self.assertEqual({row["outcome"] for row in rows}, {"interrupted"})
        files = [server.recording(row) for row in rows]
        self.assertEqual(len(set(files)), len(files), "one recording each")
        missing, talked = [], 0
        for row, sound in zip(rows, sounds(files, CALLER, AGENT)):
            visit = visits[row["caller"]]
            # Until the last sound, or the last event if that came after it.
            self.assertLess(abs(seconds_of(row) - sound["seconds"]), MISSING, row)
            self.assertLess(seconds_of(row), visit["seconds"] + 0.1, row)
            self.assertLess(visit["last"] - killed, 0.2, "the telephone heard nothing after that")
            missing.append(visit["seconds"] - sound["seconds"])
            left, right = sound["channels"]
            self.assertGreater(left["tones"]["440"], 0.2, f"the caller is in the left channel: {sound}")
            talked += right["tones"]["620"] > 0.5
        print(f"  killed under {len(rows)} calls: {talked} talked to an agent; missing at the end at most "
              f"{1000 * max(missing):.0f} ms, at least {1000 * min(missing):.0f} ms", flush=True)
        self.assertLess(max(missing), MISSING)
        self.assertGreater(min(missing), -0.1, "no recording is longer than its call")

    def rebuilt_index_is_the_same(self, server, rows):
        server.stop()
        for name in os.listdir(server.storage):
            if name.startswith("index.sqlite"):
                os.remove(os.path.join(server.storage, name))
        server.start()
        server.settled()
        self.assertEqual(server.rows(), rows)

    def journal_agrees(self, server, rows):
        """The journal, read as the lines of JSON it is, beside the rows."""
        told = {}
        for event in server.events():
            if event.get("call"):
                told.setdefault(event["call"], []).append(event["kind"])
        self.assertEqual(sorted(told), sorted(row["call"] for row in rows))
        for row in rows:
            kinds = [kind["event"] for kind in told[row["call"]]]
            for once in ("call_arrived", "call_answered", "call_interrupted", "recording_archived"):
                self.assertEqual(kinds.count(once), 1, row)
            archived = next(kind for kind in told[row["call"]] if kind["event"] == "recording_archived")
            for name, value in row["recording"]["archived"].items():
                self.assertEqual(archived[name], value, row)

    def test_a_pin_is_nowhere_although_it_is_taken(self):
        with Hotline(self.directory) as server:
            self.agents(talk_ms=8_000)
            groups = [(2, typed(begin), style) for begin in (0.3, 4) for style in ("events", "both")]
            server.staff(AGENTS, host(4), 15080)
            groups = self.callers(server, "calls", groups)
            count = sum(group.calls for group in groups)
            try:
                # Only who has given a right card number and six digits gets to the queue by this way.
                wait_until(lambda: server.total("hotline_queue_answered_total") == count, 30, "agents have answered")
                time.sleep(1)
                report = self.unseal(server)
                self.assertEqual(report["spooled_calls"], count)
                self.assertGreater(report["packets"], 200 * count)
                for group in groups:
                    group.sipp.process.wait(30)
            finally:
                for group in groups:
                    group.stop()
            rows = server.finished_rows(count, 20)
            self.assertEqual(sorted(collected(server)), sorted([("card-number", 16), ("pin", 6)] * count))
            self.assertEqual({row["menu_path"][-1] for row in rows}, {"accounts"})
            self.nothing_secret(server)

    def unseal(self, server):
        """Opens what the server wrote with the server's keys and searches it (examples/unseal.rs)."""
        done = subprocess.run([tool("unseal"), server.storage, PIN, card_number()], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def nothing_secret(self, server):
        """Neither by text, nor under the server's keys, nor by ear is the PIN or the card anywhere."""
        report = self.unseal(server)
        self.assertGreater(report["sealed"], 0)
        spaced = ["[^0-9a-f]{0,4}".join(digits) for digits in (PIN, card_number())]
        secrets = re.compile("|".join(rf"(?<![0-9a-f.]){digits}(?![0-9a-f])" for digits in spaced).encode())
        for path in server.files():
            with open(path, "rb") as file:
                found = secrets.search(file.read())
            self.assertIsNone(found, path)
        archived = [path for path in server.files() if path.endswith(".wav") and "/recordings/" in path]
        for sound in sounds(archived):
            for channel in sound["channels"]:
                # A machine too busy for its own telephones lets the first tone of one key outrun its event by more
                # than voice waits; two keys in a row would be a leak.
                self.assertLess(len(channel["keys"]), 2, sound["file"])


if __name__ == "__main__":
    unittest.main()
