"""Ten publications under a load of fifty calls a second, three of them broken: no call is dropped, and each
call hears and is told by one version alone."""

import os
import random
import re
import resource
import shutil
import subprocess
import time
import unittest

from hotline import NUMBER, Hotline
from telephones import ROOT, Sipp, Sound, host, scratch, sounds, write_tone

RATE = int(os.environ.get("HOTLINE_PUBLISH_RATE", "50"))
SECONDS = int(os.environ.get("HOTLINE_PUBLISH_SECONDS", "60"))
CALLS = RATE * SECONDS
# Notice and greeting, and a little of the first choice.
STAY_MS = 4_600
# The greeting of version N is a tone of its own.
MARKERS = [400 + 200 * n for n in range(8)]
MARKER_SECONDS = 1
BROKEN = {3: "no TOML", 6: "a way to nowhere", 9: "a recording nobody approved"}


class Drafts(Hotline):
    """The sample as drafts of its own, its greeting marked."""

    def __init__(self, directory):
        super().__init__(directory, limit=CALLS)
        for folder in ("menus", "prompts"):
            shutil.copytree(os.path.join(ROOT, folder), os.path.join(directory, folder))
        with open(self.config, encoding="utf-8") as file:
            text = file.read().replace(f"{ROOT}/menus", f"{directory}/menus")
        self.write("hotline.toml", text.replace(f"{ROOT}/prompts", f"{directory}/prompts"))
        self.greeting = os.path.join(directory, "prompts", "zh-CN", "main.greeting.wav")
        self.mark(0)

    def edit(self, pattern, text):
        path = os.path.join(self.directory, "menus", "main.toml")
        with open(path, encoding="utf-8") as file:
            before = file.read()
        after, found = re.subn(pattern, text, before, count=1)
        if not found:
            raise ValueError(f"{pattern} is not in {path}")
        self.write("menus/main.toml", after)
        return before

    def mark(self, number):
        """Another text of the greeting, and its recording."""
        self.edit(r'greeting = \{ zh-CN = "[^"]*"', f'greeting = {{ zh-CN = "您好，这是第{number}版。"')
        write_tone(self.greeting, MARKERS[number], MARKER_SECONDS)
        self.command("prompts", "approve", "zh-CN/main.greeting", "--by", "tests")

    def refused(self, how):
        """Publishes drafts that are broken; they are whole again afterwards."""
        if how == "no TOML":
            before = self.edit(r"greeting = ", "greeting = = ")
        elif how == "a way to nowhere":
            before = self.edit(r'menu = "loans"', 'menu = "loan"')
        else:
            before = self.edit(r"\A", "")
            with open(self.greeting, "ab") as file:
                file.write(b"\0\0")
        done = subprocess.run([self.program, "publish", "--by", "tests", "--reason", how, "--config", self.config],
                              capture_output=True, text=True, check=False, cwd=self.directory, timeout=60)
        self.write("menus/main.toml", before)
        return done


class Publish(unittest.TestCase):
    def test_publishing_under_load_mixes_nothing(self):
        directory = scratch(self, "publish")
        # A socket a call on our side.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        with Drafts(directory) as server:
            versions = {self.current(server): MARKERS[0]}
            visits, figures = self.ring(server, directory, versions)
            self.assertEqual((figures["successful"], figures["failed"]), (CALLS, 0), "no call was dropped")
            self.assertEqual(len(versions), 8, "seven good ones after the first")
            rows = server.finished_rows(CALLS, 120)
            self.check_calls(server, rows, visits, versions)
            self.check_recordings(server, rows, versions)

    def ring(self, server, directory, versions):
        """Lets everybody ring, and publishes meanwhile."""
        sound = Sound(directory, host(2), CALLS, 440, expect=MARKERS, idle=1.5)
        callers = Sipp("caller", directory, host(5), 15060, host(2), stay_ms=STAY_MS)
        try:
            begun = time.monotonic()
            callers.call(server.target, NUMBER, calls=CALLS, rate=RATE, limit=CALLS)
            good = 0
            for number in range(1, 11):
                # Evenly over the time in which calls come.
                time.sleep(max(0.0, begun + SECONDS * number / 11 - time.monotonic()))
                if number in BROKEN:
                    self.publish_broken(server, BROKEN[number], good)
                else:
                    good += 1
                    server.mark(good)
                    server.command("publish", "--by", "tests", "--reason", f"marker {good}")
                    versions[self.current(server)] = MARKERS[good]
            figures = callers.wait(SECONDS + 60)
        finally:
            callers.stop()
            visits = sound.stop()
        return {f"1380000{visit['call']}": visit for visit in visits}, figures

    def publish_broken(self, server, how, good):
        before = self.current(server)
        done = server.refused(how)
        self.assertEqual(done.returncode, 1, f"{how}: {done.stdout}{done.stderr}")
        self.assertEqual(self.current(server), before, "the running version stays")
        write_tone(server.greeting, MARKERS[good], MARKER_SECONDS)

    def current(self, server):
        return next(v["version"] for v in server.told("versions") if v["current"])

    def check_calls(self, server, rows, visits, versions):
        """Each call's events name one version, and its caller heard the marker of that version only."""
        told = {}
        for event in server.events():
            if event.get("call"):
                told.setdefault(event["call"], set()).add(event["config_version"])
        self.assertEqual(len(rows), CALLS)
        self.assertEqual({row["outcome"] for row in rows}, {"self_service"})
        heard_by = {}
        for row in rows:
            self.assertEqual(told[row["call"]], {row["config_version"]}, "one version a call")
            heard = visits[row["caller"]]["heard"]
            marker = MARKERS.index(versions[row["config_version"]])
            self.assertGreater(heard[marker], MARKER_SECONDS - 0.2, f"{row}\n{heard}")
            others = sum(heard) - heard[marker]
            self.assertLess(others, 0.05, f"the greeting of another version: {row}\n{heard}")
            heard_by[row["config_version"]] = heard_by.get(row["config_version"], 0) + 1
        self.assertEqual(sorted(heard_by), sorted(versions), "every version was heard by somebody")
        print("  calls of each version: " + ", ".join(f"{v}: {n}" for v, n in sorted(heard_by.items())), flush=True)

    def check_recordings(self, server, rows, versions):
        """Recordings are rendered from prompts by hash: of the call's own version, also when it is old."""
        chosen = random.sample(rows, min(64, len(rows)))
        for row, sound in zip(chosen, sounds([server.recording(row) for row in chosen], *MARKERS)):
            held = sound["channels"][1]["tones"]
            for hz in MARKERS:
                wanted = hz == versions[row["config_version"]]
                self.assertEqual(held[str(hz)] > MARKER_SECONDS / 2, wanted, f"{row}\n{sound}")


if __name__ == "__main__":
    unittest.main()
