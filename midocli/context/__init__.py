"""What a command may use, and what it may ask of the floors above."""
