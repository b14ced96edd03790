"""Tenants, members, access and the stores: the only door to stored data."""
