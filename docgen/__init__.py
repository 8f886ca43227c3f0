"""docgen: makes the papers of the protection of left-behind children (留守儿童) and keeps them."""
