"""What screens are made of; a widget owns its own drawing."""
