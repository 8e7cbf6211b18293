#!/usr/bin/env python3
"""Kafka over TLS with SASL: a pipeline that reads and writes so, and what it says where one side refuses the other."""
import contextlib
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import uuid

BUILD = pathlib.Path()
WORKLOAD = ["--events", "2000", "--keys", "20"]

PIPELINE = """
name = "secure"
trigger = "available_now"
checkpoint = "{folder}/checkpoint"
startup_timeout = "{patience} seconds"
observability = {{ listen = "off" }}
[sources.events]
type = "kafka"
bootstrap_servers = "{brokers}"
subscribe = ["{topic}-in"]
starting_offsets = "earliest"
{properties}
format = "json"
schema = {{ key = "string", timestamp = "timestamp" }}
watermark = {{ column = "timestamp", delay = "10 seconds", idle_after = "30 seconds" }}
[transforms.counts]
type = "tumbling_window"
inputs = ["events"]
size = "10 seconds"
group_by = ["key"]
aggregates = {{ n = "count(*)" }}
[transforms.shaped]
type = "select"
inputs = ["counts"]
columns = {{ key = "key", ws = "unix_millis(window_start)", n = "n" }}
[sinks.totals]
type = "kafka"
inputs = ["shaped"]
output_mode = "append"
bootstrap_servers = "{brokers}"
topic = "{topic}-out"
{properties}
key = "key"
format = "json"
delivery = "{delivery}"
"""


class SecureKafka(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="secure-kafka-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.secure = BUILD / "kafka" / "secure"
        self.password = (self.secure / "password").read_text().strip()
        self.properties = {
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.secure / "ca.pem"),
            "sasl.mechanism": "PLAIN",
            "sasl.username": "tester",
            "sasl.password": "${KAFKA_PASSWORD}",
        }
        self.brokers = (self.secure / "bootstrap").read_text().strip()
        self.topic = f"secure-{uuid.uuid4().hex[:8]}"
        self.delivery = "exactly_once"
        self.patience = 20

    def kafka_tool(self, *words):
        plain = (BUILD / "kafka" / "bootstrap").read_text().strip()
        done = subprocess.run([BUILD / "bin" / "kafka_tool", *words, "--bootstrap", plain],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def fill(self):
        for topic in ("in", "out"):
            self.kafka_tool("create", f"{self.topic}-{topic}", "--partitions", "2")
        self.kafka_tool("generate", f"{self.topic}-in", *WORKLOAD)

    def millrace(self, verb, password=None):
        lines = "\n".join(f'kafka."{name}" = "{value}"' for name, value in self.properties.items())
        path = self.folder / "pipeline.toml"
        path.write_text(PIPELINE.format(folder=self.folder, brokers=self.brokers, topic=self.topic, properties=lines,
                                        delivery=self.delivery, patience=self.patience))
        password = password or self.password
        done = subprocess.run([BUILD / "bin" / "millrace", verb, path], capture_output=True, text=True, timeout=90,
                              env={**os.environ, "KAFKA_PASSWORD": password})
        self.assertNotIn(password, done.stdout + done.stderr)
        return done

    def test_reads_and_writes(self):
        self.fill()
        done = self.millrace("run")
        self.assertEqual(done.returncode, 0, done.stderr)
        for warning in ("not encrypted", "passes for Kafka"):
            self.assertNotIn(warning, done.stderr)
        self.kafka_tool("verify", f"{self.topic}-out", *WORKLOAD)
        self.properties["ssl.endpoint.identification.algorithm"] = "none"
        done = self.millrace("run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("any server with a certificate of that authority passes for Kafka", done.stderr)

    def test_logs_in_by_scram_where_librdkafka_can(self):
        self.properties["sasl.mechanism"] = "SCRAM-SHA-512"
        self.fill()
        done = self.millrace("run")
        if done.returncode == 0:
            self.kafka_tool("verify", f"{self.topic}-out", *WORKLOAD)
        else:  # Before librdkafka 2.6.1, which Debian 12 does not have.
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn("cannot log in by SCRAM, whatever the password: take librdkafka 2.6.1", done.stderr)

    def test_a_wrong_password_is_said_and_not_shown(self):
        done = self.millrace("run", password="sw0rdfish-wrong")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("Invalid username or password", done.stderr)

    def test_a_broker_of_another_authority_is_refused(self):
        other = self.folder / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=other", "-keyout", self.folder / "key", "-out", other], check=True,
                       capture_output=True)
        self.properties["ssl.ca.location"] = str(other)
        self.delivery = "at_least_once"
        done = self.millrace("run")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("certificate verify failed", done.stderr)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=self.folder)

    def serve_an_expired_certificate(self):
        """A listener that gets as far as a client lets it."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *key, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
        self.openssl("req", *key, "-subj", "/CN=127.0.0.1", "-keyout", "broker.key", "-out", "broker.csr")
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1")
        self.openssl("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                     "-1", "-extfile", "names", "-out", "broker.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "broker.pem", self.folder / "broker.key")
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, contextlib.suppress(OSError):
                    context.wrap_socket(client, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    def test_a_broker_whose_certificate_has_expired_is_refused(self):
        self.brokers = self.serve_an_expired_certificate()
        self.properties["ssl.ca.location"] = str(self.folder / "ca.pem")
        self.delivery = "at_least_once"
        done = self.millrace("run")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("certificate verify failed", done.stderr)

    def test_an_authority_that_is_not_there_is_a_mistake_of_the_file(self):
        self.properties["ssl.ca.location"] = str(self.folder / "missing.pem")
        done = self.millrace("run")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("ssl.ca.location", done.stderr)

    def test_properties_that_let_strangers_in_are_refused(self):
        for name, value, why in (("plugin.library.paths", "/tmp/x.so", "loads code into this process"),
                                 ("enable.sasl.oauthbearer.unsecure.jwt", "true", "its tokens are not signed")):
            with self.subTest(name):
                self.properties[name] = value
                done = self.millrace("check")
                del self.properties[name]
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(f'"{name}" is refused', done.stderr)
                self.assertIn(why, done.stderr)

    def test_what_others_could_read_is_warned_of(self):
        self.properties = {}
        self.brokers = "kafka.invalid:9092"
        self.delivery = "at_least_once"
        self.patience = 1
        done = self.millrace("run")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("the connection to Kafka at kafka.invalid:9092 is not encrypted", done.stderr)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
