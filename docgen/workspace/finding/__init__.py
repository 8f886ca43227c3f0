"""检索: questions answered from the index, or from the registry while the index is away or being made anew."""
