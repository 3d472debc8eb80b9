"""Results as values, and the forms in which they are shown."""
