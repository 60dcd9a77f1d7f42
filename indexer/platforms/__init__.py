"""Shop systems whose exports are recognized, a TOML file each."""
