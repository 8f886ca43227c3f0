"""收件: signed scans filed, what is left on the desk decided, pages compared and read, what the pen wrote typed in."""
