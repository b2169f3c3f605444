"""SIPp on both sides: menu, key 0, queue, agent; telephones that refuse or are not picked up."""

import socket
import unittest

from hotline import IP, NUMBER, Hotline, announcement_ms
from telephones import Sipp, Sound, host, scratch, sounds, wait_until

CALLER, AGENT = 440, 620


class Calls(unittest.TestCase):
    def setUp(self):
        self.directory = scratch(self, "sipp")

    def begin(self, thing):
        self.addCleanup(thing.stop)
        return thing

    def telephones(self, server, codec="PCMU", talk_ms=2_000, keys=("0@1",)):
        """One caller and one agent, both with sound; returns both sounds and the caller's SIPp."""
        caller = self.begin(Sound(self.directory, host(2), 10, CALLER, expect=AGENT, keys=keys))
        agent = self.begin(Sound(self.directory, host(3), 10, AGENT, expect=CALLER))
        self.begin(Sipp("agent", self.directory, host(4), 15080, host(3), codec=codec,
                        talk_ms=talk_ms + announcement_ms(1)).serve())
        server.staff(1, host(4), 15080)
        sipp = self.begin(Sipp("caller", self.directory, host(5), 15060, host(2), codec=codec))
        return caller, agent, sipp

    def served(self, server, codec):
        caller, agent, sipp = self.telephones(server, codec)
        figures = sipp.call(server.target, NUMBER).wait(60)
        self.assertEqual((figures["successful"], figures["failed"]), (1, 0), sipp.errors())
        (row,) = server.finished_rows(1, 20)
        self.assertEqual(row["outcome"], "agent")
        self.assertEqual(row["agents"], ["101"])
        (heard,), (said,) = caller.stop(), agent.stop()
        self.assertGreater(heard["expected_heard"], 1.5, "the caller hears the agent")
        self.assertGreater(said["expected_heard"], 1.5, "the agent hears the caller")
        (recorded,) = sounds([server.recording(row)], CALLER, AGENT)
        left, right = recorded["channels"]
        self.assertGreater(left["tones"]["440"], 3, "left: the caller, from the answer on")
        self.assertGreater(right["tones"]["620"], 1.5, "right: the agent")
        self.assertLess(left["tones"]["620"] + right["tones"]["440"], 0.3, "the sides are apart")
        server.settled()
        self.assertEqual(server.total("hotline_queue_offered_total"), 1)
        self.assertEqual(server.total("hotline_queue_answered_total"), 1)

    def test_menu_key_queue_agent_in_mu_law(self):
        with Hotline(self.directory) as server:
            self.served(server, "PCMU")

    def test_menu_key_queue_agent_in_a_law(self):
        with Hotline(self.directory) as server:
            self.served(server, "PCMA")

    def test_a_refused_and_an_unanswered_offer_go_on_to_another_agent(self):
        with Hotline(self.directory, ring_time="2 s") as server:
            self.begin(Sipp("busy_agent", self.directory, host(6), 15080, host(3)).serve())
            self.begin(Sipp("silent_agent", self.directory, host(7), 15080, host(3)).serve())
            server.staff(1, host(6), 15080, first=8, names="busy")
            server.staff(1, host(7), 15080, first=9, names="silent")
            _, _, sipp = self.telephones(server)
            figures = sipp.call(server.target, NUMBER).wait(60)
            self.assertEqual(figures["failed"], 0, sipp.errors())
            (row,) = server.finished_rows(1, 20)
            self.assertEqual(row["agents"], ["101"])
            self.assertEqual(server.total("hotline_queue_offered_total"), 1, "one entry, whatever was offered")

    def test_a_caller_who_leaves_the_queue_is_abandoned(self):
        with Hotline(self.directory) as server:
            self.begin(Sipp("silent_agent", self.directory, host(7), 15080, host(3)).serve())
            server.staff(1, host(7), 15080, first=9, names="silent")
            self.begin(Sound(self.directory, host(2), 10, CALLER, keys=("0@1",)))
            sipp = self.begin(Sipp("caller", self.directory, host(5), 15060, host(2), stay_ms=12_000))
            figures = sipp.call(server.target, NUMBER).wait(60)
            self.assertEqual(figures["failed"], 0, sipp.errors())
            (row,) = server.finished_rows(1, 20)
            self.assertEqual(row["outcome"], "abandoned")
            self.assertEqual(server.total("hotline_queue_abandoned_total"), 1)
            wait_until(lambda: server.total("hotline_calls_active") == 0, 5, "no call is left")

    def test_what_is_no_call_is_answered_or_dropped(self):
        with Hotline(self.directory) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((host(5), 0))
            wire.settimeout(5)
            here = "%s:%d" % wire.getsockname()

            def ask(first_line, more=""):
                method = first_line.split()[0]
                head = (f"{first_line}\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{abs(hash(first_line))};rport\r\n"
                        f"From: <sip:x@{here}>;tag=1\r\nTo: <sip:x@{IP}>\r\nCall-ID: {abs(hash(more + first_line))}\r\n"
                        f"Max-Forwards: 70\r\nCSeq: 1 {method}\r\nContact: <sip:x@{here}>\r\n{more}Content-Length: 0\r\n\r\n")
                wire.sendto(head.encode(), (IP, server.sip))
                while True:
                    code = int(wire.recv(4096).split()[1])
                    if code >= 200:
                        return code

            for junk in (b"", b"\0" * 40, b"\r\n\r\n", b"INVITE\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", b"\xff" * 1400):
                wire.sendto(junk, (IP, server.sip))
            self.assertEqual(ask(f"OPTIONS sip:{IP} SIP/2.0"), 200)
            self.assertEqual(ask(f"INVITE sip:nobody@{IP} SIP/2.0"), 404)
            self.assertIn(ask(f"DANCE sip:{IP} SIP/2.0"), (405, 501))
            self.assertEqual(server.total("hotline_calls_active"), 0)


if __name__ == "__main__":
    unittest.main()
