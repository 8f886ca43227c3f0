"""What is known when a paper is filled in: the facts, the case file, and one case of it on a named day."""
