"""baresip on both sides: the right prompts are heard, both hear each other, keys count exactly once
although packets are lost."""

import json
import os
import unittest

from hotline import NUMBER, Hotline
from telephones import ROOT, Baresip, Loss, host, matches, scratch, sounds, wait_until

CALLER, AGENT = 440, 620
PASSWORD = "a-desk-password"
PIN = "739182"


def card_number(head="622202000000451"):
    """`head` with its check digit (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(head)):
        n = int(digit) * (2 if place % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return head + str(-total % 10)


class Calls(unittest.TestCase):
    def setUp(self):
        self.directory = scratch(self, "baresip")

    def telephones(self, server):
        """A caller, and an agent's telephone that registers, answers by itself and is signed in."""
        server.ask("import_devices", file="devices.csv",
                   csv=f"device,kind,password_or_contact\ndesk1,registers,{PASSWORD}\n")
        server.ask("import_agents", file="agents.csv", csv="work_number,name,secret,skills,queues,languages\n"
                   "1001,Li Wei,482913,general=5;card=5,general;card-loss,zh-CN;en-US\n")
        account = (f"<sip:desk1@{server.target}>;auth_user=desk1;auth_pass={PASSWORD};regint=60;answermode=auto;"
                   "audio_codecs=PCMA,PCMU")
        agent = Baresip(self.directory, "desk1", host(7), 15072, AGENT, account, rtp="31000-31999")
        self.addCleanup(agent.stop)
        wait_until(lambda: "device_registered" in [e["kind"]["event"] for e in server.events()], 10, "it registers")
        server.ask("sign_in", agent="1001", device="desk1", secret="482913")
        caller = Baresip(self.directory, "caller", host(1), 15090, CALLER)
        self.addCleanup(caller.stop)
        return caller, agent

    def prompts(self, server):
        """Name → file and text of every Mandarin prompt."""
        listed = server.told("prompts", "list")
        return {one["name"]: (os.path.join(ROOT, "prompts", "zh-CN", one["name"] + ".wav"), one["text"])
                for one in listed if one["language"] == "zh-CN"}

    def test_the_right_prompts_are_heard_and_both_hear_each_other(self):
        with Hotline(self.directory) as server:
            caller, agent = self.telephones(server)
            caller.dial(f"sip:{NUMBER}@{server.target}")
            caller.event("CALL_ESTABLISHED", 10)
            prompts = self.prompts(server)
            said = {text: file for file, text in prompts.values()}
            first = [said["本次通话将被录音。"], said["您好，欢迎致电示范银行。"], said["挂失请按1。"]]
            wait_until(lambda: all(m["heard"] for m in self.listen(caller, first)), 40, "the greeting is heard")
            caller.press("0")
            agent.event("CALL_ESTABLISHED", 30)
            wait_until(lambda: self.tone(caller, AGENT) > 2 and self.tone(agent, CALLER) > 2, 20, "both hear each other")
            caller.hang_up()
            agent.event("CALL_CLOSED", 10)
            (row,) = server.finished_rows(1, 20)
            self.assertEqual(row["outcome"], "agent")
            for match in self.listen(caller, first):
                self.assertTrue(match["heard"], match)
            elsewhere = [file for name, (file, text) in prompts.items()
                         if not name.startswith(("main", "system")) and len(text) > 5 and file not in first]
            self.assertTrue(elsewhere)
            for match in self.listen(caller, elsewhere):
                self.assertLess(match["score"], 0.5, match)
            recorded = matches(server.recording(row), 1, first)
            self.assertTrue(all(m["heard"] for m in recorded), recorded)

    def listen(self, telephone, prompts):
        sound = telephone.heard()
        return matches(sound, 0, prompts) if sound else [{"heard": False}]

    def tone(self, telephone, hz):
        sound = telephone.heard()
        if not sound:
            return 0
        return sounds([sound], hz)[0]["channels"][0]["tones"][str(hz)]

    def test_keys_count_once_although_one_packet_in_twenty_is_lost(self):
        with Hotline(self.directory) as server:
            caller, agent = self.telephones(server)
            with Loss(host(1), server.media_ports, 0.05) as loss:
                caller.dial(f"sip:{NUMBER}@{server.target}")
                caller.event("CALL_ESTABLISHED", 10)
                prompts = {text: file for file, text in self.prompts(server).values()}

                def heard(text):
                    wait_until(lambda: self.listen(caller, [prompts[text]])[0]["heard"], 60, f"heard: {text}")

                heard("您好，欢迎致电示范银行。")
                caller.press("2")
                heard("余额查询请按1。")
                caller.press("1")
                heard("请输入银行卡号。")
                # One key too many or too few, and the check digit of the card is wrong.
                caller.press(card_number() + "#")
                heard("请输入六位查询密码。")
                caller.press(PIN)
                agent.event("CALL_ESTABLISHED", 30)
                caller.hang_up()
                agent.event("CALL_CLOSED", 10)
            self.assertGreater(loss.dropped, 10, "packets were lost indeed")
            (row,) = server.finished_rows(1, 20)
            self.assertEqual(row["outcome"], "agent")
            shown = json.dumps(row)
            self.assertNotIn(PIN, shown)
            self.assertNotIn(card_number(), shown)


if __name__ == "__main__":
    unittest.main()
