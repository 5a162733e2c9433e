"""One module for each question that is answered with figures; `python -m benchmarks.NAME`."""
