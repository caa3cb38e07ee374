"""The process: when each phase runs, for whom, and how a run survives."""
