"""Five hundred calls at fifty a second through menu, queue and twenty agents: nothing fails, every call
has a row and a recording that holds both sides, and every count agrees with every other."""

import os
import signal
import unittest

from hotline import NUMBER, Hotline, announcement_ms, seconds_of
from telephones import Sipp, Sound, host, scratch, sounds

CALLER, AGENT = 440, 620
CALLS = int(os.environ.get("HOTLINE_LOAD_CALLS", "500"))
RATE = 50
AGENTS = 20


class Load(unittest.TestCase):
    def test_five_hundred_calls(self):
        directory = scratch(self, "load")
        with Hotline(directory, limit=600) as server:
            callers, agents, figures = self.run_calls(server, directory)
            rows = server.finished_rows(CALLS, 180)
            server.settled(60)
            self.check_signalling(figures)
            self.check_rows(server, rows)
            self.check_sound(rows, callers, agents)
            self.check_recordings(server, rows, callers)
            server.command("recordings", "verify")

    def run_calls(self, server, directory):
        agents = Sound(directory, host(3), CALLS + 200, AGENT, expect=CALLER)
        callers = Sound(directory, host(2), CALLS, CALLER, expect=AGENT, keys=("0@1",))
        answering = Sipp("agent", directory, host(4), 15080, host(3), ring_ms=100,
                         talk_ms=2_000 + announcement_ms(AGENTS)).serve()
        calling = Sipp("caller", directory, host(5), 15060, host(2))
        try:
            server.staff(AGENTS, host(4), 15080)
            calling.call(server.target, NUMBER, calls=CALLS, rate=RATE, limit=CALLS)
            figures = {"caller": calling.wait(600), "errors": calling.errors()}
            # SIPp finishes what it has and writes its last figures.
            answering.process.send_signal(signal.SIGUSR1)
            answering.process.wait(30)
            figures["agent"] = answering.figures()
        finally:
            for thing in (calling, answering):
                thing.stop()
            visits = callers.stop(), agents.stop()
        return *visits, figures

    def check_signalling(self, figures):
        caller, agent = figures["caller"], figures["agent"]
        self.assertEqual((caller["successful"], caller["failed"]), (CALLS, 0), figures["errors"])
        self.assertEqual((agent["successful"], agent["failed"]), (CALLS, 0), "each caller met one agent")

    def check_rows(self, server, rows):
        self.assertEqual(len(rows), CALLS)
        self.assertEqual({row["outcome"] for row in rows}, {"agent"})
        self.assertEqual(len({agent for row in rows for agent in row["agents"]}), AGENTS, "everybody worked")
        for metric in ("hotline_calls_total", "hotline_queue_offered_total", "hotline_queue_answered_total",
                       "hotline_recordings_total", "hotline_queue_wait_seconds_count"):
            self.assertEqual(server.total(metric), CALLS, metric)
        self.assertEqual(server.total("hotline_calls_total", outcome="agent"), CALLS)
        for metric in ("hotline_queue_abandoned_total", "hotline_queue_overflowed_total", "hotline_calls_active",
                       "hotline_queue_waiting", "hotline_recording_queue"):
            self.assertEqual(server.total(metric), 0, metric)

    def check_sound(self, rows, callers, agents):
        self.assertEqual((len(callers), len(agents)), (CALLS, CALLS))
        deaf = [visit for visit in callers + agents if visit["expected_heard"] < 1.5]
        self.assertEqual(deaf, [], "each side hears the other for nearly the two seconds")
        lost = sum(visit["lost"] for visit in callers + agents)
        received = sum(visit["received"] for visit in callers + agents)
        self.assertLess(lost, received / 1000, "loopback loses nothing worth telling")

    def check_recordings(self, server, rows, callers):
        recorded = sounds([server.recording(row) for row in rows], CALLER, AGENT)
        self.assertEqual(len(recorded), CALLS)
        for row, sound in zip(rows, recorded):
            left, right = sound["channels"]
            self.assertLess(abs(sound["seconds"] - seconds_of(row)), 0.5, f"{row}\n{sound}")
            self.assertGreater(left["tones"]["440"], sound["seconds"] * 0.9, sound)
            self.assertGreater(right["tones"]["620"], 1.5, sound)
        # The telephones measured the same lengths by themselves.
        measured = sorted(visit["seconds"] for visit in callers)
        for ours, theirs in zip(sorted(sound["seconds"] for sound in recorded), measured):
            self.assertLess(abs(ours - theirs), 0.5)


if __name__ == "__main__":
    unittest.main()
