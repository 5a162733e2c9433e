"""Formulas that decide and calculate without their network, and their stored form."""
