"""Foresight for a tenant."""
