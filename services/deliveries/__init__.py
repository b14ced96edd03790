"""Schedules and deliveries: a notebook, run with each reader's own rights, sent at its time to each reader once.

A run is one period of a schedule. Its recipients are grouped by equal effective policy, each group is rendered once,
and each recipient is a row whose key (schedule, period, recipient) makes a second delivery impossible. Every step is
one transaction, so that a process that dies leaves a state from which another goes on (docs/decisions/delivery.md).
"""
