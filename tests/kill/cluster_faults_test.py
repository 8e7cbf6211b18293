#!/usr/bin/env python3
"""Between topics, exactly once, while the cluster is cut off, slow, throttles, gives a transaction up, or sends a lot."""
import json
import os
import pathlib
import random
import signal
import tempfile
import unittest

from broker_requests import set_quota, transactions
from kafka_job import Cluster, KafkaJob
from kafka_proxy import KafkaProxy
from seeded_events import SeededEvents

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1_000_000)))
RECONNECT = {"reconnect.backoff.ms": "10", "reconnect.backoff.max.ms": "100"}


class ClusterFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.of_the_tests()
        cls.events = SeededEvents(4000, SEED)
        cls.name = f"faults-{SEED}-{os.getpid()}"
        cls.cluster.fill(cls.name, cls.events)

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="cluster-faults-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)

    def job(self, case, **options):
        return KafkaJob(self.folder / case, self.cluster, self.name, f"{self.name}-{case}", **options)

    def proxy(self, **faults):
        proxy = KafkaProxy(self.cluster.brokers, SEED, **faults)
        self.addCleanup(proxy.close)
        return proxy

    def test_connections_are_cut(self):
        proxy = self.proxy(cuts=20)
        job = self.job("cut", rows_per_epoch=800, through=proxy.address, kafka=RECONNECT)
        job.finish(threads=2)
        proxy.cuts = 0
        self.assertGreater(proxy.cut, 0)
        job.check(self.events)

    def test_answers_take_long(self):
        proxy = self.proxy(delay_s=0.01)
        job = self.job("slow", rows_per_epoch=2000, through=proxy.address)
        job.finish(threads=2)
        self.assertGreater(proxy.answers, 50)
        job.check(self.events)

    def test_the_broker_throttles(self):
        """By a rate over the last ten to eleven seconds: the 345 kB that are read are too many for eleven, too, so that
        it throttles whenever in a second they come."""
        proxy = self.proxy()
        client = f"throttled-{os.getpid()}"
        for key, bytes_per_second in (("consumer_byte_rate", 30_000.0), ("producer_byte_rate", 120_000.0)):
            set_quota(self.cluster.brokers, client, key, bytes_per_second)
        job = self.job("throttled", rows_per_epoch=1_000_000, through=proxy.address, kafka={"client.id": client})
        job.finish(threads=2)
        self.assertGreater(proxy.throttled_ms, 0)
        job.check(self.events)

    def test_the_process_is_stopped_for_longer_than_its_transaction_may_take(self):
        job = self.job("stopped", rows_per_epoch=200, kafka={"transaction.timeout.ms": "2000"})
        child = job.start()
        self.assertTrue(child.stdout.readline(), job.log())
        mine = "millrace." + job.inspect()["job_id"]
        while "CompleteAbort" not in self.states(mine):  # The last one was just ended: stopped in the next one.
            child.send_signal(signal.SIGCONT)
            while "Ongoing" not in self.states(mine):
                self.assertIsNone(child.poll(), job.log())
            child.send_signal(signal.SIGSTOP)
            while self.states(mine) & {"Ongoing", "PrepareAbort"}:
                pass
        child.send_signal(signal.SIGCONT)
        child.communicate()
        self.assertEqual(child.returncode, 0, job.log())
        self.assertIn("recovers_in", (job.folder / "log").read_text())
        job.check(self.events)

    def produce_large(self, topic, mib, **properties):
        self.cluster.tool("create", topic, "--config", f"max.message.bytes={64 << 20}")
        record = json.dumps({"id": 1, "key": "k", "value": 1, "ts": "2026-01-01T00:00:00Z", "more": "0" * (mib << 20)})
        words = [f"--property={name}={value}" for name, value in properties.items()]
        self.cluster.tool("produce", topic, "--property=message.max.bytes=67108864", *words, text=record + "\n")

    def test_a_record_is_a_thousand_times_what_the_broker_sent(self):
        """A bomb is one record, and costs a few times its size while it is read."""
        topic = f"{self.name}-bomb"
        self.produce_large(topic, 32, **{"compression.type": "gzip"})
        job = KafkaJob(self.folder / "bomb", self.cluster, topic, topic)
        child = job.start()
        with child.stdout:
            child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0, job.log())
        self.assertEqual([row["id"] for row in job.rows("rows")], [1])
        # AddressSanitizer keeps memory that is given back.
        self.assertLess(usage.ru_maxrss >> 10, (16 if os.environ.get("MILLRACE_SANITIZE") else 8) * 32)

    def test_an_answer_is_longer_than_may_be_received(self):
        topic = f"{self.name}-large"
        self.produce_large(topic, 4)
        job = KafkaJob(self.folder / "large", self.cluster, topic, topic,
                       kafka={"fetch.max.bytes": "1000000", "receive.message.max.bytes": "2000000"},
                       poll_timeout="2 seconds")
        child = job.start()
        for said in ("increase receive.message.max.bytes", "seconds (poll_timeout), though there are records up to offset"):
            while said not in (job.folder / "log").read_text():
                self.assertIsNone(child.poll(), job.log())
        child.kill()
        child.communicate()

    def states(self, job):
        """Of the job's transactions: each sink's last one."""
        return {state for name, state in transactions(self.cluster.brokers).items() if name.startswith(job)}


if __name__ == "__main__":
    print(f"SEED={SEED}", flush=True)
    unittest.main(verbosity=2)
