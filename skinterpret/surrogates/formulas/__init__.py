"""One formula for all that are the same concept."""
