"""What would change a verdict, as data: nothing here is carried out."""
