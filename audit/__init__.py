"""The audit log: one table, one writer, append-only, sealed."""

# The application's database role may add to these and read them, never change or empty them.
APPEND_ONLY_TABLES = ("audit_event", "audit_seal")
