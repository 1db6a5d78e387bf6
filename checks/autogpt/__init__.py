"""What is known about AutoGPT itself, as data."""
