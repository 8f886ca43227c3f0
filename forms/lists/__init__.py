"""名单: lists as villages write them – headings found, rows and cells read, the same child recognised."""
