"""用语和地区: what a region's plan says, one TOML file a region, and the words an office prints."""
