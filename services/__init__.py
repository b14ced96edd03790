"""The use cases: each checks permission, does the work, writes the audit event. Knows no web framework."""
