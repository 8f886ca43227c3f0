"""Documents the measurements are made on, built by code so that nobody tunes for a file."""
