"""Every write to the case tables, by noun. Each function says in its docstring which custody entry it appends."""
