"""A server killed in the middle of fifty calls: after the restart every answered call has one playable
recording that misses at most half a second, its row says interrupted, and a PIN is nowhere."""

import json
import os
import random
import re
import time
import unittest

from hotline import NUMBER, Hotline
from telephones import Sipp, Sound, host, scratch, sounds, wait_until

from test_baresip import PIN, card_number

CALLER, AGENT = 440, 620
ROUNDS = int(os.environ.get("HOTLINE_KILL_ROUNDS", "3"))
TALKING, KEYING, TONES = 40, 6, 4
MISSING = 0.5


def secret_keys():
    """Keys and when: accounts, balance, card number, PIN; typed on at once, so ahead of the prompts too."""
    keys, at = [], 5.0
    for key in "21" + card_number() + "#" + PIN:
        keys.append(f"{key}@{at:.2f}")
        at += 0.3 if key not in "21" else 2.5
    return keys, at


class Group:
    """Some callers that press the same keys."""

    def __init__(self, directory, number, calls, keys, style="events"):
        ip = host(20 + number)
        self.sound = Sound(directory, ip, calls, CALLER, keys=keys, style=style)
        self.sipp = Sipp("caller", directory, host(30 + number), 15060, ip)
        self.calls = calls

    def call(self, target):
        self.sipp.call(target, NUMBER, calls=self.calls, rate=25)

    def stop(self):
        self.sipp.stop()
        self.visits = self.sound.stop()


class Kill(unittest.TestCase):
    def test_killed_in_the_middle_of_fifty_calls(self):
        random.seed(2)
        directory = scratch(self, "kill")
        with Hotline(directory) as server:
            agents = Sipp("agent", directory, host(4), 15080, host(3), talk_ms=120_000).serve()
            self.addCleanup(agents.stop)
            sound = Sound(directory, host(3), 400, AGENT)
            self.addCleanup(sound.stop)
            known = set()
            for number in range(ROUNDS):
                with self.subTest(round=number):
                    server.staff(10, host(4), 15080)
                    known |= self.one_round(server, known, number)
            server.command("recordings", "verify")
            self.search_secrets(server)

    def one_round(self, server, known, number):
        folder = os.path.join(server.directory, f"round{number}")
        os.mkdir(folder)
        keys, typed_after = secret_keys()
        groups = [Group(folder, 0, TALKING, ["0@1"]), Group(folder, 1, KEYING, keys),
                  Group(folder, 2, TONES, keys, style="tones")]
        count = TALKING + KEYING + TONES
        try:
            for group in groups:
                group.call(server.target)
            begun = time.monotonic()
            wait_until(lambda: server.total("hotline_calls_active") == count, 20, "fifty calls are up")
            # In the middle of keying in, or after it: a different moment each round.
            moment = random.uniform(typed_after / 2, typed_after + 3)
            wait_until(lambda: time.monotonic() - begun > moment, 60, "the moment")
            killed = server.kill()
        finally:
            for group in groups:
                group.stop()
        visits = sorted((visit for group in groups for visit in group.visits), key=lambda visit: visit["first"])
        self.assertEqual(len(visits), count)
        server.start()
        rows = [row for row in server.finished_rows(len(known) + count, 60) if row["call"] not in known]
        server.settled()
        self.check(server, rows, visits, killed)
        self.assertEqual(server.total("hotline_calls_total", outcome="interrupted"), len(known) + count)
        return {row["call"] for row in rows}

    def check(self, server, rows, visits, killed):
        self.assertEqual(len(rows), len(visits), "one row an answered call")
        self.assertEqual({row["outcome"] for row in rows}, {"interrupted"})
        files = [server.recording(row) for row in rows]
        self.assertEqual(len(set(files)), len(files), "one recording each")
        recorded = sounds(files, CALLER, AGENT)
        lengths = sorted(sound["seconds"] for sound in recorded)
        for ours, theirs in zip(lengths, sorted(visit["seconds"] for visit in visits)):
            self.assertGreater(ours, theirs - MISSING, f"killed at {killed}")
        talked = sum(1 for sound in recorded if sound["channels"][1]["tones"]["620"] > 1)
        self.assertGreaterEqual(talked, 5, "some were talking to an agent")
        for sound in recorded:
            self.assertGreater(sound["channels"][0]["tones"]["440"], 1, "the caller is in the left channel")

    def search_secrets(self, server):
        """Neither by text nor by ear: in no file of the server is the PIN or the card."""
        secrets = re.compile("|".join(rf"(?<![0-9a-f]){s}(?![0-9a-f])" for s in (PIN, card_number())).encode())
        for path in server.files():
            with open(path, "rb") as file:
                self.assertIsNone(secrets.search(file.read()), path)
        shown = json.dumps(server.rows()).encode()
        self.assertIsNone(secrets.search(shown))
        for sound in sounds([server.recording(row) for row in server.rows()]):
            for channel in sound["channels"]:
                for length in range(3, len(PIN) + 1):
                    self.assertNotIn(PIN[:length], channel["keys"], sound["file"])
                self.assertLess(len(channel["keys"]), 4, sound["file"])


if __name__ == "__main__":
    unittest.main()
