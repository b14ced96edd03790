"""Checks of a tenant's tables: measured after each sync, and what fails marks whatever depends on it."""
