"""Bookings from deals."""
