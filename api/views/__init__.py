"""One module a noun: load, check, act, answer."""
