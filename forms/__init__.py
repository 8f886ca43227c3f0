"""What the papers are: values, forms as data, rules of law. No files written, no database, no clock."""
