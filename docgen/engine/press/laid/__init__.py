"""Pages as data: fragments at their places on sheets, what they mean, and what the press gives back of them."""
