"""Compiled evaluation of programs: values, input gradients, direction loss and constants."""
