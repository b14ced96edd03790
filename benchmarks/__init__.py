"""What is measured against a peer in the same run, and the bars. `make bench` runs all, `make bench NAME=start` one."""
