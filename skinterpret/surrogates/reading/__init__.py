"""From a network to candidates with verdicts: directions, searches, constants and links."""
