"""Waymark's face: forms, pages, documents and charts. It knows nothing of cases, agencies or people's roles."""
