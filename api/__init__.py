"""The REST API that SOAR tools call."""
