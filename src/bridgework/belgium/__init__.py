"""What Belgian dental data look like: pure functions that read a text and say what it is, and never change it."""
