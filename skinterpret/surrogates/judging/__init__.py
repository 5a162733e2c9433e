"""What is measured on a candidate, and which one is chosen."""
