"""The tags of Waymark's pages."""
