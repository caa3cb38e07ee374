from benchmarks.image import measure
from tests.simulation.running import session_in


def test_it_prints_the_ratio_with_the_load_of_the_machine(simulated, capsys):
    assert measure(session_in("111122223333"), 20, 0.001) > 0
    said = capsys.readouterr().out
    assert "20 blocks, 1 ms simulated latency; load" in said
    assert "16 connections" in said
