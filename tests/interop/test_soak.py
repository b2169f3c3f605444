"""Many short calls, and much that is no call: memory stays where it was, and nothing is left over."""

import os
import random
import socket
import unittest

from hotline import IP, NUMBER, Hotline
from telephones import Sipp, host, scratch, wait_until

LONG = bool(os.environ.get("HOTLINE_LONG"))
CALLS = int(os.environ.get("HOTLINE_SOAK_CALLS", "50000" if LONG else "2000"))
RATE = 100
DATAGRAMS = 200_000 if LONG else 20_000
# Allocators keep what they had at the busiest moment, and the index keeps pages.
GROWTH_KB = 16 * 1024


class Soak(unittest.TestCase):
    def setUp(self):
        self.directory = scratch(self, "soak")

    def test_memory_is_flat_over_many_short_calls(self):
        with Hotline(self.directory) as server:
            self.ring(server, "warm-up", max(CALLS // 5, 1_000))
            begun = server.memory_kb()
            self.ring(server, "soak", CALLS)
            grown = server.memory_kb() - begun
            print(f"  {CALLS} calls: {begun} KB before, {grown:+} KB", flush=True)
            self.assertLess(grown, GROWTH_KB)
            self.assertEqual(server.command("recordings", "verify").count("FAIL"), 0)

    def ring(self, server, name, calls):
        folder = os.path.join(self.directory, name)
        os.mkdir(folder)
        before = server.total("hotline_calls_total")
        sipp = Sipp("caller", folder, host(5), 15060, host(2), stay_ms=200)
        self.addCleanup(sipp.stop)
        figures = sipp.call(server.target, NUMBER, calls=calls, rate=RATE, limit=900).wait(60 + 2 * calls // RATE)
        self.assertEqual((figures["successful"], figures["failed"]), (calls, 0), sipp.errors())
        wait_until(lambda: server.total("hotline_recordings_total") == before + calls, 60 + calls / 200, "all archived")
        self.assertEqual(server.total("hotline_calls_total"), before + calls)
        for name in ("hotline_calls_active", "hotline_recording_queue"):
            self.assertEqual(server.total(name), 0, name)

    def test_a_flood_of_broken_messages_changes_nothing(self):
        generator = random.Random(os.environ.get("HOTLINE_SEED", "2"))
        with Hotline(self.directory) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((host(9), 0))
            begun = server.memory_kb()
            for number in range(DATAGRAMS):
                wire.sendto(broken(generator, number), (IP, server.sip))
                if number % 1000 == 0:
                    # As fast as it takes them, so that it does take them.
                    server.get("healthz")
            # A call is a call in the midst of it.
            sipp = Sipp("caller", self.directory, host(5), 15060, host(2), stay_ms=500)
            self.addCleanup(sipp.stop)
            figures = sipp.call(server.target, NUMBER, calls=10).wait(30)
            self.assertEqual((figures["successful"], figures["failed"]), (10, 0), sipp.errors())
            self.assertGreater(server.total("hotline_sip_rejected_total"), DATAGRAMS / 20)
            wait_until(lambda: server.total("hotline_calls_active") == 0, 60, "no call is left")
            grown = server.memory_kb() - begun
            print(f"  {DATAGRAMS} broken messages: {grown:+} KB", flush=True)
            self.assertLess(grown, 2 * GROWTH_KB)


def broken(generator, number):
    """A request as it should be, with some of it changed, lost, doubled or cut off."""
    method = generator.choice(["INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "INFO", "DANCE"])
    here = f"{host(9)}:5060"
    text = bytearray((f"{method} sip:{NUMBER}@{IP} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number};rport\r\n"
                      f"From: <sip:x@{here}>;tag={number}\r\nTo: <sip:{NUMBER}@{IP}>\r\nCall-ID: flood{number}\r\n"
                      f"Max-Forwards: 70\r\nCSeq: 1 {method}\r\nContact: <sip:x@{here}>\r\n"
                      "Content-Type: application/sdp\r\nContent-Length: 0\r\n\r\n").encode())
    for _ in range(generator.randrange(1, 6)):
        place = generator.randrange(len(text) or 1)
        kind = generator.randrange(4)
        if kind == 0 and text:
            text[place] = generator.randrange(256)
        elif kind == 1:
            del text[place:place + generator.randrange(1, 40)]
        elif kind == 2:
            text[place:place] = text[place:place + generator.randrange(1, 400)]
        else:
            del text[place:]
    return bytes(text[:60_000])


if __name__ == "__main__":
    unittest.main()
