"""One office folder: founded, opened, and what every desk needs of it; this room knows no desk."""
