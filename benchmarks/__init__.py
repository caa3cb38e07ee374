"""Measures of speed, as ratios to a bound taken in the same run on the same machine."""
