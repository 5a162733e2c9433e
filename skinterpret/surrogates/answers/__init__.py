"""What is told of an answer: its parameters with intervals, and how far it may be trusted."""
