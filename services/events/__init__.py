"""Events that a tenant's own software sends: keys that may write them, and what is done with a batch."""
