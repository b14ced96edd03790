"""Sources and their syncs: configured, checked, run one at a time for each source, and recorded."""
