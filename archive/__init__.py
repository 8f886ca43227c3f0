"""What is kept: the registry, the store, the index, and the way signed paper comes back."""
