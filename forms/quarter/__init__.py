"""季度: a period as data – its roster frozen, its table by unit and column, the identities between columns."""
