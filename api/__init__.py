"""HTTP routes under /api. Each reads a request, calls one use case, and shapes the answer."""
