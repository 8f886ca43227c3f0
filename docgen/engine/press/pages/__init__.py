"""Made up into pages: paragraphs, tables, drawings and notes brought to their places on sheets."""
