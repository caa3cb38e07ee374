"""A simulated AWS organisation and an attack in it, for the demo and the tests. Its AWS half knows no Django."""
