"""Processes that a test starts: each tells its own port, and is stopped at the end."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

BUILD = pathlib.Path(os.environ["MILLRACE_BUILD"])


def get(url):
    """Status and body; also of answers that are not 200."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(what, condition, seconds=60):
    """The first true value of `condition`, asked again and again until the time is over."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        pause.wait(0.1)


class Process:
    """A child whose stderr is read line by line into `lines`."""

    def __init__(self, command, env=None, stdin=None, stdout=subprocess.DEVNULL):
        self.name = pathlib.Path(command[0]).name
        self.lines = []
        self.child = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdin=stdin, stdout=stdout,
                                      stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stderr:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern):
        """The match of the first line with the pattern; fails when the process ended without it."""
        def look():
            for line in list(self.lines):
                if match := re.search(pattern, line):
                    return match
            if self.child.poll() is not None and not self.reader.is_alive():
                raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n" + "\n".join(self.lines))
            return None
        try:
            return wait_for(f"{self.name} says {pattern}", look)
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(self.lines)) from None

    def stop(self):
        """Ends the process as an init system would; gives its exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout=30)
        finally:
            if self.child.poll() is None:
                self.child.kill()
            self.reader.join()
            self.child.stderr.close()


class Millrace(Process):
    """`millrace run FILE`; the pipeline must listen on port 0."""

    def __init__(self, pipeline, env=None):
        super().__init__([str(BUILD / "bin" / "millrace"), "run", str(pipeline)], env=env)
        self.url = self.said(r"Serving (http://\S+:\d+)").group(1)

    def target(self):
        return self.url.removeprefix("http://")


class Prometheus(Process):
    """A Prometheus with its data in a folder of the test, listening on a port that it chooses."""

    def __init__(self, folder, target, rules):
        config = pathlib.Path(folder) / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "250ms", "scrape_timeout": "250ms", "evaluation_interval": "1s"},
            "rule_files": [str(rules)],
            "scrape_configs": [{"job_name": "millrace", "static_configs": [{"targets": [target]}]}]}))
        super().__init__(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/prometheus",
                          "--web.listen-address=127.0.0.1:0", "--log.level=info"])
        address = self.said(r'msg="Listening on" address=(\S+)').group(1)
        self.url = f"http://{address}"
        self.said("Server is ready to receive web requests")

    def api(self, path, **parameters):
        status, body = get(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        answer = json.loads(body)
        if answer["status"] != "success":
            raise AssertionError(f"{status} {path} {parameters}: {answer.get('error')}")
        return answer["data"]

    def query(self, query):
        """Values of the result; NaN, what a quantile of nothing is, does not count."""
        result = self.api("query", query=query)["result"]
        return [series["value"][1] for series in result if series["value"][1] != "NaN"]

    def rules(self):
        return [rule for group in self.api("rules")["groups"] for rule in group["rules"]]
