"""What holds of every pipeline that is scraped."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dashboard_queries import DOCKER, dashboard_queries, with_variables
from running import Millrace, Prometheus, get, wait_for

WINDOW = "5s"

# Panels that are rightly empty most of the time.
EMPTY_AT_TIMES = {
    "Time to catch up": "shows a value only while the lag shrinks",
    "Running epoch": "empty between epochs",
    "Restarts": "an event, and nothing restarts here",
}


class MonitoredPipeline(unittest.TestCase):
    """Subclasses give `write_pipeline(folder)`, and `empty_here`: panel -> why it has no data."""

    empty_here = {}
    environment = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.millrace = Millrace(cls.write_pipeline(cls.folder), env=cls.environment)
        cls.addClassCleanup(cls.millrace.stop)
        cls.prometheus = Prometheus(cls.folder, cls.millrace.target(), DOCKER / "alerts.yml")
        cls.addClassCleanup(cls.prometheus.stop)

    def test_every_query_of_the_dashboard_finds_data(self):
        excused = EMPTY_AT_TIMES | self.empty_here
        for title, query in dashboard_queries():
            with self.subTest(panel=title, query=query):
                asked = with_variables(query, WINDOW)
                if title in excused:
                    self.prometheus.query(asked)  # Must at least be valid.
                else:
                    wait_for(f"data of {asked}", lambda: self.prometheus.query(asked), seconds=30)

    def test_excuses_are_still_true(self):
        for title, query in dashboard_queries():
            if title in self.empty_here:
                with self.subTest(panel=title):
                    self.assertEqual(self.prometheus.query(with_variables(query, WINDOW)), [])

    def test_rules_are_evaluated_and_nothing_fires(self):
        wait_for("all rules evaluated", lambda: all(r["health"] == "ok" for r in self.prometheus.rules()))
        firing = [rule["name"] for rule in self.prometheus.rules() if rule["state"] == "firing"]
        self.assertEqual(firing, self.firing_here())

    def firing_here(self):
        return []

    def test_promtool_finds_nothing_to_say_about_the_scrape(self):
        status, text = get(self.millrace.url + "/metrics")
        self.assertEqual(status, 200)
        result = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    def test_becomes_ready(self):
        wait_for("readyz", lambda: get(self.millrace.url + "/readyz")[0] == 200)
        self.assertEqual(get(self.millrace.url + "/livez")[0], 200)
        self.assertEqual(get(self.millrace.url + "/healthz")[0], 200)
