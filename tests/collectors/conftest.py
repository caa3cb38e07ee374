from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here
