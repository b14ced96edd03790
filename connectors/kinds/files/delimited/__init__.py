"""Text with separated fields: its encoding, its dialect, and two ways of reading it that give the same rows."""
