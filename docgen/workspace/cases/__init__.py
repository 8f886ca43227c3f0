"""案卷: opened for a child, its persons entered, what was served on whom."""
