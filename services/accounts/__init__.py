"""One account that several sources know: found by domain and name, reviewed, merged, and parted again."""
