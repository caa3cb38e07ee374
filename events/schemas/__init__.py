"""The columns of each event family: one file per family, faithful to the field names of the service that writes it."""
