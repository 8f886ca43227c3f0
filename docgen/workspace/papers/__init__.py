"""文书: filled in, issued with number and marks, printed once, printed again, asked for when they stay out."""
