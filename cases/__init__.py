"""What we know of incidents: rows, rules of access, and every write that is allowed."""
