"""The questions of a disclosure, a form for each page."""
