"""Events asked by Spark: a standalone master and two workers on this machine answer as DuckDB does, row for row."""

# ruff: noqa: E402 - what follows the skips needs pyspark

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: requirements/spark.txt")
if shutil.which("java") is None:
    pytest.skip("Java 17 or later is not on PATH", allow_module_level=True)

from analyzers import Asked, Material, analyzers
from events import NotInDialect, TooSlow, UnknownPlace, open_events
from events.spark.engine import made_session
from events.spark.store import place_of
from tests.events import everything as told

LOOPBACK = "127.0.0.1"
HOME = Path(pyspark.__file__).parent
# Small data on a small machine: no compiling of each question, no partitions that hold a row each.
DEFAULTS = f"""
spark.driver.host {LOOPBACK}
spark.driver.bindAddress {LOOPBACK}
spark.ui.enabled false
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.constraintPropagation.enabled false
spark.sql.files.minPartitionNum 1
spark.executor.memory 512m
spark.log.level ERROR
"""


def free_port():
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """The address of a master with two workers, each a process of its own."""
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text(DEFAULTS)
    environment = {**os.environ, "SPARK_HOME": str(HOME), "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": LOOPBACK}
    port, page = free_port(), free_port()
    address = f"spark://{LOOPBACK}:{port}"
    master = ["master.Master", "--host", LOOPBACK, "--port", str(port), "--webui-port", str(page)]
    worker = ["worker.Worker", address, "--host", LOOPBACK, "--cores", "1", "--memory", "512m", "--webui-port", "0"]
    started = [start(environment, folder, *master)]
    started += [start(environment, folder, *worker, "--work-dir", str(folder / f"work-{n}")) for n in (1, 2)]
    os.environ["SPARK_CONF_DIR"] = str(folder)
    os.environ["SPARK_LOCAL_IP"] = LOOPBACK
    try:
        wait_for_workers(f"http://{LOOPBACK}:{page}/json/", 2)
        yield address
        made_session(os.getpid(), address).stop()
    finally:
        del os.environ["SPARK_CONF_DIR"], os.environ["SPARK_LOCAL_IP"]
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def start(environment, folder, name, *arguments):
    command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def wait_for_workers(page, wanted):
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            if requests.get(page, timeout=2).json()["aliveworkers"] == wanted:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{wanted} workers did not come up in 90 s")


@pytest.fixture(scope="module")
def readers(master, tmp_path_factory):
    """The same files by Spark and by DuckDB."""
    folder = tmp_path_factory.mktemp("events")
    store, name = told.everything(folder, f"{master}?folder={quote(str(folder))}")
    pair = store.reader(name, seconds=120), open_events(folder.as_uri(), told.REFERENCE).reader(name, seconds=60)
    yield pair
    pair[1].close()


def test_two_workers_answer(readers, master):
    spark, embedded = readers
    assert spark.count() == embedded.count()
    executors = made_session(os.getpid(), master).sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 1 + 2  # the driver is told with them


def test_every_page_has_the_rows_of_duckdb(readers):
    for (name, found), (_, wanted) in zip(*(told.pages(reader, every=8) for reader in readers), strict=True):
        assert found == wanted, name


def test_every_analyzer_has_the_rows_of_duckdb(readers):
    for (name, found), (_, wanted) in zip(*(told.analyses(reader) for reader in readers), strict=True):
        assert found == wanted, name
    for name, (sql, values) in told.sightings(readers[0]):
        assert readers[0].select(sql, values) == readers[1].select(sql, values), name


def test_every_rule_of_our_pack_has_the_rows_of_duckdb(readers):
    spark, embedded = readers
    fired = 0
    for name, (sql, values) in told.rules():
        if "callers" not in name:
            wanted = embedded.select(sql, values, seconds=60)
            assert spark.select(sql, values, seconds=120) == wanted, name
            fired += bool(wanted)
    assert fired > len(told.PACK.rules) * 0.9  # the events are those of the rules' own fixtures


def test_rules_find_the_same_through_the_analyzer(readers):
    rules = told.PACK.rules[:3]
    found = [list(analyzers.get("sigma").analyze(Material(events=reader, rules=rules))) for reader in readers]
    assert found[0] == found[1]
    assert [one.error for one in found[0] if isinstance(one, Asked)] == [""] * len(rules)


def test_what_spark_has_no_words_for_is_refused(readers):
    with pytest.raises(NotInDialect, match="json_merge_patch cannot be said in Spark's SQL"):
        readers[0].select("SELECT json_merge_patch(tags, configuration) FROM configuration_items")


def test_a_question_whose_time_is_over_is_stopped(readers):
    with pytest.raises(TooSlow, match=r"took longer than 0.01 s and was stopped"):
        readers[0].select("SELECT count(*) FROM logs a JOIN logs b ON a.part = b.part", seconds=0.01)


@pytest.mark.parametrize(
    "url", ["spark://host?folder=/x", "spark://host:7077", "spark://host:7077?folder=x", "spark://h:7077?folder=/a*"]
)
def test_an_address_that_lacks_something_says_its_form(url):
    with pytest.raises(UnknownPlace, match=r"its form is spark://HOST:PORT\?folder="):
        place_of(url)
