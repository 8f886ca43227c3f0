"""Values in, papers out; knows no registry and no office folder."""
