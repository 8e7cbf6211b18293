#!/usr/bin/env python3
"""Checks the files of docker/ that can be checked without running a pipeline."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dashboard_queries import DASHBOARD, DOCKER, ROOT, dashboard_queries, metric_table, names_in, series_names

sys.path.insert(0, str(DOCKER / "grafana"))
import dashboard

BUILD = pathlib.Path(os.environ["MILLRACE_BUILD"])


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Compose(unittest.TestCase):
    def setUp(self):
        result = run("docker-compose", "-f", str(DOCKER / "compose.yml"), "config")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.config = result.stdout

    def test_has_the_whole_set(self):
        for service in ("kafka", "producer", "millrace", "prometheus", "grafana"):
            self.assertRegex(self.config, rf"(?m)^  {service}:$")

    def test_files_that_it_mounts_exist(self):
        mounts = re.findall(r"^\s+- (\./\S+?):", (DOCKER / "compose.yml").read_text(), re.MULTILINE)
        self.assertGreater(len(mounts), 4)
        for mount in mounts:
            self.assertTrue((DOCKER / mount).exists(), mount)

    def test_scraped_target_is_the_service(self):
        port = re.search(r'LISTEN:-:(\d+)', (DOCKER / "pipeline.toml").read_text()).group(1)
        self.assertIn(f'targets: ["millrace:{port}"]', (DOCKER / "prometheus.yml").read_text())
        self.assertIn(f"EXPOSE {port}", (DOCKER / "Dockerfile").read_text())


class Prometheus(unittest.TestCase):
    def test_configuration_and_rules_are_valid(self):
        result = run("promtool", "check", "config", "prometheus.yml", cwd=DOCKER)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_alerts_use_metrics_that_exist(self):
        used = names_in((DOCKER / "alerts.yml").read_text()) - {"millrace_"}
        self.assertGreater(len(used), 10)
        self.assertLessEqual(used, series_names())


class Dashboard(unittest.TestCase):
    def test_file_is_what_its_program_writes(self):
        self.assertEqual(DASHBOARD.read_text(), dashboard.text(), "run python3 docker/grafana/dashboard.py")

    def test_queries_use_metrics_that_exist(self):
        for title, query in dashboard_queries():
            self.assertTrue(names_in(query), title)
            self.assertLessEqual(names_in(query), series_names(), title)

    def test_every_metric_is_on_the_dashboard(self):
        shown = " ".join(query for _, query in dashboard_queries())
        # Shown as time since, or needed by alerts only.
        elsewhere = {"millrace_source_committed_offset", "millrace_source_latest_offset"}
        for name in metric_table().keys() - elsewhere:
            self.assertIn(name, shown)

    def test_panels_say_what_to_do_with_them_and_do_not_overlap(self):
        places = set()
        for panel in json.loads(DASHBOARD.read_text())["panels"]:
            if panel["type"] != "row":
                self.assertTrue(panel["description"], panel["title"])
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & places, panel["title"])
            self.assertLessEqual(place["x"] + place["w"], 24)
            places |= cells

    def test_provisioning_names_the_mounted_folder(self):
        folder = "/var/lib/grafana/dashboards"
        self.assertIn(folder, (DOCKER / "grafana/provisioning/dashboards/millrace.yml").read_text())
        self.assertIn(f"./grafana/dashboards:{folder}:ro", (DOCKER / "compose.yml").read_text())


class Producer(unittest.TestCase):
    def test_lines_have_the_pipelines_schema(self):
        result = run("bash", str(DOCKER / "produce.sh"), env={"COUNT": "100", "RATE": "1000"})
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual(lines.pop(), "this line is not JSON")
        schema = tomllib.loads((DOCKER / "pipeline.toml").read_text())["sources"]["views"]["schema"]
        for line in lines:
            self.assertEqual(json.loads(line).keys(), schema.keys())
        self.assertRegex(json.loads(lines[0])["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


class Image(unittest.TestCase):
    def setUp(self):
        self.text = (DOCKER / "Dockerfile").read_text()

    def test_runs_as_a_user_without_rights(self):
        stages = self.text.split("\nFROM ")
        self.assertRegex(stages[-1], r"(?m)^USER (?!0|root)\S+")

    def test_copied_paths_exist(self):
        for sources in re.findall(r"(?m)^COPY (?!--)(.+) \S+$", self.text):
            for source in sources.split():
                self.assertTrue((ROOT / source).exists(), source)

    def test_has_the_packages_of_every_library(self):
        """Of Debian's base, C and C++ libraries are in every image; a sanitizer's are in none."""
        binaries = [BUILD / "bin" / "millrace", *sorted((BUILD / "lib/millrace/plugins").glob("*.so"))]
        self.assertGreater(len(binaries), 5)
        libraries = set()
        for binary in binaries:
            needed = run("readelf", "--dynamic", str(binary)).stdout
            libraries |= set(re.findall(r"\(NEEDED\).*\[((?!lib(?:a|t|ub)san\.).+)\]", needed))
        installed = set(re.findall(r"(?m)^      (\S+) \\$", self.text.split("\nFROM ")[-1]))
        installed |= {"libc6", "libstdc++6", "libgcc-s1"}
        found = run("dpkg-query", "--search", *(f"*/{library}" for library in sorted(libraries))).stdout
        owners = collections.defaultdict(set)
        for line in found.splitlines():
            package, path = line.split(": ")
            owners[pathlib.Path(path).name].add(package.split(":")[0])
        for library in libraries:
            self.assertTrue(owners[library] & installed, f"{library} of {owners[library]} is not in the image")



if __name__ == "__main__":
    unittest.main()
