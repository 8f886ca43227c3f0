"""Type set into lines: characters measured, words to lines, lines to paragraphs of one width."""
