"""A report as someone reads it. Every reader draws the same `Report`, so they cannot disagree."""
