"""What Belgian dental data look like: pure functions that read a text and give a verdict, and never change the value."""
