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
            self.check_signalling(figures, rows)
            self.check_rows(server, rows)
            self.check_sound(callers, agents)
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

    def check_signalling(self, figures, rows):
        """What SIPp counted on both sides, beside the rows."""
        caller, agent = figures["caller"], figures["agent"]
        self.assertEqual((caller["successful"], caller["failed"]), (CALLS, 0), figures["errors"])
        self.assertEqual((agent["successful"], agent["failed"]), (CALLS, 0), "each caller met one agent")
        self.assertEqual((caller["created"], agent["created"]), (len(rows), len(rows)))
        mean = sum(seconds_of(row) for row in rows) / len(rows)
        self.assertLess(abs(caller["call_seconds"] - mean), 0.5)

    def check_rows(self, server, rows):
        """Rows, and the figures of /metrics at the same number of the journal."""
        self.assertEqual(len(rows), CALLS)
        self.assertEqual({row["outcome"] for row in rows}, {"agent"})
        self.assertEqual(len({agent for row in rows for agent in row["agents"]}), AGENTS, "everybody worked")
        server.settled(60)
        visits = [visit for row in rows for visit in row["visits"]]
        counted = {"hotline_calls_total": len(rows), "hotline_queue_offered_total": len(visits),
                   "hotline_queue_answered_total": sum(visit["left"] == "answered" for visit in visits),
                   "hotline_queue_wait_seconds_count": len(visits), "hotline_recordings_total": CALLS,
                   "hotline_seconds_to_agent_request_count": len(rows),
                   "hotline_menu_choices_total": sum(len(row["keys"]) for row in rows),
                   "hotline_queue_abandoned_total": 0, "hotline_queue_overflowed_total": 0,
                   "hotline_calls_active": 0, "hotline_queue_waiting": 0, "hotline_recording_queue": 0}
        self.assertEqual({name: server.total(name) for name in counted}, counted)
        waited = sum(visit["waited_ms"] for visit in visits) / 1000
        self.assertAlmostEqual(server.total("hotline_queue_wait_seconds_sum"), waited, delta=0.01)
        self.assertEqual(server.total("hotline_calls_total", outcome="agent"), CALLS)

    def check_sound(self, callers, agents):
        self.assertEqual((len(callers), len(agents)), (CALLS, CALLS))
        deaf = [visit for visit in callers + agents if visit["expected_heard"] < 1.9]
        self.assertEqual(deaf, [], "each side hears the other for nearly the two seconds")
        lost = sum(visit["lost"] for visit in callers + agents)
        received = sum(visit["received"] for visit in callers + agents)
        self.assertLess(lost, received / 1000, "loopback loses nothing worth telling")

    def check_recordings(self, server, rows, callers):
        """Each recording beside its row and beside what its caller measured."""
        visits = {f"1380000{visit['call']}": visit for visit in callers}
        self.assertEqual(sorted(visits), sorted(row["caller"] for row in rows))
        recorded = sounds([server.recording(row) for row in rows], CALLER, AGENT)
        worst = 0
        for row, sound in zip(rows, recorded):
            visit, (left, right) = visits[row["caller"]], sound["channels"]
            apart = max(abs(sound["seconds"] - length) for length in (seconds_of(row), visit["seconds"]))
            worst = max(worst, apart)
            self.assertLess(apart, 0.5, f"{row}\n{sound}\n{visit}")
            self.assertGreater(left["tones"]["440"], sound["seconds"] - 0.5 - row_masked(row), sound)
            self.assertGreater(right["tones"]["620"], visit["expected_heard"] - 0.2, f"{sound}\n{visit}")
        print(f"  {len(rows)} recordings; the length of the farthest is {1000 * worst:.0f} ms from its call's", flush=True)


def row_masked(row):
    """Seconds silenced because a key was down."""
    return row["recording"]["archived"]["masked_ms"] / 1000


if __name__ == "__main__":
    unittest.main()
