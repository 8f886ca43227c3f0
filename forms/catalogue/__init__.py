"""表单目录: every form as one TOML file, read strictly, and what is derived from them: schema, manual, coverage."""
